"""What a data-quality report finds, in sentences."""

import polars as pl

from workbench.assessment.wording import percentage, some_of
from workbench.errors import listed

_MOST_NAMED = 3


def most_missing(gaps: pl.DataFrame) -> str:
    """Return what is most often not known of people.

    Parameters
    ----------
    gaps : polars.DataFrame
        ``gap``, ``unit``, ``n``, ``n_total``, ``fraction``; numbers that may not be shown are null.

    Returns
    -------
    str
        A sentence.
    """
    people = _widest(gaps)
    if people.is_empty():
        return "Of nobody can be said what is not known: the numbers are too small to be shown."
    lacking, total = people.filter(pl.col("n") > 0), people["n_total"][0]
    if lacking.is_empty():
        return f"Of all {total:,} people everything is known that was looked for."
    said = [
        f"{plain_gap(row['gap'])} of {row['n']:,} ({percentage(row['fraction'])})"
        for row in lacking.head(_MOST_NAMED).iter_rows(named=True)
    ]
    return f"Of {total:,} people, not known: {listed(said)}."


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
    return f"The {plain_gap(gap)} is missing most in {some_of(names)}. {place}".strip()


def getting_better(gaps: pl.DataFrame, periods: pl.DataFrame, *, over: str) -> str:
    """Return whether the widest gap of people is narrower in the last release than before.

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
    of = periods.filter(pl.col("gap") == gap)
    last, before = of.row(-1, named=True), of.head(-1)
    then, now = int(before["n"].sum()) / int(before["n_total"].sum()), float(last["fraction"])
    way = "better" if now < then else "worse" if now > then else "no better"
    return (
        f"It gets {way}: of the {last['n_total']:,} people that {over} {last['period']} brought, {percentage(now)} "
        f"have no known {plain_gap(gap)}; of those who came before, {percentage(then)}."
    )


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
