"""A later release that takes too much work is published with fewer tables, each family audited, or refused."""

import re

import pytest

from tests.assessment.suppression.families import patients, shown
from workbench.assessment.census import count_census
from workbench.assessment.suppression import audit, staging, suppress
from workbench.assessment.suppression.effort import TooMuchWorkError, bounded_work
from workbench.assessment.suppression.staging import suppress_in_stages

SETS = (["sex"], ["race"], ["test"], ["sex", "race"], ["race", "sex", "test"])
LEFT_OUT = "to check whether they give a small count away together with the earlier releases takes too much work."


def censuses(n_missing):
    known = {("F", "A", "Yes"): 60 - n_missing, ("M", "A", "No"): 50, ("F", "B", "No"): 40, ("M", "B", "Yes"): 7}
    frame = patients({**known, ("Not Reported", "A", "Yes"): n_missing}, ["sex", "race", "test"])
    return [count_census(frame, by=by) for by in SETS]


@pytest.fixture(scope="module")
def first():
    return suppress(censuses(30)).tables


@pytest.mark.parametrize(
    ("enough", "n_tables", "said"),
    [
        (0, 5, ()),
        (1, 4, (f"Tables left out of this release: race × sex × test; {LEFT_OUT}",)),
        (2, 3, (f"Tables left out of this release: sex × race, race × sex × test; {LEFT_OUT}",)),
        (
            3,
            3,
            (
                f"Tables left out of this release: sex × race, race × sex × test; {LEFT_OUT}",
                "Of the other tables every count but the total is hidden, for the same reason.",
            ),
        ),
    ],
)
def test_each_stage_publishes_less_and_is_audited_from_what_is_shown(monkeypatch, first, enough, n_tables, said):
    monkeypatch.setattr(
        staging, "STAGES", {stage: 1e9 if at >= enough else 1.0 for at, stage in enumerate(staging.STAGES)}
    )
    family, coarser = suppress_in_stages(censuses(15), earlier=[first], crossings=[("sex", "race")])
    assert (len(family.tables), coarser) == (n_tables, said)
    assert audit(family.tables, earlier=[first]).n_exposed == 0
    counts = [n for table in family.tables for n in shown(table).values()]
    assert any(counts) == (enough < 3)
    assert enough < 3 or family.tables[0].n_total == 157


def test_what_cannot_be_checked_at_all_is_refused(monkeypatch, first):
    monkeypatch.setattr(staging, "STAGES", dict.fromkeys(staging.STAGES, 1.0))
    message = (
        "Release 2 cannot be published after release 1, not even its total alone. To check it takes more work than it "
        "may. Beside earlier releases no count of 1–10 may be derivable, as an audit of bounded work shows. Keep the "
        "pages of release 1 as they stand, and publish again when at least 11 more patients have been added."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress_in_stages(censuses(15), earlier=[first])


def test_a_first_release_is_not_bounded(monkeypatch):
    monkeypatch.setattr(staging, "STAGES", {"every table": 1.0})
    family, coarser = suppress_in_stages(censuses(30))
    assert (len(family.tables), coarser) == (5, ())


def test_past_the_bound_nothing_is_published_whatever_was_found_until_then():
    def is_enough(work):
        with bounded_work(work):
            try:
                return bool(suppress(censuses(30)))
            except TooMuchWorkError:
                return False

    assert [is_enough(10.0**power) for power in (0, 3, 9)] == [False, False, True]
