"""``workbench cohort`` table1, compare and split: what they print and write, and what a leak costs."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.cli import main
from workbench.sampling import read_split

Done = Callable[..., str]
Fails = Callable[..., str]


def test_table1_prints_and_writes_text_and_page(ricord: Cohort, done: Done) -> None:
    said = done("cohort", "table1", "ricord.yaml", "--by", "collection_id", "--csv", "t/1.csv", "--html", "t/1.html")
    counted = ricord.table_one(by="collection_id")
    assert said.startswith(f"{counted}\n")
    assert pl.read_csv("t/1.csv").head(counted.display.height).columns == counted.display.columns
    page = Path("t/1.html").read_text()
    assert page.startswith("<!doctype html>")
    assert counted.notes[0] in page
    assert "<script" not in page


def test_table1_describes_what_is_asked_for_and_names_its_tests(ricord: Cohort, done: Done) -> None:
    said = done("cohort", "table1", "ricord.yaml", "--by", "sex", "--attributes", "age_years", "--tests")
    assert said == f"{ricord.table_one(by='sex', attributes=['age_years'], tests=True)}\n"
    assert "Mann-Whitney U" in said


def test_compare_counts_shared_patients_on_both_sides(commons: Catalog, done: Done) -> None:
    ricord = commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"])
    ricord.save("all.yaml")
    ricord.where(sex="Female").save("women.yaml")
    said = done("cohort", "compare", "all.yaml", "women.yaml", "--csv", "apart.csv")
    n = ricord.counts["patients"]
    n_women = ricord.where(sex="Female").counts["patients"]
    assert f"{n_women} patients are in both." in said
    assert f"all (n = {n})" in said
    table = pl.read_csv("apart.csv")
    assert table.columns == ["attribute", "level", f"all (n = {n})", f"women (n = {n_women})", "SMD"]
    women = table.filter(level="Female").row(0)
    assert women[2:4] == (f"{n_women} ({100 * n_women / n:.1f})", f"{n_women} (100.0)")


def test_split_writes_who_is_where_and_reports_the_balance(ricord: Cohort, done: Done) -> None:
    parts = "train=0.7,validation=0.15,test=0.15"
    said = done(
        "cohort", "split", "ricord.yaml", "--parts", parts, "--by", "sex,age_group", "--seed", "7", "--out", "s.csv"
    )
    assert "train 159, validation 34, test 34; the largest standardized difference" in said  # of 227 patients
    assert said.endswith(
        "Split: s.csv\nLines that begin with # are comments. To read it: pl.read_csv(FILE, comment_prefix='#')\n"
    )
    split = read_split("s.csv")
    assert pl.read_csv("s.csv", comment_prefix="#").height == split.height == 227
    expected = ricord.split(by=["sex", "age_group"], fractions=(0.7, 0.15, 0.15), seed=7)
    assert split["part"].to_list() == expected["part"].cast(pl.String).to_list()
    head = Path("s.csv").read_text().splitlines()[:3]
    assert head == [
        f"# cohort {ricord.sha256}",
        "# NCI Imaging Data Commons v25, seed 7",
        f"# parts {parts}, by sex, age_group",
    ]


def test_a_split_of_ours_does_not_leak_and_one_that_does_exits_with_1(ricord: Cohort, done: Done) -> None:
    done("cohort", "split", "ricord.yaml", "--seed", "1", "--out", "s.csv")
    assert "No leakage" in done("cohort", "split", "--check", "s.csv")
    leaky = pl.DataFrame({"PatientID": ["a", "a", "b"], "fold": ["train", "test", "test"]})
    leaky.write_csv("theirs.csv")
    said = done("cohort", "split", "--check", "theirs.csv", "--part", "fold", exit_code=1)
    assert said.startswith("Leakage: 1 of 2 values of PatientID are on several sides, in 2 rows. Checked: PatientID.\n")


def test_split_keeps_groups_whole(synthetic: Catalog, done: Done) -> None:
    synthetic.where(modality="CT").save("ct.yaml")
    done(
        "cohort",
        "split",
        "ct.yaml",
        "--parts",
        "a=0.5,b=0.5",
        "--by",
        "sex",
        "--groups",
        "site_id",
        "--seed",
        "0",
        "--out",
        "s.csv",
    )
    sides = read_split("s.csv").group_by("site_id").agg(pl.col("part").n_unique())
    assert sides["part"].to_list() == [1] * sides.height


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        (
            ["split", "ricord.yaml", "--out", "s.csv"],
            2,
            "split needs a seed, so that it can be made again, and a file to write. Both would be right. "
            "Add for instance: --seed 1 --out split.csv",
        ),
        (
            ["split", "ricord.yaml", "--parts", "train,test", "--seed", "1", "--out", "s.csv"],
            2,
            "--parts train,test was received. Names, each with its share, that sum to 1 would be right. "
            "Write for instance: --parts train=0.7,validation=0.15,test=0.15",
        ),
        (
            ["split", "ricord.yaml", "--parts", "train=0.7,test=0.2", "--seed", "1", "--out", "s.csv"],
            2,
            "Received parts of train 0.7, test 0.2, in sum 0.9. Each must be above 0 and their sum 1. "
            "Pass, for example, --parts train=0.7,validation=0.15,test=0.15.",
        ),
        (
            ["split", "ricord.yaml", "--seed", "1", "--out", "s.xlsx"],
            2,
            "Received the split file 's.xlsx'. Its name must end in .csv or .parquet. Rename it.",
        ),
        (
            ["split", "--check", "none.csv"],
            1,
            "No split at none.csv. A CSV or Parquet file with a column of parts would be right. "
            "Make one: workbench cohort split chest_ct.yaml --seed 1 --out split.csv",
        ),
        (
            ["split", "--check", "folds.csv"],
            2,
            "No column 'part' in folds.csv. Valid: PatientID, fold. Name the column of sides with --part.",
        ),
        (
            ["table1", "ricord.yaml", "--by", "sx"],
            2,
            "No column 'sx' in patients. Did you mean 'sex'? Valid: patient_key, person_key, collection_id, species, "
            "sex, age_years, age_missing, age_over_89, age_group, age_decade. Pass one of these with --by.",
        ),
    ],
)
def test_an_error_says_what_came_what_is_right_and_what_to_do(
    ricord: Cohort, capsys: pytest.CaptureFixture[str], words: list[str], exit_code: int, message: str
) -> None:
    Path("folds.csv").write_text("PatientID,fold\na,train\n")
    assert main(["cohort", *words]) == exit_code
    assert capsys.readouterr().err == f"workbench: {message}\n"
    assert not Path("s.csv").exists()
