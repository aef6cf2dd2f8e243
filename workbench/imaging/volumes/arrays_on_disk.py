"""Images as NumPy archives and Zarr arrays, with everything else that is known of them as JSON beside the numbers."""

import json
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import MissingPackageError
from workbench.imaging.images import Cine, Image, Radiograph, Source, Volume
from workbench.imaging.volumes.beside import written_beside

_FORMAT = "workbench image 1"
_CLASSES = {kind.__name__: kind for kind in (Volume, Radiograph, Cine)}
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
    try:
        with path.open("rb") as stream:  # NumPy leaves a damaged archive open when given its path
            held: Any = np.load(stream, allow_pickle=False)
            if isinstance(held, np.ndarray):
                return _bare(held, path)
            names = held.files
            if "about" in names and "array" in names:
                return _image(held["array"], json.loads(held["about"].tobytes()))
            if len(names) == 1:
                return _bare(held[names[0]], path)
    except (ValueError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise _unreadable(path) from error
    raise ValueError(
        f"The archive holds {len(names)} arrays, and which is the image is not said. "
        f"Right would be one array, or what save_image writes. Load it with numpy.load and pick one."
    )


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
            attributes={"about": _about(image)},
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
    try:
        kept = zarr.open_array(store=str(path), mode="r", zarr_format=3)
        about, array = kept.attrs.get("about"), np.asarray(kept[...])
    except (ValueError, KeyError, OSError) as error:
        raise _unreadable(path) from error
    return _bare(array, path) if about is None else _image(array, about)


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
        raise ValueError("not of this format")
    held = {name: _tuples(value) for name, value in about["image"].items() if name != "provenance"}
    if held.get("index_to_source") is not None:
        held["index_to_source"] = np.array(held["index_to_source"], dtype=np.float64)
    source = Source(**{name: _tuples(value) for name, value in about["source"].items()})
    provenance = about["image"].get("provenance", {})
    return _CLASSES[about["class"]](array=array, source=source, provenance=provenance, **held)


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
