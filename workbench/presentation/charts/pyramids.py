"""The age and sex pyramid of a cohort, with a reference population as its outline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.alignment import nest_age_bands
from workbench.assessment.census import Census
from workbench.assessment.intervals import wilson_interval
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.assessment.wording import some_of
from workbench.errors import listed
from workbench.presentation.charts import marks, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, INK, ORANGE
from workbench.vocabulary.demographics import MISSING, SEX

_FEMALE, _MALE = SEX[:2]
_NOT_KNOWN = "sex or age not known"
_APART = "The reference publishes sex and age apart; the outline is their product, as if both sexes were equally old."
_PEOPLE = {_FEMALE: "females", _MALE: "males"}
_NUMBERS = "Bars are numbers: how many have both a known sex and a known age is hidden, so that there are no shares"
_ALONE = f"{_NUMBERS}, and no population stands beside them."


def pyramid(counted: Census, *, reference: str | Path | ReferencePopulation | None = None) -> Figure:
    """Return the age and sex pyramid of a census, women to the left and men to the right.

    Parameters
    ----------
    counted : Census
        By sex and an attribute of ages, such as ``["sex", "age_group"]``.
    reference : str, pathlib.Path or ReferencePopulation, optional
        A name of `workbench.assessment.references.list_references`, the path of a CSV of your own, or what
        `read_reference` gives; drawn as the outline. Where it has no joint counts of sex and age, the footnote says
        that shares are multiplied.

    Returns
    -------
    Figure
        Shares of the women and men whose age is known, with intervals; how many are not known stands below the axis.
        Where hidden counts leave the number of those known open, the bars are numbers, without an outline.

    Raises
    ------
    UnknownNameError
        For a reference that does not exist.
    ValueError
        For a census by other attributes, a reference without sex or ages, or age bands that do not nest.
    """
    age = next((name for name in counted.by if name.startswith("age")), None)
    if age is None or set(counted.by) != {"sex", age}:
        raise ValueError(
            f"A census by {', '.join(counted.by)} was received. A pyramid needs sex and one attribute of ages. "
            'Count again: cohort.census(by=["sex", "age_group"]).'
        )
    if isinstance(reference, str | Path):
        reference = read_reference(reference)
    n_known, alone = _n_known(counted, age), ""
    if n_known is None:
        alone = f"{_NUMBERS}." if reference is None else _ALONE
        reference = None
    table = _shares(counted, age, None if reference is None else _outline(reference, age), n_known)
    title, words = _finding(table, n_known, reference)
    hides = table[f"n_{counted.unit}"].null_count() > 0
    known = f"{wording.number(n_known)} with sex and age known, of "
    of = f"{'' if n_known is None else known}{wording.all_of(counted)}"
    against = f"; outline: {wording.source_of(reference)}" if reference else ""
    drawn = _drawn(table, _unknown(counted, n_known))
    warned = [text for name in ("sex", age) for text in reference.warnings(name)] if reference else []
    return Figure(
        f"pyramid_{age}",
        title,
        f"{of}{against}",
        words,
        wording.below(
            counted,
            *warned,
            _APART if reference and not _is_joint(reference, age) else "",
            alone or f"{wording.WILSON} Shares are of the females and males whose age is known.",
            wording.HATCHED if hides else "",
        ),
        drawn,
        table,
    )


def _n_known(counted: Census, age: str) -> int | None:
    """How many females and males have an age; None where hidden counts leave it open: the bars shown are not all."""
    count = f"n_{counted.unit}"
    inside = pl.col("sex").cast(pl.String).is_in(_PEOPLE) & ~marks.is_missing(age)
    bars, others = (counted.table.filter(kept)[count] for kept in (inside, ~inside))
    if not bars.null_count():
        return int(bars.sum())
    if others.null_count() or counted.n_total is None or counted.overlapping:
        return None
    return counted.n_total - int(others.sum())


def _shares(
    counted: Census, age: str, outline: Mapping[str, Mapping[str, float]] | None, n_known: int | None
) -> pl.DataFrame:
    """One row a sex and band, in bands that both sides have, with the shares of those whose sex and age are known."""
    count = f"n_{counted.unit}"
    known = counted.table.filter(pl.col("sex").cast(pl.String).is_in(_PEOPLE), ~marks.is_missing(age))
    bands = counted.table.schema[age]
    names = [band for band in getattr(bands, "categories", known[age].unique()) if band not in MISSING]
    sides = []
    for sex in _PEOPLE:
        found = dict(known.filter(pl.col("sex") == sex).select(pl.col(age).cast(pl.String), count).iter_rows())
        n = {band: found.get(band, 0) for band in names}
        hidden = {band for band in names if n[band] is None}
        if outline is not None:
            whole = {band: value or 0 for band, value in n.items()}
            coarse, target = nest_age_bands(whole, outline[sex])
            if hidden and len(coarse) < len(n):  # a sum over a hidden band would be too low
                raise ValueError(
                    f"Bands of {age} with hidden counts were received. They cannot be summed to the reference's bands. "
                    "Count the cohort in the reference's bands, then suppress."
                )
            n = {band: None if band in hidden else value for band, value in coarse.items()}
        else:
            target = {}
        sides += [{"sex": sex, age: band, count: value, "reference": target.get(band)} for band, value in n.items()]
    schema = {"sex": pl.String, age: pl.String, count: pl.Int64, "reference": pl.Float64}
    table = pl.DataFrame(sides, schema=schema)
    low, high = wilson_interval(pl.col(count), pl.col("n_total"))
    total = pl.col("reference").sum()
    return (
        table.with_columns(n_total=pl.lit(n_known, pl.Int64))
        .with_columns(
            fraction=pl.when(pl.col("n_total") > 0).then(pl.col(count) / pl.col("n_total")),
            fraction_low=low,
            fraction_high=high,
            reference_fraction=pl.when(total > 0).then(pl.col("reference") / total),
        )
        .drop("reference")
    )


def _outline(reference: ReferencePopulation, age: str) -> dict[str, dict[str, float]]:
    """The reference by sex and band; where it publishes the two apart, their product."""
    if not _is_joint(reference, age):
        sides = [reference.table.filter(pl.col("attribute") == name) for name in ("sex", age)]
        shares = [dict(side.select("category", "fraction").iter_rows()) for side in sides]
        if not all(shares):
            raise ValueError(
                f"The reference {reference.name!r} was received, which has {listed(reference.attributes)}. "
                f"An outline needs sex and {age}. Pass one that has both, such as read_reference('us_acs')."
            )
        return {sex: {band: shares[0][sex] * share for band, share in shares[1].items()} for sex in _PEOPLE}
    summed = reference.joint(["sex", age]).with_columns(pl.col("sex", age).cast(pl.String))
    return {sex: dict(summed.filter(pl.col("sex") == sex).select(age, "n").iter_rows()) for sex in _PEOPLE}


def _is_joint(reference: ReferencePopulation, age: str) -> bool:
    return reference.cells is not None and {"sex", age} <= set(reference.cells.columns)


def _finding(table: pl.DataFrame, n_known: int | None, reference: ReferencePopulation | None) -> tuple[str, str]:
    age, count = table.columns[1:3]
    shown = table.drop_nulls(count)
    if shown.is_empty() or not shown[count].sum():
        return "Sex and age are known together for nobody who can be shown", "No bar is drawn."

    def said(row: Mapping[str, Any]) -> str:
        beside = f" against {wording.percent(row['reference_fraction'])}" if reference else ""
        share = f" ({wording.percent(row['fraction'])})" if row["fraction"] is not None and not reference else ""
        told = wording.percent(row["fraction"]) if reference else f"{wording.number(row[count])}{share}"
        return f"{_PEOPLE[str(row['sex'])]} of {row[age]}: {told}{beside}"

    words = "; ".join(said(row) for row in table.iter_rows(named=True)) + "."
    if reference:
        gap = (shown["fraction"] - shown["reference_fraction"]).abs()
        row = shown.row(int(gap.arg_max() or 0), named=True)
        share, beside = wording.percent(row["fraction"]), wording.percent(row["reference_fraction"])
        title = (
            f"{_PEOPLE[row['sex']].capitalize()} of {row[age]} years are {share} here and {beside} of the population"
        )
        return title, f"Share here against {reference.title}. {words}"
    top = shown.filter(pl.col(count) == pl.col(count).max())
    groups = some_of([f"{_PEOPLE[sex]} of {band} years" for sex, band in top.select("sex", age).iter_rows()])
    several, each = ("s", " each") if top.height > 1 else ("", "")
    seen = " shown" if shown.height < table.height else ""
    n = int(top[count][0])
    of = f"{n:,} {count.removeprefix('n_')}" if n_known is None else f"{wording.percent(n / n_known)} of those known"
    return f"The largest group{several}{seen} are {groups}, {of}{each}", words


def _unknown(counted: Census, n_known: int | None) -> str:
    if counted.n_total is None or n_known is None:
        return f"{_NOT_KNOWN}: {wording.NOT_SHOWN}"
    n = counted.n_total - n_known
    share = wording.percent(n / counted.n_total) if counted.n_total else "none"
    return f"{_NOT_KNOWN}, or another sex: {n:,} ({share})"


def _drawn(table: pl.DataFrame, unknown: str) -> alt.LayerChart:
    age, count = table.columns[1:3]
    counts = not table["n_total"].count()  # numbers where there are no shares
    measure, form = (count, ",.0f") if counts else ("fraction", ".0%")
    bands = table[age].unique(maintain_order=True).to_list()[::-1]
    sign = pl.when(pl.col("sex") == _FEMALE).then(-1.0).otherwise(1.0)
    sides = dict.fromkeys((measure, "fraction", "fraction_low", "fraction_high", "reference_fraction"))
    signed = table.with_columns((pl.col(name) * sign).alias(f"{name}_at") for name in sides)
    ends = table.select(pl.max_horizontal("fraction_high", "reference_fraction").max()).item()
    reach = 1.08 * float(marks.largest(table, count) if counts else (ends or 0.01))
    y = alt.Y(f"{age}:N", sort=bands, title=None, scale=alt.Scale(domain=bands))
    axis = alt.Axis(labelExpr=f"format(abs(datum.value), '{form}')", tickCount=6)
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    what, n = unknown.split(": ")
    of = count.removeprefix("n_") if counts else "share of those known"
    title = [f"← female · {of} · male →", "", f"{what}:", n]  # no row, where it would cross the axis
    x = alt.X(f"{measure}_at:Q", title=title, axis=axis, scale=scale)
    colors = alt.Color("sex:N", title=None, scale=alt.Scale(domain=[_FEMALE, _MALE], range=[ORANGE, BLUE]), legend=None)
    tips = [
        "sex:N",
        f"{age}:N",
        alt.Tooltip(f"{count}:Q", format=","),
        *([] if counts else [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("fraction", "reference_fraction")]),
    ]
    base = alt.Chart(signed)
    bars = base.mark_bar(opacity=0.75).encode(x=x, y=y, color=colors, tooltip=tips)
    held = base.transform_filter(f"datum.{count} > 0")  # nobody needs no line
    lines = held.mark_rule(color=INK).encode(x=alt.X("fraction_low_at:Q"), x2=alt.X2("fraction_high_at:Q"), y=y)
    outline = base.mark_bar(filled=False, stroke=INK, strokeWidth=1.6, fill=None).encode(
        x=alt.X("reference_fraction_at:Q"), y=y
    )
    hidden = signed.filter(pl.col(count).is_null()).with_columns(at=sign * reach / 8, none=0.0)
    hatched = (
        alt.Chart(hidden).mark_bar(fill=marks.HATCH, stroke=GRAY).encode(x=alt.X("at:Q"), x2=alt.X2("none:Q"), y=y)
    )
    return marks.layered(bars, outline, lines, hatched, height=alt.Step(26))
