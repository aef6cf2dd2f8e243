"""What is put before the public: one source, whose it is, and one family of counts behind every page."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbench.assessment.census import Census
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import refuse_in_public
from workbench.catalog.repository import Disclosure
from workbench.presentation.census_counts import PublicCounts, count_public
from workbench.presentation.identity import Identity
from workbench.presentation.manifest import MANIFEST
from workbench.presentation.published import read_earlier

#: What a controlled source without a name is called, by its kind: its file or folder may tell of people.
_GENERIC = {
    "table": "Table of patients",
    "gen3": "Gen3 export",
    "release": "Released tables",
    "dicom": "DICOM files",
    "dicomweb": "DICOMweb server",
}


@dataclass(frozen=True)
class Publication:
    """One source as the public sees it; every page and the release census are built from it.

    Attributes
    ----------
    catalog : Catalog
        The source, under the name and the disclosure of the publication.
    identity : Identity
        Whose commons it is; an empty one lets each page speak for the source.
    own : pathlib.Path, optional
        Entries of your own for the data catalog.
    earlier : sequence of sequence of Census
        What earlier releases of a controlled source published, oldest first.
    """

    catalog: Catalog
    identity: Identity
    own: Path | None = None
    earlier: Sequence[Sequence[Census]] = ()

    @property
    def disclosure(self) -> Disclosure:
        """How openly the counts may be shown: the tighter of what the source and the identity say."""
        return self.catalog.repository.disclosure

    @property
    def is_open(self) -> bool:
        """Whether exact counts may be shown."""
        return self.disclosure != "controlled"

    @cached_property
    def counts(self) -> PublicCounts:
        """Every count that any page may show; of a controlled source suppressed together, as one family, once."""
        return count_public(self.catalog, earlier=self.earlier)


def publish(
    catalog: Catalog, identity: Identity | None = None, *, own: Path | None = None, earlier: Path | None = None
) -> Publication:
    """Return what is put before the public of a source.

    Parameters
    ----------
    catalog : Catalog
        What was opened.
    identity : Identity, optional
        Whose commons it is. Its name takes the place of the source's own, and its disclosure can only tighten. Without
        a name a controlled source is called by its kind, never by its file, folder or server.
    own : pathlib.Path, optional
        Entries of your own for the data catalog.
    earlier : pathlib.Path, optional
        The aggregates of the release before, which a controlled source is suppressed with; by default those that the
        identity names.

    Returns
    -------
    Publication
        Nothing is counted yet.

    Raises
    ------
    PermissionError
        For a controlled source where strangers look; also where only the identity says that it is one.
    FileNotFoundError, ValueError
        When an earlier release comes with an open source, does not exist, or is no page of a census.
    """
    spoken = identity or Identity()
    named = _as_published(catalog, spoken)
    refuse_in_public(named.repository)
    before = earlier or spoken.earlier
    if before and named.repository.disclosure != "controlled":
        raise ValueError(
            f"An earlier release came with {named.repository.name}, whose counts are shown exactly: there is nothing "
            "to suppress with it. A controlled source would be right. Leave the earlier release out."
        )
    return Publication(named, spoken, own, read_earlier(before) if before else ())


def published_before(catalog: Catalog, identity: Identity, folder: Path | None) -> Path | None:
    """Return a folder that is to be written where it holds what the same controlled commons published before.

    Parameters
    ----------
    catalog : Catalog
        What was opened.
    identity : Identity
        Whose commons it is.
    folder : pathlib.Path, optional
        Where its pages are to be written.

    Returns
    -------
    pathlib.Path or None
        The folder; None where it holds no pages of choices of this commons.
    """
    published = _as_published(catalog, identity).repository
    if folder is None or published.disclosure != "controlled" or not (folder / MANIFEST).is_file():
        return None
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    source, pages = manifest.get("source", {}), manifest.get("pages", {})
    is_same = (source.get("name"), source.get("disclosure")) == (published.name, "controlled")
    return folder if is_same and "cohorts" in pages else None


def _as_published(catalog: Catalog, identity: Identity) -> Catalog:
    """The catalog under the name of the commons, so that no title or subtitle speaks of another."""
    repository = catalog.repository
    disclosure: Disclosure = "controlled" if identity.disclosure == "controlled" else repository.disclosure
    name = identity.name or _GENERIC.get(repository.key, repository.name)
    if (name, disclosure, identity.license) == (repository.name, repository.disclosure, repository.license):
        return catalog
    told = dataclasses.replace(repository, name=name, disclosure=disclosure, license=identity.license)
    return dataclasses.replace(catalog, repository=told)
