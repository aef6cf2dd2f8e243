"""The map of the data catalog: how large each data set is, what it shows, and what its license allows."""

import math
from typing import Literal

import altair as alt
import polars as pl

from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.catalog.registry.main_images import image_quantities
from workbench.errors import unknown_name
from workbench.presentation.catalog_words import (
    IMAGE_KINDS,
    LICENSE_USES,
    NO_IMAGES,
    SEVERAL_KINDS,
    image_kind,
    license_use,
    plural,
)
from workbench.presentation.charts import marks, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, ORANGE

Measure = Literal["patients", "images"]

#: What may be laid along the map.
MEASURES: tuple[Measure, ...] = ("patients", "images")
_COLORS = {"yes": GREEN, "no": ORANGE, "ask": BLUE, "unknown": GRAY}
_SHAPES = {"yes": "circle", "no": "cross", "ask": "diamond", "unknown": "square"}
_AXIS: dict[Measure, str] = {"patients": "patients", "images": "what counts the images, beside each name"}
_ROWS = [*IMAGE_KINDS, SEVERAL_KINDS, NO_IMAGES]
_RULE = "#d9dee3"
_CHARACTER, _GAP = 6.0, 24  # pixels of a letter, and around a mark
_PLOT_PX, _FOR_NAMES = 620, 0.22  # the narrowest plot, and the share of it that names beyond the largest may take
_LANE_PX, _LONGEST = 17, 26  # pixels; characters of a name


def datasets(catalog: DataCatalog, *, by: Measure = "patients") -> Figure:
    """Return the map of a catalog's data sets: size along it, kind of image down it, license use as color and shape.

    Parameters
    ----------
    catalog : DataCatalog
        What ``wb.datasets()`` gives, perhaps narrowed; models and software are left out.
    by : {"patients", "images"}
        What is counted. Among ``"images"``, each set is placed by what counts its main kind of image, and the unit
        stands beside its name.

    Returns
    -------
    Figure
        One mark a data set, at its main kind of image; those of which no page that was read states the number stand
        left of the axis.

    Raises
    ------
    UnknownNameError
        For another measure.

    Examples
    --------
    >>> from workbench.catalog.registry import datasets as read
    >>> datasets(read().where(kind="dataset")).table.columns[:3]
    ['key', 'name', 'kind_of_image']
    """
    if by not in MEASURES:
        raise unknown_name("measure", by, MEASURES, where="the map of data sets", then="Pass one of these.")
    table = _table(catalog, by)
    drawn = _in_lanes(table)
    counts = dict(table.group_by("license_use").len().iter_rows())
    return Figure(
        f"datasets_{by}",
        _title(table, by),
        f"The data catalog, {table.height} data sets; " + "; ".join(_counted(counts)),
        _description(table, by),
        _footnote(table, by),
        _chart(drawn, by),
        table,
    )


def _table(catalog: DataCatalog, by: Measure) -> pl.DataFrame:
    rows = []
    for entry in (each for each in catalog.entries if each.kind == "dataset"):
        counted = ("patients",) if by == "patients" else image_quantities(entry.modality)
        unit, value = entry.first_size(counted) or ("", None)
        row = {"key": entry.key, "name": entry.name, "kind_of_image": image_kind(entry.modality)}
        rows.append(
            {
                **row,
                "license_use": license_use(entry),
                "license": entry.license.name,
                "size": value or None,
                "unit": unit,
            }
        )
    schema = dict.fromkeys(("key", "name", "kind_of_image", "license_use", "license", "unit"), pl.String)
    table = pl.DataFrame(rows, schema={**schema, "size": pl.Int64})
    at = pl.col("kind_of_image").replace_strict({kind: i for i, kind in enumerate(_ROWS)}, return_dtype=pl.Int64)
    ordered = table.sort(at, "size", "key", descending=[False, True, False], nulls_last=True)
    return ordered.select("key", "name", "kind_of_image", "license_use", "license", "size", "unit")


def _in_lanes(table: pl.DataFrame) -> pl.DataFrame:
    """Add where each mark stands: in the first lane of its row in which neither mark nor label meets another."""
    lanes: dict[str, list[float]] = {}
    unstated, placed = _unstated(table), []
    decade = _PLOT_PX / math.log10(_domain(table)[1] / _domain(table)[0])
    for row in sorted(table.iter_rows(named=True), key=lambda row: (row["size"] or 0, row["key"])):
        left = math.log10(row["size"] or unstated) * decade
        taken = lanes.setdefault(row["kind_of_image"], [])
        lane = next((i for i, end in enumerate(taken) if end <= left), len(taken))
        label = _short(row["name"]) + ("" if row["unit"] in ("", "patients") else f" · {plural(row['unit'])}")
        taken[lane : lane + 1] = [left + _GAP + len(label) * _CHARACTER]
        placed.append({**row, "at": row["size"] or unstated, "lane": lane, "label": label})
    for each in placed:
        each["row"] = f"{each['kind_of_image']}|{each['lane']}"
        each["use"] = LICENSE_USES[each["license_use"]]
        said = f"{each['size']:,} {plural(each['unit'], each['size'])}" if each["size"] else "not stated"
        each["stated"] = said
    return pl.DataFrame(placed, infer_schema_length=None)


def _chart(drawn: pl.DataFrame, by: Measure) -> alt.LayerChart:
    if drawn.is_empty():
        return marks.layered(alt.Chart(pl.DataFrame({"at": []})).mark_point(), height=40)
    unstated = float(drawn.filter(pl.col("size").is_null())["at"].max() or 0)  # type: ignore[arg-type]
    order, axis = _rows_of(drawn)
    scale = alt.Scale(domain=order, type="band")
    y = alt.Y("row:N", sort=order, title=None, axis=axis, scale=scale)
    largest = int(drawn["at"].max())  # type: ignore[arg-type]
    ticks = [10.0**power for power in range(1, math.ceil(math.log10(largest)) + 1) if 10**power <= largest]
    said = f"datum.value == {unstated} ? 'not stated' : format(datum.value, '~s')"
    x = alt.X(
        "at:Q",
        title=f"{_AXIS[by]} (each line is ten times the one before)",
        scale=alt.Scale(type="log", domain=_domain(drawn), nice=False),
        axis=alt.Axis(values=[*([unstated] if unstated else []), *ticks], labelExpr=said, grid=True),
    )
    uses = [use for use in LICENSE_USES if use in set(drawn["license_use"])]
    names = [LICENSE_USES[use] for use in uses]
    color = alt.Scale(domain=names, range=[_COLORS[use] for use in uses])
    shape = alt.Scale(domain=names, range=[_SHAPES[use] for use in uses])
    tooltip = [
        alt.Tooltip("name:N", title="data set"),
        alt.Tooltip("stated:N", title="size"),
        alt.Tooltip("use:N", title="license"),
        alt.Tooltip("license:N", title="terms"),
    ]
    base = alt.Chart(drawn).encode(x=x, y=y, tooltip=tooltip)
    legend = alt.Legend(title=None, orient="top", symbolSize=90, labelLimit=220, columns=0)
    points = base.mark_point(filled=True, size=85, opacity=1, cursor="pointer").encode(
        color=alt.Color("use:N", scale=color, legend=legend),
        shape=alt.Shape("use:N", scale=shape, legend=legend),
    )
    labels = base.mark_text(align="left", dx=9, fontSize=11, color=INK, cursor="pointer").encode(
        text=alt.Text("label:N")
    )
    above = pl.DataFrame({"row": [row for row in order if row.endswith("|0")]})
    rule = alt.Chart(above).mark_rule(color=_RULE).encode(y=alt.Y("row:N", sort=order, scale=scale, bandPosition=0))
    return marks.layered(rule, points, labels, height=alt.Step(_LANE_PX))


def _rows_of(drawn: pl.DataFrame) -> tuple[list[str], alt.Axis]:
    """The lanes from the top, each kind of image named beside its first lane and set off by a line above."""
    order: list[str] = []
    for kind in _ROWS:
        lanes = drawn.filter(pl.col("kind_of_image") == kind)["lane"]
        if lanes.len():
            order += [f"{kind}|{lane}" for lane in range(int(lanes.max()) + 1)]  # type: ignore[arg-type]
    first = "split(datum.value, '|')[1] == '0'"
    axis = alt.Axis(
        labelExpr=f"{first} ? split(datum.value, '|')[0] : ''",
        labelLimit=190,
        labelOverlap=False,
        ticks=False,
        domain=False,
        grid=False,
    )
    return order, axis


def _unstated(table: pl.DataFrame) -> float:
    """Where those stand whose size no page states: a step left of the smallest."""
    return float(min(table["size"].drop_nulls(), default=40)) / 4


def _domain(table: pl.DataFrame) -> list[float]:
    """From left of the smallest to where the names beyond the largest end."""
    start = _unstated(table) * 0.8
    decades = math.log10(float(max(table["size"].drop_nulls(), default=400)) / start)
    return [start, start * 10 ** (decades / (1 - _FOR_NAMES))]


def _short(name: str) -> str:
    """The name without what it stands for, which the tooltip gives."""
    brief = name.split(" (", maxsplit=1)[0]
    return brief if len(brief) <= _LONGEST else f"{brief[: _LONGEST - 1].rstrip()}…"


def _counted(counts: dict[str, int]) -> list[str]:
    words = {"yes": "commercial use allowed", "no": "no commercial use", "ask": "terms must be read"}
    words["unknown"] = "license not confirmed"
    return [f"{counts[use]} {word}" for use, word in words.items() if use in counts]


def _title(table: pl.DataFrame, by: Measure) -> str:
    free = table.filter(pl.col("license_use") == "yes")
    largest = free.filter(pl.col("unit") == by)  # an image is no scan, so the two are not ranked together
    if largest["size"].drop_nulls().is_empty():
        return f"{free.height} of {table.height} data sets may be used commercially"
    top = largest.sort("size", "key", descending=[True, False], nulls_last=True).row(0, named=True)
    return (
        f"{free.height} of {table.height} data sets may be used commercially; "
        f"the largest by {by} is {top['name']}, with {top['size']:,} {plural(top['unit'], top['size'])}"
    )


def _description(table: pl.DataFrame, by: Measure) -> str:
    said = []
    for kind in _ROWS:
        rows = table.filter(pl.col("kind_of_image") == kind)
        if rows.is_empty():
            continue
        top = rows.row(0, named=True)
        free = rows.filter(pl.col("license_use") == "yes").height
        largest = f", the largest {top['name']} ({top['size']:,} {plural(top['unit'])})" if top["size"] else ""
        said.append(
            f"{kind}: {rows.height} data {plural('sets', rows.height)}{largest}; {free} may be used commercially"
        )
    unstated = table["size"].null_count()
    measured = "patients" if by == "patients" else "images, scans, slides or videos"
    told = f"No page that was read states a number for {unstated}."
    return f"Data sets by number of {measured}. {'. '.join(said)}. {told}"


def _footnote(table: pl.DataFrame, by: Measure) -> str:
    unit = "" if by == "patients" else "What is counted differs and stands beside each name: a scan is no image. "
    sizes = "Sizes: the best supported number, compared with its source where one was found. "
    kinds = "A set of several kinds of image stands at its main one. "
    unstated = f"Of {table['size'].null_count()} data sets no page that was read states one."
    return wording.below(None, f"{unit}{kinds}{sizes}{unstated}", "")
