"""What a command selects from: a source, or a saved cohort that says which source it belongs to."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from workbench.cli.steps import WordsError, take_steps
from workbench.errors import UnknownNameError
from workbench.vocabulary.column_names import PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES

_LAYOUT = "layout:"  # how the key of a source begins that was read by a layout


def add_source(parser: argparse.ArgumentParser, *, of_file: bool = False) -> None:
    """Add the options that name a source.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of a verb.
    of_file : bool
        Whether a saved cohort says by itself which source it was selected from.
    """
    default = "the one the file names" if of_file else "idc, the embedded index"
    parser.add_argument(
        "--source",
        metavar="idc|synthetic|PATH|URL",
        help="the repository: a name; a path to a Gen3 export, a table, a release or a folder of DICOM files; "
        f"s3://…; or dicomweb+https://… (default: {default})",
    )
    parser.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="for a table: our name and its column, such as patient_id=PatientID; or a YAML file of such pairs. Our "
        f"names: {', '.join((*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES))}",
    )
    parser.add_argument(
        "--layout",
        metavar="KEY|FILE",
        help="for a folder of a data set: how it lies, such as nih-chestx-ray14; or a YAML file of your own",
    )


def open_source(options: argparse.Namespace, *, key: str = "idc") -> Any:
    """Return the catalog that the options name.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`.
    key : str
        The source when none is named.

    Returns
    -------
    Catalog
        Opened.
    """
    from workbench.catalog.commons import open_catalog

    if options.layout and options.source is None and not key.startswith(_LAYOUT):
        raise WordsError(
            f"--layout {options.layout} was received without a folder. The folder of the data set would be right. "
            "Add: --source FOLDER"
        )
    layout = options.layout or (key.removeprefix(_LAYOUT) if key.startswith(_LAYOUT) else None)
    return open_catalog(options.source or key, columns=_read_columns(options.columns) or None, layout=layout)


def open_saved(options: argparse.Namespace, path: Path) -> tuple[Any, Any]:
    """Return the catalog that a saved cohort was selected from, and the cohort.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`.
    path : pathlib.Path
        What ``--save`` wrote.

    Returns
    -------
    tuple of Catalog and Cohort
        The cohort as the file has it.
    """
    catalog = open_saved_source(options, path)
    try:
        return catalog, catalog.read_cohort(path)
    except UnknownNameError as problem:  # in the file, not in the words that were typed
        raise ValueError(str(problem)) from problem


def open_saved_source(options: argparse.Namespace, path: Path) -> Any:
    """Return the catalog that a saved cohort was selected from.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source`; they may say where the source lies.
    path : pathlib.Path
        What ``--save`` wrote.

    Returns
    -------
    Catalog
        Opened.
    """
    from workbench.catalog.sources.recognize import place_of

    key = _key_of(path)
    place = place_of(key)
    if options.source is None and place is not None:
        raise WordsError(
            f"{path} was selected from a source of the kind {key!r}, which lies where only you know. "
            f"Its {place[0]} would be right. Add: --source {place[1]}"
        )
    return open_source(options, key=key)


def select(options: argparse.Namespace) -> Any:
    """Return the cohort that a command selects.

    Parameters
    ----------
    options : argparse.Namespace
        With the words of `add_source` and `add_steps`, and perhaps a saved ``cohort`` to begin with.

    Returns
    -------
    Cohort
        After every step.
    """
    if options.cohort:
        catalog, cohort = open_saved(options, options.cohort)
    else:
        catalog = open_source(options)
        cohort = catalog.everything
    return take_steps(catalog.repository, cohort, options)


def _read_columns(words: Sequence[str]) -> dict[str, str]:
    """Pairs of our name and the table's column, typed or from YAML files; the later of two wins."""
    columns: dict[str, str] = {}
    for word in words:
        name, equals, column = word.partition("=")
        if equals and name.strip() and column.strip():
            columns[name.strip()] = column.strip()
            continue
        try:
            read = yaml.safe_load(Path(word).read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, FileNotFoundError, RecursionError):
            read = None
        if not isinstance(read, dict) or not all(isinstance(each, str) for pair in read.items() for each in pair):
            raise WordsError(
                f"--columns {word} was received. NAME=COLUMN, such as patient_id=PatientID, or a YAML file of lines "
                "'patient_id: PatientID' would be right. Correct it."
            )
        columns |= read
    return columns


def _key_of(path: Path) -> str:
    """The source that a definition names; whatever is wrong with the file is said when it is read."""
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return "idc"
    source = body.get("source") if isinstance(body, dict) else None
    key = source.get("key") if isinstance(source, dict) else None
    return key if isinstance(key, str) else "idc"
