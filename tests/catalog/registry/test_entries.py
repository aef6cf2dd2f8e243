"""Entries: which number is their size, what their license allows, and when they count as curated."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.registry.small_catalog import CLAIM, EVIDENCE, TERMS, dataset
from workbench.catalog.registry.entries import Claim, Entry, Relation
from workbench.catalog.registry.licenses import shipped_terms

ALLOWED = {"yes": {**TERMS, "commercial_use": "yes"}, "no": TERMS, "ask": {**TERMS, "commercial_use": "unknown"}}


AGREES = {"verdict": "agrees", "checked_against": EVIDENCE}
HEARD = {"verdict": "agrees", "checked_against": {**EVIDENCE, "kind": "third_party"}}


def entry(**fields: Any) -> Entry:
    """Return a data set with the given fields."""
    return Entry("dataset", dataset("one", **fields))


def patients(**claims: dict[str, Any]) -> Entry:
    """Return a data set with claims of patients: each keyword changes one, its name tells the source."""
    return entry(claims=[{**CLAIM, "source": name.rstrip("_"), **claim} for name, claim in claims.items()])


# ------------------------------------------------------------------ size


@pytest.mark.parametrize(
    ("claims", "size"),
    [
        ({"guide": {"value": 7}}, 7),
        ({"guide": {"value": 7}, "creator": {"value": 9}}, 9),  # who made it goes before who tells of it
        ({"guide": {"value": 7, **AGREES}, "creator": {"value": 9}}, 7),  # but what was compared goes first
        ({"guide": {"value": 7, **HEARD}, "creator": {"value": 9}}, 9),  # a third party bears nothing out
        ({"guide": {"value": 7, "verdict": "not_comparable"}}, None),  # another thing
        ({"third_party": {"value": 7}, "guide": {"value": 9}}, 9),
        ({"guide": {"value": 7, "verdict": "differs"}, "third_party": {"value": 9}}, 9),  # a refuted number is none
        ({"guide": {"value": 7, "verdict": "differs"}}, None),
        ({"creator": {"value": 7, "of": "with masks"}}, None),  # a part is not the whole
        ({"creator": {"value": 7, "quantity": "images"}}, None),
        ({"creator": {"value": 7, "qualifier": "about"}, "paper": {"value": 9}}, 9),  # exact goes before about
        ({"creator": {"value": 7}, "paper": {"value": 9}}, 7),  # among equals, the first of the file
        ({}, None),
    ],
)
def test_the_size_is_the_best_supported_number(claims: dict[str, Any], size: int | None) -> None:
    assert patients(**claims).size("patients") == size


def test_the_index_speaks_where_nobody_else_does() -> None:
    fields = dataset("one", claims=[{**CLAIM, "quantity": "images"}])
    counted = Entry("dataset", fields, idc_counts={"patients": 5, "images": 3})
    assert (counted.size("patients"), counted.size("images"), counted.size("slides")) == (5, 1200, None)
    assert counted.first_size(("slides", "images", "patients")) == ("images", 1200)
    assert counted.first_size(("slides", "volumes")) is None


def test_a_size_rests_on_the_claim_that_no_source_refuted() -> None:
    refuted = {**CLAIM, "qualifier": "at_least", "verdict": "differs"}
    claim = entry(claims=[refuted, {**CLAIM, "qualifier": "about"}]).best_claim("patients")
    assert claim is not None
    assert claim.qualifier == "about"
    assert entry(claims=[refuted]).best_claim("patients") is None


def test_a_relation_is_said_in_words() -> None:
    assert Relation("overlaps", "luna16").said == "overlaps with luna16"
    assert Relation("annotations_of", "luna16").said == "annotations of luna16"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "value": st.integers(0, 10),
                "source": st.sampled_from(["guide", "creator", "paper", "third_party"]),
                "verdict": st.sampled_from(["agrees", "differs", "unchecked", "not_comparable"]),
                "qualifier": st.sampled_from(["exact", "about", "at_least"]),
                "of": st.sampled_from(["", "a part"]),
            }
        ),
        max_size=5,
    )
)
def test_a_size_was_stated_by_somebody_and_refuted_by_nobody(claims: list[dict[str, Any]]) -> None:
    size = entry(claims=[{**CLAIM, "checked_against": EVIDENCE, **claim} for claim in claims]).size("patients")
    stated = {each["value"] for each in claims if each["verdict"] in ("agrees", "unchecked") and not each["of"]}
    assert size in stated if stated else size is None
    agreed = {each["value"] for each in claims if each["verdict"] == "agrees" and not each["of"]}
    assert not agreed or size in agreed


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({}, "1,200 patients"),
        ({"qualifier": "at_least"}, "at least 1,200 patients"),
        ({"qualifier": "about", "quantity": "image_text_pairs", "value": 2.5}, "about 2.5 image text pairs"),
        ({"of": "with masks"}, "1,200 patients with masks"),
    ],
)
def test_a_claim_says_its_number_in_words(claim: dict[str, Any], words: str) -> None:
    assert Claim(**{**CLAIM, **claim}).amount == words


# ------------------------------------------------------------------ license


def licensed(name: str, *parts: str, kind: str = "creator") -> Entry:
    """Return a data set under terms, with parts under others."""
    evidence = {**EVIDENCE, "kind": kind}
    listed = [{"part": f"part {n}", "id": part, "evidence": evidence} for n, part in enumerate(parts)]
    fields = dataset("one", license={"id": name, "evidence": evidence, "parts": listed})
    return Entry("dataset", fields, terms=ALLOWED)


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        (["yes"], True),
        (["no"], False),
        (["ask"], None),
        (["yes", "yes"], True),
        (["yes", "no"], False),  # masks that may not be used commercially make the set unusable
        (["ask", "no"], False),
        (["yes", "ask"], None),
        (["yes", "unknown"], None),
        (["never heard of"], None),
    ],
)
def test_commercial_use_is_what_all_parts_allow(names: list[str], allowed: bool | None) -> None:
    assert licensed(*names).commercial_use is allowed


def test_what_third_parties_say_confirms_nothing() -> None:
    told = licensed("yes", kind="third_party")
    assert (told.license_confirmed, told.commercial_use, told.license.commercial_use) == (False, None, "yes")
    assert not Entry("dataset", dataset("one", license={"id": "unknown"})).license_confirmed


def test_terms_are_those_of_the_shipped_file_unless_others_are_given() -> None:
    free = entry(license={"id": "CC-BY-4.0", "evidence": EVIDENCE})
    assert free.license.name == shipped_terms()["CC-BY-4.0"]["name"] == "Creative Commons Attribution 4.0"
    assert free.commercial_use is True
    assert free.license.evidence == EVIDENCE


def test_every_shipped_license_that_claims_to_be_of_spdx_is() -> None:
    from packaging.licenses import canonicalize_license_expression

    listed = {name for name, terms in shipped_terms().items() if terms["spdx"]}
    assert listed == {str(canonicalize_license_expression(name)) for name in listed}
    assert all(name.startswith("LicenseRef-") for name in shipped_terms().keys() - listed)


# ------------------------------------------------------------------ the rest


@pytest.mark.parametrize("missing", ["creator", "published", "citation", "doi", "license", None])
def test_curated_means_that_all_of_it_is_known(missing: str | None) -> None:
    fields = {
        "creator": {"names": ["Nobody"]},
        "published": "2020",
        "citation": {"text": "Nobody. Lungs. 2020."},
        "doi": "10.1234/lungs",
    }
    known = {name: value for name, value in fields.items() if name != missing}
    if missing == "license":
        known["license"] = {"id": "unknown"}
    assert entry(**known).curated is (missing is None)
    if missing == "doi":
        assert entry(**known, url="https://example.org").curated


def test_an_entry_reads_empty_where_its_file_is_silent() -> None:
    bare = Entry("framework", {"key": "one", "name": "One"})
    assert (bare.modality, bare.body_region, bare.aliases, bare.claims, bare.relations) == ((), (), (), (), ())
    assert (bare.access, bare.doi, bare.url, bare.specialty) == ("unknown", "", "", "")
    assert bare.demographics == dict.fromkeys(("age", "sex", "race", "ethnicity", "country"), "unknown")
    assert (bare.license.id, bare.commercial_use, bare.curated) == ("unknown", None, False)


def test_the_page_is_the_address_or_that_of_the_doi() -> None:
    assert entry(doi="10.1234/x").url == "https://doi.org/10.1234/x"
    assert entry(doi="10.1234/x", url="https://example.org").url == "https://example.org"


def test_entries_can_be_kept_in_sets() -> None:
    assert len({entry(), entry(), Entry("dataset", dataset("two"))}) == 2


def test_an_entry_prints_what_it_is_and_whether_it_may_be_used() -> None:
    fields = {"key": "a", "name": "A", "summary": "Scans.", "url": "https://a.example"}
    assert repr(Entry("dataset", {**fields, "license": {"id": "unknown"}})) == (
        "A [a], dataset\n  Scans.\n  License: not confirmed\n  https://a.example"
    )
    evidence = {"page": "https://a.example", "words": "CC BY 4.0", "kind": "creator", "read": "2026-01-01"}
    free = Entry("dataset", {**fields, "license": {"id": "CC-BY-4.0", "evidence": evidence}})
    assert "License: Creative Commons Attribution 4.0: commercial use allowed" in repr(free)
