"""The series that an earlier version of the IDC served, put together from what the index package tells of the past.

References
----------
``series_init_idc_version`` and ``series_revised_idc_version`` of ``idc_index``, and ``prior_versions_index``, as their
schemas in the package ``idc-index-data`` describe them.
"""

import polars as pl

from workbench.catalog.sources.idc_package import raw_path

_SERIES, _STUDY, _CONTENT = "SeriesInstanceUID", "StudyInstanceUID", "crdc_series_uuid"
_PATIENT = ("collection_id", "PatientID")
_COLUMNS = ("collection_id", "patients", "studies", "series", "content")
#: The content of a series that nobody revised since; earlier contents are numbered from 1 on.
AS_TODAY = 0


def served_series(today: pl.DataFrame, version: int) -> pl.DataFrame:
    """Return one row a series that a version served.

    A version's series are those of today that came by then and were not revised since, as they are, and those that
    were revised or withdrawn since, as they were.

    Parameters
    ----------
    today : polars.DataFrame
        Every series of today: ``collection_id``, the numbers ``patients`` and ``studies``, and ``series``, the row in
        the index of the package.
    version : int
        From 1 on.

    Returns
    -------
    polars.DataFrame
        The columns of `today`, where what was withdrawn since has numbers of its own, and ``content``, which tells one
        version of a series from another; null for one that the package does not list.
    """
    names = ["series_init_idc_version", "series_revised_idc_version"]
    versions = pl.read_parquet(raw_path("idc_index"), columns=names)[today["series"]]
    known = today.with_columns(came=versions[names[0]] <= version, same=versions[names[1]] <= version)
    past = _past(version).join(_rows_of(_SERIES), on=_SERIES, how="left")
    listed, gone = past.filter(pl.col("row").is_not_null()), past.filter(pl.col("row").is_null())
    of_today = known.join(listed.select("row", "content"), left_on="series", right_on="row", how="left")
    served = of_today.filter(pl.col("came") | pl.col("content").is_not_null()).with_columns(
        content=pl.when("came", "same").then(pl.lit(AS_TODAY, pl.UInt32)).otherwise("content")
    )
    return pl.concat([served.select(_COLUMNS), _withdrawn(gone, today).select(_COLUMNS)], how="vertical_relaxed")


def _past(version: int) -> pl.DataFrame:
    """What a version served that today's does not; a series that lay in two buckets has two rows, and counts once."""
    every = pl.read_parquet(raw_path("prior_versions_index")).with_columns(
        content=_ranked(_CONTENT) + 1, series=_ranked(_SERIES), studies=_ranked(_STUDY), patients=_ranked(*_PATIENT)
    )
    return every.filter(pl.col("min_idc_version") <= version, pl.col("max_idc_version") >= version).unique(
        _SERIES, keep="first", maintain_order=True
    )


def _ranked(*columns: str) -> pl.Expr:
    """A number from zero on that is the same in whichever version a thing is met."""
    return (pl.concat_str(columns, separator="\0").rank("dense") - 1).cast(pl.UInt32)


def _rows_of(*columns: str) -> pl.DataFrame:
    """The rows of today's index by some of its columns."""
    return pl.read_parquet(raw_path("idc_index"), columns=list(columns)).with_row_index("row")


def _withdrawn(gone: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Number what is not in today's index beyond what is; its patients and studies may still be there."""
    numbered = gone.with_columns(pl.col("series") + today.height)
    keys = today.select("patients", "studies", row="series")
    for name, columns in (("patients", _PATIENT), ("studies", (_STUDY,))):
        still = _rows_of(*columns).join(gone, on=columns, how="semi").unique(columns, keep="first")
        known = still.join(keys.select("row", **{f"{name}_today": name}), on="row").drop("row")
        beyond = pl.col(name) + int(today[name].max() or 0) + 1  # type: ignore[arg-type]  # a number, or there are none
        numbered = numbered.join(known, on=columns, how="left", maintain_order="left").with_columns(
            pl.coalesce(f"{name}_today", beyond).alias(name)
        )
    return numbered.with_columns(pl.col("collection_id").cast(today.schema["collection_id"]))
