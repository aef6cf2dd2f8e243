"""Every technical term has a plain definition with its source, and a page carries those that it uses."""

import re

import pytest

from workbench.presentation.glossary import glossary_of, glossary_page, read_glossary
from workbench.presentation.page import PAGE_SCHEMA

DEMANDED = """patient study series instance modality CT MR CR DX MG PT SM LOINC DICOM harmonization suppression cohort
census attrition missing unknown synthetic license FAIR phantom aggregates released ingested ultrasound collection"""
TOGETHER = """Wilson interval, total variation, Jensen–Shannon distance, small count, reference population,
hidden count, de-identification, age band, not reported, body region, derived object, controlled source,
quality and harmonization"""


def test_every_demanded_term_is_explained_in_one_or_two_plain_sentences_with_a_source():
    terms = read_glossary()
    assert {*DEMANDED.split(), *re.split(r",\s+", TOGETHER)} <= set(terms)
    assert list(terms) == sorted(terms, key=str.casefold)
    for term, entry in terms.items():
        assert re.fullmatch(r"[^!]{20,240}\.", entry["definition"]), term
        assert entry["source"], term
        assert entry["url"] == "" or entry["url"].startswith("https://"), term


def test_no_form_belongs_to_two_terms():
    forms = [form.lower() for entry in read_glossary().values() for form in {*entry["forms"], *entry["codes"]}]
    assert sorted(forms) == sorted(set(forms))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A study of 3 patients.", {"study", "patient"}),
        ("Understudy, impatient, CTs", set()),  # words within words
        ("ct and mr in small letters", set()),  # an abbreviation is written in capitals
        ("The US population", set()),  # not ultrasound
        ("Age is Not Reported", {"not reported"}),
        ("95 % Wilson intervals", {"Wilson interval", "interval"}),
    ],
)
def test_a_page_carries_the_terms_that_it_uses_and_no_others(text, terms):
    page = {"title": text, "figures": [{"spec": {"title": "phantom"}}], "provenance": {"of": "batch"}}
    assert set(glossary_of(page)) == terms


def test_a_code_in_a_table_counts_as_a_mention():
    table = {"columns": ["code", "n"], "rows": [["US", 1]]}
    assert set(glossary_of({"figures": [{"table": table}]})) == {"ultrasound"}


def test_the_page_of_all_terms_speaks_for_the_same_commons():
    site = {"overview": {"identity": {"name": "Lung commons"}, "as_of": "2026-01-01", "use": {}}}
    page = glossary_page(site)
    assert (page["schema"], page["identity"], page["as_of"]) == (PAGE_SCHEMA, {"name": "Lung commons"}, "2026-01-01")
    assert set(page["glossary"]) == set(read_glossary())
    assert glossary_page({})["title"] == "What do the words mean?"
