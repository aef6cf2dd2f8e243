"""Croissant: what the official validator says of every entry, and what the writer may and may not say."""

import importlib.util
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.catalog.registry.formats.drawn import LAWS, entries, strings_of
from tests.thorough import examples
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.croissant import context, croissant
from workbench.catalog.registry.formats.validating import validate
from workbench.catalog.registry.idc.collections import collection_entries

needs_mlcroissant = pytest.mark.skipif(
    importlib.util.find_spec("mlcroissant") is None,
    reason="mlcroissant is not installed; pip install 'imaging-workbench[catalog]'",
)
_VALIDATOR = """
import json, sys
import rdflib
from workbench.catalog.registry.formats.validating import validate
from mlcroissant._src.core.context import Context
from mlcroissant._src.core.rdf import make_context

asked = json.load(open(sys.argv[1], encoding="utf-8"))
before = json.dumps(asked)
said = {}
for name, record in asked.items():
    try:
        said[name] = list(validate(record))
    except ValueError as problem:
        said[name] = str(problem)
untouched = before == json.dumps(asked)
official = make_context(Context(conforms_to="http://mlcommons.org/croissant/1.1"))
graph = rdflib.Graph()
for record in asked.values():
    graph.parse(data=json.dumps(record), format="json-ld")
known = {f"https://schema.org/{term}" for term in rdflib.SDO.__annotations__}
used = sorted({str(each) for each in graph.predicates()})
strange = [each for each in used if "schema.org" in each and each not in known]
found = {"untouched": untouched, "said": said, "context": official, "strange": strange, "used": used}
json.dump(found, open(sys.argv[2], "w"))
"""


def _drawn_entries() -> list[Entry]:
    found: list[Entry] = []

    @seed(2026)
    @settings(
        max_examples=examples(60), database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(entries)
    def collect(entry: Entry) -> None:
        found.append(entry)

    collect()
    return found


@pytest.fixture(scope="module")
def judged(shipped: tuple[Entry, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what one process with the validator says of every entry, of hostile ones, and of two that are wrong."""
    records = {f"shipped {entry.key}": croissant(entry) for entry in shipped if entry.kind == "dataset"}
    records |= {f"drawn {place}": croissant(entry) for place, entry in enumerate(_drawn_entries())}
    some = collection_entries()[::12]  # the index holds 179; they are generated alike
    records |= {f"collection {entry.key}": croissant(entry) for entry in some}
    bare = Entry("dataset", {"key": "bare", "name": "Bare", "license": {"id": "unknown"}})
    records["bare"] = croissant(bare)
    records["wrong"] = croissant(bare) | {"distribution": [{"@type": "cr:FileObject", "@id": "a", "name": "a"}]}
    folder = tmp_path_factory.mktemp("croissant")
    (folder / "asked.json").write_text(json.dumps(records), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", _VALIDATOR, str(folder / "asked.json"), str(folder / "said.json")]
    subprocess.run(command, check=True, timeout=120)
    judged: dict[str, Any] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return judged


@needs_mlcroissant
def test_every_shipped_entry_is_valid_and_the_curated_raise_no_warning(
    judged: dict[str, Any], shipped: tuple[Entry, ...]
) -> None:
    said = {name: words for name, words in judged["said"].items() if name.startswith("shipped")}
    assert len(said) == len([entry for entry in shipped if entry.kind == "dataset"]) > 0
    assert {name: words for name, words in said.items() if isinstance(words, str)} == {}
    curated = {f"shipped {entry.key}" for entry in shipped if entry.kind == "dataset" and entry.curated}
    assert {name: said[name] for name in curated if said[name]} == {}


@needs_mlcroissant
def test_collections_of_the_index_are_valid(judged: dict[str, Any]) -> None:
    said = {name: words for name, words in judged["said"].items() if name.startswith("collection")}
    assert len(said) == 15  # 179 / 12, rounded up
    assert {name: words for name, words in said.items() if isinstance(words, str)} == {}


@needs_mlcroissant
def test_hostile_entries_are_valid(judged: dict[str, Any]) -> None:
    said = {name: words for name, words in judged["said"].items() if name.startswith("drawn")}
    assert len(said) >= 20
    assert {name: words for name, words in said.items() if isinstance(words, str)} == {}


@needs_mlcroissant
def test_the_validator_warns_and_refuses(judged: dict[str, Any]) -> None:
    assert len(judged["said"]["bare"]) == 4  # citeAs, datePublished, license and version are recommended
    assert judged["said"]["wrong"].startswith("Not a valid Croissant description: Found the following")
    assert judged["said"]["wrong"].endswith("Mend the entry, or file the problem.")


@needs_mlcroissant
def test_the_validator_leaves_a_description_as_it_is(judged: dict[str, Any]) -> None:
    assert judged["untouched"]


@needs_mlcroissant
def test_the_context_is_the_official_one(judged: dict[str, Any]) -> None:
    assert context() == judged["context"]


@needs_mlcroissant
def test_no_term_is_invented(judged: dict[str, Any]) -> None:
    assert "https://schema.org/conditionsOfAccess" in judged["used"]
    assert judged["strange"] == []
    other = {term for term in judged["used"] if "schema.org" not in term}
    rai = "http://mlcommons.org/croissant/RAI/"
    known = {"http://mlcommons.org/croissant/citeAs", "http://purl.org/dc/terms/conformsTo"}
    assert {
        term for term in other - known if not term.startswith((rai, "http://www.w3.org/1999/02/22-rdf-syntax-ns#"))
    } == set()


@LAWS
@given(entries)
def test_every_text_of_an_entry_survives_json(entry: Entry) -> None:
    record = json.loads(json.dumps(croissant(entry)))
    assert (record["name"], record["description"]) == (entry.name, entry.summary)
    assert [each["name"] for each in record.get("creator", [])] == list(
        entry.fields.get("creator", {}).get("names", ())
    )
    said = "\n".join(strings_of(record))
    for claim in entry.claims:
        assert claim.words in said
        assert claim.where in said


@LAWS
@given(entries)
def test_no_list_and_no_text_is_empty(entry: Entry) -> None:
    record = croissant(entry)
    assert [name for name, value in record.items() if value in ("", [], None, {})] == []
    assert record["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"


@LAWS
@given(entries)
def test_a_license_is_stated_only_when_a_source_confirms_it(entry: Entry) -> None:
    assert ("license" in croissant(entry)) == bool(
        entry.license_confirmed or any(part.confirmed for _, part in entry.license.parts)
    )


def test_a_known_entry_says_what_it_holds(invented: Entry) -> None:
    record = croissant(invented)
    assert record["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert record["creator"] == [
        {"@type": "Person", "name": "Jane Doe"},
        {"@type": "Organization", "name": "University of Nowhere"},
    ]
    assert record["url"] == "https://doi.org/10.1234/Invented"
    assert record["rai:personalSensitiveInformation"] == ["age", "sex (for some)"]
    assert record["rai:dataBiases"] == ["race is not given per person, so its balance cannot be checked."]
    assert record["rai:dataLimitations"] == ["Its images are part of whole. Do not train on one and test on the other."]
    assert record["rai:dataCollection"] == "Collected in: Nowhere. Subset of whole."
    assert record["rai:dataAnnotationProtocol"] == ["Two readers.", "Made by: experts."]
    assert record["isPartOf"] == [{"@type": "CreativeWork", "identifier": "whole", "description": "subset of"}]
    assert record["citeAs"].startswith("@article{invented,\n  author = {Doe, J. K. and others},")
    assert "\n\n@misc{invented:data,\n" in record["citeAs"]
    assert "distribution" not in record


def test_a_lower_bound_stays_a_lower_bound(invented: Entry) -> None:
    patients = next(each for each in croissant(invented)["additionalProperty"] if each["name"] == "patients")
    assert patients == {
        "@type": "PropertyValue",
        "name": "patients",
        "minValue": 12,
        "description": "guide, radiology:1: “12+ patients”; not checked against a source",
    }


@pytest.mark.parametrize(
    ("stated", "published", "version", "kept"),
    [
        ("2.1.0", "", "2.1.0", False),
        ("v2", "", "2.0.0", True),
        ("1.0.0 under this DOI", "", "1.0.0", True),
        ("01.2", "", "1.2.0", True),
        ("2 of 3", "", None, True),
        ("stage 2", "2019-09-03", "2019.9.3", True),
        (None, "2019", "2019.0.0", True),
        (None, "", None, False),
    ],
)
def test_a_version_is_semantic_and_keeps_the_words_of_the_creators(
    stated: str | None, published: str, version: str | None, kept: bool
) -> None:
    fields: dict[str, Any] = {"key": "a", "name": "A", "license": {"id": "unknown"}}
    fields |= {"version": stated} if stated else {}
    fields |= {"published": published} if published else {}
    record = croissant(Entry("dataset", fields))
    assert record.get("version") == version
    words = [each["value"] for each in record["additionalProperty"] if each["name"] == "version as stated"]
    assert words == ([stated or "none"] if kept else [])


@pytest.mark.parametrize(("published", "version"), [("2017", "2017.0.0"), ("2018-11", "2018.11.0")])
def test_a_version_made_of_a_date_says_so(published: str, version: str) -> None:
    fields = {"key": "a", "name": "A", "published": published, "license": {"id": "unknown"}}
    (told,) = (
        each
        for each in croissant(Entry("dataset", fields))["additionalProperty"]
        if each["name"] == "version as stated"
    )
    assert told["value"] == "none"
    assert told["description"] == (
        f"The field version, {version}, is no version of the creators: it is the date of publication, {published}, "
        "with the three numbers the format asks for."
    )


def test_a_model_has_no_croissant() -> None:
    with pytest.raises(ValueError, match="Croissant") as refused:
        croissant(Entry("model", {"key": "uni", "name": "UNI"}))
    assert str(refused.value) == (
        "The entry 'uni' is a model; Croissant describes data sets. "
        "Write its card with card(entry), or all entries with data_catalog_jsonld(entries)."
    )


def test_without_the_validator_the_message_names_the_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlcroissant", None)
    with pytest.raises(ImportError) as refused:
        validate({})
    assert str(refused.value) == (
        "Checking a Croissant description needs mlcroissant, which is not installed. "
        "Install it: pip install 'imaging-workbench[catalog]'"
    )


def test_writing_loads_no_heavy_package() -> None:
    script = (
        "import sys; import workbench.catalog.registry.formats.writing, workbench.catalog.registry.formats.release; "
        "print([name for name in ('polars', 'pandas', 'rdflib', 'mlcroissant') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
