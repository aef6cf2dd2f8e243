"""An index on disk: Parquet for its tables, one file of arrays for the headers, known to belong together."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workbench.imaging.headers.addresses import readable_name
from workbench.imaging.headers.block import Block
from workbench.imaging.headers.held import READERS
from workbench.imaging.headers.schemas import (
    INDEXED_INSTANCES,
    INDEXED_PATIENTS,
    INDEXED_REFUSED,
    INDEXED_SERIES,
    INDEXED_STUDIES,
)
from workbench.imaging.headers.tags import KEPT

#: The file that says that a folder holds an index.
FACTS = "index.json"
#: What an index holds, and its columns.
SCHEMAS = {
    "patients": INDEXED_PATIENTS,
    "studies": INDEXED_STUDIES,
    "series": INDEXED_SERIES,
    "instances": INDEXED_INSTANCES,
    "refused": INDEXED_REFUSED,
}
_ARRAYS = "headers.npz"
#: Each array of a block: its kind, and how many values a row has; None for one that has no second axis.
_PARTS = {
    "values": (np.uint8, None),
    "bases": (np.int64, None),
    "starts": (np.uint16, len(KEPT)),
    "lengths": (np.int16, len(KEPT)),
    "codes": (np.uint8, len(KEPT)),
    "flags": (np.uint8, 3),
    "places": (np.int64, 4),
}


def write_index(folder: Path, tables: Mapping[str, pl.DataFrame], block: Block, collection_id: str) -> Path:
    """Write an index into a folder.

    All parts are written beside the earlier ones before any is replaced, and the last one says the sum of each: parts
    of two indexes, which only an interrupt between two renames can leave, are not taken for one.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent.
    tables : mapping of str to polars.DataFrame
        Those of `SCHEMAS`, written as ``<name>.parquet``.
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
    staging = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
        for name in SCHEMAS:
            tables[name].write_parquet(staging / f"{name}.parquet")
        names = np.frombuffer("\0".join(block.names).encode("utf-8", "surrogateescape"), np.uint8)
        with (staging / _ARRAYS).open("wb") as file:  # a name would get an ending
            np.savez(file, allow_pickle=False, names=names, **{part: getattr(block, part) for part in _PARTS})
        sums = {path.name: _sum_of(path) for path in sorted(staging.iterdir())}
        facts = {"collection_id": collection_id, "kept": list(KEPT), "n_files": len(block.names), "sha256": sums}
        (staging / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        for name in (*sums, FACTS):
            (staging / name).replace(folder / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
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
        When it is damaged, its parts do not belong together, or it keeps other attributes.
    """
    if not (folder / FACTS).is_file():
        raise FileNotFoundError(
            f"{folder} was received, which holds no index of DICOM files. A folder that `workbench index … --out` "
            "wrote would be right. Index the images first."
        )
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        parts = {_ARRAYS, *(f"{name}.parquet" for name in SCHEMAS)}
        is_ours = facts["kept"] == list(KEPT) and set(facts.get("sha256", ())) == parts
        if is_ours:
            return _read_parts(folder, facts)
    except (*_DAMAGES, pl.exceptions.PolarsError) as error:
        raise _unusable(folder, "is damaged") from error
    raise _unusable(folder, "was written by another version of this package")


_DAMAGES = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError),
    zipfile.BadZipFile,
)


def _read_parts(folder: Path, facts: Mapping[str, Any]) -> tuple[dict[str, pl.DataFrame], Block, str]:
    tables = {name: _read_table(folder, name, facts["sha256"]) for name in SCHEMAS}
    with (folder / _ARRAYS).open("rb") as file:
        _check_sum(file, facts["sha256"][_ARRAYS])
        block = _read_block(file)
    _check_together(tables, block, int(facts["n_files"]))
    return tables, block, str(facts["collection_id"])


def _unusable(folder: Path, what: str) -> ValueError:
    return ValueError(
        f"The index in {folder} {what}. One that this version wrote would be right. Index the images again, "
        "without --known."
    )


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_sum(file: BufferedReader, wanted: str) -> None:
    if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
        raise ValueError("It is another file than was written with the index.")
    file.seek(0)


def _read_table(folder: Path, name: str, sums: Mapping[str, str]) -> pl.DataFrame:
    with (folder / f"{name}.parquet").open("rb") as file:
        _check_sum(file, sums[f"{name}.parquet"])
        table = pl.read_parquet(file)
    if dict(table.schema) != dict(SCHEMAS[name]):
        raise ValueError("Its columns are other ones.")
    return table


def _read_block(file: BufferedReader) -> Block:
    """Return the headers; values that are said to lie outside the block are refused, as compiled loops believe them."""
    with zipfile.ZipFile(file) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ValueError("It is compressed, which no index is.")
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        text = arrays["names"].tobytes().decode("utf-8", "surrogateescape")
        parts: dict[str, Any] = {part: arrays[part] for part in _PARTS}
    names = text.split("\0") if text else []
    for part, (kind, width) in _PARTS.items():
        rows = parts[part].shape[:1] if part == "values" else (len(names),)
        if parts[part].dtype != kind or parts[part].shape != (*rows, *([] if width is None else [width])):
            raise ValueError("An array has another shape.")
    block = Block(names, **{part: np.ascontiguousarray(array) for part, array in parts.items()})
    size, present = len(block.values), block.lengths >= 0
    if ((block.bases < 0) | (block.bases > size)).any() or (block.lengths < -1).any():
        raise ValueError("A value begins outside.")
    ends = block.bases[:, None] + block.starts + np.where(present, block.lengths, 0)
    if (ends[present] > size).any() or (block.flags >= np.array([len(READERS), 2, 3])).any():
        raise ValueError("A value ends outside.")
    return block


def _check_together(tables: Mapping[str, pl.DataFrame], block: Block, n_files: int) -> None:
    """Refuse tables whose rows are not those of the headers."""
    instances, names = tables["instances"], block.names
    listed = instances["url"].to_list()
    if n_files != len(names) or len(listed) != n_files:
        raise ValueError("Its parts count different files.")
    if listed != names and listed != [readable_name(name) for name in names]:
        raise ValueError("Its parts list different files.")
    if not np.array_equal(instances.select("size_bytes", "mtime_ns").to_numpy(), block.places[:, 2:]):
        raise ValueError("Its parts list different sizes.")
