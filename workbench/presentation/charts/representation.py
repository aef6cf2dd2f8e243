"""A cohort beside its reference: shares with intervals, and what makes up the distance."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.representativeness import Comparison
from workbench.assessment.sides import CROSS
from workbench.errors import listed, unknown_name
from workbench.presentation.charts import distance_words, marks, reader_words, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, PURPLE

_COHORT, _REFERENCE = "patients", "reference"
_SHORT = 24  # characters of a name in a legend
_OVER, _UNDER, _EVEN, _MISSING = "over-represented", "under-represented", "as represented", "missing"
_ABSENT = "not in the reference"
_TWO_MEASURES = (
    "Shares of the distance add up to 100 %. They are another measure than the points of difference between the two "
    "percentages: a small group whose share differs many times over can add more than a large one."
)
_SIGNS = {_OVER: "▲ ", _UNDER: "▼ ", _MISSING: "", _EVEN: "", _ABSENT: "◆ "}
_COLORS = {_OVER: GREEN, _UNDER: PURPLE, _MISSING: GRAY, _EVEN: "#c6ccd2", _ABSENT: "#8a6d00"}
_PLAIN = {_OVER: "more here", _UNDER: "fewer here"}


def dumbbell(compared: Comparison, *, attribute: str | Sequence[str], missing: str = "excluded") -> Figure:
    """Return a cohort's shares beside the reference population's, one row a category.

    Parameters
    ----------
    compared : Comparison
        What ``wb.compare`` gives.
    attribute : str or sequence of str
        One of its attributes; several for those that were crossed, such as ``("sex", "age_group")``.
    missing : {"excluded", "included"}
        Whether patients without the attribute are left out or are a category of their own.

    Returns
    -------
    Figure
        A filled dot with its interval for the cohort, a hollow diamond for the reference; the title says the total
        variation in words.

    Raises
    ------
    UnknownNameError
        For an attribute or policy that the comparison lacks.
    """
    attribute = attribute if isinstance(attribute, str) else CROSS.join(attribute)
    measured, parts = _asked(compared, attribute, missing)
    chart = _dots(parts, _warned(compared, attribute, parts), _in_legend(compared.reference.title))
    words = "; ".join(f"{row['category']}: {_sides(row)}" for row in parts.iter_rows(named=True))
    return Figure(
        f"dumbbell_{attribute}",
        _title(attribute, measured, compared.reference.title),
        _subtitle(compared, attribute, measured, missing),
        f"{compared.sentences[attribute]} Share here against the reference: {words}. {_method(measured)}".strip(),
        _footnote(compared, attribute, measured, wording.WILSON),
        chart,
        parts,
    )


def decomposition(compared: Comparison, *, attribute: str | Sequence[str], missing: str = "excluded") -> Figure:
    """Return what each category adds to the distance of a cohort from its reference.

    Parameters
    ----------
    compared : Comparison
        What ``wb.compare`` gives.
    attribute : str or sequence of str
        One of its attributes; several for those that were crossed, such as ``("sex", "age_group")``.
    missing : {"excluded", "included"}
        Whether patients without the attribute are left out or are a category of their own.

    Returns
    -------
    Figure
        Bars of the share of the squared Jensen-Shannon distance, the largest first; the text says which way.

    Raises
    ------
    UnknownNameError
        For an attribute or policy that the comparison lacks.
    """
    attribute = attribute if isinstance(attribute, str) else CROSS.join(attribute)
    measured, parts = _asked(compared, attribute, missing)
    table = _signed(parts)
    said = [
        f"{row['category']}: {wording.percent(row['share_of_jsd2'], 0)}, {row['direction']}"
        for row in table.iter_rows(named=True)
    ]
    return Figure(
        f"decomposition_{attribute}",
        _made_up(table, wording.in_words(attribute)),
        _subtitle(compared, attribute, measured, missing),
        f"{'; '.join(said)}. {_method(measured)}".strip(),
        _footnote(compared, attribute, measured, _TWO_MEASURES),
        _bars(table, _warned(compared, attribute, parts)),
        table,
    )


def _asked(compared: Comparison, attribute: str, missing: str) -> tuple[dict[str, Any], pl.DataFrame]:
    known = compared.table["attribute"].unique(maintain_order=True).to_list()
    if attribute not in known:
        raise unknown_name("attribute", attribute, known, where="this comparison", then="Pass one of these.")
    policies = compared.table.filter(pl.col("attribute") == attribute)["missing"].to_list()
    if missing not in policies:
        raise unknown_name("missing", missing, policies, where="this comparison", then="Pass one of these.")
    asked = (pl.col("attribute") == attribute) & (pl.col("missing") == missing)
    parts = compared.contributions.filter(asked)
    n = pl.col("n_patients")
    parts = parts.filter(n.is_null() | (n > 0) | (pl.col("reference_fraction") > 0))
    order = rows.in_order(parts["category"].to_list())
    ranked = parts.sort(pl.col("category").replace_strict({name: i for i, name in enumerate(order)}, default=0))
    return compared.table.filter(asked).row(0, named=True), ranked


def _title(attribute: str, measured: dict[str, Any], reference: str) -> str:
    by = f"By {wording.in_words(attribute)}"
    if not measured["n_patients"]:
        return f"{by}, there is nobody to compare"
    moved = distance_words.moved(measured["total_variation"])
    return f"{by}, {moved} would have to belong to another group to match {distance_words.briefly(reference)}"


def _made_up(table: pl.DataFrame, name: str) -> str:
    """Which group that both sides know adds most to a distance, and what adds more without being such a group."""
    added = table.filter(pl.col("share_of_jsd2") > 0)
    if added.is_empty():
        return f"By {name} there is no distance to take apart"
    shares = {row["category"]: wording.percent(row["share_of_jsd2"], 0) for row in added.iter_rows(named=True)}
    ways = dict(added.select("category", "direction").iter_rows())
    first = next((each for each, way in ways.items() if way not in (_MISSING, _ABSENT)), None)
    larger = list(ways)[: list(ways).index(first) if first else None]
    told = [f"{first} makes up {shares[first]} of the distance by {name}: {ways[first]}"] if first else []
    for way, why in ((_MISSING, "a missing value"), (_ABSENT, "which the reference lacks")):
        if each := [f"{category} {shares[category]}" for category in larger if ways[category] == way]:
            told.append(f"{'beside it, ' if told else f'By {name}, the distance is '}{listed(each)}, {why}")
    return "; ".join(told)


def _subtitle(compared: Comparison, attribute: str, measured: dict[str, Any], missing: str) -> str:
    name = wording.in_words(attribute)
    who = (
        f"patients with {name} known" if missing == "excluded" else "patients, those without it a category of their own"
    )
    warned = "; definitions differ, see ⚠ below" if _texts(compared, attribute) else ""
    interval = ""
    if measured["total_variation_low"] is not None:
        low, high = (f"{100 * measured[f'total_variation_{end}']:.0f}" for end in ("low", "high"))
        interval = f"; 95 % interval {low} to {high} of 100"
    n, source = wording.number(measured["n_patients"]), wording.source_of(compared.reference)
    who = who.replace("patients", "patient", 1) if measured["n_patients"] == 1 else who
    return f"{n} {who}, against {source}{interval}{warned}"


def _footnote(compared: Comparison, attribute: str, measured: dict[str, Any], *said: str) -> str:
    n = measured["n_missing"]
    name = wording.in_words(attribute)
    lacking = f"{name[0].upper()}{name[1:]} missing: {wording.number(n)} {'patient' if n == 1 else 'patients'}."
    notes = reader_words.plain_notes(compared.notes, attribute, missing=measured["missing"])
    warned = [f"⚠ {text}" for text in _texts(compared, attribute)]
    return wording.below(None, *warned, lacking, *said, *notes, compared.stamp)


def _method(measured: dict[str, Any]) -> str:
    """The distances behind the words, for who reads the description."""
    jsd, low, high = measured["jsd"], measured["jsd_low"], measured["jsd_high"]
    if jsd is None:
        return ""
    bootstrap = "" if low is None else f" (95 % {low:.3f} to {high:.3f}: bootstrap, less what chance adds)"
    return f"Jensen–Shannon distance {jsd:.3f}{bootstrap}, total variation {measured['total_variation']:.3f}."


def _in_legend(title: str) -> str:
    """The reference in the few words of a legend."""
    name = distance_words.briefly(title).removeprefix("the ")
    return name if len(name) <= _SHORT else _REFERENCE


def _texts(compared: Comparison, attribute: str) -> list[str]:
    return [text for name, text in compared.warnings if name in attribute.split(CROSS)]


def _warned(compared: Comparison, attribute: str, parts: pl.DataFrame) -> dict[str, str]:
    """Mark the names of those categories that a warning speaks of."""
    texts = " ".join(_texts(compared, attribute))
    return {name: f"⚠ {name}" for name in parts["category"] if name in texts}


def _dots(parts: pl.DataFrame, shown: dict[str, str], reference: str) -> alt.LayerChart:
    names = parts["category"].to_list()
    drawn = parts.with_columns(lacks=marks.is_missing("category"), counted=pl.col("reference_fraction") > 0)
    y = alt.Y("category:N", sort=names, title=None, axis=rows.row_axis(names, shown=shown))
    base = alt.Chart(drawn).encode(y=y)
    far = marks.largest(parts, "fraction", "fraction_high", "reference_fraction")
    scale = alt.Scale(domain=[0, far], nice=True)  # said here, as a layer may be empty
    x = alt.X("fraction:Q", title="share of patients", axis=alt.Axis(format="%", tickCount=6), scale=scale)
    link = base.mark_rule(color="#c6ccd2", strokeWidth=3).encode(x=x, x2=alt.X2("reference_fraction:Q"))
    link = link.transform_filter("datum.counted && isValid(datum.fraction)")
    bounds = base.mark_rule(color=INK, strokeWidth=1.4).encode(x=alt.X("fraction_low:Q"), x2=alt.X2("fraction_high:Q"))
    sides = {"fraction": _COHORT, "reference_fraction": reference}
    long = drawn.unpivot([*sides], index=["category", "lacks", "counted"], variable_name="side", value_name="share")
    held = long.with_columns(pl.col("side").replace_strict(sides)).filter(
        pl.col("share").is_not_null(), (pl.col("side") == _COHORT) | pl.col("counted")
    )
    domain = list(sides.values())
    color = alt.Color("side:N", title=None, scale=alt.Scale(domain=domain, range=[BLUE, INK]))  # a reference is ink
    shape = alt.Shape("side:N", title=None, scale=alt.Scale(domain=domain, range=["circle", "diamond"]))
    dots = alt.Chart(held).mark_point(size=90, filled=True, opacity=1)
    dots = dots.encode(
        x=alt.X("share:Q"),
        y=y,
        shape=shape,
        color=alt.condition("datum.lacks", alt.value(GRAY), color),
        tooltip=[alt.Tooltip("category:N"), alt.Tooltip("side:N"), alt.Tooltip("share:Q", format=".1%")],
    )
    absent = base.transform_filter("!datum.counted && !datum.lacks").mark_text(
        align="left", dx=9, color="#5d6873", fontSize=11
    )
    absent = absent.encode(x=alt.X("fraction:Q"), text=alt.value(_ABSENT))
    hidden = base.transform_filter("!isValid(datum.fraction)")
    hatched = hidden.mark_bar(fill=marks.HATCH, stroke=GRAY, height=12).encode(x=alt.value(0), x2=alt.value(46))
    return marks.layered(link, bounds, dots, absent, hatched, height=rows.row_height(names, 30))


def _signed(parts: pl.DataFrame) -> pl.DataFrame:
    p, q = pl.col("fraction"), pl.col("reference_fraction")
    direction = (
        pl.when(marks.is_missing("category"))
        .then(pl.lit(_MISSING))
        .when((p > 0) & (q == 0))
        .then(pl.lit(_ABSENT))
        .when(p > q)
        .then(pl.lit(_OVER))
        .when(p < q)
        .then(pl.lit(_UNDER))
        .otherwise(pl.lit(_EVEN))
    )
    return parts.with_columns(direction=direction).sort(
        "share_of_jsd2", descending=True, nulls_last=True, maintain_order=True
    )


def _sides(row: dict[str, Any]) -> str:
    share, other = wording.percent(row["fraction"]), row["reference_fraction"]
    return f"{share}, {_ABSENT}" if other == 0 else f"{share} against {wording.percent(other)}"


def _bars(table: pl.DataFrame, shown: dict[str, str]) -> alt.LayerChart:
    """Bars with their words above them, so that both fit on a phone."""
    names = table["category"].to_list()
    words = marks.said(
        table,
        lambda row: f"{_SIGNS[row['direction']]}{wording.percent(row['share_of_jsd2'], 0)} ({_sides(row)})",
    )
    ways = {name: f"{sign}{_PLAIN.get(name, name)}" for name, sign in _SIGNS.items()}
    signed = pl.col("direction").replace_strict(ways)
    drawn = table.with_columns(words=words, way=signed)
    y = alt.Y("category:N", sort=names, title=None, axis=rows.row_axis(names, shown=shown))
    base = alt.Chart(drawn).encode(y=y)
    x = alt.X("share_of_jsd2:Q", title="share of the distance", axis=alt.Axis(format="%", tickCount=6))
    colors = {way: _COLORS[name] for name, way in ways.items()}
    used = [way for way in colors if way in set(drawn["way"])]
    scale = alt.Scale(domain=used, range=[colors[name] for name in used])
    bars = base.mark_bar(height=14, yOffset=8).encode(
        x=x,
        color=alt.Color("way:N", title=None, scale=scale),
        tooltip=[alt.Tooltip("category:N"), alt.Tooltip("words:N")],
    )
    text = base.mark_text(align="left", dx=3, dy=-8, fontSize=11.5).encode(x=alt.value(0), text=alt.Text("words:N"))
    return marks.layered(bars, text, height=rows.row_height(names, 40))
