"""Rights: licenses with their counts, warnings, and references that bibliography programs can read."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import idc_index_data
import polars as pl
import pytest

from workbench.catalog.citations import Citation, read_citation, to_bibtex, to_csl
from workbench.catalog.rights import IDC_PAPER, read_rights
from workbench.vocabulary.licenses import allows_commercial_use

RICORD = "10.7937/vtw4-x588"
MIXED = [
    {"license": "CC BY 4.0", "doi": RICORD.upper()},
    {"license": "CC BY-NC 4.0", "doi": f"https://doi.org/{RICORD}"},
    {"license": "CC BY-NC 4.0", "doi": "10.9999/nobody-knows"},
    {"license": "Local terms", "doi": None},
]


def collections() -> Path:
    return Path(idc_index_data.INDEX_METADATA["collections_index"]["parquet_filepath"])


@pytest.fixture(scope="module")
def references() -> list[Citation]:
    """Return every reference that comes with the index, taken apart."""
    sources = pl.read_parquet(collections()).explode("sources").unnest("sources")
    rows = sources.select("source_doi", "citation").unique().sort("source_doi").iter_rows()
    return [read_citation(doi, text) for doi, text in rows]


def fields(entry: str) -> dict[str, str]:
    """Return the fields of one BibTeX entry; a value may hold braces as long as they match."""
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))


# ------------------------------------------------------------------ licenses


def test_licenses_are_counted_in_series_and_patients(make_selection: Any) -> None:
    table = read_rights(make_selection(*MIXED)).table
    # rows 0 and 1 are one patient, rows 2 and 3 another
    assert table.rows() == [
        ("CC BY-NC 4.0", 2, 2, False),
        ("CC BY 4.0", 1, 1, True),
        ("Local terms", 1, 1, None),
    ]


def test_what_forbids_commercial_use_is_a_warning_in_words(make_selection: Any) -> None:
    assert read_rights(make_selection(*MIXED)).warnings == (
        "2 of 4 series do not allow commercial use (CC BY-NC 4.0).",
        "Mixing them in binds the whole selection; cohort.exclude(license=…) leaves them out.",
        "1 of 4 series stand under terms that must be read (Local terms).",
    )


def test_free_licenses_alone_warn_of_nothing(make_selection: Any) -> None:
    free = [{"license": name} for name in ("CC BY 4.0", "CC0 1.0", "Creative Commons Attribution 3.0 Unported License")]
    assert read_rights(make_selection(*free)).warnings == ()


def test_every_license_of_the_index_is_judged_or_left_to_be_read() -> None:
    original = pl.scan_parquet(idc_index_data.IDC_INDEX_PARQUET_FILEPATH)
    names = original.select(pl.col("license_short_name").unique()).collect().to_series()
    judged = {name: allows_commercial_use(name) for name in names}
    assert {name for name, allowed in judged.items() if allowed is False} == {n for n in names if "NC" in n}
    assert {name for name, allowed in judged.items() if allowed is None} == {n for n in names if not n.startswith("CC")}


# ------------------------------------------------------------------ references


def test_each_doi_is_cited_once_and_an_unknown_one_is_kept(make_selection: Any) -> None:
    rights = read_rights(make_selection(*MIXED, collections=collections()))
    assert [citation.doi for citation in rights.citations] == [RICORD, "10.9999/nobody-knows"]
    assert rights.sources.select("doi", "n_series", "n_patients").rows() == [
        (RICORD, 2, 1),
        ("10.9999/nobody-knows", 1, 1),
    ]
    assert rights.text().splitlines()[1] == "https://doi.org/10.9999/nobody-knows"
    assert rights.n_series_without_doi == 1
    assert repr(rights).splitlines()[-1] == "1 series name no DOI."


def test_other_sources_find_their_references_in_the_installed_index(make_selection: Any) -> None:
    rights = read_rights(make_selection({"doi": RICORD}))
    assert "RSNA International COVID Radiology Database Release 1a" in rights.text()


def test_the_repository_asks_to_be_cited_itself(make_selection: Any) -> None:
    rights = read_rights(make_selection({"doi": RICORD}, key="idc", collections=collections()))
    assert rights.citations[-1] is IDC_PAPER
    assert fields(rights.bibtex().split("\n\n")[-1])["journal"] == "RadioGraphics"
    item = json.loads(rights.csl())[-1]
    assert (item["type"], item["DOI"], item["container-title"]) == (
        "article-journal",
        "10.1148/rg.230180",
        "RadioGraphics",
    )
    assert item["author"][10] == {"family": "Aerts", "given": "H. J. W. L."}


def test_every_doi_of_the_index_has_a_reference(references: list[Citation]) -> None:
    original = pl.scan_parquet(idc_index_data.IDC_INDEX_PARQUET_FILEPATH)
    dois = original.select(pl.col("source_DOI").drop_nulls().unique()).collect().to_series()
    assert set(dois.str.to_lowercase()) <= {citation.doi for citation in references if citation.text}


def test_references_hold_no_markup_and_no_line_breaks(references: list[Citation]) -> None:
    assert not [citation.doi for citation in references if re.search(r"<\w|&\w+;|\s\s|\n", citation.text)]


def test_most_references_are_taken_apart_and_the_rest_kept_whole(references: list[Citation]) -> None:
    apart = [citation for citation in references if citation.authors and citation.title and citation.year]
    assert len(apart) / len(references) > 0.9
    for citation in references:
        entry = fields(to_bibtex([citation]))
        if citation not in apart:
            assert re.sub(r"\\([&%$#_])", r"\1", entry["note"]) == citation.text


def test_bibtex_of_the_whole_index_is_well_formed(references: list[Citation]) -> None:
    entries = to_bibtex(references).strip().split("\n\n")
    keys = [re.match(r"@(?:misc|article)\{([A-Za-z0-9_.:\u00c0-\u024f-]+),\n", entry) for entry in entries]
    assert all(keys)
    assert len({key[1] for key in keys if key}) == len(references)
    for entry in entries:
        assert entry.count("{") == entry.count("}")
        assert re.search(r"^  doi = \{10\.[^}]+\},$", entry, re.MULTILINE)
        assert not re.search(r"(?<!\\)[&%$#]", re.sub(r"^  (doi|url) = .*$", "", entry, flags=re.MULTILINE))


def test_a_long_author_list_ends_in_others() -> None:
    # 19 names, an ellipsis, and the last: APA 7, 9.8
    names = ", ".join(f"Name{letter}, {letter}." for letter in "ABCDEFGHIJKLMNOPQRS")
    cited = read_citation(
        "10.1/x",
        f"{names}, … Last, Z. (2021). <i>A {{set}} &amp; more</i> (Version 2) [Data set]. Archive. https://doi.org/10.1/X",
    )
    assert (len(cited.authors), cited.authors[-1]) == (20, ("others", ""))
    entry = fields(to_bibtex([cited]))
    assert entry["author"].endswith("NameS, S. and others")
    assert entry["title"] == r"{A \textbraceleft{}set\textbraceright{} \& more}"
    assert entry["note"] == "Version 2. Data set."
    assert to_csl([cited])[0]["author"][-1] == {"literal": "others"}


@pytest.mark.parametrize(
    "text",
    [
        "Doe, J., &amp; roe, richard alan. (2020). <i>A set</i> [Data set]. Z. https://doi.org/10.1/x",  # no initials
        "Jane Doe, Richard Roe, &amp; Ann Poe. (2020). <i>A set</i> [Data set]. Z. https://doi.org/10.1/x",
    ],
)
def test_names_that_cannot_be_told_apart_are_not_guessed(text: str) -> None:
    cited = read_citation("10.1/x", text)
    assert (cited.authors, cited.title) == ((), "A set")
    assert cited.text.startswith(text[:8])


def test_a_reference_to_another_doi_is_not_taken_apart() -> None:
    cited = read_citation("10.1/x", "Doe, J. (2020). <i>A set</i> [Data set]. Z. https://doi.org/10.1/y")
    assert cited == Citation("10.1/x", "Doe, J. (2020). A set [Data set]. Z. https://doi.org/10.1/y")


def test_rights_of_nobody_are_empty(make_selection: Any) -> None:
    cohort = make_selection(*MIXED)
    rights = read_rights(replace(cohort, rows=pl.Series([], dtype=pl.UInt32)))
    assert (len(rights.table), rights.warnings, rights.citations) == (0, (), ())


def test_the_page_escapes_what_a_table_says(make_selection: Any) -> None:
    shown = read_rights(make_selection({"license": "<script>alert(1)</script>"}))._repr_html_()
    assert "<script>" not in shown
