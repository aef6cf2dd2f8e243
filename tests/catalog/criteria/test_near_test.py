"""Studies near a test, against the row loop of a notebook; and a patient's visits in order."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.catalog.by_hand import LAWS, cohort_of, drawn, near_test, numbers, windows
from tests.catalog.tiny import make_repository, place
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.errors import UnknownNameError


@LAWS
@given(data=st.data())
def test_the_studies_of_a_window_are_those_of_a_loop_over_tests_and_studies(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory, tested=True)
    if "Positive" not in repository.column("measurements", "test_result").cast(pl.String):
        return
    tests = repository.column("measurements", "test_name").cast(pl.String).unique().to_list()
    entry = data.draw(windows(tests=tests))
    assert numbers(cohort_of(repository, [entry])) == near_test(repository, rows, entry)


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Days count from each patient's index event.

    ======= ================================= ==============================================
    patient studies on day                    tests
    ======= ================================= ==============================================
    0       0 (study 0), 5 (1), 5 (2), 30 (3) PCR positive on day 2; antigen negative on day 0
    1       unknown (4), unknown (5)          PCR positive one day before study 4
    2       10 (6)                            PCR positive, nobody knows when
    3       7 (7)                             none
    4       no study                          PCR positive on day 0
    ======= ================================= ==============================================
    """
    days = [(0, 0), (0, 5), (0, 5), (0, 30), (1, None), (1, None), (2, 10), (3, 7)]
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("tests"),
            [{}] * 5,
            [{"patient_key": patient, "days_to_study": day} for patient, day in days],
            [*({"patient_key": patient, "study_key": study} for study, (patient, _) in enumerate(days)), place(4)],
            [
                {"patient_key": 0, "days_from_index": 2},
                {"patient_key": 0, "days_from_index": 2},  # listed twice
                {"patient_key": 0, "days_from_index": 0, "test_name": "Antigen", "test_result": "Negative"},
                {"patient_key": 1, "study_key": 4, "days_from_study": -1},
                {"patient_key": 2},
                {"patient_key": 4, "days_from_index": 0},
            ],
        )
    )


def studies(cohort: Cohort) -> list[int]:
    return cohort.keys()["study_key"].drop_nulls().unique().sort().to_list()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"days": (0, 14)}, [1, 2, 4]),  # 3 days after; study 4 one day after
        ({"days": (3, 3)}, [1, 2]),  # both ends belong to the window
        ({"days": (-2, -2)}, [0]),
        ({"days": (None, 0)}, [0]),
        ({"days": (4, None)}, [3]),
        ({"days": (-100, 100)}, [0, 1, 2, 3, 4]),
        ({"days": (0, None), "which": "first"}, [1, 4]),  # of two on one day the one that comes first in the source
        ({"days": (None, 5), "which": "last"}, [2, 4]),
        ({"days": (0, 14), "level": "patient"}, [0, 1, 2, 3, 4, 5]),
        ({"days": (None, 100), "test": "PCR"}, [0, 1, 2, 3, 4]),
        ({"days": (1000, None)}, []),
    ],
)
def test_which_studies_lie_in_a_window(commons: Catalog, window: dict[str, Any], expected: list[int]) -> None:
    assert studies(commons.near_test("Positive", **window)) == expected


def test_a_patients_studies_are_in_order_of_their_days_not_of_the_days_after_a_test(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # Each study knows a test of its own: study 0, of day 10, lies 1 day after one; study 1, of day 2, lies 5 after.
    made = make_repository(
        tmp_path_factory.mktemp("ordered"),
        [{}],
        [{"patient_key": 0, "days_to_study": 10}, {"patient_key": 0, "days_to_study": 2}],
        [{"patient_key": 0, "study_key": study} for study in (0, 1)],
        [{"patient_key": 0, "study_key": study, "days_from_study": day} for study, day in ((0, -1), (1, -5))],
    )
    commons = Catalog(made)
    assert studies(commons.near_test("Positive", days=(0, 14), which="first")) == [1]
    assert studies(commons.near_test("Positive", days=(0, 14), which="last")) == [0]


def test_a_negative_test_counts_on_its_own(commons: Catalog) -> None:
    assert studies(commons.near_test("Negative", days=(0, 5))) == [0, 1, 2]
    assert studies(commons.near_test("Negative", days=(0, 5), test="Antigen")) == [0, 1, 2]
    assert studies(commons.near_test("Negative", days=(0, 5), test="PCR")) == []


def test_who_lacks_the_day_is_lost_for_a_missing_value_only(commons: Catalog) -> None:
    cohort = commons.near_test("Positive", days=(0, 14))
    step = cohort.attrition.table.row(1, named=True)
    # Patient 2 had a test on no known day; 3 had none, 4 has no study: nothing is missing there.
    assert (step["patients"], step["patients_lost"], step["patients_lost_missing"]) == (2, 3, 1)


def test_near_a_test_is_one_condition_among_others(commons: Catalog) -> None:
    cohort = commons.near_test("Positive", days=(0, 14)).where(modality="CT").near_test("Negative", days=(5, 5))
    assert studies(cohort) == [1, 2]


def test_visits_are_numbered_in_order_from_the_first_test(commons: Catalog) -> None:
    visits = commons.everything.follow_up("Positive")
    assert visits.columns == [
        *("collection_id", "patient_id", "study_uid", "visit"),
        *("days_after_test", "days_since_last_visit", "days_after_nearest_test"),
    ]
    assert visits.drop("collection_id", "days_after_nearest_test").rows() == [
        ("P-0000", "1.2.0", 1, -2, None),
        ("P-0000", "1.2.1", 2, 3, 5),
        ("P-0000", "1.2.2", 3, 3, 0),
        ("P-0000", "1.2.3", 4, 28, 25),
        ("P-0001", "1.2.4", 1, 1, None),
    ]
    later = commons.near_test("Positive", days=(3, None)).follow_up("Positive")
    assert later.select("study_uid", "visit", "days_since_last_visit").rows() == [
        ("1.2.1", 1, None),
        ("1.2.2", 2, 0),
        ("1.2.3", 3, 25),
    ]


def test_time_counts_from_the_first_of_several_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_repository(
        tmp_path_factory.mktemp("several"),
        [{}],
        [{"patient_key": 0, "days_to_study": 20}],
        [{"patient_key": 0, "study_key": 0}],
        [{"patient_key": 0, "days_from_index": day} for day in (15, 4, 30)],
    )
    visit = Catalog(made).everything.follow_up()
    assert visit["days_after_test"].to_list() == [16]  # 20 - 4
    assert visit["days_after_nearest_test"].to_list() == [5]  # 20 - 15
    assert Catalog(made).where(modality="CT").exclude(modality="CT").follow_up().height == 0


def test_the_first_ct_is_not_lost_to_an_earlier_radiograph(tmp_path_factory: pytest.TempPathFactory) -> None:
    # On day 1 a radiograph, on day 3 a CT, on day 5 another CT, all after one positive test on day 0.
    made = make_repository(
        tmp_path_factory.mktemp("first"),
        [{}],
        [{"patient_key": 0, "days_to_study": day} for day in (1, 3, 5)],
        [{"patient_key": 0, "study_key": study, "modality": name} for study, name in enumerate(("CR", "CT", "CT"))],
        [{"patient_key": 0, "days_from_index": 0}],
    )
    commons, ct = Catalog(made), wb.all_of(modality="CT")
    assert commons.where(modality="CT").near_test("Positive", days=(0, 9), which="first").counts["studies"] == 0
    first = commons.near_test("Positive", days=(0, 9), which="first", among=ct)
    assert first.follow_up()["days_after_test"].to_list() == [3]
    last = commons.near_test("Positive", days=(0, 9), which="last", among=ct)
    assert last.follow_up()["days_after_test"].to_list() == [5]
    assert commons.cohort_from(first.definition()) == first
    assert first.to_python().splitlines()[-1].endswith("which='first', among=wb.all_of(modality='CT'))")
    assert first.explain().splitlines()[1].startswith("First study of a patient from the day of to 9 days after")


# ------------------------------------------------------------------ whole messages


@pytest.mark.parametrize(
    ("result", "window", "kind", "message"),
    [
        (
            "positive",
            {"days": (0, 1)},
            UnknownNameError,
            "No test result 'positive' in Made-up source. Did you mean 'Positive'? Valid: Positive, Negative. "
            "Use one of these.",
        ),
        (
            "Positive",
            {"days": (0, 1), "test": "Anti"},
            UnknownNameError,
            "No test 'Anti' in Made-up source. Did you mean 'Antigen'? Valid: PCR, Antigen. "
            "Use one of these, or leave test out.",
        ),
        (
            "Positive",
            {"days": (0, 1), "which": "best"},
            UnknownNameError,
            "No which 'best' in near_test. Valid: all, first, last. The default is \"all\".",
        ),
        (
            "Positive",
            {"days": (0, 1), "level": "series"},
            UnknownNameError,
            "No level 'series' in near_test. Valid: study, patient. The default is \"study\".",
        ),
        *(
            (
                "Positive",
                {"days": days},
                ValueError,
                f"days={days!r} was received. A window is two whole numbers of days after the test, the first not "
                "above the last, one of which may be None. Write for instance days=(-3, 14) or days=(28, None).",
            )
            for days in [
                *((14, -3), (None, None), (1,), (1, 2, 3), (), 5, "ab", None),
                *((0.5, 2), (True, 2), ("1", 2), (0, float("nan")), (0, 10**400), (-(10**7), None), {1, 2}),
            ]
        ),
    ],
)
def test_a_wrong_window_says_what_is_right(
    commons: Catalog, result: str, window: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        commons.near_test(result, **window)
    assert str(caught.value) == message


def test_a_source_without_tests_says_which_has_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_repository(
        tmp_path_factory.mktemp("untested"), [{}], [{"patient_key": 0}], [{"patient_key": 0, "study_key": 0}]
    )
    for ask in (lambda: Catalog(made).near_test("Positive", days=(0, 1)), Catalog(made).everything.follow_up):
        with pytest.raises(LookupError) as caught:
            ask()
        assert str(caught.value) == (
            "Made-up source has no test results. A source with measurements would be right, such as a Gen3 export with "
            "its measurement file. Try it on open_catalog('synthetic')."
        )
