"""Cards: what a reader sees is what the entry says, whatever signs it holds."""

import html
import re
from dataclasses import replace

import mistune
import pytest
import yaml
from hypothesis import given

from tests.catalog.registry.formats.drawn import LAWS, entries, texts
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.card_head import card_head
from workbench.catalog.registry.formats.cards import card
from workbench.catalog.registry.formats.evidence import claim_words, verdict_word
from workbench.catalog.registry.formats.markdown import fenced, link, plain, table
from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts, stated

_SHOW = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"], renderer="html")


def shown(markdown: str) -> str:
    """Return the text that a reader of the rendered Markdown sees, and nothing of its markup."""
    rendered = str(_SHOW(markdown))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", rendered)).split())


def escaped(text: str) -> str:
    """Return text on one line as HTML has it."""
    return html.escape(" ".join(text.split())).replace("&#x27;", "'")


@given(texts)
def test_text_is_shown_as_it_is(text: str) -> None:
    assert str(_SHOW(plain(text))) == f"<p>{escaped(text)}</p>\n"


@given(texts, texts)
def test_a_cell_stays_in_its_column(one: str, other: str) -> None:
    rendered = str(_SHOW(table(("a", "b"), [(plain(one), plain(other))])))
    assert re.findall(r"<td>(.*?)</td>", rendered) == [escaped(one), escaped(other)]


@given(texts)
def test_a_block_ends_where_its_text_ends(text: str) -> None:
    rendered = str(_SHOW(f"{fenced(text, 'bibtex')}\n\nafter"))
    assert rendered.endswith("<p>after</p>\n")
    assert rendered.count("<pre>") == 1


@LAWS
@given(entries)
def test_the_head_gives_back_what_the_entry_says(entry: Entry) -> None:
    head = yaml.safe_load(card_head(entry))
    assert head["pretty_name"] == entry.name
    assert head["tags"][1:] == [word for word in dict.fromkeys([*entry.modality, *entry.keywords]) if word != "medical"]


@LAWS
@given(entries)
def test_a_card_shows_name_summary_and_every_claim(entry: Entry) -> None:
    text = card(entry)
    assert text.startswith(f"---\n{card_head(entry)}---\n\n# ")
    body = shown(text.split("\n---\n", 1)[1])
    squeezed = re.sub(r"\s+", "", body)
    for said in (
        entry.name,
        entry.summary,
        *(claim.words for claim in entry.claims),
        *entry.fields.get("guide_advice", ()),
    ):
        assert re.sub(r"\s+", "", said) in squeezed


def test_every_shipped_entry_has_a_card(shipped: tuple[Entry, ...]) -> None:
    for entry in shipped:
        text = card(entry)
        assert yaml.safe_load(text.split("---\n")[1])["pretty_name"] == entry.name
        assert ("No source states its license" in text) == (not entry.license_confirmed)


def test_warnings_come_first(invented: Entry) -> None:
    page = {"page": "https://example.org", "words": "not for profit", "kind": "creator", "read": "2026-01-31"}
    entry = Entry("dataset", {**invented.fields, "license": {"id": "CC-BY-NC-4.0", "evidence": page}})
    warnings = card(entry).split("## Know before use\n\n")[1].split("\n\n##")[0]
    assert warnings.splitlines() == [
        "- No commercial use.",
        "- Its images are part of whole. Do not train on one and test on the other.",
    ]


def test_a_number_that_is_the_parents_is_told_as_such_and_not_as_a_difference(shipped: tuple[Entry, ...]) -> None:
    entry = next(each for each in shipped if each.key == "cbis-ddsm")
    row = next(line for line in card(entry).splitlines() if line.startswith("| 2,620 studies"))
    assert "**counts something else**: “The DDSM is a database of 2,620" in row
    assert "2,620 are the studies of the parent DDSM" in row
    assert "differs" not in row
    claim = next(each for each in entry.claims if each.value == 2620)
    assert "”; counts something else, says https://doi.org/" in claim_words(claim)
    other = replace(claim, checked_against={**dict(claim.checked_against or {}), "words": "12,620.5 scans"})
    assert verdict_word(other) == "differs"


def test_a_card_says_of_how_many_people_the_index_knows_age_and_sex(invented: Entry) -> None:
    same = IdcFacts("invented", "25.0.5", {"relation": "same"}, people=7, age_known=0.5)
    said = "In IDC age is known of 50% and sex of 0%."
    assert said in card(invented, same)
    assert said not in card(invented, replace(same, asked={"relation": "parent"}))
    assert said not in card(invented)


def test_a_number_that_the_index_bears_out_is_counted_there(invented: Entry) -> None:
    (claim,) = invented.claims
    facts = IdcFacts("invented", "25.0.5", {"relation": "same"}, claims=(ClaimCheck(stated(claim), "agrees", 12, ""),))
    others = replace(facts, claims=(ClaimCheck(stated(claim), "another set", 12, ""),))
    assert "| 12+ patients | counted in IDC |" in card(invented, facts)
    assert "| 12+ patients | not checked |" in card(invented, others)
    assert "| 12+ patients | not checked |" in card(invented)
    assert claim_words(claim, facts) == "guide, radiology:1: “12+ patients”; counted in IDC"
    # A page that was held against it says more than a count.
    refuted = replace(claim, verdict="differs", checked_against={"words": "9 people", "page": "", "kind": "creator"})
    assert verdict_word(refuted, facts) == "differs"


def test_a_copy_by_a_third_party_is_no_source_that_agrees(invented: Entry) -> None:
    page = {"words": "12 people", "page": "https://example.org", "kind": "third_party", "read": "2026-01-31"}
    claim = replace(invented.claims[0], verdict="agrees", checked_against=page)
    assert verdict_word(claim) == "a third party says the same"
    assert claim_words(claim) == (
        "guide, radiology:1: “12+ patients”; a third party says the same: https://example.org "
        "(“12 people”, read 2026-01-31)"
    )
    assert verdict_word(replace(claim, checked_against={**page, "kind": "creator"})) == "agrees"


def test_a_license_that_nobody_confirms_is_named_first() -> None:
    entry = Entry("dataset", {"key": "a", "name": "A", "summary": "S.", "license": {"id": "unknown"}})
    text = card(entry)
    assert "- No source states its license: nothing may be concluded on its use." in text
    assert "- License: not confirmed" in text
    assert yaml.safe_load(card_head(entry))["license"] == "unknown"


@pytest.mark.parametrize(
    ("n", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (112_120, "100K<n<1M"), (10**9 - 1, "100M<n<1B"), (10**9, "n>1B")],
)
def test_the_class_of_size_holds_the_number(n: int, size: str) -> None:
    claim = {
        "quantity": "images",
        "value": n,
        "qualifier": "exact",
        "source": "guide",
        "where": "r",
        "words": "w",
        "verdict": "unchecked",
    }
    head = yaml.safe_load(
        card_head(Entry("dataset", {"key": "a", "name": "A", "claims": [claim], "license": {"id": "unknown"}}))
    )
    assert head["size_categories"] == [size]


def test_own_terms_are_other_with_name_and_address() -> None:
    page = {"page": "https://example.org", "words": "w", "kind": "creator", "read": "2026-01-31"}
    terms = {"LicenseRef-Own": {"name": "Own terms", "url": "https://example.org/terms"}}
    entry = Entry(
        "dataset", {"key": "a", "name": "A", "license": {"id": "LicenseRef-Own", "evidence": page}}, terms=terms
    )
    head = yaml.safe_load(card_head(entry))
    assert (head["license"], head["license_name"], head["license_link"]) == (
        "other",
        "LicenseRef-Own",
        "https://example.org/terms",
    )


def test_an_address_cannot_end_its_brackets() -> None:
    assert link("https://example.org/<a>|b`c") == "<https://example.org/%3Ca%3E%7Cb%60c>"


def test_a_notebook_shows_the_card_without_the_head_for_machines() -> None:
    text = card(Entry("dataset", {"key": "a", "name": "A", "summary": "S.", "license": {"id": "unknown"}}))
    assert text.startswith("---\n")
    assert text.body.startswith("# A\n")
    assert text._repr_markdown_() == text.body
    assert text.endswith(text.body)
