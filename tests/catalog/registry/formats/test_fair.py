"""The FAIR self-check: points worked out by hand, and laws that every entry keeps."""

import pytest
from hypothesis import given

from tests.catalog.registry.formats.drawn import LAWS, entries
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.fair import fair_check
from workbench.catalog.registry.formats.fair_metrics import METRICS

_OFFLINE_NOT = {"FsF-F4-01M", "FsF-A1-02MD", "FsF-I1-01M"}


def answers(entry: Entry) -> dict[str, str]:
    """Return metric to answer."""
    return {check.metric.identifier: check.answer for check in fair_check(entry).checks}


@LAWS
@given(entries)
def test_answer_points_and_words_fit_together(entry: Entry) -> None:
    report = fair_check(entry)
    assert [check.metric for check in report.checks] == list(METRICS)
    assert 0 <= report.score <= 1
    for check in report.checks:
        assert 0 <= check.earned <= check.metric.offline <= check.metric.points
        assert (check.answer == "yes") == (check.earned == check.metric.points)
        assert (check.answer == "not testable offline") == (check.metric.identifier in _OFFLINE_NOT)
        assert bool(check.missing and check.mend) == (check.answer != "yes")


@LAWS
@given(entries)
def test_knowing_more_never_lowers_the_score(entry: Entry) -> None:
    more = Entry(
        "dataset", {**entry.fields, "doi": "10.1234/known", "publisher": "P", "keywords": ["k"]}, terms=entry.terms
    )
    assert fair_check(more).score >= fair_check(entry).score


def test_the_points_of_a_known_entry(invented: Entry) -> None:
    # all but: registered DOI (0.5, online), addresses of files (0.5), vocabulary (2), sizes of files (1)
    report = fair_check(invented)
    assert report.summary == "16 of the 19.5 points that can be tested offline (82%); 6.5 of 26 points need a network."
    assert {check.metric.identifier for check in report.to_mend} == {"FsF-F3-01M", "FsF-I2-01M", "FsF-R1-01M"}


@pytest.mark.parametrize(
    ("metric", "without", "answer"),
    [
        ("FsF-F1-02MD", ("doi",), "no"),
        ("FsF-F2-01M", ("publisher",), "no"),
        ("FsF-A1-01M", ("access",), "no"),
        ("FsF-A1.1-01MD", ("access",), "partly"),
        ("FsF-I3-01M", ("relations", "citation"), "no"),
        ("FsF-R1.1-01M", ("license",), "no"),
        ("FsF-R1.2-01M", ("creator", "publisher", "published"), "no"),
        ("FsF-R1.3-01M", ("formats",), "partly"),
        ("FsF-R1.3-02D", ("formats",), "no"),
    ],
)
def test_what_is_left_out_is_missed(invented: Entry, metric: str, without: tuple[str, ...], answer: str) -> None:
    assert answers(invented)[metric] == ("partly" if metric == "FsF-F1-02MD" else "yes")
    left = {name: value for name, value in invented.fields.items() if name not in without}
    assert answers(Entry("dataset", left))[metric] == answer


def test_what_is_missing_is_named(invented: Entry) -> None:
    left = {name: value for name, value in invented.fields.items() if name not in ("publisher", "creator")}
    check = next(
        check for check in fair_check(Entry("dataset", left)).checks if check.metric.identifier == "FsF-F2-01M"
    )
    assert (check.missing, check.mend) == ("Not known: creator, publisher.", "Add what its creators state.")


def test_a_report_prints_and_holds_its_table(invented: Entry) -> None:
    report = fair_check(invented)
    assert repr(report).splitlines()[0] == f"FAIR self-check of invented: {report.summary}"
    assert len(repr(report).splitlines()) == 1 + len(METRICS) == 18
    assert report.table["earned"].sum() == 16
    assert ">FsF-F1-01MD</td>" in report._repr_html_()


def test_every_shipped_entry_can_be_checked(shipped: tuple[Entry, ...]) -> None:
    assert all(fair_check(entry).score > 0 for entry in shipped)
