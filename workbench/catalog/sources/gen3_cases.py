"""Read the cases of a Gen3 export as patients."""

import polars as pl

from workbench.catalog.sources.ages import age_columns, is_over_by_number
from workbench.catalog.sources.assemble import QualityRow
from workbench.catalog.sources.duplicates import merge_rows
from workbench.catalog.sources.places import with_state
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.spellings import CLOSED, closed_category, is_unknown_spelling

_NOT_REPORTED = MISSING[1]
# Whoever is named by an identifier of one case must agree in these; project and datasets may differ.
_VALUES = (
    *CLOSED,
    *("age_at_index", "age_over", "zip3", "state", "country", "site_id", "index_event"),
    *("icu_indicator", "ventilator_indicator", "long_covid"),
)


def read_cases(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[QualityRow], str | None]:
    """Return one row a patient, the count of every repair, and what is wrong if rows of one case disagree.

    Parameters
    ----------
    rows : polars.DataFrame
        The case node under our names; strings and lists of strings.

    Returns
    -------
    polars.DataFrame
        Categories closed, ages top-coded; ``collection_id`` is the first project in alphabetical order.
    list of tuple
        Rules and counts.
    str or None
        A sentence, or None.
    """
    named = rows.with_columns(pl.col("patient_id").list.first())
    nameless = named["patient_id"].is_null()
    named = named.filter(~nameless)
    projects = _sets(named, "project_id")
    datasets = _sets(named, "datasets")
    n_other_order = _n_unsorted(named["datasets"])
    cases, n_merged, problem = merge_rows(
        named.drop("project_id", "datasets"), key=["patient_id"], values=_VALUES, what="cases"
    )
    cases = cases.join(projects, on="patient_id", how="left", maintain_order="left")
    cases = cases.join(datasets, on="patient_id", how="left", maintain_order="left")
    cases = cases.with_columns(batch=_first_release(pl.col("datasets")))
    quality: list[QualityRow] = [
        ("Case listed again in an identical row", "rows", n_merged, rows.height, "merged"),
        ("Case without a submitter_id", "rows", int(nameless.sum()), rows.height, "left out"),
        (
            "Case in more than one project",
            "patients",
            int((cases["project_id"].list.len() > 1).sum()),
            cases.height,
            "one patient; its collection is the first project in alphabetical order",
        ),
        ("Dataset ids listed in another order", "rows", n_other_order, rows.height, "read as a set"),
        (
            "Dataset ids without a date",
            "patients",
            cases["batch"].null_count(),
            cases.height,
            "no batch; elsewhere it is the earliest date in the ids",
        ),
        *_value_rules(cases),
    ]
    cases = age_columns(cases, text="age_at_index", over="age_over", into="age_years")
    cases = cases.with_columns(
        *(closed_category(pl.col(name), name) for name in CLOSED),
        collection_id=pl.col("project_id").list.first().fill_null(_NOT_REPORTED),
        datasets=pl.col("datasets").list.join(", "),
        zip3=pl.col("zip3").str.replace(r"\.0$", "").str.zfill(3),
        species=pl.lit("Human"),
        age_text=pl.col("age_at_index"),
    )
    cases, of_places = with_state(cases)
    kept = cases.drop("project_id", "age_at_index", "age_over").select(_worth_keeping(cases))
    return kept, [*quality, *of_places], problem


def _sets(cases: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return what each case lists in all its rows, each item once, sorted."""
    listed = cases.select("patient_id", name).explode(name).drop_nulls().unique()
    return listed.sort("patient_id", name).group_by("patient_id", maintain_order=True).agg(name)


def _first_release(datasets: pl.Expr) -> pl.Expr:
    """The earliest date that the ids of a case's datasets carry, such as 20220301 in Open-A1-20220301."""
    dates = pl.element().str.extract(r"(?:^|\D)(20\d{6})(?:\D|$)").str.to_date("%Y%m%d", strict=False)
    return datasets.list.eval(dates).list.min()


def _n_unsorted(lists: pl.Series) -> int:
    """Count the lists that are not in order; few differ, so each is looked at once."""
    counts = lists.list.join(",").value_counts(name="n")
    items = counts[lists.name].str.split(",")
    return int(counts.filter(items.list.sort().list.join(",") != counts[lists.name])["n"].sum())


def _worth_keeping(cases: pl.DataFrame) -> list[str]:
    """Return the columns of the model, and of the further ones those that the export has values for."""
    further = ("zip3", "state", "country", "site_id", "index_event", "datasets", "batch")
    optional = (*further, "icu_indicator", "ventilator_indicator", "long_covid")
    used = [name for name in optional if cases[name].null_count() < cases.height]
    always = ("patient_id", "case_node", "collection_id", "species", "age_years", "age_missing", "age_over_89")
    return [*always, "age_text", *CLOSED, *used]


def _value_rules(cases: pl.DataFrame) -> list[QualityRow]:
    flagged = pl.col("age_over").str.to_lowercase() == "yes"
    rules = [
        ("age_at_index_gt89 is Yes", flagged, "age 90, shown as 90 and over"),
        ("Age at index written as 890", is_over_by_number(pl.col("age_at_index")), "age 90, shown as 90 and over"),
        (
            "Case without an age",
            pl.col("age_at_index").is_null() & ~flagged.fill_null(False),
            "age is missing: Not Reported, or that of the earliest study",
        ),
        ("Race is Other", pl.col("race") == "Other", "called Multiple or Other"),
        *(
            (f"{name} in a spelling that is no category", is_unknown_spelling(pl.col(name), name), f"{name}: Unknown")
            for name in CLOSED
        ),
    ]
    counts = cases.select(rule.sum().alias(str(i)) for i, (_, rule, _) in enumerate(rules)).row(0)
    return [
        (name, "patients", int(n), cases.height, treatment)
        for (name, _, treatment), n in zip(rules, counts, strict=True)
    ]
