"""Count collections of the embedded index, from its tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import MISSING

_SERIES = ("patient_key", "study_key", "collection_id", "modality", "derived", "license", "n_instances", "size_mb")


def find_collections(repository: Repository, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return which collections are meant, and which names mean none.

    Parameters
    ----------
    repository : Repository
        The embedded index.
    names : iterable of str
        Ids, or beginnings of ids followed by an asterisk.

    Returns
    -------
    list of str
        Ids of collections, sorted, each once.
    list of str
        Names without a collection, as they were given.
    """
    known = set(repository.values("series", "collection_id"))
    found: set[str] = set()
    absent = []
    for name in names:
        meant = {each for each in known if each.startswith(name[:-1])} if name.endswith("*") else {name} & known
        found |= meant
        if not meant:
            absent.append(name)
    return sorted(found), absent


def count_collections(
    repository: Repository, collections: Sequence[str], modalities: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the counts of some collections together.

    Parameters
    ----------
    repository : Repository
        The embedded index.
    collections : sequence of str
        Their ids.
    modalities : sequence of str
        Only series of these; all when empty.

    Returns
    -------
    dict
        The counts that `workbench.catalog.registry.idc.checks.IdcFacts` names.
    """
    rows = _series(repository).filter(pl.col("collection_id").is_in(list(collections)))
    if modalities:
        rows = rows.filter(pl.col("modality").is_in(list(modalities)))
    acquired = rows.filter(~pl.col("derived"))
    chosen = repository.remember("idc patients", lambda: _patients(repository))
    patients = chosen.join(rows.select("patient_key").unique(), on="patient_key", how="semi")
    people = patients.group_by("person_key").agg(pl.col("sex_known", "age_known").any())
    return {
        "series": rows.height,
        "acquired_series": acquired.height,
        "studies": rows["study_key"].n_unique(),
        "patients": patients.height,
        "people": people.height,
        "instances": int(rows["n_instances"].sum()),
        "size_gb": round(float(rows["size_mb"].cast(pl.Float64).sum()) / 1000, 1),
        "modalities": _tally(rows["modality"]),
        "acquired": _tally(acquired["modality"]),
        "licenses": _tally(rows["license"]),
        "species": tuple(_tally(patients["species"])),
        "sex_known": _share(people["sex_known"]),
        "age_known": _share(people["age_known"]),
        "first_version": int(rows["first_version"].min() or 0),  # type: ignore[arg-type]
    }


def _series(repository: Repository) -> pl.DataFrame:
    names = (*_SERIES, "first_version")
    return repository.remember(
        "idc series",
        lambda: pl.DataFrame([repository.column("series", name) for name in names]).with_columns(
            pl.col("collection_id", "modality", "license").cast(pl.String)
        ),
    )


def _patients(repository: Repository) -> pl.DataFrame:
    names = ("patient_key", "person_key", "species", "sex", "age_years")
    known = ~pl.col("sex").cast(pl.String).is_in([*MISSING, "Conflicting"])
    return pl.DataFrame([repository.column("patients", name) for name in names]).with_columns(
        pl.col("species").cast(pl.String), sex_known=known, age_known=pl.col("age_years").is_not_null()
    )


def _tally(column: pl.Series) -> dict[str, int]:
    counted = column.alias("value").value_counts(name="n").sort("n", "value", descending=[True, False])
    return dict(counted.iter_rows())


def _share(known: pl.Series) -> float:
    return round(float(known.sum()) / len(known), 4) if len(known) else 0.0
