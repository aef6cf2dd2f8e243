"""Manifests: the list of a cohort's series in the form that each download program reads.

Every manifest says in its first lines which cohort of which data version it lists and how much that is.
"""

import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import polars as pl

from workbench.catalog.exportable import Exportable, original_columns
from workbench.catalog.manifest_formats import REQUIRED, Kind, columns_of, write_text
from workbench.catalog.repository import Repository
from workbench.catalog.retrieval.object_store import ADDRESS
from workbench.errors import unknown_name
from workbench.provenance import stamp

_SUFFIXES = {"s5cmd": ".s5cmd", "s5cmd-gcs": ".s5cmd", "gen3": ".json", "tcia": ".tcia", "csv": ".csv"}
_SIDECAR = ".provenance.json"
# What a usable value looks like. s5cmd runs what it reads: an address with a blank or a line break could smuggle in
# another command. A Series Instance UID is digits and points (PS3.5 2025c, 9.1).
_USABLE = {
    "url": (ADDRESS, "an address such as s3://bucket/folder/*"),
    "object_id": (r"^\S+$", "a Gen3 object id"),
    "series_uid": (r"^[0-9]+(\.[0-9]+)*$", "a Series Instance UID"),
}


@dataclass(frozen=True, repr=False)
class Manifest:
    """The series of a cohort, ready for a download program.

    Attributes
    ----------
    kind : {"s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"}
        Which program reads it.
    text : str
        The whole file.
    n_series : int
        How many series it lists.
    provenance : mapping
        Cohort hash, data version, counts, notes and versions; the first lines of the text say the same.
    """

    kind: Kind
    text: str
    n_series: int
    provenance: Mapping[str, Any]

    def save(self, path: str | Path) -> Path:
        """Write the manifest, whole or not at all.

        JSON has no comments, and gen3-client reads nothing but a plain list: a ``gen3`` manifest therefore says
        where it comes from in ``<path>.provenance.json`` beside it.

        Parameters
        ----------
        path : str or pathlib.Path
            A file; its folder is made when absent.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        IsADirectoryError
            When the path is a folder.
        """
        target = Path(path)
        if target.is_dir():
            raise IsADirectoryError(
                f"{target} is a folder. A file name would be right. "
                f"Write for instance {target / f'cohort{_SUFFIXES[self.kind]}'}"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        texts = {target: self.text}
        if self.kind == "gen3":
            texts[target.with_name(target.name + _SIDECAR)] = json.dumps(self.provenance, indent=1) + "\n"
        _write_together(texts)
        return target

    def __repr__(self) -> str:
        """Show the first lines, and how many follow."""
        lines = self.text.splitlines()
        more = [f"… {len(lines) - 12:,} more lines"] if len(lines) > 12 else []
        return "\n".join([f"Manifest for {self.kind}: {self.n_series:,} series", *lines[:12], *more])

    def _repr_html_(self) -> str:
        title, _, lines = repr(self).partition("\n")
        return f"<p><strong>{html.escape(title)}</strong></p><pre>{html.escape(lines)}</pre>"


def manifest(cohort: Exportable, kind: Kind = "s5cmd") -> Manifest:
    """Return the list of a cohort's series for one download program.

    Parameters
    ----------
    cohort : Exportable
        A cohort.
    kind : {"s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"}
        ``s5cmd`` from Amazon, ``s5cmd-gcs`` from Google, ``gen3`` for gen3-client, ``tcia`` for the NBIA Data
        Retriever, ``csv`` for everything else.

    Returns
    -------
    Manifest
        One entry a series, as many as ``cohort.counts["series"]``.

    Raises
    ------
    UnknownNameError
        For another kind.
    ValueError
        When the source does not say, for every series, what this kind of manifest lists.
    """
    if kind not in get_args(Kind):
        raise unknown_name("kind", kind, get_args(Kind), where="the manifests", then="Use one of these.")
    series = original_columns(cohort, *columns_of(kind))
    for column in REQUIRED[kind]:
        _check(series[column], cohort.repository, kind)
    provenance = _provenance(cohort, len(series))
    return Manifest(kind, write_text(kind, series, provenance), len(series), provenance)


def _check(values: pl.Series, repository: Repository, kind: Kind) -> None:
    """Raise unless every series has what this kind lists: a list with gaps would lose series without a word."""
    pattern, meaning = _USABLE[values.name]
    n_unusable = len(values) - int(values.str.contains(pattern).sum())
    if not n_unusable:
        return
    others = [other for other, needs in REQUIRED.items() if values.name not in needs]
    supported = [other for other in others if set(REQUIRED[other]) <= set(repository.original_columns)]
    raise ValueError(
        f"{n_unusable:,} of {len(values):,} series of {repository.name} {repository.version} have no usable "
        f"{values.name}. A manifest of the kind {kind!r} needs {meaning} for every series. "
        f"This source can give: {', '.join(supported)}. Use for instance cohort.manifest({supported[0]!r})."
    )


def _provenance(cohort: Exportable, n_entries: int) -> dict[str, Any]:
    repository = cohort.repository
    notes = {
        "controlled": ["From a controlled source: keep this list where the data use agreement allows."],
        "synthetic": ["From a synthetic source: neither these series nor these patients exist."],
    }
    counts = {unit: cohort.counts[unit] for unit in ("patients", "studies", "series", "instances", "size_gb")}
    stamped = stamp(
        source=repository.name,
        version=repository.version,
        build=repository.build,
        disclosure=repository.disclosure,
        cohort_sha256=cohort.sha256,
        counts={**counts, "size_gb": round(counts["size_gb"], 6)},
        n_entries=n_entries,
        notes=notes.get(repository.disclosure, []),
    )
    del stamped["query_sha256"]  # the cohort's own hash says it
    return stamped


def _write_together(texts: Mapping[Path, str]) -> None:
    """Write every file under a temporary name first, so that a full disk leaves nothing behind."""
    staged = {target: target.with_name(f".{target.name}.{os.getpid()}.part") for target in texts}
    try:
        for target, part in staged.items():
            part.write_text(texts[target], encoding="utf-8", newline="\n")
        for target, part in reversed(staged.items()):  # the manifest itself comes last
            part.replace(target)
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)
