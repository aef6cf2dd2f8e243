"""Open what a Gen3 data commons lets its users download, such as data.midrc.org."""

import sys
from pathlib import Path

from workbench.cache import sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources import (
    ages,
    assemble,
    delimited,
    duplicates,
    gen3_cases,
    gen3_files,
    gen3_measurements,
    gen3_nodes,
    gen3_tables,
    persons,
    places,
    regions,
)
from workbench.catalog.sources.assemble import write_entities
from workbench.catalog.sources.gen3_files import gen3_paths, read_gen3
from workbench.catalog.sources.gen3_tables import interpret_gen3
from workbench.catalog.sources.sealed import content_digest, repository_of, rules_of
from workbench.vocabulary import anatomy, demographics, dicom, geography, spellings

_VOCABULARY = (anatomy, demographics, dicom, geography, spellings)
_SHARED = (ages, assemble, delimited, duplicates, persons, places, regions, *_VOCABULARY)
_RULES = (gen3_cases, gen3_files, gen3_measurements, gen3_nodes, gen3_tables, *_SHARED, sys.modules["workbench.tables"])


def open_gen3(path: str | Path) -> Repository:
    """Return a Gen3 export as a repository.

    Takes what the portal downloads: tables of the nodes ``case``, ``imaging_study``, ``…_series_file`` and
    ``measurement`` as TSV, CSV or JSON, in any number of files. `Catalog.data_quality` counts what was
    repaired. A case is a patient; its collection is its project.

    Parameters
    ----------
    path : str or pathlib.Path
        One file, or a folder with the files, those in sub-folders too.

    Returns
    -------
    Repository
        Disclosure ``controlled``.

    Raises
    ------
    FileNotFoundError
        When there is no such file, or none in the folder.
    ValueError
        When a file cannot be read, or rows of one case disagree; lists all problems together.
    """
    root = Path(path).expanduser()
    paths = gen3_paths(root) if root.exists() else []
    if not paths:
        raise FileNotFoundError(
            f"No Gen3 export in {root}. An export is one or more TSV, CSV or JSON files of the nodes case, "
            "imaging_study, series_file or measurement. Download them from the portal and give their folder."
        )
    folder_root = root if root.is_dir() else root.parent
    build = content_digest(folder_root, paths)

    def _build(folder: Path) -> None:
        write_entities(interpret_gen3(read_gen3(folder_root, paths)), folder)

    folder = sealed_folder(f"gen3-{build}-{rules_of(_RULES)}", _build)
    return repository_of(folder, name=f"Gen3 export {root.stem}", key="gen3", build=build)
