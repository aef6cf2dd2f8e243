"""What a data-quality report finds, in sentences."""

import polars as pl

from workbench.assessment.intervals import wilson_interval
from workbench.assessment.wording import LEAST_CHANGE, percentage, some_of
from workbench.errors import listed

_MOST_NAMED = 3
_RECENT, _TELLING = 5, 3  # releases that a trend is read from, at most and at least


def most_missing(gaps: pl.DataFrame, *, stage: str = "") -> str:
    """Return what is most often not known of people.

    Parameters
    ----------
    gaps : polars.DataFrame
        ``gap``, ``unit``, ``n``, ``n_total``, ``fraction``; numbers that may not be shown are null.
    stage : str
        At which stage they are counted, such as ``"at every stage"``; empty where there is only one.

    Returns
    -------
    str
        A sentence.
    """
    people = _widest(gaps)
    if people.is_empty():
        return "Of nobody can be said what is not known: the numbers are too small to be shown."
    at = f" {stage}" if stage else ""
    lacking, total = people.filter(pl.col("n") > 0), people["n_total"][0]
    if lacking.is_empty():
        return f"Of all {total:,} people{at} everything is known that was looked for."
    said = [
        f"{plain_gap(row['gap'])} of {row['n']:,} ({percentage(row['fraction'])})"
        for row in lacking.head(_MOST_NAMED).iter_rows(named=True)
    ]
    return f"Of {total:,} people{at}, not known: {listed(said)}."


def worst_places(gaps: pl.DataFrame, collections: pl.DataFrame) -> str:
    """Return where most of the widest gap is.

    Parameters
    ----------
    gaps : polars.DataFrame
        As for `most_missing`.
    collections : polars.DataFrame
        The same by ``collection_id``.

    Returns
    -------
    str
        A sentence; empty where nothing lacks, or there is one collection.
    """
    widest = _widest(gaps)
    if widest.is_empty() or collections["collection_id"].n_unique() <= 1:
        return ""
    gap = widest["gap"][0]
    of = collections.filter(pl.col("gap") == gap, pl.col("n") > 0).sort("n", "collection_id", descending=[True, False])
    if of.is_empty():
        return ""
    names = [f"{row['collection_id']} ({row['n']:,} of {row['n_total']:,})" for row in of.iter_rows(named=True)]
    of_nobody = of.filter(pl.col("n") == pl.col("n_total")).height
    total = collections["collection_id"].n_unique()
    place = f"In {of_nobody:,} of {total:,} collections it is known of nobody." if of_nobody else ""
    return f"Most of those without a known {plain_gap(gap)} are in {some_of(names)}. {place}".strip()


def by_release(gaps: pl.DataFrame, periods: pl.DataFrame, *, over: str) -> str:
    """Return how many of those whom the last releases brought lack the widest gap of people, and whether it gets less.

    A direction is claimed where each of the last five releases, at least three, goes the same way, by 1 in 100 or more
    in all, and the 95 % intervals of the first and the last of them do not meet.

    Parameters
    ----------
    gaps : polars.DataFrame
        As for `most_missing`.
    periods : polars.DataFrame
        ``gap``, ``period``, ``n``, ``n_total``, ``fraction``, ascending, of releases that brought enough people.
    over : str
        What a release is called.

    Returns
    -------
    str
        A sentence; empty where there are fewer than two releases.
    """
    if periods["period"].n_unique() <= 1:
        return ""
    gap = _widest(gaps)["gap"][0]
    recent = periods.filter(pl.col("gap") == gap).tail(_RECENT)
    return _told(recent, f"have no known {plain_gap(gap)}", over)


def _told(recent: pl.DataFrame, lack: str, over: str) -> str:
    first, last = recent.row(0, named=True), recent.row(-1, named=True)
    if recent.height < _TELLING:
        return (
            f"Of the {last['n_total']:,} people that {over} {last['period']} brought, {percentage(last['fraction'])} "
            f"{lack}; of the {first['n_total']:,} of {over} {first['period']}, {percentage(first['fraction'])}."
        )
    releases = f"of the people that the last {recent.height} {over}{'es' if over.endswith('ch') else 's'} brought"
    least, most = (recent.sort("fraction", descending=down).row(0, named=True) for down in (False, True))
    if most["fraction"] - least["fraction"] < LEAST_CHANGE:
        shares = f"{percentage(least['fraction'])} to {percentage(most['fraction'])}"
        return f"It is nearly unchanged: {releases}, {shares} {lack}."
    way = _way(recent)
    ends = (first, last) if way else (least, most)
    shares = " to ".join(f"{percentage(end['fraction'])} ({over} {end['period']})" for end in ends)
    if way:
        return f"It gets {way}: {releases}, from {shares} {lack}."
    now = f"of the {last['n_total']:,} of {over} {last['period']}, {percentage(last['fraction'])}"
    return f"It goes up and down: {releases}, {shares} {lack}; {now}."


def _way(recent: pl.DataFrame) -> str:
    """Whether releases go one way, beyond what few people would do by chance."""
    bounds = dict(zip(("low", "high"), wilson_interval(pl.col("n"), pl.col("n_total")), strict=True))
    low, high = recent.select(**bounds).get_columns()
    steps = recent["fraction"].diff().drop_nulls()
    if (steps < 0).all() and high[-1] < low[0]:
        return "better"
    return "worse" if (steps > 0).all() and low[-1] > high[0] else ""


def of_images(gaps: pl.DataFrame) -> str:
    """Return what is most often not known of images.

    Parameters
    ----------
    gaps : polars.DataFrame
        As for `most_missing`.

    Returns
    -------
    str
        A sentence; empty where everything is known.
    """
    images = gaps.filter(pl.col("unit") == "series", pl.col("n") > 0).sort("fraction", descending=True)
    if images.is_empty():
        return ""
    row = images.row(0, named=True)
    return f"{row['gap']}: not known of {row['n']:,} of {row['n_total']:,} series ({percentage(row['fraction'])})."


def known_of_all(gaps: pl.DataFrame) -> str:
    """Return what is known of everybody, and of what the number may not be shown.

    Parameters
    ----------
    gaps : polars.DataFrame
        As for `most_missing`.

    Returns
    -------
    str
        One or two sentences; empty where something lacks of all, and may be shown.
    """
    known = [plain_gap(gap) for gap in gaps.filter(pl.col("n") == 0)["gap"]]
    hidden = [plain_gap(gap) for gap in gaps.filter(pl.col("n").is_null())["gap"]]
    said = [f"Known of everything and everybody counted: {listed(known)}." if known else ""]
    said.append(f"How often is hidden, so that no count of 1–10 can be worked out: {listed(hidden)}." if hidden else "")
    return " ".join(filter(None, said))


def touched(rules: pl.DataFrame) -> str:
    """Return how many of the cleaning rules touched anything, and which most.

    Parameters
    ----------
    rules : polars.DataFrame
        ``rule``, ``unit``, ``n``, ``n_total``, ``fraction``.

    Returns
    -------
    str
        A sentence; empty where there are no rules.
    """
    if rules.is_empty():
        return ""
    some = rules.filter(pl.col("n") > 0).sort("fraction", descending=True, maintain_order=True)
    if some.is_empty():
        return f"None of the {rules.height} rules of cleaning touched anything."
    row = some.row(0, named=True)
    widest = f"{row['rule'].rstrip('.')}, {row['n']:,} of {row['n_total']:,} {row['unit']}"
    return f"{some.height} of {rules.height} rules of cleaning touched something, most of all: {widest}."


def plain_gap(gap: str) -> str:
    """Return a gap as it stands inside a sentence.

    Parameters
    ----------
    gap : str
        Such as ``"Age at the study"``.

    Returns
    -------
    str
        In lower case, but for names.

    Examples
    --------
    >>> plain_gap("Age at the study"), plain_gap("COVID-19 status")
    ('age at the study', 'COVID-19 status')
    """
    return gap if gap[:2].isupper() else f"{gap[:1].lower()}{gap[1:]}"


def _widest(gaps: pl.DataFrame) -> pl.DataFrame:
    people = gaps.filter(pl.col("unit") == "patients").drop_nulls("fraction")
    return people.sort("fraction", descending=True, maintain_order=True)
