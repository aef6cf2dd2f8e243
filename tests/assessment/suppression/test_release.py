"""What is hidden in a release, worked out by hand."""

import re

import polars as pl
import pytest

from tests.assessment.suppression.families import one_way, patients, shown, sites
from workbench.assessment.census import count_census
from workbench.assessment.combinations import combine_groups
from workbench.assessment.suppression import audit, suppress
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.geography import STATES

RULE = "Counts of 1–10 patients, and those that would give them away, are hidden."


def test_a_table_without_small_counts_is_shown_whole() -> None:
    released = suppress([one_way("site", {"A": 40, "B": 11})])
    assert shown(released.tables[0]) == {"A": 40, "B": 11}
    assert released.tables[0].table["fraction"].to_list() == [40 / 51, 11 / 51]
    assert released.n_hidden == 0


def test_one_small_count_takes_the_next_smallest_with_it() -> None:
    # 5 is 75 less 40 and 30; with 30 hidden it may be anything up to 34.
    released = suppress([one_way("site", {"A": 40, "B": 30, "C": 5})])
    assert shown(released.tables[0]) == {"A": 40, "B": None, "C": None}
    assert (released.n_cells, released.n_hidden) == (4, 2)


@pytest.mark.parametrize(
    ("small", "third"),
    [
        ((6, 6), 40),  # they are known to be 12 together: each may be 11
        ((5, 6), None),  # 11 together, and neither is 0: both are known to be at most 10
    ],
)
def test_two_small_counts_protect_each_other_only_if_one_may_be_large(
    small: tuple[int, int], third: int | None
) -> None:
    released = suppress([one_way("site", {"A": 40, "B": small[0], "C": small[1]})])
    assert shown(released.tables[0]) == {"A": third, "B": None, "C": None}


def test_nobody_is_a_count_that_may_be_shown() -> None:
    released = suppress([one_way("covid19_positive", {"Yes": 30, "No": 40})])
    sex = pl.Series("sex", ["Male"] * 30).cast(pl.Enum(["Female", "Male"])).to_frame()
    assert shown(released.tables[0]) == {"No": 40, "Yes": 30}
    assert shown(suppress([count_census(sex, by=["sex"])]).tables[0]) == {"Female": 0, "Male": 30}


def test_a_small_cell_of_two_attributes_takes_the_corners_of_a_rectangle_and_no_margin() -> None:
    # With all margins shown a cell moves only together with one in its row, one in its column and their corner.
    # The cheapest rectangle around (F, A) has the smallest counts: (F, B), (M, A), (M, B).
    counts = {("F", "A"): 4, ("F", "B"): 20, ("F", "C"): 500, ("M", "A"): 30, ("M", "B"): 25, ("M", "C"): 600}
    frame = patients(counts, ["sex", "site"])
    released = suppress([count_census(frame, by=by) for by in (["sex"], ["site"], ["sex", "site"])])
    assert [table.table["n_patients"].null_count() for table in released.tables] == [0, 0, 4]
    assert shown(released.tables[2]) == {**dict.fromkeys(counts), ("F", "C"): 500, ("M", "C"): 600}


def test_a_margin_hidden_in_one_table_is_hidden_in_all_and_in_the_missing_counts() -> None:
    counts = {("Female", "A"): 30, ("Male", "A"): 40, ("Unknown", "A"): 3, ("Female", "B"): 50, ("Male", "B"): 60}
    frame = patients(counts, ["sex", "site"])
    one, both = suppress([count_census(frame, by=by) for by in (["sex"], ["sex", "site"])]).tables
    assert shown(one)["Unknown"] is None
    assert shown(both)["Unknown", "A"] is None
    for table in (one, both):
        unknown = table.missing.filter(attribute="sex", reason="Unknown")
        assert unknown["n_patients"].to_list() == [None]


def test_fewer_than_eleven_patients_have_no_total_and_no_share() -> None:
    [table] = suppress([one_way("site", {"A": 6, "B": 2})]).tables
    assert table.n_total is None
    assert table.table.select(pl.exclude("site")).null_count().row(0) == (2, 2, 2, 2, 2)
    assert table.sentence == "Site of patients: no group can be shown."


def test_the_total_is_hidden_only_when_nothing_else_helps() -> None:
    [table] = suppress([one_way("site", {"A": 8, "B": 9, "C": 40})]).tables
    assert (shown(table), table.n_total) == ({"A": None, "B": None, "C": 40}, 57)  # 17 together: each may be 11
    [table] = suppress([one_way("site", {"A": 4, "B": 5, "C": 2})]).tables
    assert (set(shown(table).values()), table.n_total) == ({None}, None)  # 11 of three: none can be more than 9


def test_nobody_at_all_is_shown_as_such() -> None:
    nobody = count_census(pl.DataFrame({"site": []}, schema={"site": pl.String}), by=["site"])
    assert suppress([nobody]).tables[0].sentence == "There are no patients to count."


def test_what_came_since_the_last_release_is_a_count_too() -> None:
    before = suppress([one_way("site", {"A": 40, "B": 30})])
    [now] = suppress([one_way("site", {"A": 43, "B": 60})], earlier=[before]).tables
    # 3 patients came to A. With B hidden too, between 0 and 33 of the 33 new ones may be at A.
    assert (shown(now), now.n_total) == ({"A": None, "B": None}, 103)


def test_a_total_that_grew_by_few_is_hidden_with_what_adds_up_to_it() -> None:
    before = suppress([one_way("site", {"A": 40, "B": 30})])
    [now] = suppress([one_way("site", {"A": 40, "B": 35})], earlier=[before]).tables
    assert (now.n_total, shown(now)["B"]) == (None, None)


def test_nothing_new_is_no_count() -> None:
    census = one_way("site", {"A": 40, "B": 30})
    again = suppress([census], earlier=[suppress([census])])
    assert (again.n_hidden, again.tables[0].n_total) == (0, 70)


def test_a_hidden_cell_may_not_be_found_out_by_a_later_release() -> None:
    first = suppress([one_way("site", {"A": 40, "B": 30, "C": 5})])
    assert shown(first.tables[0]) == {"A": 40, "B": None, "C": None}
    # Nobody came to B and C but 20 to A. Shown, B's 30 would leave 5 to C in both releases.
    later = suppress([one_way("site", {"A": 60, "B": 30, "C": 5})], earlier=[first])
    assert shown(later.tables[0]) == {"A": 60, "B": None, "C": None}
    assert later.audit.n_exposed == 0


def test_changes_are_followed_through_more_than_two_releases() -> None:
    # 43 may be shown again at last: 40, then nothing, then 53 tell of 13 who came, and not when.
    releases = []
    for counts in ({"A": 40, "B": 30}, {"A": 43, "B": 60}, {"A": 53, "B": 90}):
        releases.append(suppress([one_way("site", counts)], earlier=releases))
    assert [shown(release.tables[0])["A"] for release in releases] == [40, None, 53]
    assert releases[-1].audit.n_exposed == 0


def test_withdrawn_patients_are_a_count_too() -> None:
    before = suppress([one_way("site", {"A": 60, "B": 60})])
    [now] = suppress([one_way("site", {"A": 53, "B": 99})], earlier=[before]).tables
    assert shown(now)["A"] is None


def test_growth_is_assumed_wherever_it_is_not_contradicted() -> None:
    # 30 left A, so that not all cells grow. B and C can only have: with 8 more in all, neither has many more.
    before = sites({"A": 60, "B": None, "C": None}, 160)
    now = sites({"A": 30, "B": None, "C": None}, 138)
    found = audit([now], earlier=[[before]]).table.filter("exposed").select("figure", "low", "high").rows()
    assert found == [("site B, change since release 1", 0, 8), ("site C, change since release 1", 0, 8)]


def test_earlier_tables_may_be_read_back_from_what_was_published() -> None:
    before = suppress([one_way("site", {"A": 40, "B": 30})])
    census = one_way("site", {"A": 43, "B": 60})
    one, other = (suppress([census], earlier=[each]).tables[0].table for each in (before, before.tables))
    assert one.equals(other)


def test_the_place_of_a_category_tells_nothing_about_its_count() -> None:
    # By size the sites stand Z, B, C, A: C would be known to lie between 38 and A.
    released = suppress([one_way("site", {"Z": 40, "B": 38, "C": 12, "A": 5})])
    assert released.tables[0].table["site"].to_list() == ["A", "B", "C", "Z"]
    assert released.tables[0].table["site"].dtype.categories.to_list() == ["A", "B", "C", "Z"]
    unknown = one_way("site", {"Unknown": 40, "A": 20, "Not Reported": 60})
    assert suppress([unknown]).tables[0].table["site"].to_list() == ["A", "Unknown", "Not Reported"]
    years = one_way("study_year", {"2019": 5, "2020": 12, "2021": 90})
    assert suppress([years]).tables[0].table["study_year"].to_list() == ["2019", "2020", "2021"]  # they ascend


def test_nothing_that_is_printed_says_a_hidden_number() -> None:
    released = suppress([one_way("site", {"A": 4_000, "B": 613, "C": 7}), one_way("scanner", {"X": 4_613, "Y": 7})])
    for table in released.tables:
        said = "".join([repr(table), table._repr_html_(), table.sentence, *table.standouts])
        assert not re.search(r"\b(613|7|4,?613)\b|0\.1327|0\.0015", said)
        assert table.stamp == RULE
    assert not re.search(r"\b(613|7|4,?613)\b", repr(released) + released._repr_html_())


def test_a_release_says_what_is_hidden_and_what_was_checked() -> None:
    released = suppress([one_way("site", {"A": 40, "B": 30, "C": 5})])
    assert released.rule == RULE
    assert released.sentence == (
        "2 of 4 numbers are hidden. Checked: 4 cells, none of 1–10 can be derived from everything shown here together."
    )


def test_a_census_of_studies_is_refused() -> None:
    studies = count_census(patients({"A": 40}, ["site"]), by=["site"], unit="studies")
    message = (
        "Received a table of studies by site. Small counts are counts of patients, and studies, series or images do "
        "not tell how few patients they come from. Pass its census of patients."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([studies])


def test_groups_that_share_patients_are_refused_and_their_combinations_are_not() -> None:
    # 55 with CT and 45 with DX among 95: 5 have both, and no single number says so.
    both = ["CT"] * 50 + ["DX"] * 40 + ["CT", "DX"] * 5
    patient = [*range(90), *(90 + i // 2 for i in range(10))]
    series = pl.DataFrame({"patient": patient, "modality": both})
    census = count_census(series, by=["modality"], key="patient")
    message = (
        "Received a census by modality in which a patient may be in several groups. Such counts tell how many are in "
        "two of them, however large they are themselves. Count combinations instead, in which each patient counts "
        "once: workbench.assessment.combinations.combine_groups"
    )
    for publish in (suppress, audit):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            publish([census])
    combined = count_census(combine_groups(series, key="patient", by="modality"), by=["modality"])
    assert shown(suppress([combined]).tables[0]) == {"CT": 50, "CT + DX": None, "DX": None}


def test_two_bands_of_age_are_refused_together_over_all_releases() -> None:
    # They share the edges 30, 40, 50: 85+ less 90+ is 85–89.
    groups, decades = one_way("age_group", {"75–84": 80, "85+": 20}), one_way("age_decade", {"80–89": 93, "90+": 7})
    message = (
        "Received tables by age_decade and by age_group. Where bands of one age share an edge, two of them tell how "
        "many are between two edges. Publish all tables of a population, earlier ones too, by one of them."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([groups, decades])
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([groups], earlier=[suppress([decades])])


def test_zip_codes_are_refused() -> None:
    message = (
        "Received a table by zip3. The finest place that is made public is a state: a few ZIP codes make one up and "
        "give the last away. Count by state."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([one_way("zip3", {"606": 40, "607": 30})])


def test_nothing_is_published_that_fails_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    # Were what is to be hidden chosen wrongly, nothing may come of it.
    monkeypatch.setattr("workbench.assessment.suppression.release.hide_counts", lambda counts, *_, **__: dict(counts))
    message = (
        "The audit of what was to be published found 1 of 1–10 that can be derived, the first in release 1: site B. "
        "None may be. Publish nothing, and report the attributes of these tables as an error of this package."
    )
    with pytest.raises(ArithmeticError, match=f"^{re.escape(message)}$"):
        suppress([one_way("site", {"A": 40, "B": 5})])


def test_censuses_of_different_patients_are_refused() -> None:
    message = (
        "Two tables count everyone differently. All tables of a family count the same patients. Take every census from "
        "one cohort, and give later releases' tables separately."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([one_way("site", {"A": 40}), one_way("sex", {"Male": 41})])


def test_suppressed_tables_are_not_suppressed_again() -> None:
    message = (
        "Received 1 censuses with 2 hidden counts. Small counts are found in exact censuses. Suppress a family once, "
        "from the censuses of a cohort."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress(suppress([one_way("site", {"A": 40, "B": 30, "C": 5})]).tables)
    with pytest.raises(ValueError, match=re.escape("Received 0 censuses with 0 hidden counts.")):
        suppress([])


@pytest.mark.parametrize("n", [10, 50])  # 1,000 cells; 125,000, too many even to be tried
def test_too_large_a_cycle_is_refused(n: int) -> None:
    names = ["first", "second", "third"]
    rows = [(str(i), str(j), str((i + j) % n)) for i in range(n) for j in range(n)]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    message = (
        "Tables of first × second × third have to be looked at as one, in which more than 700 cells may hold patients. "
        "That is as many as an audit can do. Publish fewer tables together, or tables that form no cycle."
    )
    pairs = (["first", "second"], ["second", "third"], ["first", "third"])
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([count_census(frame, by=pair) for pair in pairs])


def test_states_of_many_countries_are_looked_at_with_them() -> None:
    # 3,000 combinations, but a state lies in one country: 50 there, and one without a state in each other.
    states = {(state, "USA"): 20 + i for i, state in enumerate(list(STATES)[:50])}
    others = {("Not Reported", COUNTRIES[code].alpha3): 5 + i for i, code in enumerate(list(COUNTRIES)[:60])}
    frame = patients({**states, **others}, ["state", "country"])
    released = suppress([count_census(frame, by=[name]) for name in ("state", "country")])
    assert released.audit.n_exposed == 0


def test_what_an_earlier_release_gives_away_cannot_be_hidden() -> None:
    unprotected = one_way("site", {"A": 40, "B": 5})
    message = (
        "With every count hidden, site B of release 1 can still be derived: an earlier release or a 0 gives it away. "
        "No count of 1–10 may be derivable. Publish these tables later, or without those of several attributes."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress([one_way("site", {"A": 60, "B": 30})], earlier=[[unprotected]])


def test_of_a_group_of_which_nothing_is_shown_no_zero_is_shown() -> None:
    # All three patients of race C are women who tested positive: the crossings may not say so.
    counts = {("F", "A", "Yes"): 60, ("M", "A", "No"): 50, ("F", "B", "No"): 40, ("M", "B", "Yes"): 45}
    frame = patients({**counts, ("F", "C", "Yes"): 3}, ["sex", "race", "covid"])
    sets = (["sex"], ["race"], ["covid"], ["sex", "race"], ["race", "covid"])
    released = suppress([count_census(frame, by=by) for by in sets])
    of_c = [shown(table) for table in released.tables[3:]]
    assert {key: n for table in of_c for key, n in table.items() if "C" in key} == {
        **{(sex, "C"): None for sex in "FM"},
        **{("C", test): None for test in ("No", "Yes")},
    }
    found = released.audit.table.filter(release=1).rows_by_key("figure", named=True, unique=True)
    for hidden in ("race C, sex M", "covid No, race C"):
        assert (found[hidden]["low"] or 0, found[hidden]["exposed"]) == (0, False)


def test_a_zero_of_groups_that_are_known_is_shown() -> None:
    frame = patients({("F", "A"): 40, ("M", "B"): 30, ("F", "B"): 20}, ["sex", "site"])
    tables = suppress([count_census(frame, by=by) for by in (["sex"], ["site"], ["sex", "site"])]).tables
    assert shown(tables[2]) == {("F", "A"): 40, ("F", "B"): 20, ("M", "B"): 30}


def test_what_is_part_of_another_group_is_known_to_a_reader() -> None:
    # Both are without images; 35 less the 30 without a maker would be 5 with another kind of image.
    kinds, makers = one_way("kind", {"CT": 128, "DX": 87, "MG": 5, "None": 30}), one_way("maker", {"X": 220, "No": 30})
    none, no = (("kind", "None"),), (("maker", "No"),)
    same = [(none, no), (no, none)]
    alone = suppress([kinds, makers])
    assert audit(alone.tables, implied=same).n_exposed > 0
    assert suppress([kinds, makers], implied=same).audit.n_exposed == 0


def test_values_that_become_known_are_published() -> None:
    releases: list[object] = []
    for n_missing in (30, 15, 3):
        frame = patients({("F", "A"): 60 - n_missing, ("M", "A"): 50, ("F", "B"): 40, ("M", "B"): 50}, ["sex", "site"])
        more = patients({("Not Reported", "A"): n_missing}, ["sex", "site"])
        both = pl.concat([frame, more])
        releases.append(suppress([count_census(both, by=by) for by in (["sex"], ["sex", "site"])], earlier=releases))
    assert [release.audit.n_exposed for release in releases] == [0, 0, 0]


def test_a_change_is_not_known_to_be_none_by_an_assumption_of_which_a_part_is_wrong() -> None:
    # 20 left A, so not only the other way round may B have lost what C gained.
    before = sites({"A": 60, "B": None, "C": None}, 100)
    now = sites({"A": 40, "B": None, "C": None}, 80)
    changes = audit([now], earlier=[[before]]).table.filter(pl.col("figure").str.contains("change"))
    found = changes.filter(pl.col("figure").str.contains("site [BC]")).select("low", "high", "exposed").rows()
    assert found == [(-38, 38, False), (-38, 38, False)]
