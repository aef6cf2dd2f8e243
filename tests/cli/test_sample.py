"""``workbench sample``: who is drawn, what is written with it, and what wrong words are answered."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench.catalog.commons import Catalog
from workbench.catalog.matching import match, weigh

Done = Callable[..., str]
Fails = Callable[..., str]

INVENTED = ("sample", "--source", "synthetic", "--attributes", "sex", "ethnicity")


def test_a_sample_is_written_with_what_it_takes_to_draw_it_again(synthetic: Catalog, done: Done) -> None:
    said = done(*INVENTED, "--seed", "3", "--tolerance", "0.02", "--out", "new/sample.csv", "--csv", "new/shares.csv")
    matched = match(synthetic.everything, attributes=["sex", "ethnicity"], tolerance=0.02, seed=3)
    assert said.startswith(f"{matched.sentence}\n")
    head = Path("new/sample.csv").read_text(encoding="utf-8").splitlines()[:3]
    assert head == [
        f"# cohort {synthetic.everything.sha256}",
        f"# {synthetic.repository.name} {synthetic.repository.version}, like us_census",
        "# optimal, tolerance 0.02, seed 3",
    ]
    written = pl.read_csv("new/sample.csv", comment_prefix="#")
    assert written.columns == ["collection_id", "patient_id", "person_id", "sex", "ethnicity"]
    assert written["patient_id"].to_list() == matched.table["patient_id"].to_list()
    assert pl.read_csv("new/shares.csv")["n"].to_list() == matched.shares["n"].to_list()
    assert said.endswith("Shares: new/shares.csv\n")


def test_the_greedy_procedure_and_missing_values_are_asked_for(synthetic: Catalog, done: Done) -> None:
    said = done(*INVENTED, "--seed", "0", "--method", "greedy", "--keep-missing", "--out", "s.parquet")
    matched = match(synthetic.everything, attributes=["sex", "ethnicity"], method="greedy", missing="included")
    assert said.startswith(f"{matched.sentence}\n")
    assert pl.read_parquet("s.parquet").height == matched.n


def test_small_groups_are_kept_where_that_is_asked_for(synthetic: Catalog, done: Done) -> None:
    words = ("sample", "--source", "synthetic", "--tolerance", "0.1", "--seed", "0", "--least", "0.5", "--out", "s.csv")
    said = done(*words)
    matched = match(synthetic.everything, tolerance=0.1, least=0.5)
    assert said.startswith(f"{matched.sentence}\n")
    assert pl.read_csv("s.csv", comment_prefix="#").height == matched.n
    assert "# optimal, tolerance 0.1, least 0.5, seed 0\n" in Path("s.csv").read_text(encoding="utf-8")


def test_weights_drop_nobody_and_need_no_seed(synthetic: Catalog, done: Done) -> None:
    said = done(*INVENTED, "--weights", "--largest-weight", "20", "--out", "w.csv")
    weighted = weigh(synthetic.everything, attributes=["sex", "ethnicity"], largest=20)
    assert said.startswith(f"{weighted.sentence}\n")
    assert pl.read_csv("w.csv", comment_prefix="#")["weight"].to_list() == pytest.approx(
        weighted.table["weight"].to_list()
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--out", "s.csv"],
            "sample needs a seed, so that it can be drawn again, and a file to write. Both would be right; weights "
            "need no seed. Add for instance: --seed 1 --out sample.csv",
        ),
        (
            ["--seed", "1", "--out", "s.csv", "--tolerance", "5"],
            "--tolerance 5 was received. A share from 0 to 1 would be right. Write --tolerance 0.05 for five "
            "percentage points.",
        ),
        (
            ["--seed", "1", "--out", "s.csv", "--least", "5"],
            "--least 5 was received. A fraction from 0 to 1 would be right. Write --least 0.5 for half of each wanted "
            "share.",
        ),
        (
            ["--out", "s.csv", "--weights", "--least", "0.5"],
            "--least 0.5 was received with --weights, which drop nobody. A sample would be right. Leave out one of the "
            "two.",
        ),
        (
            ["--seed", "1", "--out", "s.csv", "--largest-weight", "5"],
            "--largest-weight was received without --weights, and a sample has none. Add --weights.",
        ),
        (
            ["--seed", "1", "--out", "s.csv", "--attributes", "site_id"],
            "No attribute 'site_id' in the reference 'us_census'. Valid: sex, age_group, race, ethnicity, "
            "race_ethnicity. Pass one of these with --attributes.",
        ),
    ],
)
def test_words_that_are_off_exit_with_2(fails: Fails, words: list[str], message: str) -> None:
    assert fails("sample", "--source", "synthetic", *words) == message


def test_a_sample_that_does_not_exist_exits_with_1_and_says_which_would(fails: Fails) -> None:
    Path("own.csv").write_text("attribute,category,n\nsex,Female,1\nsex,Conflicting,1\n", encoding="utf-8")
    said = fails(
        "sample", "--source", "synthetic", "--reference", "own.csv", "--seed", "1", "--out", "s.csv", exit_code=1
    )
    assert said.startswith("No subset of the ")
    assert "Too few are Conflicting (sex: 0 of " in said
    assert said.endswith("Add --tolerance 0.5 or more, or add rows.")
    assert not Path("s.csv").exists()
