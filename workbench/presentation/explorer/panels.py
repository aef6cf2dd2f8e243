"""The views behind the tabs, each made only while it is seen."""

import math
from typing import Any

import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.contrast import Contrast, contrast
from workbench.catalog.rights import read_rights
from workbench.presentation.explorer.exports import ELSEWHERE, KINDS, refusal
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.steps import step_labels
from workbench.presentation.explorer.table_one import described
from workbench.presentation.explorer.wording import collection_names, title


def compare_panel(state: ExplorerState) -> dict[str, Any]:
    """Return cohort A, pinned, against cohort B, live.

    Parameters
    ----------
    state : ExplorerState
        Knows both.

    Returns
    -------
    dict
        Two sides and a row for each characteristic and level.
    """
    if state.pinned is None:
        words = "Pin the current cohort as A. Then change anything: B is always what is selected now."
        return {"pinned": False, "words": words, "sides": [], "rows": []}
    first, second = state.pinned.cohort, state.cohort
    sides = [
        {"letter": letter, "title": _criteria_words(cohort), "patients": cohort.counts["patients"]}
        for letter, cohort in (("A", first), ("B", second))
    ]
    patients = pl.concat([first.patients, second.patients])
    made = contrast(first, second, attributes=[*described(patients), "collection_id"])
    words = f"{made.n_both:,} patients are in both. "
    if not all(side["patients"] for side in sides):
        words += "One side is empty: there is nothing to compare."
        return {"pinned": True, "words": words, "sides": sides, "rows": []}
    rows = _difference_rows(made, collection_names(second.repository))
    return {"pinned": True, "words": words + _most_apart(made), "sides": sides, "rows": rows}


def export_panel(state: ExplorerState) -> dict[str, Any]:
    """Return what can be taken away, and under which licenses it stands.

    Parameters
    ----------
    state : ExplorerState
        Knows the cohort.

    Returns
    -------
    dict
        Kinds with whether each is allowed, licenses and a warning.
    """
    cohort = state.cohort
    rights = read_rights(cohort)
    counts = cohort.counts
    kinds = [
        {"kind": kind, "title": name, "what": refusal(cohort, kind) or what, "allowed": refusal(cohort, kind) is None}
        for kind, (name, what, _) in KINDS.items()
        if kind not in ELSEWHERE
    ]
    licenses = [
        {"name": name or "no license stated", "n": f"{n_series:,} series of {n_patients:,} patients"}
        for name, n_series, n_patients in rights.table.select("license", "n_series", "n_patients").iter_rows()
    ]
    note = f"Every list holds exactly what is shown: {counts['series']:,} series of {counts['patients']:,} patients."
    return {"kinds": kinds, "licenses": licenses, "warning": " ".join(rights.warnings), "note": note}


def _criteria_words(cohort: Cohort) -> str:
    return "; ".join(step_labels(cohort)) or "Everything"


def _most_apart(made: Contrast) -> str:
    n_known, apart = made.smd["smd"].count(), made.apart
    if apart.is_empty():
        return "No characteristic differs by 0.1 or more."
    most = title(apart["attribute"][0]).lower()
    return f"{apart.height} of {n_known} characteristics differ by 0.1 or more, {most} most."


def _difference_rows(made: Contrast, names: dict[str, str]) -> list[dict[str, Any]]:
    """One row a characteristic, which carries the difference, and below it one a level, which carries the counts."""
    differences = made.smd.select("attribute", "smd").rows()
    apart = {*made.apart["attribute"]}
    rows: list[dict[str, Any]] = []
    name = ""
    for shown, level, a, b, *_ in made.table.iter_rows():
        if shown is not None:
            name, value = differences.pop(0)
            known = value is not None and math.isfinite(value)
            text = "–" if value is None else f"{value:.2f}" if known else "∞"
            mark = None if value is None else min(value, 1.0)  # the axis ends at 1 and says so
            whole = {"name": shown, "level": False, "smd": mark, "text": text, "apart": name in apart}
            rows.append(whole | {"a": "", "b": ""})
        label = (names.get(level) if name == "collection_id" else None) or level or ""
        rows.append({"name": label, "level": True, "smd": None, "text": "", "apart": False, "a": a, "b": b})
    return rows
