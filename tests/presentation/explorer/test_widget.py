"""The widget: opens on a catalog, a cohort or nothing, and stays closed where strangers would see controlled data."""

import pytest

from workbench.presentation.explorer import explore
from workbench.presentation.explorer.widget import SOURCE_VARIABLE


def test_its_cohort_follows_the_messages(commons):
    explorer = explore(commons)
    before = explorer.cohort
    explorer._receive(None, {"do": "toggle", "attribute": "sex", "value": "Female", "id": "a-1"}, [])
    assert explorer.cohort.conditions == before.where(sex="Female").conditions
    assert explorer.view["answers"] == "a-1"
    assert explorer.view["counts"][0]["value"] == before.where(sex="Female").counts["patients"]


def test_a_cohort_goes_in_and_comes_back_unchanged(commons):
    cohort = commons.where(modality="CT", level="patient")
    explorer = explore(cohort)
    assert explorer.cohort is cohort
    assert explorer.view["opens_links"] is False


def test_without_an_argument_it_opens_the_source_that_the_server_names(monkeypatch):
    assert explore().cohort.repository.key == "idc"
    monkeypatch.setenv(SOURCE_VARIABLE, "synthetic")
    assert explore().cohort.repository.disclosure == "synthetic"


def test_a_controlled_source_stays_closed_on_a_public_page(owned, monkeypatch):
    said = (
        "Table wards is a controlled source, so it cannot be explored on a public page. Sources published row by row "
        "and synthetic ones can. If you hold the data, open the explorer in your own notebook: wb.explore(catalog)."
    )
    closed = {"closed": said}
    assert explore(owned, public=True).view == closed
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    assert explore(owned).view == closed
    assert explore(owned.where(modality="CT")).view == closed
    assert explore(owned, public=False).view == closed
    monkeypatch.setenv("WORKBENCH_PUBLIC", "0")
    assert "counts" in explore(owned).view


def test_the_house_around_it_says_whose_it_is_what_is_beside_it_and_what_its_words_mean(owned, monkeypatch, tmp_path):
    monkeypatch.delenv("WORKBENCH_COMMONS", raising=False)
    monkeypatch.delenv("WORKBENCH_AGGREGATES", raising=False)
    house = explore(owned).house
    assert (house["key"], house["pages"], house["identity"]) == ("rows", [], {})
    assert house["source"]["name"] == "Table wards"
    assert {"patient", "series", "modality"} <= set(house["glossary"])
    file = tmp_path / "commons.toml"
    file.write_text('name = "Our commons"')
    monkeypatch.setenv("WORKBENCH_COMMONS", str(file))
    assert explore(owned).house["identity"]["name"] == "Our commons"


def test_something_else_is_refused():
    with pytest.raises(TypeError) as error:
        explore("idc")
    assert str(error.value) == (
        "explore(…) received a str. A catalog or a cohort would be right. "
        "Write for instance explore(open_catalog()) or explore(commons.where(modality='CT'))."
    )


def test_an_export_is_sent_as_a_file_and_a_refusal_as_a_message(commons, monkeypatch):
    explorer = explore(commons.where(collection_id="midrc_ricord_1b"))
    sent = []
    monkeypatch.setattr(type(explorer), "send", lambda _, content, buffers=None: sent.append((content, buffers)))
    explorer._receive(None, {"do": "export", "kind": "csv", "id": "a-1"}, [])
    ((content, (text,)),) = sent
    assert (content["kind"], content["type"], content["answers"]) == ("file", "text/csv", "a-1")
    assert explorer.cohort.sha256.encode() in text
    explorer._receive(None, {"do": "export", "kind": "gen3", "id": "a-2"}, [])
    assert explorer.view["messages"] == [
        {"kind": "error", "text": "Gen3 client: This source does not say what such a manifest lists (object_id)."}
    ]
