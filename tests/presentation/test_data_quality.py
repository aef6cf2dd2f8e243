"""The data-quality report: counted again from the raw index, and nothing of a controlled source given away."""

from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.catalog.completeness import GAPS, count_unknown
from workbench.errors import UnknownNameError
from workbench.presentation.data_quality import DataQuality
from workbench.presentation.quality_advice import ADVICE
from workbench.presentation.quality_counts import examine_quality
from workbench.presentation.quality_words import by_release, most_missing, touched, worst_places


@pytest.fixture(scope="module")
def quality(commons: Catalog) -> DataQuality:
    return examine_quality(commons)


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A table of one's own: 40 women, 30 men, 3 without a sex; nobody has an age."""
    rows = {"patient_id": [f"P{i}" for i in range(73)], "sex": [*["F"] * 40, *["M"] * 30, *[None] * 3]}
    table = tmp_path_factory.mktemp("own") / "mine.csv"
    pl.DataFrame(rows).write_csv(table)
    return wb.open_catalog(table)


def test_every_rule_of_the_index_is_counted_by_collection_too(quality: DataQuality, commons: Catalog) -> None:
    summed = quality.by_collection.group_by("rule").agg(pl.col("n", "n_total").sum())
    whole = commons.data_quality().join(summed, on="rule", suffix="_summed")
    assert whole.height == commons.data_quality().height == quality.rules.height
    assert whole["n"].to_list() == whole["n_summed"].to_list()
    assert whole["n_total"].to_list() == whole["n_total_summed"].to_list()


def test_a_rule_touches_in_a_collection_what_the_raw_index_says(quality: DataQuality, raw: pl.LazyFrame) -> None:
    absent = pl.col("BodyPartExamined").is_null().sum()
    by_hand = raw.group_by("collection_id").agg(n=absent, n_total=pl.len()).sort("collection_id").collect()
    mine = quality.by_collection.filter(rule="BodyPartExamined is absent").sort("collection_id")
    assert mine.select("collection_id", "n", "n_total").rows() == by_hand.rows()


def test_what_is_not_known_of_people_is_what_the_census_says(quality: DataQuality, commons: Catalog) -> None:
    people = commons.where(species="Human")
    for gap, attribute in (("Age", "age_group"), ("Sex", "sex")):
        census = people.census(by=[attribute])
        row = quality.gaps.filter(gap=gap).row(0, named=True)
        assert (row["n"], row["n_total"]) == (census.missing["n_patients"].sum(), census.n_total)


def test_collections_and_releases_add_up_to_all(quality: DataQuality) -> None:
    for table in (quality.collections.filter(unit="patients"), quality.periods):
        summed = table.group_by("gap").agg(pl.col("n", "n_total").sum())
        joined = summed.join(quality.gaps, on="gap", suffix="_all")
        assert joined["n"].to_list() == joined["n_all"].to_list()
        assert joined["n_total"].to_list() == joined["n_total_all"].to_list()
    order = quality.periods.filter(gap="Age")["period"].cast(pl.Int64)
    assert order.is_sorted()


def test_the_worst_collection_lacks_most_values_of_its_people(quality: DataQuality) -> None:
    people = quality.collections.filter(unit="patients")
    lacking = people.group_by("collection_id", maintain_order=True).agg(pl.col("n").sum())["n"]
    assert lacking.is_sorted(descending=True)
    (figure,) = quality.where()
    assert figure.table["collection_id"].to_list() == people["collection_id"].unique(maintain_order=True).to_list()[:15]


def test_everything_that_may_be_missing_has_advice(quality: DataQuality) -> None:
    assert {gap.name for gap in GAPS} == set(ADVICE)
    shares = quality.what_to_do().frame["of"].to_list()
    assert len(shares) == quality.gaps.filter(pl.col("fraction") >= 0.001).height
    (rules,) = quality.every_rule()
    assert rules.frame.columns == ["rule", "touched", "what was done", "most of it in"]


def test_one_collection_is_reported_on_alone(commons: Catalog, tmp_path: Path) -> None:
    one = examine_quality(commons, collection_id="midrc_ricord_1a")
    patients = commons.where(collection_id="midrc_ricord_1a").patients
    assert one.gaps.filter(gap="Age")["n"].to_list() == [patients["age_years"].null_count()]
    assert one.where() == []
    assert set(one.by_collection["collection_id"]) == {"midrc_ricord_1a"}
    one.save_tables(tmp_path)
    written = {path.name for path in tmp_path.iterdir()}
    assert written >= {"not_known.csv", "rules.csv", "rules_by_collection.csv", "provenance.json"}
    with pytest.raises(UnknownNameError, match="No collection 'midrc_ricord_1' in the NCI"):
        examine_quality(commons, collection_id="midrc_ricord_1")


def test_what_a_source_never_tells_is_said_once() -> None:
    invented = examine_quality(wb.open_catalog("synthetic"))
    assert invented.silent == ("License",)
    assert "The source tells nothing at all of: license." in invented.learned.texts
    assert "License" not in invented.gaps["gap"]


def test_of_a_controlled_source_only_public_shares_are_shown(controlled: Catalog, tmp_path: Path) -> None:
    quality = examine_quality(controlled)
    assert quality.gaps.filter(gap="Sex")["n"].to_list() == [None]  # three of them
    assert quality.gaps.filter(gap="Age")["n"].to_list() == [73]
    assert quality.where() == quality.over_time() == quality.every_rule() == []
    assert "Its holder asks for them with exact." in quality.first_page().rule
    quality.save_tables(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"not_known.csv", "provenance.json"}
    assert examine_quality(controlled, exact=True).gaps.filter(gap="Sex")["n"].to_list() == [3]
    collection = controlled.repository.collections["collection_id"][0]
    with pytest.raises(ValueError, match="controlled") as caught:
        examine_quality(controlled, collection_id=collection)
    assert str(caught.value) == (
        f"Received collection_id={collection!r} of a controlled source. Its public tables tell nothing of one "
        "collection. Leave it empty, or ask with exact=True for yourself."
    )


def test_sentences_speak_of_the_widest_gap() -> None:
    gaps = pl.DataFrame(
        {"gap": ["Age", "Sex"], "unit": ["patients"] * 2, "n": [30, 5], "n_total": [50] * 2, "fraction": [0.6, 0.1]}
    )
    assert most_missing(gaps) == "Of 50 people, not known: age of 30 (60.0 %) and sex of 5 (10.0 %)."
    periods = pl.DataFrame(
        {"gap": ["Age"] * 2, "period": ["1", "2"], "n": [28, 2], "n_total": [30, 20], "fraction": [28 / 30, 0.1]}
    )
    assert by_release(gaps, periods, over="version") == (
        "Of the 20 people that version 2 brought, 10.0 % have no known age; of the 30 of version 1, 93.3 %."
    )
    rules = pl.DataFrame({"rule": ["r"], "unit": ["series"], "n": [1], "n_total": [4], "fraction": [0.25]})
    assert touched(rules) == "1 of 1 rules of cleaning touched something, most of all: r, 1 of 4 series."


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        (
            (9, 902, 11, 227, 84),
            "It goes up and down: of the people that the last 5 versions brought, 0.9 % (version 1) to 90.2 % "
            "(version 2) have no known age; of the 1,000 of version 5, 8.4 %.",
        ),
        (
            (400, 300, 200),
            "It gets better: of the people that the last 3 versions brought, from 40.0 % (version 1) to 20.0 % "
            "(version 3) have no known age.",
        ),
        (
            (900, 20, 30, 40, 60, 80),
            "It gets worse: of the people that the last 5 versions brought, from 2.0 % (version 2) to 8.0 % "
            "(version 6) have no known age.",
        ),
        (
            (80, 84, 86),
            "It is nearly unchanged: of the people that the last 3 versions brought, 8.0 % to 8.6 % have no known age.",
        ),
        (  # 6.5 to 9.9 of 100 people, and 8.1 to 11.8: the intervals meet
            (80, 90, 98),
            "It goes up and down: of the people that the last 3 versions brought, 8.0 % (version 1) to 9.8 % "
            "(version 3) have no known age; of the 1,000 of version 3, 9.8 %.",
        ),
    ],
)
def test_a_direction_is_claimed_only_where_all_releases_take_it(lacking: tuple[int, ...], said: str) -> None:
    names = [str(i) for i in range(1, len(lacking) + 1)]
    periods = pl.DataFrame({"gap": "Age", "period": names, "n": lacking, "n_total": 1000})
    gaps = pl.DataFrame({"gap": ["Age"], "unit": ["patients"], "n": [1], "n_total": [2], "fraction": [0.5]})
    assert by_release(gaps, periods.with_columns(fraction=pl.col("n") / 1000), over="version") == said


def test_where_most_are_is_told_apart_from_where_all_lack_it() -> None:
    gaps = pl.DataFrame({"gap": ["Age"], "unit": ["patients"], "n": [105], "n_total": [1010], "fraction": [0.1]})
    cells = pl.DataFrame({"collection_id": ["small", "large"], "gap": "Age", "n": [10, 95], "n_total": [10, 1000]})
    assert worst_places(gaps, cells) == (
        "Most of those without a known age are in large (95 of 1,000) and small (10 of 10). In 1 of 2 collections it "
        "is known of nobody."
    )


def test_what_does_not_apply_is_not_missing() -> None:
    """Patients of Brazil, India and Germany have no American state; most of the others here are in no batch."""
    catalog = wb.open_catalog("synthetic:midrc_2021")
    state = catalog.everything.patients["state"].cast(pl.String)
    reasons = dict(state.value_counts().filter(pl.col("state").is_in(["Not Reported", "Not Applicable"])).iter_rows())
    assert reasons == {"Not Reported": 960, "Not Applicable": 448}
    quality = examine_quality(catalog)
    assert quality.gaps.filter(gap="State").select("n", "n_total").row(0) == (960, 26_436)
    assert quality.sentences[0].startswith("Of 26,436 people at every stage, not known: ")
    assert "state of 960 (3.6 %)" in quality.sentences[0]
    assert quality.shares().footnote.endswith("People are counted at every stage, released or not.")


def test_unknown_counts_acquired_images_of_people_only(commons: Catalog) -> None:
    people = commons.where(species="Human", derived=False)
    total = count_unknown(commons).filter(gap="Manufacturer")["n_total"].sum()
    assert total == people.counts["series"]
