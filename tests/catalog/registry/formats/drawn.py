"""Entries as hypothesis draws them: every field of the schema, with names that break careless writers."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.catalog.registry.entries import Entry

#: How laws of whole entries are tried: each takes a while to draw.
LAWS = settings(
    max_examples=examples(20),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a whole entry takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
#: Signs that mean something to JSON, YAML, Markdown, HTML, BibTeX or CSV.
HOSTILE = (
    "{unclosed", "}closed", "a|b", "line\nbreak", "back\\slash", "<b>bold</b>", "# head", "- item", "1. one", "---",
    "`code`", "```", "*a* _b_", "[x](y)", "100% $5 #3", '"quoted", twice', "key: value", "{{x}}", "é ü 漢字", "a and b",
    "&lt;", "\\n", "'", "@misc{x,", "!tag", "? maybe", "yes", "null", "1e3", "\u2028sep", "> quote", "\ttab", "~^&",
    "<!-- x -->", "=x",
)  # fmt: skip
texts = (
    st.lists(
        st.sampled_from(HOSTILE)
        | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12),
        min_size=1,
        max_size=4,
    )
    .map(" ".join)
    .filter(lambda text: text.strip() != "")
)
keys = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
pages = st.sampled_from(["https://example.org/a", "http://example.org/x?y=1&z=<2>|3", "https://example.org/}b{%20c"])
days = st.sampled_from(["2024", "2024-02", "2024-02-29"])
evidence = st.fixed_dictionaries(
    {
        "page": pages,
        "words": texts,
        "kind": st.sampled_from(["creator", "repository", "paper", "registry", "third_party"]),
        "read": st.just("2026-11-29"),
    }
)
claims = st.fixed_dictionaries(
    {
        "quantity": st.sampled_from(["patients", "images", "image_text_pairs"]),
        "value": st.integers(0, 10**9),
        "qualifier": st.sampled_from(["exact", "at_least", "about"]),
        "source": st.sampled_from(["guide", "creator", "third_party"]),
        "where": texts,
        "words": texts,
        "verdict": st.sampled_from(["not_comparable", "unchecked"]),
    },
    optional={"of": texts, "note": texts},
) | st.fixed_dictionaries(
    {
        "quantity": st.just("slides"),
        "value": st.integers(0, 1000),
        "qualifier": st.just("exact"),
        "source": st.just("paper"),
        "where": texts,
        "words": texts,
        "verdict": st.sampled_from(["agrees", "differs"]),
        "checked_against": evidence,
    }
)
relations = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["subset_of", "edition_of", "derived_from", "annotations_of", "overlaps", "hosted_on"]),
        "of": texts,
    },
    optional={"outside": st.booleans(), "note": texts, "evidence": evidence},
)
licenses = st.just({"id": "unknown"}) | st.fixed_dictionaries(
    {"id": st.sampled_from(["CC-BY-4.0", "CC-BY-NC-4.0", "LicenseRef-Drawn"]), "evidence": evidence},
    optional={
        "note": texts,
        "parts": st.lists(
            st.fixed_dictionaries({"part": texts, "id": st.just("MIT"), "evidence": evidence}), max_size=2
        ),
    },
)
citations = st.fixed_dictionaries(
    {"text": texts},
    optional={
        "authors": st.lists(st.tuples(texts, st.sampled_from(["A", "B.", "", "J-F"])).map(list), max_size=3),
        "year": st.just("2024"),
        "title": texts,
        "venue": texts,
        "doi": st.sampled_from(["10.1234/Abc_1", "10.1234/a}b{"]),
        "url": pages,
        "article": st.booleans(),
    },
)
answers = st.sampled_from(["yes", "partly", "no", "unknown"])
_names = st.lists(texts, max_size=3, unique=True)
fields: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "key": keys,
        "name": texts,
        "summary": texts,
        "modality": st.lists(st.sampled_from(["CT", "SM", "TEXT"]), min_size=1, unique=True),
        "body_region": st.lists(st.sampled_from(["Chest", "Unknown"]), min_size=1, unique=True),
        "tasks": st.lists(st.sampled_from(["classification", "grading"]), min_size=1, unique=True),
        "claims": st.lists(claims, max_size=3),
        "annotations": st.fixed_dictionaries(
            {"kinds": st.just(["masks"]), "by": st.sampled_from(["experts", "unknown"]), "text": texts}
        ),
        "access": st.fixed_dictionaries(
            {"kind": st.sampled_from(["open", "registration", "unknown"])}, optional={"url": pages, "how": texts}
        ),
        "license": licenses,
        "demographics": st.fixed_dictionaries(dict.fromkeys(("age", "sex", "race", "ethnicity"), answers)),
    },
    optional={
        "aliases": _names,
        "guide_rows": st.lists(
            st.fixed_dictionaries(
                {"row": st.just("radiology:1"), "name": texts}, optional={"size": texts, "says": texts}
            ),
            max_size=2,
        ),
        "guide_advice": _names,
        "organs": _names,
        "conditions": _names,
        "keywords": _names,
        "conflicts": st.lists(
            st.fixed_dictionaries({"between": st.just(["a", "b"]), "nature": texts, "resolution": texts}), max_size=1
        ),
        "splits": st.fixed_dictionaries({"official": answers, "text": texts}),
        "creator": st.fixed_dictionaries({"names": st.lists(texts, min_size=1, max_size=2, unique=True)}),
        "publisher": texts,
        "published": days,
        "version": st.sampled_from(["1", "v2.0", "1.0.0 of May"]) | texts,
        "countries": _names,
        "doi": st.sampled_from(["10.1234/Abc_1", "10.1234/a}b{"]),
        "url": pages,
        "formats": st.lists(st.sampled_from(["DICOM", "PNG", "own {format}"]), max_size=2, unique=True),
        "relations": st.lists(relations, max_size=2),
        "known_issues": st.lists(st.fixed_dictionaries({"issue": texts, "evidence": evidence}), max_size=2),
        "standing_together": st.dictionaries(
            st.sampled_from(["data_origin", "uses_to_avoid", "biases_and_limitations"]),
            st.fixed_dictionaries({"answer": answers, "evidence": evidence}),
            max_size=2,
        ),
        "citation": citations,
        "reviewed": st.just("2026-11-29"),
    },
)
#: Entries of data sets.
entries = fields.map(lambda drawn: Entry("dataset", drawn, terms=_TERMS))
#: One of each key.
catalogs = st.lists(entries, min_size=1, max_size=2, unique_by=lambda entry: entry.key)
_TERMS = {
    "CC-BY-4.0": {
        "name": "CC BY 4.0",
        "spdx": True,
        "commercial_use": "yes",
        "url": "https://creativecommons.org/licenses/by/4.0/",
    },
    "CC-BY-NC-4.0": {
        "name": "CC BY-NC 4.0",
        "spdx": True,
        "commercial_use": "no",
        "url": "https://creativecommons.org/licenses/by-nc/4.0/",
    },
    "MIT": {"name": "MIT License", "spdx": True, "commercial_use": "yes", "url": "https://opensource.org/license/mit"},
    "LicenseRef-Drawn": {"name": "Drawn {terms} | *x*", "commercial_use": "unknown"},
}


def strings_of(value: Any) -> set[str]:
    """Return every text inside a value, names of fields left out."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return {text for each in value.values() for text in strings_of(each)}
    if isinstance(value, list | tuple):
        return {text for each in value for text in strings_of(each)}
    return set()
