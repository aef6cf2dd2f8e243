"""A card for each collection of a cohort: what it holds, of whom, under which license."""

from typing import Any

import numpy as np
import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import Coded, attributes, coded
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.listing import listed
from workbench.catalog.repository import Repository
from workbench.presentation.explorer.editing import plain_position
from workbench.presentation.explorer.wording import collection_names
from workbench.vocabulary.licenses import allows_commercial_use

_MANY, _CARDS = 60, 12


def collection_cards(cohort: Cohort, *, expanded: bool) -> dict[str, Any]:
    """Return a card for each collection in the cohort, the one with most patients first.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    expanded : bool
        Whether to list more than a dozen.

    Returns
    -------
    dict
        Cards, how many are not shown, and a sentence.
    """
    counted = _by_collection(cohort)
    names = collection_names(cohort.repository)
    at = plain_position(cohort, "collection_id")
    chosen: set[Any] = set() if at is None else set(cohort.conditions[at].values)  # type: ignore[attr-defined]
    shown = counted.head(_MANY if expanded else _CARDS)
    said = "collection holds" if counted.height == 1 else "collections hold"
    return {
        "cards": [_card(row, names, chosen) for row in shown.iter_rows(named=True)],
        "cards_hidden": counted.height - shown.height,
        "cards_expanded": expanded,
        "cards_note": f"{counted.height:,} {said} this cohort.",
    }


def _by_collection(cohort: Cohort) -> pl.DataFrame:
    """Count patients, series, modalities and licenses of each collection over codes, not over a million words.

    Patients count as the facet counts them, also those of whom no series is listed.
    """
    repository = cohort.repository
    keep = listed(repository, cohort.mask)
    tables = {name: _table(repository, name) for name in ("collection_id", "modality", "license")}
    n = len(tables["collection_id"].values)
    keys, n_patients = level_keys(repository, "patient")
    home = np.full(n_patients, n, dtype=np.int64)
    home[keys[cohort.mask]] = tables["collection_id"].codes[cohort.mask]  # a patient is a person in one collection
    collections = tables["collection_id"].codes[keep].astype(np.int64)
    patients, series = np.bincount(home, minlength=n + 1)[:n], np.bincount(collections, minlength=n)
    found = np.flatnonzero(patients)
    parts: dict[str, list[list[str]]] = {}
    for name in ("modality", "license"):
        values = tables[name].values.cast(pl.String).to_list()
        pairs = np.bincount(collections * len(values) + tables[name].codes[keep], minlength=n * len(values))
        pairs = pairs.reshape(n, len(values))
        parts[name] = [
            [values[at] or "" for at in np.argsort(-pairs[row], kind="stable") if pairs[row, at]] for row in found
        ]
    return pl.DataFrame(
        {
            "collection_id": tables["collection_id"].values.cast(pl.String).gather(found),
            "n_patients": patients[found],
            "n_series": series[found],
            "modalities": parts["modality"],
            "licenses": parts["license"],
        },
        schema_overrides={"modalities": pl.List(pl.String), "licenses": pl.List(pl.String)},
    ).sort("n_patients", "collection_id", descending=[True, False])


def _table(repository: Repository, name: str) -> Coded:
    table = coded(repository, attributes(repository)[name])
    assert table is not None  # categories always have codes
    return table


def _card(row: dict[str, Any], names: dict[str, str], chosen: set[Any]) -> dict[str, Any]:
    modalities = row["modalities"]
    more = f" +{len(modalities) - 4}" if len(modalities) > 4 else ""
    licenses = [name for name in row["licenses"] if name] or ["license not stated"]
    return {
        "value": row["collection_id"],
        "name": names.get(row["collection_id"], row["collection_id"]),
        "what": ", ".join(modalities[:4]) + more,
        "n": f"{row['n_patients']:,} patients · {row['n_series']:,} series",
        "license": licenses[0] + (f" +{len(licenses) - 1}" if len(licenses) > 1 else ""),
        "noncommercial": any(allows_commercial_use(name) is False for name in licenses),
        "on": row["collection_id"] in chosen,
    }
