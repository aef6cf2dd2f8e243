"""Open a source by what it is: a server, a bucket, or a path that holds a release, a Gen3 export, DICOM or a table."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.cache import say
from workbench.catalog.repository import Repository
from workbench.catalog.sources.delimited import UnreadableTableError, split_header
from workbench.catalog.sources.folder import open_folder
from workbench.catalog.sources.gen3 import open_gen3
from workbench.catalog.sources.gen3_files import gen3_paths, read_file
from workbench.catalog.sources.gen3_nodes import node_of_columns
from workbench.catalog.sources.headers import no_header, shown_names
from workbench.catalog.sources.layout import known_layout, open_layout
from workbench.catalog.sources.table import open_table
from workbench.errors import UnknownNameError, brief, unknown_name

#: The file by which the folder of an index of DICOM files is known.
INDEX = "index.json"

_JSON = (".json", ".jsonl", ".ndjson")
_TEXT = (".tsv", ".csv", ".txt")
_OF_GEN3 = ("submitter_id", "case_ids", "case_ids_0", "cases.submitter_id", "cases.id", "imaging_studies.submitter_id")
_RIGHT = (
    "A source is a folder of tables with patients.parquet, a file or folder of Gen3 exports (TSV, CSV or JSON), "
    "a folder of DICOM files, or one table (Parquet, CSV or TSV)."
)
_MOST_COLUMNS_SHOWN = 12
_OPENED_BY_KEY = ("idc", "synthetic")
_PLACES = {
    "dicom": ("folder", "FOLDER"),
    "dicomweb": ("address", "dicomweb+https://HOST/PATH"),
    "layout": ("folder", "FOLDER"),
}


def open_source(
    source: str | Path, *, columns: Mapping[str, str] | None = None, layout: str | Path | None = None
) -> Repository:
    """Return the repository of a source that is named, or that lies at a path.

    Parameters
    ----------
    source : str or pathlib.Path
        ``"synthetic"``, alone or with a size or a preset; ``"dicomweb+https://…"``; the URL of a bucket of DICOM
        files; or a path.
    columns : mapping of str to str, optional
        For a table: our name to the table's column.
    layout : str or pathlib.Path, optional
        For a folder: how a data set lies in it.

    Returns
    -------
    Repository
        What was found.

    Raises
    ------
    UnknownNameError
        When it is neither a name nor a path that exists.
    ValueError
        When columns and a layout are given, which both say what the columns of a table mean.
    """
    if layout is not None:
        if columns:
            raise ValueError(
                "Received columns and a layout. Either says what the columns of a table mean. Leave one of them out."
            )
        return open_layout(layout, source)
    if str(source).partition(":")[0] == "synthetic":
        from workbench.catalog.sources.synthetic import open_synthetic

        return open_synthetic(str(source))
    if str(source).startswith("dicomweb+"):
        from workbench.catalog.sources.dicomweb import open_dicomweb

        return open_dicomweb(str(source))
    if "://" in str(source):  # a bucket, or files on a web server
        from workbench.catalog.sources.dicom import open_dicom

        return open_dicom(str(source))
    if not Path(source).expanduser().exists():
        then = "Use open_catalog('idc'), or the path of a file or folder that exists."
        raise unknown_name("source", str(source), ["idc", "synthetic"], where="the workbench", then=then)
    return open_path(source, columns=columns)


def place_of(key: str) -> tuple[str, str] | None:
    """Return what must be named beside a saved cohort, whose key does not say where its source lies.

    Parameters
    ----------
    key : str
        The key of a repository, such as ``"dicom"``.

    Returns
    -------
    tuple of str and str or None
        A noun, and what stands for it in advice; None for sources that are opened by their key.

    Examples
    --------
    >>> place_of("dicom"), place_of("synthetic:100")
    (('folder', 'FOLDER'), None)
    """
    kind = key.partition(":")[0]
    return None if kind in _OPENED_BY_KEY else _PLACES.get(kind, ("path", "PATH"))


def of_another_source(key: str, *, opened: str) -> UnknownNameError:
    """Return the error for a cohort that was selected from another source than the one that is open.

    Parameters
    ----------
    key : str
        Of the source that the cohort names.
    opened : str
        The key of the repository that is open.

    Returns
    -------
    UnknownNameError
        To be raised by the caller.
    """
    place = place_of(key)
    kind, _, rest = key.partition(":")
    layout = f", layout={brief(repr(rest))}" if kind == "layout" else ""
    then = f"Open it: open_catalog({brief(repr(place[1] if place else key))}{layout})."
    return unknown_name("source", key, [opened], where="this catalog", then=then)


def open_path(path: str | Path, *, columns: Mapping[str, str] | None = None) -> Repository:
    """Return the repository that lies at a path, recognized by its content.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder of tables in the common data model (``patients.parquet`` …), one that lies as a known data set does,
        a file or folder of Gen3 exports, a folder of DICOM files or of an index of them, a DICOM file, or a table.
    columns : mapping of str to str, optional
        For a table: our name to the table's column; see `workbench.catalog.sources.table.open_table`.

    Returns
    -------
    Repository
        Disclosure ``controlled``.

    Raises
    ------
    FileNotFoundError
        When nothing lies there.
    ValueError
        When the content is none of these, or cannot be read.
    """
    place = Path(path).expanduser()
    if not place.exists():
        raise FileNotFoundError(f"Nothing at {place}. {_RIGHT} Check the path.")
    if place.is_dir() and columns is None:
        if (place / INDEX).is_file():
            return _dicom(place)
        if (place / "patients.parquet").is_file():
            return open_folder(place)
        if layout := known_layout(place):
            return open_layout(layout, place)
        if _holds_dicom(place):
            return _beside_dicom(place)
        if any(_is_gen3(file) for file in gen3_paths(place)):
            return open_gen3(place)
    elif place.is_file():
        if _is_dicom(place):
            return _dicom(place)
        if columns is not None or place.suffix.lower() == ".parquet":
            return open_table(place, columns=columns)
        if _is_gen3(place):
            return open_gen3(place)
        if "patient_id" in _header(place):
            return open_table(place)
    raise ValueError(f"{place.name} is no source that the catalog knows: {_found(place)}. {_RIGHT} {_next(place)}")


def _dicom(place: Path) -> Repository:
    from workbench.catalog.sources.dicom import open_dicom  # compiled loops, which only these sources need

    return open_dicom(place)


def _beside_dicom(folder: Path) -> Repository:
    """Open a folder of DICOM files; where there are nodes of a Gen3 export too, they are the catalog, as is said."""
    nodes = [file for file in gen3_paths(folder) if _is_node(file)]
    if not nodes:
        return _dicom(folder)
    tables = "1 Gen3 table" if len(nodes) == 1 else f"{len(nodes):,} Gen3 tables"
    try:
        export = open_gen3(folder)
    except ValueError as refused:
        raise ValueError(
            f"{folder.name} holds DICOM files and {tables}, and not every table in it is part of one Gen3 export. "
            f"{_RIGHT} Give the path of the folder of the DICOM files, or of that of the export."
        ) from refused
    say(
        f"{folder.name} holds DICOM files and {tables}: the tables were opened. "
        "For the images give the path of their own folder."
    )
    return export


def _is_node(path: Path) -> bool:
    """Say whether a file is a node of a Gen3 export for certain: of JSON, too, by what it holds."""
    if path.suffix.lower() not in _JSON:
        return _is_gen3(path)
    try:
        return _is_of_node(read_file(path).columns)
    except (UnreadableTableError, OSError):
        return False


def _holds_dicom(folder: Path) -> bool:
    """Say whether a folder holds a DICOM file at any depth; files without a preamble are known by their ending."""
    return any(_is_dicom(Path(root) / name) for root, _, names in os.walk(folder) for name in sorted(names))


def _is_dicom(path: Path) -> bool:
    if path.suffix.lower() in (".dcm", ".dicom"):
        return True
    try:
        if not path.is_file():  # a pipe would wait for someone to write
            return False
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"  # PS3.10, 7.1
    except OSError:
        return False


def _is_gen3(path: Path) -> bool:
    """Say whether a file is a node of a Gen3 export; a JSON file that lies by itself cannot be anything else."""
    if path.suffix.lower() in _JSON:
        return path.name != "manifest.json"
    return _is_of_node(_header(path))


def _is_of_node(header: Sequence[str]) -> bool:
    return ("type" in header and "project_id" in header) or (
        any(name.split(".", 1)[-1] in _OF_GEN3 or name in _OF_GEN3 for name in header)
        and node_of_columns(header) is not None
    )


def _header(path: Path) -> list[str]:
    if path.suffix.lower() not in _TEXT:
        return []
    with path.open("rb") as stream:
        line = stream.readline(1_000_000).decode("utf-8-sig", errors="replace").rstrip("\r\n")
    separator = max(("\t", ",", ";"), key=line.count)
    try:
        return split_header(line.split("\r", 1)[0], separator)
    except UnreadableTableError:  # no table; whoever reads it whole says why
        return []


def _found(place: Path) -> str:
    if place.is_dir():
        endings = Counter(file.suffix.lower() or "no ending" for file in place.iterdir() if file.is_file())
        if not endings:
            return "the folder holds no file"
        listed = ", ".join(f"{n:,} × {ending}" for ending, n in sorted(endings.items()))
        return f"the folder holds {listed}"
    header = _header(place)
    if not header:
        return f"a file that ends in {place.suffix or 'nothing'}"
    shown = shown_names(header)[:_MOST_COLUMNS_SHOWN]
    more = f", … ({len(header)} in all)" if len(header) > len(shown) else ""
    return f"its columns are {', '.join(shown)}{more}" if shown else no_header(len(header))


def _next(place: Path) -> str:
    if _header(place) if place.is_file() else False:
        return "For a table say which column identifies patients: columns={'patient_id': '…'}."
    if place.is_dir() and len([file for file in place.iterdir() if file.suffix.lower() in (*_TEXT, ".parquet")]) == 1:
        return "Give the path of the one table in it, not of the folder."
    return "Give the path of one of these."
