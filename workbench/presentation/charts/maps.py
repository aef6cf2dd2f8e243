"""Where patients come from: US states as tiles, countries on a world map; both offline."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.references import read_reference
from workbench.assets import asset_path
from workbench.errors import UnknownNameError, listed
from workbench.presentation.charts import marks, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, INK
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.geography import AMBIGUOUS_ZIP3, STATES, country_key, state_key

_PALE = "#dcebf7"
_MILLION = 1_000_000
_NOBODY = {"state": "Outlined only: no patients.", "country": "Uncolored land: no patients."}
_UNRATED = "Stronger gray: patients from there, but the reference does not say how many inhabitants."


def state_map(counted: Census, *, reference: str | None = None) -> Figure:
    """Return a census by US state as a map of equal tiles, one a state.

    Parameters
    ----------
    counted : Census
        By state: postal codes, names or FIPS codes.
    reference : str, optional
        A reference population that is read by state, such as ``"us_acs"``: tiles are then colored by the number per
        million inhabitants.

    Returns
    -------
    Figure
        States with nobody are outlined; missing, foreign and ambiguous ones are counted below.

    Raises
    ------
    ValueError
        For a census by something else.
    """
    attribute = _only(counted, "state", "state_map")
    places = _placed(counted, attribute, state_key)
    tiles = pl.DataFrame(
        [(s.code, s.name, s.column, s.row) for s in STATES.values()], ["place", "name", "column", "row"], orient="row"
    )
    counts = places.table.with_columns(counted=True)
    table = tiles.join(counts, on="place", how="left", maintain_order="left").with_columns(
        pl.when("counted").then(name).otherwise(0).alias(name) for name in ("n", "fraction")
    )
    table, of = _per_million(table.drop("counted"), reference, lambda code: {"state": STATES[code].name})
    drawn = _titled(table, counted, "states", of)
    return Figure(
        "state_map",
        drawn[0],
        drawn[1],
        drawn[2],
        wording.below(
            counted,
            places.left_out,
            _NOBODY["state"],
            _unrated(table),
            f"States derived from three-digit ZIP codes: those that cross a border ({', '.join(AMBIGUOUS_ZIP3)}) count "
            "for the state with most of their ZIP codes.",
            wording.HATCHED if table["n"].null_count() else "",
        ),
        _tiles(table, counted),
        table.drop("column", "row"),
    )


def world_map(counted: Census, *, reference: str | None = None) -> Figure:
    """Return a census by country as a world map, without a network.

    Parameters
    ----------
    counted : Census
        By country: names, ISO 3166-1 or M49 codes.
    reference : str, optional
        A reference population that is read by country, such as ``"un_wpp"``: countries are then colored by the number
        per million inhabitants.

    Returns
    -------
    Figure
        The map; the table holds every country that anybody is from.

    Raises
    ------
    ValueError
        For a census by something else.
    """
    attribute = _only(counted, "country", "world_map")
    places = _placed(counted, attribute, country_key)
    named = places.table.with_columns(
        name=pl.col("place").replace_strict({code: c.name for code, c in COUNTRIES.items()}, return_dtype=pl.String)
    )
    held = named.filter(pl.col("n").is_null() | (pl.col("n") > 0)).sort("n", descending=True, nulls_last=True)
    table, of = _per_million(held, reference, lambda code: {"country": COUNTRIES[code].name})
    drawn = _titled(table, counted, "countries", of)
    unmapped = sorted(set(table["place"]) - _mapped())
    small = listed(COUNTRIES[code].name for code in unmapped)
    return Figure(
        "world_map",
        drawn[0],
        drawn[1],
        drawn[2],
        wording.below(
            counted,
            places.left_out,
            _NOBODY["country"],
            _unrated(table),
            f"Too small for the map, in the table: {small}." if unmapped else "",
            wording.HATCHED.replace("Hatched", "Dark gray") if table["n"].null_count() else "",
            "Borders: Natural Earth 1:110 million (world-atlas 2.0.2); they take no position.",
        ),
        _world(table, counted),
        table,
    )


@dataclass(frozen=True)
class _Places:
    """One row a place that a map knows: place, n, fraction; and a sentence on the others."""

    table: pl.DataFrame
    left_out: str


def _only(counted: Census, attribute: str, chart: str) -> str:
    if len(counted.by) != 1 or attribute not in counted.by[0]:
        raise ValueError(
            f"A census by {', '.join(counted.by)} was received. {chart} draws one by {attribute}. "
            f'Count again: cohort.census(by=["{attribute}"]).'
        )
    return counted.by[0]


def _placed(counted: Census, attribute: str, key: Callable[[str], str]) -> _Places:
    count = f"n_{counted.unit}"
    found, elsewhere = [], []
    for row in counted.table.filter(~marks.is_missing(attribute)).iter_rows(named=True):
        try:
            found.append((key(row[attribute]), row[count]))
        except UnknownNameError:
            elsewhere.append((row[attribute], row[count]))
    table = pl.DataFrame(found, {"place": pl.String, "n": pl.Int64}, orient="row")
    # two spellings of one place add up; a hidden one hides the sum
    summed = table.group_by("place", maintain_order=True).agg(
        pl.when(pl.col("n").null_count() == 0).then(pl.col("n").sum()).alias("n")
    )
    others = ", ".join(f"{name} {wording.number(n)}" for name, n in elsewhere if n is None or n > 0)
    share = pl.col("n") / counted.n_total if counted.n_total else pl.lit(None, pl.Float64)
    return _Places(summed.with_columns(fraction=share), f"Not on the map: {others}." if others else "")


def _per_million(
    table: pl.DataFrame, reference: str | None, where: Callable[[str], dict[str, Any]]
) -> tuple[pl.DataFrame, str]:
    """Add the inhabitants of each place that the reference knows, and the number per million of them."""
    if reference is None:
        return table, ""
    population = {}
    for place in table.filter(pl.col("n").is_null() | (pl.col("n") > 0))["place"]:
        try:
            population[place] = read_reference(reference, **where(place)).n_total
        except (LookupError, ValueError):  # a territory that this reference does not count
            population[place] = None
    inhabitants = pl.col("place").replace_strict(population, default=None, return_dtype=pl.Float64)
    rated = table.with_columns(inhabitants=inhabitants)
    rate = _MILLION * pl.col("n") / pl.col("inhabitants")
    return rated.with_columns(per_million=rate), f"; inhabitants: {wording.source_of(read_reference(reference))}"


def _titled(table: pl.DataFrame, counted: Census, places: str, of: str) -> tuple[str, str, str]:
    held = table.filter(pl.col("n") > 0)
    one = "state" if places == "states" else "country"
    subtitle = f"{wording.all_of(counted)} by {one}{of}"
    if held.is_empty():
        return f"No {counted.unit} are known to come from any of the {places}", subtitle, "Nothing to draw."
    n_places, known = held.height + table["n"].null_count(), int(held["n"].sum())
    measure = _measure(held)
    first = held.sort(measure, descending=True, nulls_last=True).row(0, named=True)
    told = f"{first['n']:,} {counted.unit}, the most shown"  # of hidden places, those shown are not all
    if not table["n"].null_count():
        told = f"{wording.percent(first['n'] / known)} of those whose {one} is known"
    title = f"{first['name']} has {told}; {n_places} {places} have any"
    if n_places == 1:
        title = f"All {counted.unit} whose {one} is known come from {first['name']}"
    if measure == "per_million":
        rate = f"{first['per_million']:,.0f} {counted.unit} per million inhabitants"
        title = f"{first['name']} has the most{' of those shown' * (n_places > held.height)} for its size, {rate}"
        title += f"; {n_places} {places} have any"
    seen = table.filter(pl.col("n").is_null() | (pl.col("n") > 0)).sort(measure, descending=True, nulls_last=True)
    words = "; ".join(
        f"{row['name']}: {wording.number(row['n'])}"
        + (f" ({row['per_million']:,.2f} per million)" if row.get("per_million") is not None else "")
        for row in seen.iter_rows(named=True)
    )
    return title, subtitle, f"{words}."


def _unrated(table: pl.DataFrame) -> str:
    return _UNRATED if _measure(table) != "n" and table.filter(pl.col("n") > 0)["per_million"].null_count() else ""


def _measure(table: pl.DataFrame) -> str:
    """What is colored: the rate where it is known for anybody, else the number."""
    rated = "per_million" in table.columns and table["per_million"].drop_nulls().len() > 0
    return "per_million" if rated else "n"


def _tiles(table: pl.DataFrame, counted: Census) -> alt.LayerChart:
    measure = _measure(table)
    words = marks.said(table, lambda row: _short(row[measure]) if row["n"] else "")
    drawn = table.with_columns(words=words, level=_level(table[measure]))
    tip: list[Any] = ["name:N", alt.Tooltip("n:Q", format=",", title=counted.unit)]
    tip += [alt.Tooltip("per_million:Q", format=",.1f")] if measure == "per_million" else []
    gap = alt.Scale(paddingInner=0.06, paddingOuter=0)
    base = alt.Chart(drawn).encode(
        x=alt.X("column:O", axis=None, scale=gap), y=alt.Y("row:O", axis=None, scale=gap), tooltip=tip
    )
    color = alt.Color("level:Q", scale=alt.Scale(domain=[0, 1], range=[_PALE, BLUE]), legend=None)
    held = base.transform_filter("datum.level > 0").mark_rect(cornerRadius=3).encode(color=color)
    nobody = base.transform_filter("datum.n === 0").mark_rect(fill="#ffffff", stroke="#ced4da", cornerRadius=3)
    unrated = base.transform_filter("datum.n > 0 && !isValid(datum.level)").mark_rect(fill="#ced4da", cornerRadius=3)
    hidden = base.transform_filter("!isValid(datum.n)").mark_rect(fill=marks.HATCH, stroke=GRAY, cornerRadius=3)
    empty = alt.when("datum.n === 0").then(alt.value(marks.SOFT))
    ink = empty.when("datum.level > 0.5").then(alt.value("#fdfdfe")).otherwise(alt.value(INK))
    name = base.mark_text(fontSize=11, dy={"expr": "datum.n > 0 ? -6 : 0"}, fontWeight="bold")
    value = base.mark_text(fontSize=10, dy=8).encode(text=alt.Text("words:N"), color=ink)
    return marks.layered(
        nobody, held, unrated, hidden, name.encode(text=alt.Text("place:N"), color=ink), value, height=alt.Step(38)
    )


def _level(values: pl.Series) -> pl.Series:
    """Where a value lies between none and the largest, by its root: one crowded place would leave all others pale."""
    most = values.max()
    return (values / most).sqrt() if isinstance(most, int | float) and most else values.cast(pl.Float64)


def _short(value: float | None) -> str:
    """A number that fits a tile."""
    if value is None:
        return ""
    for size, letter in ((_MILLION, "M"), (1000, "k")):
        if value >= size:
            return f"{value / size:.{1 if value < 10 * size else 0}f}{letter}"
    return f"{value:.{1 if value < 10 else 0}f}".removesuffix(".0")


@cache
def _topology() -> dict[str, Any]:
    """The shipped borders, as world-atlas 2.0.2 draws them."""
    read: dict[str, Any] = json.loads(asset_path("data_catalog", "geography", "countries-110m.json").read_text("utf-8"))
    return read


def _mapped() -> set[str]:
    return {str(shape.get("id")) for shape in _topology()["objects"]["countries"]["geometries"]}


def _world(table: pl.DataFrame, counted: Census) -> alt.LayerChart:
    measure = _measure(table)
    unit = counted.unit if measure == "n" else f"{counted.unit} per million inhabitants"
    land = {"values": _topology(), "format": {"type": "topojson", "feature": "countries"}}
    wanted = table.select("place", "name", "n", value=measure, hidden=pl.col("n").is_null())
    found = alt.LookupData(data=wanted, key="place", fields=["name", "n", "value", "hidden"])
    shapes = alt.Chart(alt.UrlData("")).transform_lookup(lookup="id", from_=found)
    shapes.data = land
    outline: Any = {"stroke": "#ffffff", "strokeWidth": 0.5}
    base = shapes.mark_geoshape(fill="#e3e7eb", **outline)
    tip = [
        "name:N",
        alt.Tooltip("n:Q", format=",", title=counted.unit),
        alt.Tooltip("value:Q", format=",.1f", title=unit),
    ]
    # by the root, else one crowded country would leave all others pale
    scale = alt.Scale(type="sqrt", domain=[0, marks.largest(wanted, "value")], range=[_PALE, BLUE])
    legend = alt.Legend(title=unit, orient="bottom", format="~s", tickCount=4, gradientLength=200, titleLimit=260)
    color = alt.Color("value:Q", scale=scale, legend=legend)
    held = shapes.transform_filter("isValid(datum.value) && datum.value > 0").mark_geoshape(**outline)
    unrated = shapes.transform_filter("datum.n > 0 && !isValid(datum.value)").mark_geoshape(fill=GRAY, **outline)
    hidden = shapes.transform_filter("datum.hidden").mark_geoshape(fill="#5d6873", **outline)
    layers = (
        base,
        held.encode(color=color, tooltip=tip),
        unrated.encode(tooltip=tip[:2]),
        hidden.encode(tooltip=tip[:1]),
    )
    projected: alt.LayerChart = marks.layered(*layers, height=320).project("equalEarth")
    return projected
