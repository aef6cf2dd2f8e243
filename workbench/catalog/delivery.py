"""What leaves a cohort: its definition, its series as rows, links, manifests, rights, and the images themselves."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from workbench.catalog import definition, listing
from workbench.catalog.manifest_formats import Kind
from workbench.catalog.manifests import Manifest, manifest
from workbench.catalog.narrowing import Selection
from workbench.catalog.retrieval.samples import sample_rows
from workbench.catalog.rights import Rights, read_rights

if TYPE_CHECKING:
    from workbench.catalog.retrieval.fetched import Fetched


class Delivery(Selection):
    """A selection that can be defined, listed, cited and fetched."""

    def definition(self) -> dict[str, Any]:
        """Return the conditions and the data version as a mapping ready for YAML, with their content hash.

        Returns
        -------
        dict
            ``schema``, ``source``, ``criteria``, ``sha256``.
        """
        return definition.define(self.repository, self.conditions)

    @cached_property
    def sha256(self) -> str:
        """The content hash of the definition."""
        return str(self.definition()["sha256"])

    @property
    def rights(self) -> Rights:
        """Licenses with their counts, warnings where terms restrict use, and whom to cite."""
        return read_rights(self)

    def manifest(self, kind: Kind = "s5cmd") -> Manifest:
        """Return the list of the cohort's series for one download program.

        Parameters
        ----------
        kind : {"s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"}
            Which program.

        Returns
        -------
        Manifest
            One entry a series, as many as ``counts["series"]``; ``save`` writes it.
        """
        return manifest(self, kind)

    def series(self) -> pl.DataFrame:
        """Return one row a series with its identifiers and address, read from the source's original index.

        Returns
        -------
        polars.DataFrame
            In the order of collection, patient and study; sorted, so that two exports are equal.
        """
        return listing.list_series(self.repository, self.rows)

    def viewer_links(self) -> pl.DataFrame:
        """Return one row a study with a link to the public viewer; nothing is requested until it is clicked.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_id``, ``study_uid``, ``study_description``, ``modalities``, ``n_series``,
            ``viewer_url``.
        """
        return listing.list_studies(self.repository, self.rows)

    def sample(self, n: int = 1, *, smallest: bool = False, seed: int = 0) -> Self:
        """Return a cohort of a few of the series, to look at before fetching them all.

        Parameters
        ----------
        n : int
            How many series; all of them when there are fewer.
        smallest : bool
            The smallest acquired images instead of a chance draw.
        seed : int
            The same seed draws the same series.

        Returns
        -------
        Selection
            Of the same kind; it names series of this data version, so draw again from another.
        """
        drawn = sample_rows(self, n, smallest=smallest, seed=seed)
        if drawn.is_empty():
            return self
        keys = ", ".join(map(str, drawn))
        return self.where_sql(f"select series_key from series where series_key in ({keys})")

    def fetch(self, folder: str | Path | None = None, **settings: Any) -> "Fetched":
        """Return the images on this machine, fetching what is not there yet; the size is said first.

        Parameters
        ----------
        folder : str or pathlib.Path, optional
            Where the images go; the cache folder when absent.
        **settings : object
            ``server``, ``limit_gb``, ``workers``, ``progress`` and ``when_offline`` of
            `workbench.catalog.retrieval.fetching.fetch`.

        Returns
        -------
        Fetched
            Prints as one row a series. A second call for finished series touches no network; without a folder and
            without a network it is a phantom that says it is one.
        """
        from workbench.catalog.retrieval import fetch

        return fetch(self, folder, **settings)
