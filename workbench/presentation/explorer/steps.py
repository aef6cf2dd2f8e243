"""What each criterion of the cohort on the screen keeps and costs: as words, bars, a flow diagram and a table."""

from typing import Any

import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.disclosure import stamp_of
from workbench.presentation.explorer.wording import collection_names, kept_label


def step_labels(cohort: Cohort) -> list[str]:
    """Return what each criterion keeps, in the page's own words.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    list of str
        One a criterion, in order.
    """
    names = collection_names(cohort.repository)
    return [kept_label(condition, names) for condition in cohort.conditions]


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
    labels = step_labels(cohort)
    steps = cohort.attrition.table.select("patients", "patients_lost", "patients_lost_missing").rows()
    costs = []
    for at, (left, lost, unknown) in enumerate(steps[1:]):
        words = f"{lost:,} lost" + (f", {unknown:,} of them only because the value is missing" if unknown else "")
        label = labels[at]
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
    return {"html": draw_steps(cohort), "sentences": cohort.attrition.sentences}


def draw_steps(cohort: Cohort) -> str:
    """Return the flow diagram of a cohort with the page's own words for the criteria.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    str
        One ``svg`` element, a whole file as it is.
    """
    from workbench.presentation.charts.consort import draw_flow

    attrition, n = cohort.attrition, len(cohort.conditions)
    source = f"{cohort.repository.name} {cohort.repository.version}"
    title = f"{cohort.counts['patients']:,} patients remain after {n} criteri{'on' if n == 1 else 'a'}"
    table = attrition.table.with_columns(step=pl.Series(["all", *step_labels(cohort)]))
    words, demanded = " ".join(attrition.sentences), stamp_of(cohort.repository)
    return draw_flow(table, source=source, title=title, description=words, stamp=demanded)


def tabulate_steps(cohort: Cohort) -> str:
    """Return the numbers of the flow diagram as CSV.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    str
        One row a step, the whole source first: patients, studies and series left, and who was lost.
    """
    return cohort.attrition.table.with_columns(step=pl.Series(["all", *step_labels(cohort)])).write_csv()
