"""Invent the series of many studies at once, and the identifiers by which they are exported."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.phantoms.batches import published_batches
from workbench.phantoms.commons_images import KERNELS, SCANNERS
from workbench.phantoms.drawing import Codes, by_row, named
from workbench.phantoms.imaging_studies import STUDY_KINDS, Mask, Visits, Whole
from workbench.phantoms.sites import SITES
from workbench.tables import ORIGINAL, SERIES, SERIES_OPTIONAL, conform
from workbench.vocabulary.demographics import MISSING

_NOT_REPORTED = MISSING[1]
_MODALITIES = tuple(SCANNERS)
_CT = _MODALITIES.index("CT")
_THICKNESS_MM = (1.0, 1.25, 3.0, 5.0)
_CT_IMAGE_MB, _RADIOGRAPH_MB = 0.3, 9.0
_FAVORITE = 4.0  # how many times likelier a site uses the scanner that it likes than each other one
_NOT_LISTED = 0.3  # how many times as often as other entries a site does not list a study's series


@dataclass(frozen=True, eq=False)
class Rows:
    """The series of some visits; a place without series holds one row that is not listed.

    Attributes
    ----------
    place : numpy.ndarray
        (n_rows,), which of the visits.
    is_listed : numpy.ndarray
        (n_rows,), false for a row that holds a place.
    modality, scanner, kernel : numpy.ndarray
        (n_rows,), numbers in the modalities, in all scanners, and in the two kernels of a scanner.
    tells : numpy.ndarray
        (n_rows,), whether the site writes the body part.
    """

    place: Whole
    is_listed: Mask
    modality: Codes
    scanner: Codes
    kernel: Codes
    tells: Mask


def draw_series(visits: Visits, *, rng: np.random.Generator) -> Rows:
    """Return the series of each study: one a radiograph, up to three of a CT, each by one of its site's scanners.

    Parameters
    ----------
    visits : Visits
        What `workbench.phantoms.imaging_studies.draw_visits` gives.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    Rows
        In the order of the visits.
    """
    ends = [(kind.modalities[0], kind.modalities[-1]) for kind in STUDY_KINDS]
    of_kind = np.array([[_MODALITIES.index(each) for each in pair] for pair in ends], dtype=np.uint8)
    several = np.array([len(kind.modalities) for kind in STUDY_KINDS])
    is_listed = visits.is_study & ~visits.untold(rng, times=_NOT_LISTED)
    reconstructions = rng.integers(1, 4, size=len(visits.kind))
    n_rows = np.where(of_kind[visits.kind, 0] == _CT, reconstructions, several[visits.kind])
    n_rows[~is_listed] = 1
    place = np.repeat(np.arange(len(n_rows)), n_rows)
    number = np.arange(len(place)) - (np.cumsum(n_rows) - n_rows)[place]
    modality = of_kind[visits.kind[place], np.minimum(number, 1)]
    return Rows(
        place,
        is_listed[place],
        modality,
        _scanners(visits, rng)[place, modality],
        (number % 2).astype(np.uint8),
        (visits.is_study & ~visits.untold(rng, times=3.0))[place],
    )


def series_table(
    visits: Visits, rows: Rows, studies: pl.DataFrame, *, first: tuple[int, int], rng: np.random.Generator
) -> pl.DataFrame:
    """Return series as the rows of the common data model.

    Parameters
    ----------
    visits : Visits
        Of which studies.
    rows : Rows
        What `draw_series` gives.
    studies : polars.DataFrame
        What `workbench.phantoms.imaging_studies.studies_table` gives for these visits.
    first : tuple of int
        The key of the first patient, and the number of the first row.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.SERIES` and of its optional ones.
    """
    place, is_ct = rows.place, (rows.modality == _CT) & rows.is_listed
    is_study, kind = visits.is_study[place], visits.kind[place]
    number = np.cumsum(visits.is_study) - 1  # a place without a study has the number before, which is taken back below
    n_instances = np.where(is_ct, rng.integers(60, 400, size=len(place)), rows.is_listed)
    makers, models, kernels = _scanner_names()
    unseen, listed = ~is_study, rows.is_listed
    columns = {
        "patient_key": visits.patient[place] + first[0],
        "collection_id": named([site.project for site in SITES.values()], visits.site[place]),
        "modality": named([*_MODALITIES, _NOT_REPORTED], np.where(unseen, len(_MODALITIES), rows.modality)),
        "body_part": named(
            [*(each.body_part for each in STUDY_KINDS), _NOT_REPORTED], np.where(rows.tells, kind, len(STUDY_KINDS))
        ),
        "body_region": named(
            [*(each.body_part.capitalize() for each in STUDY_KINDS), _NOT_REPORTED],
            np.where(unseen, len(STUDY_KINDS), kind),
        ),
        "body_region_source": named(["BodyPartExamined", "StudyDescription", "none"], np.where(unseen, 2, ~rows.tells)),
        "manufacturer": named([*makers, _NOT_REPORTED], np.where(listed, rows.scanner, len(makers))),
        "model": named([*models, _NOT_REPORTED], np.where(listed, rows.scanner, len(models))),
        "license": named([_NOT_REPORTED], np.zeros(len(place), dtype=np.uint8)),
        "derived": np.zeros(len(place), dtype=np.bool_),
        "n_instances": n_instances,
        "size_mb": n_instances * np.where(is_ct, _CT_IMAGE_MB, _RADIOGRAPH_MB),
        "source_row": np.arange(first[1], first[1] + len(place)),
        "kernel": named([*kernels, _NOT_REPORTED], np.where(is_ct, 2 * rows.scanner + rows.kernel, len(kernels))),
        "slice_thickness_mm": named(
            [*_THICKNESS_MM, None],
            np.where(is_ct & ~visits.untold(rng)[place], rng.integers(4, size=len(place)), 4),
            pl.Float32(),
        ),
        "listed": listed,
    }
    study = pl.DataFrame({"row": number[place], "is_study": is_study}).select(
        pl.when("is_study").then("row").cast(pl.UInt32)
    )
    of_study = studies.select("study_key", first_version=_version(studies["released_date"]))[study.to_series()]
    return conform(pl.DataFrame(columns).hstack(of_study), SERIES, name="series", optional=SERIES_OPTIONAL)


def original_table(visits: Visits, rows: Rows, series: pl.DataFrame) -> pl.DataFrame:
    """Return what is read of the series only for export: identifiers, every one of which says that it is synthetic.

    Parameters
    ----------
    visits : Visits
        Of which studies.
    rows : Rows
        What `draw_series` gives.
    series : polars.DataFrame
        What `series_table` gives for them.

    Returns
    -------
    polars.DataFrame
        Columns of `workbench.tables.ORIGINAL`; a row that is not listed has no identifier of a series.
    """
    kind = visits.kind[rows.place]
    described = series.with_columns(
        study_description=named([each.description for each in STUDY_KINDS], kind, pl.String()),
    )
    is_study, kernel = pl.col("study_key").is_not_null(), pl.col("kernel").cast(pl.String)
    text, with_kernel = pl.col("study_description"), kernel != _NOT_REPORTED
    series_uid = _identifier("series", "source_row")
    return described.select(
        pl.col("collection_id").cast(pl.String),
        patient_id=_identifier("case", "patient_key"),
        study_uid=_identifier("study", "study_key"),
        series_uid=pl.when("listed").then(series_uid),
        modality=pl.when(is_study).then(pl.col("modality").cast(pl.String)),
        study_description=pl.when(is_study).then(text),
        series_description=pl.when("listed").then(pl.when(with_kernel).then(text + " " + kernel).otherwise(text)),
        n_instances=pl.col("n_instances").cast(ORIGINAL["n_instances"]),
        size_mb=pl.col("size_mb").cast(ORIGINAL["size_mb"]),
        object_id=pl.when("listed").then(_identifier("object", "source_row")),
        file_name=pl.when("listed").then(series_uid + ".zip"),
    )


def _scanners(visits: Visits, rng: np.random.Generator) -> Codes:
    """Return for each place which scanner makes its images of each modality, numbered over all modalities."""
    chosen, before = [], 0
    for scanners in SCANNERS.values():
        likes = np.ones((len(SITES), len(scanners)))
        sites = np.arange(len(SITES))
        likes[sites, sites % len(scanners)] = _FAVORITE
        chosen.append(by_row(likes, visits.site, rng=rng) + np.uint8(before))
        before += len(scanners)
    return np.stack(chosen, axis=1)


def _scanner_names() -> tuple[list[str], list[str], list[str]]:
    """Return makers and models by the number of the scanner, and two kernels for each."""
    scanners = [scanner for of_modality in SCANNERS.values() for scanner in of_modality]
    makers, models = zip(*scanners, strict=True)
    kernels = [kernel for maker in makers for kernel in KERNELS.get(maker, (_NOT_REPORTED, _NOT_REPORTED))]
    return list(makers), list(models), kernels


def _version(released: pl.Series) -> pl.Series:
    """Return the number of the batch that brought each study, from one."""
    numbers = {day: number for number, day in enumerate(published_batches().dates, start=1)}
    return released.replace_strict(numbers, default=None, return_dtype=pl.UInt8)


def _identifier(what: str, number: str) -> pl.Expr:
    return pl.lit(f"synthetic-{what}-") + pl.col(number).cast(pl.String).str.zfill(8)
