"""What stands out in a census, in plain sentences that a computed rule supports."""

from collections.abc import Sequence
from math import prod
from typing import Any

import polars as pl

from workbench.assessment.wording import percentage, plain_words, some_of
from workbench.errors import listed
from workbench.vocabulary.demographics import MISSING, RESIDUAL

_MOST_SENTENCES = 3
_MOST_NAMES = 3  # groups that one sentence names
_FEW = 10  # as in suppression: the CMS cell size policy holds back counts of 1 to 10
_OFTEN_MISSING = 0.1
_FAR_AHEAD = 2.0  # times the next group
_EXPECTED = 10  # an empty intersection is a finding where that many would be expected
_MOST_CELLS = 100_000


def find_standouts(table: pl.DataFrame, missing: pl.DataFrame, *, by: Sequence[str], unit: str) -> tuple[str, ...]:
    """Return up to three sentences of what stands out.

    The rules, in order; each gives at most one sentence. Groups that are missing are groups in the second rule alone.

    1. Groups of the vocabulary that nobody is in, but for those that hold what fits nowhere else, such as "Other".
       Of several attributes, if nobody counts twice: the empty intersection in which most would be expected were the
       attributes independent, when 10 or more would be.
    2. The reason for which most lack an attribute, when that is 10 % or more of all.
    3. Groups of 1 to 10.
    4. The largest group, when it has at least twice as many as the next.
    5. Where none of these applies, the largest group.

    Where counts are hidden, rules that compare groups say nothing, for the largest may be among the hidden.

    Parameters
    ----------
    table, missing : polars.DataFrame
        Those of a `Census`.
    by : sequence of str
        Its attributes.
    unit : str
        What was counted.

    Returns
    -------
    tuple of str
        In the order of the rules; groups in display order, small ones by size. Empty when nobody was counted.

    Examples
    --------
    >>> from workbench.assessment.census import count_census
    >>> census = count_census(pl.DataFrame({"site": ["A"] * 30 + ["B"] * 12 + [None] * 8}), by=["site"])
    >>> find_standouts(census.table, census.missing, by=["site"], unit="patients")
    ('Site is Not Reported for 8 of 50 patients (16.0 %).', 'A is the largest group, 2.5 times the next, B.')
    """
    count = f"n_{unit}"
    known = table.filter(~pl.any_horizontal(pl.col(by).cast(pl.String).is_in(MISSING)))
    known = known.select(
        pl.concat_str(pl.col(by).cast(pl.String), separator=", ").alias("in_words"),
        *(pl.col(name).alias(str(place)) for place, name in enumerate(by)),  # an attribute may have any name
        n_units=count,
    )
    hidden = table.height == 0 or table.select(count, "n_total").null_count().sum_horizontal()[0] > 0
    n_total = None if hidden else int(table["n_total"][0])
    crossed = len(by) > 1 and n_total == table[count].sum()
    found = [
        _absent(known, by[0], unit) if len(by) == 1 else _unexpectedly_absent(known, by, unit) if crossed else None,
        _often_missing(missing.rename({count: "n_units"}), table["n_total"].max(), unit),
        None if hidden else _small(known, unit),
        None if hidden else _far_ahead(known),
    ]
    sentences = [sentence for sentence in found if sentence][:_MOST_SENTENCES]
    if not sentences and n_total is not None and known["n_units"].sum():
        sentences = [_largest(known, n_total, unit)]
    return tuple(sentences)


def _absent(known: pl.DataFrame, attribute: str, unit: str) -> str | None:
    if not known["n_units"].sum():
        return None  # nobody is known at all, which the second rule says
    names = known.filter((pl.col("n_units") == 0) & ~pl.col("in_words").is_in(RESIDUAL))["in_words"].to_list()
    if not names:
        return None
    words = plain_words(attribute)
    return f"No {unit} are in the {words} group{'s' * (len(names) > 1)} {some_of(names)}."


def _unexpectedly_absent(known: pl.DataFrame, by: Sequence[str], unit: str) -> str | None:
    n = known["n_units"].sum()
    places = [str(place) for place in range(len(by))]
    margins = [known.group_by(place).agg(pl.col("n_units").sum()).sort(place) for place in places]
    if not n or prod(margin.height for margin in margins) > _MOST_CELLS:
        return None
    cells = margins[0].select(places[0], expected=pl.col("n_units").cast(pl.Float64))
    for place, margin in zip(places[1:], margins[1:], strict=True):
        shares = margin.select(place, share=pl.col("n_units") / n)
        cells = cells.join(shares, how="cross").with_columns(pl.col("expected") * pl.col("share")).drop("share")
    empty = cells.join(known.filter(pl.col("n_units") > 0), on=places, how="anti").filter(
        pl.col("expected") >= _EXPECTED
    )
    if empty.is_empty():
        return None
    most = empty.sort("expected", *places, descending=[True, *[False] * len(by)]).row(0, named=True)
    words = [plain_words(name) for name in by]
    return (
        f"No {unit} are {', '.join(most[place] for place in places)}, where {most['expected']:,.0f} would be expected "
        f"were {listed(words)} independent."
    )


def _often_missing(missing: pl.DataFrame, n_total: Any, unit: str) -> str | None:
    shown = missing.drop_nulls("n_units").sort("n_units", descending=True, maintain_order=True)
    if not n_total or shown.is_empty():
        return None
    attribute, reason, n = shown.select("attribute", "reason", "n_units").row(0)
    if n / n_total < _OFTEN_MISSING:
        return None
    words = _capital(plain_words(attribute))
    return f"{words} is {reason} for {n:,} of {n_total:,} {unit} ({percentage(n / n_total)})."


def _small(known: pl.DataFrame, unit: str) -> str | None:
    small = known.filter(pl.col("n_units").is_between(1, _FEW)).sort("n_units", maintain_order=True)
    if small.is_empty():
        return None
    groups = "1 group has" if small.height == 1 else f"{small.height:,} groups have"
    names = [f"{group} ({n})" for group, n in small.select("in_words", "n_units").head(_MOST_NAMES).iter_rows()]
    return f"{groups} {_FEW} {unit} or fewer: {some_of(names, n_more=small.height - len(names))}."


def _far_ahead(known: pl.DataFrame) -> str | None:
    ranked = known.filter(pl.col("n_units") > 0).sort("n_units", descending=True, maintain_order=True)
    if ranked.height < 2:
        return None
    first, most, next_most = ranked["in_words"][0], ranked["n_units"][0], ranked["n_units"][1]
    if most < _FAR_AHEAD * next_most:
        return None
    second = some_of(ranked.filter(pl.col("n_units") == next_most)["in_words"].to_list())
    return f"{first} is the largest group, {most / next_most:,.1f} times the next, {second}."


def _largest(known: pl.DataFrame, n_total: int, unit: str) -> str:
    n = known["n_units"].sort()[-1]
    names = known.filter(pl.col("n_units") == n)["in_words"].to_list()
    group, each = ("groups", " each") if len(names) > 1 else ("group", "")
    verb = "are" if each else "is"
    return (
        f"{some_of(names)} {verb} the largest {group}: {n:,} of {n_total:,} {unit} ({percentage(n / n_total)}){each}."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
