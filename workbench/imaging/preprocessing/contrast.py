"""Steps that change contrast or the kind of number: gray from color, inversion, casts, equalization, matching."""

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module, to_host
from workbench.imaging.images import Array, Cine, Image
from workbench.imaging.kernels.adaptive import equalize_adaptive
from workbench.imaging.kernels.histograms import histogram
from workbench.imaging.kernels.histograms import match_histogram as match_arrays
from workbench.imaging.kernels.intensity import rescale_window
from workbench.imaging.preprocessing.records import recorded
from workbench.imaging.preprocessing.scales import SCALES, Numbers, bounds, is_color, need_gray

_Kind = TypeVar("_Kind", bound=Image)

# The luminance of YBR_FULL (DICOM PS3.3 2025c C.7.6.3.1.2).
_LUMINANCE = (0.2990, 0.5870, 0.1140)


def to_gray(image: _Kind) -> _Kind:
    """Return a color image as its luminance; a gray one is returned as it is.

    Parameters
    ----------
    image : Radiograph or Cine
        Red, green and blue in the last axis.

    Returns
    -------
    Image
        Of the same class and kind of number, without the last axis.

    References
    ----------
    DICOM PS3.3 2025c C.7.6.3.1.2 (Y of YBR_FULL).
    """
    if not is_color(image):
        return recorded(image, "to_gray", {}, measured={"was_color": False})
    xp = array_module(image.array)
    gray = xp.empty(image.array.shape[:-1], dtype=image.array.dtype)
    real = xp.float32 if gray.dtype.itemsize <= 2 else xp.float64
    frames = zip(image.array, gray, strict=True) if isinstance(image, Cine) else [(image.array, gray)]
    for color, luminance in frames:
        mixed = sum(real(share) * color[..., channel] for channel, share in enumerate(_LUMINANCE))
        luminance[...] = mixed if gray.dtype.kind == "f" else xp.rint(mixed)
    return recorded(image, "to_gray", {}, measured={"was_color": True}, array=gray)


def invert(image: _Kind) -> _Kind:
    """Return the image with bright and dark exchanged.

    Parameters
    ----------
    image : Image
        On a bounded scale, such as ``"0 to 1"``.

    Returns
    -------
    Image
        On the same scale.
    """
    low, high = bounds(image, "invert")
    dtype = image.array.dtype
    total = dtype.type(low + high) if dtype.kind in "iu" else np.float32(low + high)
    padding = None if image.padding_value is None else low + high - image.padding_value
    return recorded(image, "invert", {}, array=total - image.array, padding_value=padding)


def cast(image: _Kind, *, to: Numbers) -> _Kind:
    """Return the image as another kind of number, its scale spread over all of it.

    Parameters
    ----------
    image : Image
        On a bounded scale.
    to : {"float32", "uint8", "uint16"}
        0 to 1, 0 to 255 or 0 to 65535.

    Returns
    -------
    Image
        Values rounded to the nearest.
    """
    low, high = bounds(image, "cast")
    array = rescale_window(image.array, low=low, high=high, dtype=to)
    padding = image.padding_value
    if padding is not None:
        padding = (padding - low) / (high - low) * float(SCALES[to].split()[-1])
        padding = padding if to == "float32" else float(round(padding))
    return recorded(image, "cast", {"to": to}, array=array, units=SCALES[to], padding_value=padding)


def clahe(image: _Kind, *, tiles: tuple[int, int] = (8, 8), clip_limit: float = 2.0) -> _Kind:
    """Return the image with its contrast equalized in tiles, no tile's contrast raised beyond a limit.

    Parameters
    ----------
    image : Image
        Gray, 0 to 255 or 0 to 65535 as whole numbers; each slice or frame for itself.
    tiles : tuple of int
        Tiles along rows and columns.
    clip_limit : float
        How many times its even share a value's count may reach in a tile.

    Returns
    -------
    Image
        On the same scale.

    References
    ----------
    Zuiderveld, Contrast limited adaptive histogram equalization, in Graphics Gems IV (1994), 474–485.
    """
    _need_whole(image, "clahe")
    array = equalize_adaptive(image.array, tiles=(tiles[0], tiles[1]), clip_limit=clip_limit)
    return recorded(image, "clahe", {"tiles": list(tiles), "clip_limit": clip_limit}, array=array)


def equalize(image: _Kind) -> _Kind:
    """Return the image with its values spread so that each is about as frequent as any other.

    Parameters
    ----------
    image : Image
        Gray, 0 to 255 as whole numbers.

    Returns
    -------
    Image
        On the same scale.

    References
    ----------
    OpenCV 4, imgproc, ``equalizeHist``: value v becomes 255 · (count up to v − count of the lowest) / (pixels − count
    of the lowest), rounded.
    """
    need_gray(image, "equalize")
    if image.array.dtype != np.uint8:
        raise ValueError(
            f"equalize came on {image.array.dtype} values in {image.units}. Whole numbers from 0 to 255 would be "
            "right. Put a window with to: uint8 before it."
        )
    counts = np.asarray(histogram(image.array, low=0, high=256, bins=256), dtype=np.int64)
    lowest = int(np.flatnonzero(counts)[0])
    up_to = np.cumsum(counts)
    span = int(counts.sum() - counts[lowest])
    table = np.arange(256) if span == 0 else np.rint((up_to - counts[lowest]) / span * 255)
    xp = array_module(image.array)
    array = xp.take(xp.asarray(np.clip(table, 0, 255).astype(np.uint8)), image.array)
    padding = image.padding_value
    padding = None if padding is None or not 0 <= padding <= 255 else float(table[int(padding)])
    return recorded(image, "equalize", {}, array=array, padding_value=padding)


def match_histogram(image: _Kind, *, reference: str | Path | Image | Array) -> _Kind:
    """Return the image with the distribution of values of a reference.

    Parameters
    ----------
    image : Image
        Gray.
    reference : path, Image or array
        A ``.npy`` file, or an image or array of the same units.

    Returns
    -------
    Image
        In the same units.

    References
    ----------
    Gonzalez & Woods, Digital Image Processing, 4th edition (2018), section 3.3 (histogram specification).
    """
    need_gray(image, "match_histogram")
    values, named = _reference(reference)
    same_place = values if array_module(image.array) is np else array_module(image.array).asarray(values)
    array = match_arrays(image.array, same_place)
    return recorded(image, "match_histogram", {"reference": named}, array=array, padding_value=None)


def _reference(reference: Any) -> tuple[npt.NDArray[Any], str]:
    """Return the values of a reference, and how the provenance names it without saying whose it is."""
    import hashlib

    if isinstance(reference, Image):
        values = to_host(reference.array)
    elif isinstance(reference, str | Path):
        path = Path(reference)
        if path.suffix != ".npy" or not path.is_file():
            raise ValueError(
                f"Received the reference '…{path.name[-20:]}'. An existing .npy file would be right. "
                "Write one: numpy.save('reference.npy', array)."
            )
        values = np.load(path, allow_pickle=False)
    else:
        values = to_host(reference)
    return values, "sha256:" + hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def _need_whole(image: Image, what: str) -> None:
    need_gray(image, what)
    if str(image.array.dtype) not in ("uint8", "uint16"):
        raise ValueError(
            f"{what} came on {image.array.dtype} values in {image.units}. Whole numbers, 0 to 255 or 0 to 65535, would "
            "be right. Put a window with to: uint8 or to: uint16 before it."
        )
