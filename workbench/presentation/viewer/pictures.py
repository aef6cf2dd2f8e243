"""Small pictures of images: one slice or frame as it is seen, in true proportions."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image
from workbench.presentation.viewer.masks import is_color
from workbench.presentation.viewer.planes import pixel_mm, planes_of
from workbench.presentation.viewer.scenes import laid
from workbench.presentation.viewer.windows import windows_of

#: Of a picture, in pixels.
LEAST_SIDE, LARGEST_SIDE = 16, 2048


def thumbnail(image: Image, *, size: int = 128, window: tuple[float, float] | None = None) -> bytes:
    """Return a small picture of an image as a PNG file.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        Of a volume the middle slice of its first plane is shown (see `planes_of`), of a cine the middle frame; in true
        proportions.
    size : int
        Longest side, 16 to 2048 pixels.
    window : tuple of float, optional
        Center and width in the image's units; by default the first of the file's own, or one that fits the values.

    Returns
    -------
    bytes
        PNG, gray or RGB.

    Raises
    ------
    TypeError
        When something else than an image came.
    ValueError
        When the size is out of range.

    Examples
    --------
    >>> from workbench.imaging.images import Volume
    >>> volume = Volume(np.zeros((3, 40, 80), "int16"), spacing_mm=(5.0, 2.0, 1.0), units="HU")
    >>> from PIL import Image as Picture
    >>> Picture.open(io.BytesIO(thumbnail(volume, size=64))).size
    (64, 64)
    """
    return as_png(drawn(image, size=size, window=window))


def drawn(
    image: Image,
    *,
    size: int,
    window: tuple[float, float] | None = None,
    position: int | None = None,
    plane: str = "",
) -> npt.NDArray[np.uint8]:
    """Return one slice or frame of an image as it is seen, in true proportions.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        What is drawn.
    size : int
        Longest side, 16 to 2048 pixels.
    window : tuple of float, optional
        Center and width; by default the first that fits.
    position : int, optional
        Index along the plane's stepped axis; by default the middle.
    plane : str
        Key of one of its planes; by default the first.

    Returns
    -------
    numpy.ndarray
        ``(rows, columns)`` or ``(rows, columns, 3)``, uint8.

    Raises
    ------
    TypeError
        When something else than an image came.
    ValueError
        When size or position is out of range.
    """
    from PIL import Image as Picture

    if not LEAST_SIDE <= size <= LARGEST_SIDE:
        raise ValueError(
            f"size={size} was received. {LEAST_SIDE} to {LARGEST_SIDE} pixels would be right. "
            "Write for instance size=128."
        )
    planes = planes_of(image)
    cut_in = next((each for each in planes if each.key == plane), planes[0])
    n = image.shape[cut_in.step] if cut_in.step >= 0 else 1
    at = n // 2 if position is None else position
    if not 0 <= at < n:
        raise ValueError(f"position={at} was received. This image has 0 to {n - 1}. Leave it out for the middle.")
    cut = np.asarray(to_host(laid(image.array, cut_in, at)))
    if is_color(image):
        gray = cut if cut.dtype == np.uint8 else np.clip(cut, 0, 255).astype(np.uint8)
    else:
        first = window or next((each.center, each.width) for each in windows_of(image))
        gray = _windowed(cut, *first)
    down, right = pixel_mm(image, cut_in) or (1.0, 1.0)
    tall, wide = gray.shape[0] * down, gray.shape[1] * right
    scale = size / max(tall, wide)
    box = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    picture = Picture.fromarray(np.ascontiguousarray(gray))
    shrunk = max(scale * down, scale * right) < 1
    return np.asarray(picture.resize(box, Picture.Resampling.BOX if shrunk else Picture.Resampling.BICUBIC))


def as_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return pixels as a PNG file without any text in it.

    Parameters
    ----------
    pixels : numpy.ndarray
        ``(rows, columns)`` or ``(rows, columns, 3)``, uint8.

    Returns
    -------
    bytes
        The file.
    """
    from PIL import Image as Picture

    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def _windowed(cut: npt.NDArray[Any], center: float, width: float) -> npt.NDArray[np.uint8]:
    levels = cut.astype("float64" if cut.dtype == np.float64 else "float32")
    with np.errstate(over="ignore"):  # what is beyond the largest number is beyond white
        levels = (levels - (center - width / 2)) * (255 / width)
    return np.asarray(np.clip(np.nan_to_num(levels), 0, 255), dtype=np.uint8)  # what is no number is black
