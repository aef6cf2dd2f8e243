"""What leaves the explorer is exactly what it shows."""

import io
from xml.etree import ElementTree

import polars as pl
import pytest
import yaml

from workbench.presentation.explorer.exports import KINDS, MOST_SERIES, export, refusal


@pytest.fixture(scope="module")
def ricord(commons):
    return commons.where(collection_id="midrc_ricord_1a")


def listed(kind: str, text: str) -> int:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if kind == "csv":
        return pl.read_csv(io.StringIO(text), comment_prefix="#").height
    if kind == "tcia":
        return len(lines) - 1 - lines.index("ListOfSeriesToDownload=")
    return sum(line.startswith("cp ") for line in lines)


@pytest.mark.parametrize("kind", ["csv", "s5cmd", "s5cmd-gcs", "tcia"])
def test_a_list_holds_as_many_series_as_are_shown(ricord, kind):
    made = export(ricord, kind)
    assert listed(kind, made.text) == ricord.counts["series"]
    assert made.file.startswith(f"cohort-{ricord.sha256[:8]}.")


def test_the_csv_lists_the_very_series_that_the_original_index_holds(ricord, raw):
    made = pl.read_csv(io.StringIO(export(ricord, "csv").text), comment_prefix="#")
    expected = raw.filter(pl.col("collection_id") == "midrc_ricord_1a").select("SeriesInstanceUID").collect()
    assert sorted(made["series_uid"]) == sorted(expected["SeriesInstanceUID"])


def test_the_definition_reopens_as_an_equal_cohort(commons, ricord):
    made = export(ricord, "definition")
    body = yaml.safe_load(made.text)
    assert body["counts"] == {unit: ricord.counts[unit] for unit in ("patients", "studies", "series")}
    assert commons.cohort_from(body) == ricord


def test_the_code_gives_the_counts_when_it_is_run(ricord):
    names: dict = {}
    exec(export(ricord, "python").text, names)
    assert names["cohort"].counts == ricord.counts


def test_the_link_ends_the_address_of_the_page(ricord):
    made = export(ricord, "link", page="http://127.0.0.1:8866/explorer")
    assert made.text.startswith("http://127.0.0.1:8866/explorer#cohort=")
    assert not made.file


def test_the_citations_name_the_doi_of_the_collection(ricord):
    assert "10.7937/vtw4-x588" in export(ricord, "bibtex").text.lower()


def test_table_one_is_the_one_on_the_screen(ricord):
    made = pl.read_csv(io.StringIO(export(ricord, "table_one", group="sex").text), infer_schema=False)
    assert made.columns[2] == f"Overall (n = {ricord.counts['patients']})"
    women, men = (ricord.where(sex=sex).counts["patients"] for sex in ("Female", "Male"))
    assert {f"Female (n = {women})", f"Male (n = {men})", "SMD"} <= set(made.columns)
    assert "SMD" not in export(ricord, "table_one", group="nothing").text


def test_the_flow_diagram_leaves_as_svg_and_its_numbers_as_csv(commons):
    cohort = commons.where(collection_id="midrc_ricord_1a").exclude(sex="Female")
    drawn = export(cohort, "flow")
    assert drawn.file == f"cohort-{cohort.sha256[:8]}.flow.svg"
    root = ElementTree.fromstring(drawn.text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "2. Not met: Sex: anything but Female" in words
    rows = pl.read_csv(io.StringIO(export(cohort, "attrition").text))
    assert rows["step"].to_list() == ["all", "Collection: MIDRC-RICORD-1A", "Sex: anything but Female"]
    assert rows.drop("step").rows() == cohort.attrition.table.drop("step").rows()


def test_a_list_too_long_for_a_browser_is_refused_with_the_way_to_write_it(commons):
    cohort = commons.everything
    assert cohort.counts["series"] > MOST_SERIES
    said = (
        f"{cohort.counts['series']:,} series are too many for a browser, which takes up to 200,000. "
        "In a notebook: cohort.manifest('csv').save(…)"
    )
    assert refusal(cohort, "csv") == said
    with pytest.raises(ValueError, match="too many") as error:
        export(cohort, "csv")
    assert str(error.value) == f"Series as CSV: {said}"
    assert refusal(cohort, "definition") is None


def test_a_manifest_that_the_source_cannot_give_is_refused(ricord):
    assert refusal(ricord, "gen3") == "This source does not say what such a manifest lists (object_id)."


def test_an_empty_cohort_has_nothing_to_list(commons):
    empty = commons.where(modality="MG", body_region="Head", sex="Male", age_years=(0, 1))
    assert empty.counts["series"] == 0
    assert refusal(empty, "csv") == "The cohort is empty: there is nothing to list."


def test_an_unknown_kind_is_refused(ricord):
    with pytest.raises(LookupError) as error:
        export(ricord, "xlsx")
    assert str(error.value) == (
        f"No kind 'xlsx' in the exports. Valid: {', '.join([*KINDS][:-1])}, … (13 in all). Use one of these."
    )
