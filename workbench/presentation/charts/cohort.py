"""Who did a filter remove? The attrition of a cohort, and the finding that opens the workbench."""

import altair as alt
import polars as pl

from workbench.assessment.wording import counted
from workbench.catalog.attrition import Attrition
from workbench.catalog.disclosure import stamp_of
from workbench.presentation.charts import rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, ORANGE

_KEPT, _MISSING, _OTHER = "kept", "lost: value missing", "lost: another value"


def attrition(steps: Attrition) -> Figure:
    """Return the attrition of a cohort as bars: kept, lost for another value, lost for a missing one.

    The input row is in the table; the bars begin with the first criterion, each on the patients before it.

    Parameters
    ----------
    steps : Attrition
        What ``cohort.attrition`` gives.

    Returns
    -------
    Figure
        One bar a step, from the top in the order of the criteria.
    """
    table = steps.table
    bars = table.filter(pl.col("step") != "all") if table.height > 1 else table
    wide = bars.select(
        "step",
        pl.col("patients").alias(_KEPT),
        pl.col("patients_lost_missing").alias(_MISSING),
        (pl.col("patients_lost") - pl.col("patients_lost_missing")).alias(_OTHER),
    )
    shares = wide.unpivot(index="step", variable_name="fate", value_name="patients").with_columns(
        fraction=pl.col("patients") / pl.col("patients").sum().over("step"),
        rank=pl.col("fate").replace_strict({_KEPT: 0, _MISSING: 1, _OTHER: 2}),
    )
    chart = (
        alt.Chart(shares.fill_nan(0.0))
        .mark_bar()
        .encode(
            x=alt.X("fraction:Q", title="share of the patients before the step", axis=alt.Axis(format="%")),
            y=alt.Y("step:N", sort=bars["step"].to_list(), title=None),
            color=alt.Color(
                "fate:N", title=None, scale=alt.Scale(domain=[_KEPT, _MISSING, _OTHER], range=[BLUE, ORANGE, GRAY])
            ),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("step:N"), alt.Tooltip("fate:N"), alt.Tooltip("patients:Q", format=",")],
        )
        .properties(height=alt.Step(34))
    )
    first, last = table.row(0, named=True), table.row(-1, named=True)
    worst = table.sort("patients_lost_missing", descending=True, maintain_order=True).row(0, named=True)
    remain = "remains" if last["patients"] == 1 else "remain"
    title = f"{last['patients']:,} of {counted(first['patients'], 'patients')} {remain}"
    if worst["patients_lost_missing"]:
        title += f"; {worst['patients_lost_missing']:,} were lost only for a missing value at “{worst['step']}”"
    source = f"{steps.repository.name} {steps.repository.version}"
    return Figure(
        "attrition",
        title,
        f"{source}, patients left after each criterion",
        " ".join(steps.sentences),
        wording.below(
            None,
            "Lost for a missing value: would have passed this step, perhaps not the next, if missing values were kept.",
            stamp_of(steps.repository),
        ),
        chart,
        table,
    )


def lost_chest_ct(finding: pl.DataFrame) -> Figure:
    """Return the finding that most RICORD chest CT patients vanish when the header alone is asked.

    Parameters
    ----------
    finding : polars.DataFrame
        What `workbench.catalog.findings.lost_chest_ct` returns.

    Returns
    -------
    Figure
        One bar a way of selecting, with the lost ones drawn.
    """
    kept = dict(finding.select("rule", "patients").iter_rows())
    total, header = finding["n_total"][0], kept["Chest, by header (BodyPartExamined) alone"]
    parts = finding.select("rule", kept=pl.col("patients"), lost=pl.col("lost")).unpivot(
        index="rule", variable_name="fate", value_name="patients"
    )
    order = finding["rule"].to_list()
    y = alt.Y("rule:N", sort=order, title=None, axis=rows.row_axis(order))
    bars = (
        alt.Chart(parts)
        .mark_bar()
        .encode(
            x=alt.X("patients:Q", title="patients", scale=alt.Scale(domain=[0, total])),
            y=y,
            color=alt.Color("fate:N", title=None, scale=alt.Scale(domain=["kept", "lost"], range=[BLUE, GRAY])),
            tooltip=[alt.Tooltip("rule:N"), alt.Tooltip("fate:N"), alt.Tooltip("patients:Q")],
        )
    )
    labels = (
        alt.Chart(finding)
        .mark_text(align="right", dx=-6, color="#ffffff", fontWeight="bold")
        .encode(x=alt.X("patients:Q"), y=y, text=alt.Text("patients:Q", format=","))
    )
    words = "; ".join(f"{rule}: {patients:,}" for rule, patients in kept.items())
    return Figure(
        "lost_chest_ct",
        f"Asking the header alone for “chest” loses {total - header} of {total} chest CT patients",
        "MIDRC-RICORD 1a and 1b, CT, patients kept by each way of selecting",
        f"Patients kept: {words}.",
        "Source: NCI Imaging Data Commons index. One patient's header says abdomen and is not found as chest.",
        (bars + labels).properties(height=rows.row_height(order, 36)),
        finding,
    )
