"""Index folders and buckets of DICOM files into the tables of the common data model, again only what changed."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np
import polars as pl

from workbench.errors import unknown_name
from workbench.imaging.headers.addresses import readable_name
from workbench.imaging.headers.block import Block, join_blocks
from workbench.imaging.headers.folders import list_names
from workbench.imaging.headers.frames import frame_offsets
from workbench.imaging.headers.held import Headers, Refused
from workbench.imaging.headers.reading import read_headers
from workbench.imaging.headers.storing import SCHEMAS, read_index, write_index
from workbench.imaging.headers.tables import tabulate

#: What `DicomIndex` holds.
TABLES = tuple(SCHEMAS)
_DIRECTORY = "1.2.840.10008.1.3.10"  # PS3.6 table A-1: Media Storage Directory Storage
_NO_INDEX = "It is a DICOMDIR, a list of other files."

Place = str | PathLike[str]


class DicomIndex(Mapping[str, pl.DataFrame]):
    """Tables of the DICOM files that lie somewhere; prints as counts.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        ``patients``, ``studies``, ``series``, ``instances`` and ``refused``; see `workbench.imaging.headers.tables`.
    headers : Headers
        Row `i` belongs to row `i` of ``instances``.
    collection_id : str
        What the files are called together.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame], headers: Headers, collection_id: str) -> None:
        self._tables = dict(tables)
        #: Kept attributes of each instance.
        self.headers = headers
        #: What the files are called together.
        self.collection_id = collection_id

    def __getitem__(self, table: str) -> pl.DataFrame:
        if table not in self._tables:
            raise unknown_name("table", table, TABLES, where="a DICOM index", then="Use one of these.")
        return self._tables[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        instances = self["instances"]
        readers = instances.group_by("reader").len().sort("len", descending=True).rows()
        read = ", ".join(f"{n:,} by {reader}" for reader, n in readers)
        counts = ", ".join(f"{self[table].height:,} {table}" for table in TABLES[:3])
        size_gb = self.headers.size_bytes.sum() / 1e9
        return (
            f"{counts}, {instances.height:,} files, {size_gb:,.3f} GB{f' (read {read})' if read else ''}; "
            f"{self['refused'].height:,} files refused"
        )

    def write(self, folder: Place) -> Path:
        """Write the tables as Parquet, and the headers; a full disk leaves an index that was there as it was.

        Parameters
        ----------
        folder : path
            Made when absent; an index in it is replaced.

        Returns
        -------
        pathlib.Path
            The folder.
        """
        return write_index(Path(folder), self._tables, self.headers.block, self.collection_id)

    @classmethod
    def read(cls, folder: Place) -> "DicomIndex":
        """Return an index that was written.

        Parameters
        ----------
        folder : path
            Where it was written.

        Returns
        -------
        DicomIndex
            The same.

        Raises
        ------
        FileNotFoundError
            When the folder holds no index.
        ValueError
            When it is damaged, was not written to its end, or another version of the package wrote it.
        """
        tables, block, collection_id = read_index(Path(folder))
        refused = [Refused(*row) for row in tables["refused"].rows()]
        return cls(tables, Headers(block, refused), collection_id)


def index_folder(
    path: Place | Sequence[Place],
    *,
    known: DicomIndex | Place | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> DicomIndex:
    """Return what DICOM lies in a folder or a bucket; every file that was not read is listed with a reason.

    Parameters
    ----------
    path : path, list of paths, or URL
        A folder, a file, several of them, or ``s3://``, ``gs://``, ``az://``, ``https://`` or ``file://``: of remote
        files the first bytes are fetched, many at once.
    known : DicomIndex or path, optional
        An earlier index, or its folder: files of the same name, size and time of change are not read again.
    workers : int, optional
        Processes; one for few files and all cores for many unless given.
    progress : bool
        Whether a bar shows how far it is, where it takes longer than a moment.

    Returns
    -------
    DicomIndex
        Instances sorted by name; five empty tables where there is no DICOM file.

    Raises
    ------
    FileNotFoundError
        When nothing lies there.
    ConnectionError
        When the bucket does not answer.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> index = index_folder(get_testdata_file("CT_small.dcm"), progress=False)
    >>> index["series"].select("modality", "n_instances", "rows").rows()
    [('CT', 1, 128)]
    """
    earlier = known if isinstance(known, DicomIndex | None) else DicomIndex.read(known)
    if isinstance(path, str) and "://" in path:
        from workbench.imaging.headers.buckets import read_bucket

        block, refused = read_bucket(path, earlier.headers.block if earlier is not None else None, progress=progress)
        return _indexed(block, refused, None, collection_id=path.rstrip("/").rpartition("/")[2])
    places = [path] if isinstance(path, str | PathLike) else list(path)
    names, left_out = _names(places)
    old, new = _unchanged(names, earlier)
    headers = read_headers(new, workers=workers, progress=progress and len(new) > _WORTH_A_BAR)
    block = join_blocks([old, headers.block]) if len(old.names) else headers.block
    refused = [*(Refused(name, reason) for name, reason in left_out), *headers.refused]
    title = readable_name(Path(os.fspath(places[0])).resolve().name) if len(places) == 1 else "files"
    return _indexed(block, refused, earlier, collection_id=title)


_WORTH_A_BAR = 20_000  # files; fewer are read in about a second


def _names(places: Iterable[Place]) -> tuple[list[str], list[tuple[str, str]]]:
    names: list[str] = []
    left_out: list[tuple[str, str]] = []
    for place in places:
        found, without = list_names(place)
        names += found
        left_out += without
    return (names, left_out) if len(names) < 2 else (list(dict.fromkeys(names)), left_out)


def _unchanged(names: list[str], earlier: DicomIndex | None) -> tuple[Block, list[str]]:
    """Return what is known already of files, and those to read."""
    if earlier is None:
        return join_blocks([]), names
    block = earlier.headers.block
    rows = {name: row for row, name in enumerate(block.names)}
    sizes = block.places[:, 2:].tolist()
    kept, new = [], []
    for name in names:
        row = rows.get(name)
        if row is not None and _stamp(name) == sizes[row]:
            kept.append(row)
        else:
            new.append(name)
    return Headers(block).select(kept).block, new


def _stamp(name: str) -> list[int] | None:
    try:
        status = os.stat(name)  # noqa: PTH116 - names are text here, for speed
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _indexed(block: Block, refused: list[Refused], earlier: DicomIndex | None, *, collection_id: str) -> DicomIndex:
    headers = Headers(block)
    names = block.names
    if any(first > second for first, second in pairwise(names)):
        headers = headers.select(sorted(range(len(names)), key=names.__getitem__))
    classes = headers.text("MediaStorageSOPClassUID")
    if _DIRECTORY in classes:
        listed = [row for row, uid in enumerate(classes) if uid == _DIRECTORY]
        refused = [*refused, *(Refused(headers.block.names[row], _NO_INDEX) for row in listed)]
        headers = headers.select([row for row, uid in enumerate(classes) if uid != _DIRECTORY])
    headers = Headers(headers.block, refused)
    tables = tabulate(headers, refused, _frames(headers, earlier), collection_id=collection_id)
    return DicomIndex(tables, headers, collection_id)


def _frames(headers: Headers, earlier: DicomIndex | None) -> list[list[int] | None]:
    """Return the first byte of each frame of encapsulated files on this machine."""
    frames: list[list[int] | None] = [None] * len(headers)
    encapsulated = (headers.pixel_offset >= 0) & (headers.pixel_length < 0)
    rows = np.flatnonzero(encapsulated).tolist()
    if not rows:
        return frames
    known = {} if earlier is None else dict(earlier["instances"].select("url", "frame_offsets").rows())
    n_frames = headers.numbers("NumberOfFrames")[:, 0]
    for row in rows:
        name = headers.block.names[row]
        if "://" not in name:
            frames[row] = known.get(name) or _first_bytes(name, int(headers.pixel_offset[row]), n_frames[row])
    return frames


def _first_bytes(name: str, offset: int, n_frames: float) -> list[int] | None:
    try:
        starts, _ = frame_offsets(name, offset, n_frames=int(n_frames) if n_frames >= 1 else 1)
    except (ValueError, OSError):  # damaged or cut: the decoder says so when the pixels are wanted
        return None
    return [int(fragments[0]) for fragments in starts if len(fragments)]
