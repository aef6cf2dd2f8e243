"""References: BibTeX that any reader of BibTeX takes, and CSL-JSON, under the keys of the catalog."""

import json
import re
from typing import Any

import pytest
from hypothesis import given

from tests.catalog.registry.formats.drawn import LAWS, catalogs, entries
from workbench.catalog.citations import Citation, to_bibtex
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.references import bibtex, citation_of, citations_of, csl

_TEX = {f"\\{sign}": sign for sign in "&%$#_"} | {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
}


def plain(value: str) -> str:
    """Return what TeX shows of a field."""
    return re.sub(r"\\text\w+\{\}|\\[&%$#_]", lambda sign: _TEX[sign[0]], value)


def read(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Read BibTeX by its own rule, counting braces; an independent reading, written for this test."""
    found = []
    for entry in re.split(r"\n\n(?=@)", text.strip()):
        kind, key, body = re.match(r"@(\w+)\{([^,\s]+),\n(.*)\n\}\Z", entry, re.DOTALL).groups()  # type: ignore[union-attr]
        fields, place = {}, 0
        while match := re.compile(r"\s*(\w+) = \{").match(body, place):
            depth, end = 1, match.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(body[end], 0)
                end += 1
            fields[match[1]] = body[match.end() : end - 1]
            assert body[end] == ","
            place = end + 1
        assert not body[place:].strip()
        found.append((kind, key, fields))
    return found


@LAWS
@given(catalogs)
def test_bibtex_can_be_read_back(listed: list[Entry]) -> None:
    taken = read(bibtex(listed))
    assert [key for _, key, _ in taken if ":" not in key] == [entry.key for entry in listed]
    citations = [each for entry in listed for each in citations_of(entry)]
    for (_, key, fields), cited in zip(taken, citations, strict=True):
        assert key == cited.key
        if cited.title:
            assert plain(fields["title"][1:-1]) == cited.title
        if not (cited.authors and cited.title):
            assert plain(fields["note"]) == cited.text


@LAWS
@given(entries)
def test_no_author_is_divided_or_joined(entry: Entry) -> None:
    cited = citation_of(entry)
    (_, _, fields), *_ = read(to_bibtex([cited]))
    bare = fields.get("author", "")
    while "{" in bare:
        bare = re.sub(r"\{[^{}]*\}", "", bare)  # what stands in braces is one name
    assert len(re.split(r"\band\b", bare)) == max(1, len(cited.authors))


@LAWS
@given(catalogs)
def test_csl_gives_back_title_and_words(listed: list[Entry]) -> None:
    items = json.loads(json.dumps(csl(listed)))
    assert [item["id"] for item in items if ":" not in item["id"]] == [entry.key for entry in listed]
    for item, cited in zip(items, [each for entry in listed for each in citations_of(entry)], strict=True):
        assert item.get("title", "") == cited.title
        assert (item.get("DOI", ""), item.get("URL", "")) == (
            cited.doi,
            f"https://doi.org/{cited.doi}" if cited.doi else cited.url,
        )


def test_every_shipped_entry_can_be_cited(shipped: tuple[Entry, ...]) -> None:
    taken = read(bibtex(shipped))
    assert [key for _, key, _ in taken if ":" not in key] == [entry.key for entry in shipped]
    assert all(fields.get("title") or fields.get("note") for _, _, fields in taken)


def test_authors_are_dotted_and_cut_lists_end_in_others(invented: Entry) -> None:
    assert bibtex([invented]) == (
        "@article{invented,\n"
        "  author = {Doe, J. K. and others},\n"
        "  title = {{A set of 100\\% nothing}},\n"
        "  year = {2024},\n"
        "  journal = {Nowhere},\n"
        "  doi = {10.1234/paper},\n"
        "  url = {https://doi.org/10.1234/paper},\n"
        "}\n\n"
        "@misc{invented:data,\n"
        "  author = {{Jane Doe} and {University of Nowhere}},\n"
        "  title = {{Invented \\textbraceleft{}X\\textbraceright{}}},\n"
        "  year = {2024},\n"
        "  howpublished = {Nowhere Press},\n"
        "  note = {Version v2. Data set.},\n"
        "  doi = {10.1234/invented},\n"
        "  url = {https://doi.org/10.1234/invented},\n"
        "}\n"
    )


def test_data_with_a_doi_of_their_own_are_cited_beside_the_paper(invented: Entry) -> None:
    paper, data = citations_of(invented)
    assert paper == citation_of(invented)
    assert data.text == (
        "Jane Doe, University of Nowhere (2024). Invented {X}. Version v2. Nowhere Press. doi:10.1234/Invented"
    )
    assert [item["id"] for item in csl([invented])] == ["invented", "invented:data"]
    several = Entry("dataset", {**invented.fields, "version": "2.0.1 (record 7); 1.0 (record 6)"})
    assert citations_of(several)[1].version == "2.0.1"


@pytest.mark.parametrize(
    "changed",
    [
        {"doi": ""},
        {"doi": "10.1234/PAPER"},
        {"citation": {"text": "Doe J. A set. https://doi.org/10.1234/invented"}},
        {"citation": None},  # the reference is made of the entry itself
    ],
)
def test_data_are_cited_once_where_the_reference_names_them(invented: Entry, changed: dict[str, Any]) -> None:
    fields = {name: value for name, value in {**invented.fields, **changed}.items() if value is not None}
    assert citations_of(Entry("dataset", fields)) == (citation_of(Entry("dataset", fields)),)
    assert citations_of(Entry("model", invented.fields)) == (citation_of(invented),)


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Doe J, Roe R. A set.", (("Doe", "J."), ("Roe", "R."))),
        ("Doe J, Roe R, et al. A set.", (("Doe", "J."), ("Roe", "R."), ("others", ""))),
        ("Doe J, et al. A set.", (("Doe", "J."), ("Roe", "R."))),  # the entry names more than its words do
    ],
)
def test_only_a_cut_list_has_others(text: str, authors: tuple[tuple[str, str], ...]) -> None:
    fields = {"key": "a", "name": "A", "citation": {"text": text, "authors": [["Doe", "J"], ["Roe", "R"]]}}
    assert citation_of(Entry("dataset", fields)).authors == authors


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Armato III SG, Doe J, et al. (2015). A set.", (("Armato III", "S. G."), ("Doe", "J."), ("others", ""))),
        ("Van Essen DC, O'Roe-Roe R. A set.", (("Van Essen", "D. C."), ("O'Roe-Roe", "R."))),
        ("Doe J, Jared, Roe R: A set.", (("Doe", "J."), ("Jared", ""), ("Roe", "R."))),
        ("The Team, of Nowhere. (2013). A set.", (("The Team, of Nowhere", ""),)),  # a creator, and no two names
        ("A set of The Team, volume 2. Nowhere.", (("The Team, of Nowhere", ""), ("Doe and Roe", ""))),
        ("Jared. A set.", (("The Team, of Nowhere", ""), ("Doe and Roe", ""))),  # may be the title
        ("Doe J", (("The Team, of Nowhere", ""), ("Doe and Roe", ""))),
    ],
)
def test_authors_are_read_from_the_words_else_the_creators_stand_as_groups(
    text: str, authors: tuple[tuple[str, str], ...]
) -> None:
    creator = {"names": ["The Team, of Nowhere", "Doe and Roe"]}
    fields = {"key": "a", "name": "A", "creator": creator, "citation": {"text": text, "title": "A set"}}
    assert citation_of(Entry("dataset", fields)).authors == authors


def test_every_shipped_reference_has_an_author(shipped: tuple[Entry, ...]) -> None:
    without = [entry.key for entry in shipped if not citation_of(entry).authors]
    assert without == [entry.key for entry in shipped if "creator" not in entry.fields]
    lidc = next(entry for entry in shipped if entry.key == "lidc-idri")
    assert "  author = {Armato III, S. G. and McLennan, G. and Bidaut, L. and others},\n" in bibtex([lidc])


def test_what_nobody_says_how_to_cite_is_told_as_such() -> None:
    fields = {
        "key": "a",
        "name": "A",
        "url": "https://example.org",
        "published": "2024-02",
        "creator": {"names": ["Z and Y"]},
    }
    assert citation_of(Entry("dataset", fields)) == Citation(
        doi="",
        text="The creators state no reference; made from the entry of the data catalog.",
        authors=(("Z and Y", ""),),
        year="2024",
        title="A",
        url="https://example.org",
        label="a",
    )
    assert csl([Entry("dataset", fields)])[0]["URL"] == "https://example.org"


def test_a_family_name_that_would_divide_stays_whole() -> None:
    cited = Citation(doi="10.1/x", authors=(("Land and Lake", "A."), ("Doe", "J.")), title="T")
    assert "author = {{Land and Lake}, A. and Doe, J.}" in to_bibtex([cited])
