"""Count what the data-quality report shows: exactly where the source is open, else from its published tables."""

from collections.abc import Sequence

import polars as pl

from workbench.assessment.census import Census
from workbench.catalog.commons import Catalog
from workbench.catalog.completeness import GAPS, count_unknown, period_name
from workbench.catalog.disclosure import stamp_of
from workbench.errors import unknown_name
from workbench.presentation.census_counts import ALONE, PublicCounts, count_public
from workbench.presentation.data_quality import DataQuality
from workbench.vocabulary.demographics import NOT_KNOWN

_OPEN = "Exact counts: the source shows its rows openly."
_WORDS = {"batch": "batch", "first_version": "version"}
_HIDDEN = (
    "Of a controlled source only what its public tables tell is shown: what each rule touched, and where, could give "
    "small counts away. Its holder asks for them with exact."
)
_COLUMNS = ["rule", "unit", "n", "n_total", "fraction", "treatment"]


def examine_quality(
    catalog: Catalog, *, collection_id: str = "", exact: bool = False, earlier: Sequence[Sequence[Census]] = ()
) -> DataQuality:
    """Return what is not known of a source, which rules cleaned it, and where it is worst.

    Parameters
    ----------
    catalog : Catalog
        Any source.
    collection_id : str
        One of its collections; empty for all.
    exact : bool
        Whether a controlled source is counted exactly, for its holder. Otherwise only the shares of its public tables
        are shown, without collections, releases and rules.
    earlier : sequence of sequence of Census
        What earlier releases of a controlled source published, oldest first; what its public page is suppressed with.

    Returns
    -------
    DataQuality
        With figures, sentences and tables.

    Raises
    ------
    UnknownNameError
        For a collection that the source does not have.
    ValueError
        For a collection of a controlled source, unless `exact`.
    """
    repository = catalog.repository
    known = repository.collections["collection_id"].to_list()
    if collection_id and collection_id not in known:
        raise unknown_name("collection", collection_id, known, where=f"the {repository.name}", then="Use one of these.")
    over = _WORDS.get(period_name(repository), "")
    if repository.disclosure == "controlled" and not exact:
        if collection_id:
            raise ValueError(
                f"Received collection_id={collection_id!r} of a controlled source. Its public tables tell nothing of "
                "one collection. Leave it empty, or ask with exact=True for yourself."
            )
        public = count_public(catalog, earlier=earlier)
        none = pl.DataFrame(schema=repository.data_quality.schema).select(_COLUMNS)
        by_none = repository.data_quality_by_collection.head(0)
        rule = " ".join((*public.protection, _HIDDEN, *(() if earlier else (ALONE,))))
        return DataQuality(repository, _of_public(public), none, by_none, over, rule)
    unknown, by_collection = count_unknown(catalog), repository.data_quality_by_collection
    silent = _silent(unknown)
    unknown = unknown.filter(~pl.col("gap").is_in(silent))
    rules = repository.data_quality.select(_COLUMNS)
    if collection_id:
        unknown = unknown.filter(pl.col("collection_id") == collection_id)
        by_collection = by_collection.filter(pl.col("collection_id") == collection_id)
        rules = _of_one(rules, by_collection)
    rule = stamp_of(repository) or _OPEN
    return DataQuality(repository, unknown, rules, by_collection, over, rule, collection_id, tuple(silent))


def _silent(unknown: pl.DataFrame) -> list[str]:
    """What no study or series of the source tells, such as the license of an invented one."""
    whole = (
        unknown.filter(pl.col("unit") != "patients")
        .group_by("gap", maintain_order=True)
        .agg(pl.col("n", "n_total").sum())
    )
    return whole.filter(pl.col("n") == pl.col("n_total"))["gap"].to_list()


def _of_one(rules: pl.DataFrame, by_collection: pl.DataFrame) -> pl.DataFrame:
    """The rules of one collection; none where the source does not count so."""
    treatment = rules.select("rule", "treatment")
    one = by_collection.join(treatment, on="rule", maintain_order="left")
    return one.with_columns(fraction=pl.col("n") / pl.col("n_total")).select(_COLUMNS)


def _of_public(public: PublicCounts) -> pl.DataFrame:
    """What the published tables tell: what is not known of people, null where a part of it is hidden."""
    rows = []
    for gap in GAPS:
        name = "age_group" if gap.column == "age_years" else gap.column
        census = public.censuses.get((name,)) if gap.unit == "patients" else None
        if census is None:
            continue
        lacking = census.table.filter(pl.col(name).cast(pl.String).is_in(NOT_KNOWN))["n_patients"]
        n = None if lacking.null_count() else int(lacking.sum())
        rows.append({"gap": gap.name, "unit": gap.unit, "n": n, "n_total": census.n_total})
    schema = {"gap": pl.String, "unit": pl.String, "n": pl.Int64, "n_total": pl.Int64}
    table = pl.DataFrame(rows, schema=schema)
    empty = pl.lit(None, pl.String)
    return table.with_columns(collection_id=empty, period=empty)
