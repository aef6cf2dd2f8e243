"""The views behind the tabs, each made only while it is seen."""

import math
from typing import Any

import polars as pl

from workbench.assessment.table_one import TableOne, count_table_one
from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.criterion import Condition
from workbench.catalog.rights import read_rights
from workbench.presentation.explorer.exports import KINDS, refusal
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.table_one import described
from workbench.presentation.explorer.wording import collection_names, condition_label, title


def step_costs(cohort: Cohort) -> list[dict[str, Any]]:
    """Return what each criterion costs in patients, in order, as shares of those before it.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    list of dict
        Label, before, left, lost only for a missing value, and the same in words; empty without criteria.
    """
    names = collection_names(cohort.repository)
    steps = cohort.attrition.table.select("patients", "patients_lost", "patients_lost_missing").rows()
    costs = []
    for at, (left, lost, unknown) in enumerate(steps[1:]):
        words = f"{lost:,} lost" + (f", {unknown:,} of them only because the value is missing" if unknown else "")
        label = _said(cohort.conditions[at], names)
        costs.append(
            {"at": at, "label": label, "before": left + lost, "left": left, "unknown": unknown, "words": words}
        )
    return costs


def attrition_panel(cohort: Cohort) -> dict[str, Any]:
    """Return the flow of who each criterion removed, drawn and in words.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    dict
        HTML and sentences.
    """
    return {"html": _flow(cohort), "sentences": cohort.attrition.sentences}


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
    first, second = state.pinned.cohort.patients, state.cohort.patients
    sides = [
        {"letter": "A", "title": _criteria_words(state.pinned.cohort), "patients": first.height},
        {"letter": "B", "title": _criteria_words(state.cohort), "patients": second.height},
    ]
    both = first.join(second, on="patient_key", how="semi").height
    words = f"{both:,} patients are in both. "
    if not (first.height and second.height):
        return {
            "pinned": True,
            "words": words + "One side is empty: there is nothing to compare.",
            "sides": sides,
            "rows": [],
        }
    table = pl.concat([first.with_columns(cohort=pl.lit("A")), second.with_columns(cohort=pl.lit("B"))])
    names = [*described(table), "collection_id"]
    made = count_table_one(table, by="cohort", attributes=names, groups=["A", "B"])
    return {"pinned": True, "words": words + _most_apart(made), "sides": sides, "rows": _difference_rows(made)}


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
        if kind not in ("link", "table_one")  # they have buttons elsewhere
    ]
    licenses = [
        {"name": name or "no license stated", "n": f"{n_series:,} series of {n_patients:,} patients"}
        for name, n_series, n_patients in rights.table.select("license", "n_series", "n_patients").iter_rows()
    ]
    note = f"Every list holds exactly what is shown: {counts['series']:,} series of {counts['patients']:,} patients."
    return {"kinds": kinds, "licenses": licenses, "warning": " ".join(rights.warnings), "note": note}


def _said(condition: Condition, names: dict[str, str]) -> str:
    return ("not " if getattr(condition, "exclude", False) else "") + condition_label(condition, names)


def _criteria_words(cohort: Cohort) -> str:
    names = collection_names(cohort.repository)
    return "; ".join(_said(condition, names) for condition in cohort.conditions) or "Everything"


def _most_apart(made: TableOne) -> str:
    apart = made.smd.drop_nulls("smd").sort("smd", descending=True, maintain_order=True)
    n_apart = apart.filter(pl.col("smd") > 0.1).height
    if not n_apart:
        return "No characteristic differs by more than 0.1."
    most = title(apart["attribute"][0]).lower()
    return f"{n_apart} of {apart.height} characteristics differ by more than 0.1, {most} most."


def _difference_rows(made: TableOne) -> list[dict[str, Any]]:
    smd = dict(made.smd.select("attribute", "smd").iter_rows())
    head = made.display.columns
    first, second = head[3], head[4]  # after attribute, level and the overall column
    rows: list[dict[str, Any]] = []
    names = made.table["attribute"].unique(maintain_order=True).to_list()
    last = None
    for row in made.display.iter_rows(named=True):
        if row[head[0]] != last:
            last = row[head[0]]
            name = names.pop(0)
            value = smd[name]
            known = value is not None and math.isfinite(value)
            text = "–" if value is None else f"{value:.2f}" if known else "∞"
            whole = {
                "name": row[head[0]],
                "level": False,
                "smd": value if known or value is None else 1.0,
                "text": text,
            }
            rows.append(whole | {"a": "", "b": ""})
        rows.append(
            {"name": row[head[1]] or "", "level": True, "smd": None, "text": "", "a": row[first], "b": row[second]}
        )
    return rows


def _flow(cohort: Cohort) -> str:
    """The flow diagram with the page's own words for the criteria."""
    from workbench.presentation.charts.consort import draw_flow

    names = collection_names(cohort.repository)
    steps = ["all", *(_said(condition, names) for condition in cohort.conditions)]
    attrition = cohort.attrition
    source = f"{cohort.repository.name} {cohort.repository.version}"
    title = f"{cohort.counts['patients']:,} patients remain after {len(cohort.conditions)} criteria"
    table = attrition.table.with_columns(step=pl.Series(steps))
    return draw_flow(table, source=source, title=title, description=" ".join(attrition.sentences))
