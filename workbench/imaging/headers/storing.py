"""An index on disk: Parquet for its tables, one file of arrays for the headers, each written whole or not at all."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from workbench.imaging.headers.block import Block
from workbench.imaging.headers.tags import KEPT

#: The file that says that a folder holds an index.
FACTS = "index.json"
_ARRAYS = "headers.npz"
_PARTS = ("values", "bases", "starts", "lengths", "codes", "flags", "places")


def write_index(folder: Path, tables: Mapping[str, pl.DataFrame], block: Block, collection_id: str) -> Path:
    """Write an index into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    tables : mapping of str to polars.DataFrame
        Written as ``<name>.parquet``.
    block : Block
        Headers.
    collection_id : str
        What the files are called together.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        _replace(folder / f"{name}.parquet", table.write_parquet)
    names = np.frombuffer("\0".join(block.names).encode("utf-8", "surrogateescape"), np.uint8)
    arrays = {part: getattr(block, part) for part in _PARTS}
    _replace(folder / _ARRAYS, lambda path: _save(path, {"names": names, **arrays}))
    facts = {"collection_id": collection_id, "kept": list(KEPT), "n_files": len(block.names), "tables": list(tables)}
    _replace(folder / FACTS, lambda path: path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8"))
    return folder


def read_index(folder: Path) -> tuple[dict[str, pl.DataFrame], Block, str]:
    """Return what `write_index` wrote.

    Parameters
    ----------
    folder : pathlib.Path
        Of the index.

    Returns
    -------
    tuple
        Tables, headers, and what the files are called together.

    Raises
    ------
    FileNotFoundError
        When it holds no index.
    ValueError
        When it is damaged, or keeps other attributes.
    """
    if not (folder / FACTS).is_file():
        raise FileNotFoundError(
            f"{folder} was received, which holds no index of DICOM files. A folder that `workbench index … --out` "
            "wrote would be right. Index the images first."
        )
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in facts["tables"]}
        with (folder / _ARRAYS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            text = arrays["names"].tobytes().decode("utf-8", "surrogateescape")
            block = Block(text.split("\0") if text else [], *(arrays[part] for part in _PARTS))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, pl.exceptions.ComputeError) as error:
        raise _unusable(folder, "is damaged") from error
    if facts["kept"] != list(KEPT) or facts["n_files"] != len(block.names):
        raise _unusable(folder, "was written by another version of this package")
    return tables, block, facts["collection_id"]


def _unusable(folder: Path, what: str) -> ValueError:
    return ValueError(
        f"The index in {folder} {what}. One that this version wrote would be right. Index the images again, "
        "without --known."
    )


def _save(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    with path.open("wb") as file:  # a name would get an ending
        np.savez(file, allow_pickle=False, **arrays)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    staging = path.with_name(f".{path.name}.part")
    try:
        write(staging)
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
