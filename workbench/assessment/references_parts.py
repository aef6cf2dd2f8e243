"""Find a reference population and take the part of it that is asked for: a place, a date, other age bands."""

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.age_bands import Bridge, divide_bands, parse_band
from workbench.assessment.references_files import (
    FOLDER,
    ORDER,
    Published,
    read_shipped,
    rows_of_joints,
    shipped_sources,
    with_fractions,
)
from workbench.assessment.references_own import read_own
from workbench.errors import brief, unknown_name
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.geography import country_key, state_key

_QUOTED = re.compile(r"\{\w+: [^{}]+\}")


def find_published(source: str | Path) -> tuple[str, Published]:
    """Return a shipped population, or that in a CSV of your own, as it is published.

    Parameters
    ----------
    source : str or path
        A name of `shipped_sources`, or a path.

    Returns
    -------
    tuple of str and Published
        Its name, a file's without the suffix.

    Raises
    ------
    TypeError
        When it is neither.
    UnknownNameError
        When there is no such population.
    """
    if not isinstance(source, str | Path):
        raise TypeError(
            f"Received {brief(repr(source))} as a reference population. A name of list_references(), or the path of a "
            "CSV of your own, would be right. Pass one such as 'us_census'."
        )
    sources = shipped_sources()
    if str(source) in sources:
        return str(source), read_shipped(str(source), sources[str(source)])
    path = Path(source)
    if path.suffix or (str(source) and path.exists()):
        return path.stem, read_own(path)
    then = "Pass one of these names, or the path of a CSV of your own."
    raise unknown_name("reference population", source, sources, where="/".join(FOLDER), then=then)


def narrow(published: Published, where: Mapping[str, str], *, name: str) -> tuple[Published, list[str]]:
    """Return the part of the cells that lies where asked, such as in one state.

    Parameters
    ----------
    published : Published
        A whole source.
    where : mapping of str to str
        Attribute to category; states and countries by any of their names.
    name : str
        The source, for messages.

    Returns
    -------
    tuple of Published and list of str
        What is left, and the categories in their own spelling.

    Raises
    ------
    TypeError
        When a category is not text.
    UnknownNameError
        When the source is not published by such an attribute, or has no such category.
    ValueError
        When the source is published as a whole.
    """
    joints, chosen = published.joints, []
    for attribute, wanted in where.items():
        having = [joint for joint in joints if attribute in joint.columns]
        if not having:
            known = [known for known in ORDER if any(known in joint.columns for joint in joints)]
            if not known:
                raise ValueError(
                    f"Received {attribute}={wanted!r}. The reference {name!r} is published as a whole, attribute by "
                    f"attribute. Leave {attribute}= out, or pass another reference such as 'us_acs'."
                )
            where_text = f"the cells of the reference {name!r}"
            then = "Leave it out, or pass another reference such as 'us_acs'."
            raise unknown_name("attribute", attribute, known, where=where_text, then=then)
        if not isinstance(wanted, str):
            raise TypeError(
                f"Received {attribute}={brief(repr(wanted))}. One category, as text, would be right. "
                f"Pass one such as {attribute}={having[0][attribute][0]!r}."
            )
        category = _category(attribute, wanted)
        held = having[0][attribute].cast(pl.String)
        if category not in held.to_list():
            options = held.unique(maintain_order=True).to_list()
            then = "Pass one of these."
            raise unknown_name(attribute, wanted, options, where=f"the reference {name!r}", then=then)
        joints = tuple(joint.filter(pl.col(attribute) == category).drop(attribute) for joint in having)
        chosen.append(category)
    return Published(published.source, published.rows, joints), chosen


def at_period(
    published: Published, period: str | datetime.date | None, *, name: str
) -> tuple[pl.DataFrame, datetime.date | None]:
    """Return the rows of the last date that is not after a period, and that date.

    Parameters
    ----------
    published : Published
        A source.
    period : str or datetime.date or None
        A day; None for the last.
    name : str
        The source, for messages.

    Returns
    -------
    tuple of polars.DataFrame and datetime.date or None
        No date where the source has no periods.

    Raises
    ------
    ValueError
        When the source has no periods, or none as early.
    """
    rows = rows_of_joints(published.joints) if published.rows is None else published.rows
    periods = published.periods
    if period is None:
        return (rows.filter(period=periods[-1]), periods[-1]) if periods else (rows, None)
    if not periods:
        raise ValueError(
            f"Received period {str(period)!r}. The reference {name!r} is not counted over time: its year is "
            f"{published.source['vintage']}. Leave period= out."
        )
    asked = _day(period)
    past = [day for day in periods if day <= asked]
    if not past:
        raise ValueError(
            f"Received period {asked}. The first of the reference {name!r} is {periods[0]}: nothing was counted "
            f"before. Pass a date from {periods[0]} to {periods[-1]}."
        )
    return rows.filter(period=past[-1]), past[-1]


def with_warnings_counted(source: Mapping[str, Any], rows: pl.DataFrame) -> dict[str, Any]:
    """Return a source whose warnings quote the numbers at hand: those of a part or a date, not of the whole.

    ``{race: White}`` in a warning becomes the share of White among those whose race is known. What is not known of
    1 in 100 or more is a warning too.

    Parameters
    ----------
    source : mapping
        Perhaps with ``warnings``.
    rows : polars.DataFrame
        Has attribute, category, n and percent, missing ones included.

    Returns
    -------
    dict
        The source with ``warnings``.
    """
    number = pl.coalesce("n", "percent")
    missing = pl.col("category").is_in(MISSING)
    sums = rows.group_by("attribute", maintain_order=True).agg(
        gone=number.filter(missing).sum(), whole=number.sum(), counted=pl.col("n").is_not_null().all()
    )
    warnings = _with_shares(source.get("warnings", {}), rows)
    for attribute, gone, whole, counted in sums.filter(pl.col("gone") >= pl.col("whole") / 100).rows():
        if gone:
            numbers = f"{gone:,.0f} of {whole:,.0f} ({100 * gone / whole:.1f} %)" if counted else f"{gone:.1f} %"
            warning = f"Not known for {numbers} of this reference."
            warnings[attribute] = (*warnings.get(attribute, ()), warning)
    return {**source, "warnings": warnings}


def _with_shares(warnings: Mapping[str, Sequence[str]], rows: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Fill the shares that warnings quote into those of the attributes at hand; other braces stay as they are."""
    shares = {
        f"{{{attribute}: {category}}}": f"{100 * fraction:.1f} %"
        for attribute, category, fraction in with_fractions(rows)
        .select("attribute", "category", "fraction")
        .iter_rows()
        if fraction is not None
    }
    return {
        attribute: tuple(_QUOTED.sub(lambda quoted: shares.get(quoted[0], quoted[0]), text) for text in said)
        for attribute, said in warnings.items()
        if attribute in rows["attribute"]
    }


def in_age_bands(table: pl.DataFrame, bands: Sequence[str], *, bridge: Bridge = None) -> tuple[pl.DataFrame, str]:
    """Return the table of a population with its ``age_group`` in other bands, and what was assumed for it.

    Parameters
    ----------
    table : polars.DataFrame
        Has attribute, category, n and percent.
    bands : sequence of str
        The bands that are wanted.
    bridge : {"uniform"}, optional
        As in `workbench.assessment.age_bands.divide_bands`.

    Returns
    -------
    tuple of polars.DataFrame and str
        Ages first, with shares anew; a sentence, empty where nothing was assumed.

    Raises
    ------
    ValueError
        When a band crosses an edge and no bridge is asked for, or is open-ended.
    """
    ages = table.filter(attribute="age_group")
    parts = divide_bands(ages["category"].to_list(), bands, bridge=bridge)
    shares = [(band, home, share) for band, homes in parts.items() for home, share in homes.items()]
    divided = pl.DataFrame(shares, schema=["category", "home", "share"], orient="row")
    spread = ages.join(divided, on="category").with_columns(pl.col("n", "percent") * pl.col("share"))
    n = pl.when(pl.col("n").count() > 0).then(pl.col("n").sum())
    sums = spread.group_by(category="home").agg(pl.col("attribute").first(), n, pl.col("percent").sum())
    wanted = pl.DataFrame({"category": bands}).join(sums, on="category", how="left", maintain_order="left")
    banded = wanted.with_columns(pl.lit("age_group").alias("attribute"), pl.col("percent").fill_null(0.0))
    rest = table.filter(pl.col("attribute") != "age_group")
    columns = ["attribute", "category", "n", "percent"]
    whole = with_fractions(pl.concat([banded.select(columns), rest.select(columns)]))
    crossing = ", ".join(band for band, homes in parts.items() if len(homes) > 1)
    assumed = f"Published age bands that cross an edge ({crossing}) were spread evenly over their years, an assumption."
    return whole, assumed if crossing else ""


def _day(period: str | datetime.date) -> datetime.date:
    if isinstance(period, datetime.date):
        return datetime.date(period.year, period.month, period.day)
    try:
        return datetime.date.fromisoformat(str(period))
    except ValueError:
        raise ValueError(
            f"Received period {brief(repr(period))}. A day is written YYYY-MM-DD, such as '2024-03-04'. Write it so."
        ) from None


def _category(attribute: str, wanted: str) -> str:
    if attribute == "state":
        return state_key(wanted)
    if attribute.startswith("age"):
        return _band(wanted)
    return COUNTRIES[country_key(wanted)].name if attribute == "country" else wanted


def _band(wanted: str) -> str:
    try:
        return parse_band(wanted).label
    except ValueError:  # then it is no category either, and the message for those lists what there is
        return wanted
