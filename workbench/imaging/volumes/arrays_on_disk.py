"""Images as NumPy archives and Zarr arrays, with everything else that is known of them as JSON beside the numbers."""

import json
import math
import tokenize
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError
from workbench.imaging.images import Cine, Image, Radiograph, Source, Volume
from workbench.imaging.volumes.beside import written_beside
from workbench.imaging.volumes.claimed import UnbelievedError, bytes_of, check_array

_FORMAT = "workbench image 1"
_CLASSES = {kind.__name__: kind for kind in (Volume, Radiograph, Cine)}
_MOST_ABOUT_BYTES = 64 * 2**20  # of the JSON beside an array; our own bound
#: What NumPy, zarr, its codecs and the standard library raise on damaged files.
_DAMAGE = (
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError, OSError, EOFError, RuntimeError, MemoryError,
    SyntaxError, tokenize.TokenError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
_EVERY_CHUNK = "every chunk"
_SLAB_BYTES = 1 << 23  # of a Zarr chunk: large enough for one request, small enough for one slab of slices


def write_numpy(image: Image, path: str | Path) -> Path:
    """Write an image as ``.npz``: its array, and a JSON of units, geometry and provenance. No pickle.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.
    path : str or pathlib.Path
        Ends with ``.npz``.

    Returns
    -------
    pathlib.Path
        Of the finished file; it appears whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> volume = Volume(np.zeros((2, 3, 4), np.int16), (5.0, 1.0, 1.0), units="HU")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = read_numpy(write_numpy(volume, Path(folder) / "one.npz"))
    >>> again.shape, again.spacing_mm, again.units
    ((2, 3, 4), (5.0, 1.0, 1.0), 'HU')
    """
    path = Path(path)
    about = np.frombuffer(json.dumps(_about(image)).encode(), dtype=np.uint8)
    with written_beside(path) as staging, staging.open("wb") as stream:
        np.savez(stream, array=np.asarray(image.array), about=about)
    return path


def read_numpy(path: str | Path) -> Image:
    """Return the image that a ``.npz`` of `write_numpy` holds, or a bare array as a volume of unknown units.

    Parameters
    ----------
    path : str or pathlib.Path
        ``.npz`` or ``.npy``.

    Returns
    -------
    Image
        Of the class that was written.

    Raises
    ------
    ValueError
        When the file holds neither.
    """
    path = Path(path)
    held = bytes_of(path)
    try:
        with path.open("rb") as stream:  # NumPy leaves a damaged archive open when given its path
            return _read_numpy(stream, held, path)
    except UnbelievedError:
        raise
    except _DAMAGE as error:
        raise _unreadable(path) from error


def write_zarr(image: Image, path: str | Path) -> Path:
    """Write an image as a Zarr v3 array, a chunk a slab of slices, so that a part can be read alone.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.
    path : str or pathlib.Path
        Ends with ``.zarr``; a folder.

    Returns
    -------
    pathlib.Path
        Of the finished folder; it appears whole or not at all.

    Raises
    ------
    MissingPackageError
        When zarr is not installed.
    """
    zarr, path = _zarr(), Path(path)
    array = np.asarray(image.array)
    with written_beside(path) as staging:
        kept = zarr.create_array(
            store=str(staging),
            shape=array.shape,
            dtype=array.dtype,
            chunks=_slabs(array),
            zarr_format=3,
            attributes={"about": _about(image), "written": _EVERY_CHUNK},
            config={"write_empty_chunks": True},  # so that a chunk that is absent was lost
        )
        kept[...] = array
    return path


def read_zarr(path: str | Path) -> Image:
    """Return the image that a Zarr array of `write_zarr` holds.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder.

    Returns
    -------
    Image
        Of the class that was written.

    Raises
    ------
    MissingPackageError
        When zarr is not installed.
    ValueError
        When the folder holds no such array.
    """
    zarr, path = _zarr(), Path(path)
    held = bytes_of(path)
    try:
        kept = zarr.open_array(store=str(path), mode="r", zarr_format=3)
        check_array(kept.shape, kept.dtype.itemsize, held, packed=True)
        flags = _absent_chunks(kept, path)
        about, array = kept.attrs.get("about"), np.asarray(kept[...])
        image = _bare(array, path) if about is None else _image(array, about)
    except UnbelievedError:
        raise
    except _DAMAGE as error:
        raise _unreadable(path) from error
    return image.replace(flags=image.flags + flags)


def _read_numpy(stream: BinaryIO, held: int, path: Path) -> Image:
    if stream.read(4) == b"PK\x03\x04":
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            for one in archive.infolist():
                with archive.open(one) as member:
                    _check_claim(member, one.file_size, packed=False)
                check_array((one.file_size,), 1, held, packed=True)
                if one.filename == "about.npy" and one.file_size > _MOST_ABOUT_BYTES:
                    raise ValueError("too long")
    else:
        stream.seek(0)
        _check_claim(stream, held, packed=False)
    stream.seek(0)
    loaded: Any = np.load(stream, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return _bare(loaded, path)
    names = loaded.files
    if "about" in names and "array" in names:
        return _image(loaded["array"], json.loads(loaded["about"].tobytes()))
    if len(names) == 1:
        return _bare(loaded[names[0]], path)
    raise UnbelievedError(
        f"The archive holds {len(names)} arrays, and which is the image is not said. "
        f"Right would be one array, or what save_image writes. Load it with numpy.load and pick one."
    )


def _check_claim(stream: Any, held: int, *, packed: bool) -> None:
    """Refuse an array whose header claims more than follows."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(stream)
    check_array(shape, kind.itemsize, held, packed=packed)


def _absent_chunks(kept: Any, path: Path) -> tuple[str, ...]:
    """Say how many chunks are absent, which Zarr reads as its fill value; refuse that where all were written."""
    grid = tuple(-(-n // step) for n, step in zip(kept.shape, kept.shards or kept.chunks, strict=True))
    wanted = math.prod(grid)
    n_files = sum(one.is_file() for one in path.rglob("*")) - 1  # without zarr.json
    if wanted <= n_files:  # others may lie there
        n_files = sum((path / kept.metadata.encode_chunk_key(place)).is_file() for place in np.ndindex(grid))
    if n_files >= wanted:
        return ()
    if kept.attrs.get("written") == _EVERY_CHUNK:
        raise UnbelievedError(
            f"The .zarr holds {max(n_files, 0):,} of {wanted:,} chunks. All of them were written, and would be right. "
            "Fetch the folder again, or write it again with save_image."
        )
    return (f"{wanted - max(n_files, 0):,} of {wanted:,} chunks are absent; Zarr reads them as its fill value.",)


def _about(image: Image) -> dict[str, Any]:
    """Return everything but the array, as JSON takes it."""
    held = {one.name: getattr(image, one.name) for one in fields(image) if one.name not in ("array", "source")}
    source = {one.name: getattr(image.source, one.name) for one in fields(Source)}
    about = {"format": _FORMAT, "class": type(image).__name__, "image": held, "source": source}
    return json.loads(json.dumps(about, default=_plain))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if hasattr(value, "items"):
        return dict(value.items())
    return str(value)


def _image(array: npt.NDArray[Any], about: Any) -> Image:
    if not isinstance(about, dict) or about.get("format") != _FORMAT or about.get("class") not in _CLASSES:
        raise UnbelievedError(
            f"What is said of the array is not of the form {_FORMAT!r}. Right would be what save_image writes. Write "
            "the image again with save_image, or load the numbers with NumPy or Zarr and make a Volume of them."
        )
    held = {name: _tuples(value) for name, value in about["image"].items() if name != "provenance"}
    if held.get("index_to_source") is not None:
        held["index_to_source"] = np.array(held["index_to_source"], dtype=np.float64)
    source = Source(**{name: _tuples(value) for name, value in about["source"].items()})
    provenance = about["image"].get("provenance", {})
    image = _CLASSES[about["class"]](array=array, source=source, provenance=provenance, **held)
    n_axes = 3 if isinstance(image, Volume) else 2
    lengths = image.spacing_mm if image.spacing_mm is not None else (1.0,) * n_axes
    whole = len(lengths) == n_axes and all(math.isfinite(one) and one > 0 for one in lengths)
    if array.dtype.kind not in "iufb" or array.ndim < n_axes or not whole or not isinstance(image.units, str):
        raise ValueError("no image")
    return image


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _bare(array: npt.NDArray[Any], path: Path) -> Image:
    """Return an array of which nothing is known as an image; what its axes are follows from their number."""
    if array.dtype.kind not in "iufb" or array.ndim not in (2, 3):
        raise ValueError("no image")
    flag = "Only numbers were read: units, spacing and orientation are unknown."
    kind: Any = Volume if array.ndim == 3 else Radiograph
    return kind(  # type: ignore[no-any-return]
        array=array,
        spacing_mm=None,
        flags=(flag,),
        source=Source(path=str(path), shape=array.shape),
        index_to_source=np.eye(array.ndim + 1),
        provenance={"reader": "numpy"},
    )


def _slabs(array: npt.NDArray[Any]) -> tuple[int, ...]:
    if array.ndim < 3:
        return array.shape
    return min(array.shape[0], max(1, _SLAB_BYTES // max(1, array[0].nbytes))), *array.shape[1:]


def _zarr() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise MissingPackageError(
            "Zarr arrays need the package zarr, which is not installed. "
            "Install it with `pip install 'imaging-workbench[dask]'`, or save as .npz."
        ) from error
    return zarr


def _unreadable(path: Path) -> ValueError:
    return ValueError(
        f"The {path.suffix} holds no image that can be read. Right would be what save_image writes, or an array of two "
        f"or three axes. Write it again with save_image."
    )
