"""One file re-aims every page: four kinds of source under a name of their own, and no other name on their pages."""

import json
import re
from pathlib import Path

import pytest

from workbench.assets import asset_path
from workbench.catalog.commons import open_catalog
from workbench.catalog.sources.folder import write_tables
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.aggregates import write_aggregates
from workbench.presentation.gallery import gallery_page
from workbench.presentation.identity import Identity, read_identity
from workbench.presentation.page import load_page
from workbench.presentation.pages import list_pages
from workbench.presentation.publication import Publication, publish
from workbench.presentation.reports import render_report
from workbench.vocabulary.demographics import MISSING

KINDS = ("idc", "gen3", "tables", "synthetic")
# What a source is called where nobody names it, and how the folders of this test are called.
OTHERS = ("Synthetic commons", "Gen3 export", "Release tables", "Imaging Data Commons", "Quay", "Pier", "Harbor", "tmp")
COMMONS = """
name = "{name}"
source = "{source}"
logo = "logo.svg"
url = "https://example.org/{key}"
contact = "{key}@example.org"
citation = ["Cite the {name}.", "And its makers."]
license = "CC BY 4.0"
accent = "#7a1f5c"
"""


def described(root: Path, key: str, name: str, source: str) -> Identity:
    (root / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    file = root / f"{key}.toml"
    file.write_text(COMMONS.format(name=name, source=source, key=key), encoding="utf-8")
    return read_identity(file)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("commons")


@pytest.fixture(scope="module")
def identities(place) -> dict[str, Identity]:
    root = place
    write_gen3_export(root / "gen3", n_patients=200)
    write_tables(open_catalog("synthetic:300").repository, root / "tables")
    return {
        "idc": read_identity(asset_path("dashboards", "commons", "idc.toml")),
        "gen3": described(root, "gen3", "Quay Commons", "gen3"),
        "tables": described(root, "tables", "Pier Commons", "tables"),
        "synthetic": described(root, "synthetic", "Harbor Commons", "synthetic:300"),
    }


@pytest.fixture(scope="module")
def folders(identities, idc_pages, tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("pages")
    made = {
        key: write_aggregates(publish(open_catalog(identity.source), identity), root / key)
        for key, identity in identities.items()
        if key != "idc"
    }
    return {"idc": idc_pages, **made}


def pages_of(folder: Path) -> dict:
    return {key: load_page(folder, name=key) for key in list_pages()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_built_and_says_whose_it_is(folders, identities, kind):
    identity = identities[kind]
    for key, page in pages_of(folders[kind]).items():
        assert page["identity"] == identity.entry(), key
        assert page["contact"] == identity.contact, key
        assert page["use"]["commercial"].endswith("."), key
        assert key == "data_catalog" or page["source"]["name"] == identity.name, key
        cited = " ".join(page.get("cite", ()))
        assert key == "data_catalog" or all(line.rstrip(".") in cited for line in identity.citation), key
        assert key == "data_catalog" or page["as_of"] in cited, key
        assert ("banner" in page) == (kind == "synthetic"), key
        assert {"as_of", "findings", "groups", "figures", "glossary", "provenance"} <= set(page), key


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_commons_is_named_and_no_folder(folders, identities, kind):
    own = identities[kind].name
    for key, page in pages_of(folders[kind]).items():
        if key == "data_catalog":  # it lists the data sets of everybody
            continue
        text = json.dumps(page | {"glossary": {}}, ensure_ascii=False).replace(own, "")
        assert not [name for name in OTHERS if name not in own and name in text], key


@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_is_drawn_or_says_why_not(folders, kind):
    for key, page in pages_of(folders[kind]).items():
        for figure in page["figures"]:
            assert ("spec" in figure) != ("absent" in figure), (key, figure["id"])
            assert figure["title"], key
            assert figure.get("absent", "It says.").endswith("."), key
    overview = {figure["id"]: figure for figure in load_page(folders[kind])["figures"]}
    assert ("spec" in overview["pipeline"]) == (kind == "synthetic")
    assert ("spec" in overview["licenses"]) == (kind == "idc")


@pytest.mark.parametrize("kind", ["gen3", "tables"])
def test_the_overview_of_a_controlled_source_shows_the_one_family(folders, kind):
    pages = pages_of(folders[kind])
    census = {figure["id"]: figure["table"]["rows"] for figure in pages["census"]["figures"] if "spec" in figure}
    overview = {figure["id"]: figure["table"]["rows"] for figure in pages["overview"]["figures"] if "spec" in figure}
    assert overview["modality"] == census["imaged-census_modality-modality"]
    counts = [cell for rows in overview.values() for row in rows for cell in row if isinstance(cell, int)]
    assert counts
    assert not [n for n in counts if 1 <= n <= 10]
    tiles = {tile["id"] for group in pages["overview"]["groups"] for tile in group["tiles"]}
    assert tiles == {"patients", "collections"}  # neither studies nor series
    known = [row[1] for row in overview["modality"] if row[1] is not None and row[0] not in MISSING]
    assert known == sorted(known, reverse=True)


@pytest.mark.parametrize("kind", ["gen3", "tables"])
def test_what_is_not_shown_of_a_controlled_source_stands_in_one_list_and_no_question_stays_open(folders, kind):
    pages = pages_of(folders[kind])
    assert pages["overview"]["sections"][-1]["title"] == "What is not shown here, and why"
    figures = [*pages["overview"]["figures"], *pages["census"]["figures"]]
    assert {figure["section"] for figure in figures if "absent" in figure} == {"not_shown"}
    assert "how it grew" not in pages["overview"]["subtitle"]
    answers = {tile["id"]: tile["text"] for tile in gallery_page(pages)["groups"][0]["tiles"]}
    assert answers["sex_unknown"] in ("Hidden", "Of all") or answers["sex_unknown"].endswith("%")
    assert not pages["census"]["source"]["version"]  # a checksum names no version to a reader


def test_the_census_says_what_is_not_known_and_names_the_largest_gap(folders):
    page = load_page(folders["idc"], name="census")
    tiles = {tile["label"]: tile["text"] for group in page["groups"] for tile in group["tiles"]}
    counted = (tiles["Patients who are people"], tiles["Sex not known"], tiles["Age not known"])
    assert counted == ("81,331", "55 %", "68 %")
    assert page["findings"][0].startswith(
        "Largest gap, age: 50–64 years far more often, 18–29 years far less often than in the US population. "
        "50–64 years: 32.2 % here, 19.2 % there; 18–29 years: 3.7 % here, 16.3 % there. 26 of 100 patients (95 % inter"
    )
    assert page["findings"][0].endswith(
        "This speaks of the 26,388 patients whose age is known; of another 54,943 (68 %) it is not."
    )
    assert page["largest_gap"]["compared"] == "Compared were age and sex; race and ethnicity are not in this source."


def test_every_page_says_in_the_same_words_who_is_counted(folders):
    pages = pages_of(folders["idc"])
    everybody, *_ = pages["overview"]["groups"][0]["tiles"]
    said = (
        "A patient is one patient number in one collection. Of 86,451 patients, 81,331 are people (76,167 persons, as "
        "some have several numbers); the others are animals, phantoms, simulations, or in collections that mix "
        "them."
    )
    assert (everybody["text"], everybody["note"]) == ("86,451", said)
    assert pages["census"]["groups"][0]["tiles"][0]["note"] == said
    assert said in pages["cohorts"]["subtitle"]
    told = {note["text"] for key in ("overview", "census", "cohorts") for note in pages[key]["notes"]}
    assert len([text for text in told if text.startswith("Not known, or missing, is our word")]) == 1


def test_an_invented_source_says_which_patients_stand_in_a_batch(folders):
    pages = pages_of(folders["synthetic"])
    note = pages["census"]["groups"][0]["tiles"][0]["note"]
    assert re.search(
        r"whether or not a study of theirs is released yet; [\d,]+ are in a batch that was released\.$", note
    )
    assert pages["census"]["banner"] == "These patients are invented. No such person exists."
    assert pages["data_catalog"]["banner"].endswith("The data sets on this page are real; they belong to others.")


def test_a_report_says_whose_it_is_and_names_no_other(identities, place, tmp_path):
    report = render_report("release_census", commons=place / "gen3.toml", out=tmp_path / "report", pdf=False)
    text = report.html.read_text(encoding="utf-8")
    identity = identities["gen3"]
    told = (identity.name, identity.logo, identity.contact, *identity.citation, identity.license, identity.accent)
    assert not [each for each in told if each not in text]
    named = [name for name in OTHERS if name not in ("Quay", "tmp") and name in text]
    assert not named
    assert str(place) not in text


def test_an_identity_can_close_an_open_source_but_not_open_a_closed_one(tmp_path):
    catalog = open_catalog("synthetic:300")
    assert publish(catalog).catalog is catalog
    assert (publish(catalog).disclosure, publish(catalog).is_open) == ("synthetic", True)
    closed = publish(catalog, Identity(name="Harbor", disclosure="controlled"))
    assert (closed.disclosure, closed.is_open, closed.catalog.repository.name) == ("controlled", False, "Harbor")
    assert isinstance(closed, Publication)
    assert not closed.counts.is_open
    assert closed.counts is closed.counts  # one family, suppressed once


def test_an_earlier_release_of_an_open_source_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nothing to suppress") as refused:
        publish(open_catalog("synthetic:300"), Identity(name="Harbor"), earlier=tmp_path)
    assert str(refused.value) == (
        "An earlier release came with Harbor, whose counts are shown exactly: there is nothing to suppress with it. A "
        "controlled source would be right. Leave the earlier release out."
    )
