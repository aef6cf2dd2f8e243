"""schema.org: the whole catalog as one DataCatalog."""

import json

from hypothesis import given

from tests.catalog.registry.formats.drawn import LAWS, catalogs, strings_of
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.schema_org import data_catalog_jsonld, describe_entry
from workbench.catalog.registry.idc_facts import IdcFacts


def test_every_shipped_entry_is_a_part(shipped: tuple[Entry, ...]) -> None:
    catalog = json.loads(json.dumps(data_catalog_jsonld(shipped)))
    assert (catalog["@type"], catalog["@context"]) == ("DataCatalog", {"@vocab": "https://schema.org/"})
    assert [part["@id"] for part in catalog["hasPart"]] == [f"#{entry.key}" for entry in shipped]
    kinds = {"dataset": "Dataset", "model": "CreativeWork", "framework": "SoftwareSourceCode"}
    assert [part["@type"] for part in catalog["hasPart"]] == [kinds[entry.kind] for entry in shipped]


@LAWS
@given(catalogs)
def test_what_an_entry_says_comes_from_the_entry(listed: list[Entry]) -> None:
    for part, entry in zip(data_catalog_jsonld(listed)["hasPart"], listed, strict=True):
        own = strings_of(entry.fields)
        assert set(part["keywords"]) <= own
        for name in ("name", "description", "datePublished", "version"):
            assert part.get(name) is None or part[name] in own
        assert {page["url"] for page in part.get("subjectOf", ())} <= own


@LAWS
@given(catalogs)
def test_every_page_that_was_read_is_named(listed: list[Entry]) -> None:
    for part, entry in zip(data_catalog_jsonld(listed)["hasPart"], listed, strict=True):
        named = {page["url"] for page in part.get("subjectOf", ())}
        assert {claim.checked_against["page"] for claim in entry.claims if claim.checked_against} <= named
        assert {issue["evidence"]["page"] for issue in entry.fields.get("known_issues", ())} <= named


def test_a_platform_is_a_catalog_and_no_source(invented: Entry) -> None:
    hosted = Entry(
        "dataset", {**invented.fields, "relations": [{"kind": "hosted_on", "of": "Kaggle", "outside": True}]}
    )
    described = describe_entry(hosted)
    assert described["includedInDataCatalog"] == [{"@type": "DataCatalog", "name": "Kaggle"}]
    assert "isBasedOn" not in described


def test_what_the_index_counts_is_told_with_its_version(invented: Entry) -> None:
    facts = IdcFacts("invented", "25.0.5", {"relation": "same"}, sentence="The guide says 12; IDC has 13.")
    assert describe_entry(invented, facts)["additionalProperty"][-1] == {
        "@type": "PropertyValue",
        "name": "counted in the Imaging Data Commons",
        "value": "The guide says 12; IDC has 13.",
        "description": "idc-index-data 25.0.5",
    }


def test_names_tell_persons_from_organizations() -> None:
    names = ["Jane Doe", "Yang X", "Teresa Araújo", "Ludwig van Beethoven"]
    others = ["NIH Clinical Center", "Figure 1", "qure.ai", "University of Nowhere", "DarwinAI Corp.", "Hospital 108"]
    entry = Entry("dataset", {"key": "a", "name": "A", "creator": {"names": names + others}})
    kinds = [creator["@type"] for creator in describe_entry(entry)["creator"]]
    assert kinds == ["Person"] * len(names) + ["Organization"] * len(others)


def test_a_model_names_what_it_was_trained_on() -> None:
    described = describe_entry(Entry("model", {"key": "m", "name": "M", "trained_on": ["tcga"]}))
    assert described["isBasedOn"] == [{"@type": "CreativeWork", "identifier": "tcga", "description": "trained on"}]
