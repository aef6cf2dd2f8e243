"""Facets, charts and cards of the explorer as plain numbers and words, each counted under all other criteria."""

from typing import Any

import numpy as np
import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes, coded
from workbench.presentation.explorer.counting import count_age_and_sex, without
from workbench.presentation.explorer.editing import AGES, plain_position
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.wording import TITLES, collection_names, title, value_label
from workbench.vocabulary.demographics import AGE_DECADES, MISSING, SEX

_FEMALE, _MALE = SEX[:2]
_FEW, _MANY = 6, 60
_COLUMNS = 9
_CARDS = 12
_MOST_VALUES = 200
_ALWAYS_WHOLE = ("age_decade", "sex", "race", "ethnicity")
_IN_ORDER = ("age_decade", "sex")


def facet_names(cohort: Cohort) -> list[str]:
    """Return the attributes that the facet panel shows: those of the model first, then the source's own.

    Parameters
    ----------
    cohort : Cohort
        Any cohort of the source.

    Returns
    -------
    list of str
        Categories, bands and flags only, of which the source has any value.
    """
    known = attributes(cohort.repository)
    model = {"age_group", "body_part", "body_region_source", "species", "model", "kernel", "site_id", "zip3"}
    own = [
        name
        for name, attribute in known.items()
        if name not in TITLES and name not in model and attribute.kind in ("category", "flag")
    ]
    few = [name for name in own if _n_values(cohort, name) <= _MOST_VALUES]
    return [name for name in (*(each for each in TITLES if each in known), *few) if _has_values(cohort, name)]


def list_facets(cohort: Cohort, counts: pl.DataFrame, unit: str, expanded: set[str]) -> list[dict[str, Any]]:
    """Return the facet panel.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    counts : polars.DataFrame
        What `facets.count` gives for `facet_names`.
    unit : str
        What was counted.
    expanded : set of str
        Attributes shown to their last value.

    Returns
    -------
    list of dict
        Title and bars of each; missing values last.
    """
    groups = {str(name): rows for (name,), rows in counts.group_by("attribute")}
    return [
        _facet(cohort, name, groups.get(name, counts.clear()), unit, expanded=name in expanded)
        for name in facet_names(cohort)
    ]


def modality_columns(cohort: Cohort, counts: pl.DataFrame, unit: str) -> dict[str, Any]:
    """Return the modality chart.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    counts : polars.DataFrame
        What `facets.count` gives.
    unit : str
        What was counted.

    Returns
    -------
    dict
        The most frequent modalities, and a note on the others.
    """
    bars = _bars(cohort, "modality", counts.filter(pl.col("attribute") == "modality"))
    shown, rest = bars[:_COLUMNS], bars[_COLUMNS:]
    note = "Click a column, or drag over several." if shown else "There is nothing to draw: no record falls under it."
    if rest:
        note += f" {len(rest)} rarer modalities are in the filter panel."
    words = ", ".join(f"{bar['label']} {bar['n']:,}" for bar in shown)
    return {
        "attribute": "modality",
        "values": shown,
        "unit": unit,
        "note": note,
        "words": f"{unit} by modality: {words}",
    }


def age_pyramid(state: ExplorerState) -> dict[str, Any] | None:
    """Return the age and sex chart, counted under all criteria but the ages, so once for a whole drag over ages.

    Parameters
    ----------
    state : ExplorerState
        Knows the cohort and what is counted.

    Returns
    -------
    dict or None
        None for a source without age or sex.
    """
    cohort, unit = state.cohort, state.unit
    if not {"age_decade", "sex"} <= set(attributes(cohort.repository)):
        return None
    any_age = without(cohort, *AGES)
    counted = state.recall("pyramid", (unit, any_age.conditions), lambda: count_age_and_sex(any_age, unit))
    others = [counts for sex, counts in counted.by_sex.items() if sex not in (_FEMALE, _MALE)]
    nobody = np.zeros(len(counted.bands), dtype=int)
    female, male = counted.by_sex.get(_FEMALE, nobody), counted.by_sex.get(_MALE, nobody)
    other = sum(others, start=nobody)
    low, high = _age_bounds(cohort)
    rows = [
        {
            "label": band,
            "start": int(AGE_DECADES[band]),
            "female": int(female[at]),
            "male": int(male[at]),
            "other": int(other[at]),
            "on": low <= AGE_DECADES[band] + 9 and AGE_DECADES[band] <= high,
        }
        for at, band in enumerate(counted.bands)
    ]
    where = " at any of their selected studies" if unit == "patients" else ""
    absent = f"{counted.n_without_age:,} {unit} without an age{where}"
    note = f"Drag over ages to select them. Not drawn: {absent}"
    note += f"; {counted.n_without_sex:,} with an age, but neither female nor male." if counted.n_without_sex else "."
    if unit == "patients":
        note += " A patient with studies at several ages counts once in each band."
    words = f"{unit} by ten-year age band and sex; not drawn are {absent}"
    narrowed = (low, high) != (0.0, np.inf)
    return {"bands": rows[::-1], "note": note, "words": words, "narrowed": narrowed}


def _facet(cohort: Cohort, name: str, counts: pl.DataFrame, unit: str, *, expanded: bool) -> dict[str, Any]:
    bars = _bars(cohort, name, counts)
    most = _MANY if expanded or name in _ALWAYS_WHOLE else _FEW
    known = [bar for bar in bars if not bar["missing"]]
    kept = {bar["value"] for bar in known[:most]}
    shown = [bar for bar in bars if bar["missing"] or bar["on"] or bar["value"] in kept]
    return {
        "attribute": name,
        "title": title(name),
        "unit": unit,
        "values": shown,
        "hidden": len(bars) - len(shown) if not expanded else 0,
        "expanded": expanded and len(known) > _FEW and name not in _ALWAYS_WHOLE,
    }


def _bars(cohort: Cohort, name: str, counts: pl.DataFrame) -> list[dict[str, Any]]:
    at = plain_position(cohort, name)
    criterion: Any = None if at is None else cohort.conditions[at]
    unmarked = criterion is None or criterion.missing == "only"
    chosen = [] if unmarked else [str(value) for value in criterion.values]
    names = collection_names(cohort.repository) if name == "collection_id" else {}
    rows = counts.select("value", "n", "n_selecting").rows()
    found = {value.lower() for value, _, _ in rows}
    rows += [(value, 0, 0) for value in chosen if value.lower() not in found]  # a bar that was clicked stays
    marked = {value.lower() for value in chosen}
    bars = [
        {
            "value": value,
            "label": names.get(value) or value_label(name, value),
            "n": n_selecting,
            "on": value.lower() in marked,
            "missing": value in MISSING,
            "hint": _hint(name, value, n, n_selecting),
        }
        for value, n, n_selecting in rows
        if n_selecting or value.lower() in marked
    ]
    if name in _IN_ORDER:
        return sorted(bars, key=lambda bar: bar["missing"])
    return sorted(bars, key=lambda bar: (bar["missing"], -bar["n"]))


def _hint(name: str, value: str, n: int, n_selecting: int) -> str:
    if name == "body_region" and n != n_selecting:
        return f"{n:,} of {value} alone; selecting it adds every region that includes it"
    return value


def _age_bounds(cohort: Cohort) -> tuple[float, float]:
    at = plain_position(cohort, "age_years")
    criterion: Any = None if at is None else cohort.conditions[at]
    if criterion is None or not criterion.is_range or criterion.exclude:
        return 0.0, np.inf
    low, high = criterion.values
    return (0.0 if low is None else low), (np.inf if high is None else high)


def _has_values(cohort: Cohort, name: str) -> bool:
    table = coded(cohort.repository, attributes(cohort.repository)[name])
    return table is None or not bool(table.missing[table.codes].all())


def _n_values(cohort: Cohort, name: str) -> int:
    table = coded(cohort.repository, attributes(cohort.repository)[name])
    return _MOST_VALUES + 1 if table is None else len(table.values)
