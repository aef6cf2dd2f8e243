"""What the page is told of an image, and its slices as bytes: geometry, units, pixels, nothing that names a patient."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Cine, Image, Volume
from workbench.presentation.viewer.masks import is_color, overlay_of, space_shape
from workbench.presentation.viewer.planes import Plane, pixel_mm, planes_of
from workbench.presentation.viewer.windows import value_range, windows_of

#: Up to this many bytes an image is sent whole, so that later steps ask nothing of the kernel.
WHOLE_BYTES = 20_000_000
_SLAB_BYTES = 2_000_000
_LARGEST_SIDE = {"image": 2048, "frames": 1024}  # of a slice on the page; more than most screens can show
_LARGEST_OF_VOLUMES = 1024
_INT16, _UINT16 = np.iinfo(np.int16), np.iinfo(np.uint16)
_USUAL_RATE = 15.0  # frames a second, of a cine that states no times


class Scene:
    """An image ready for the page.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        What is shown.
    mask : array, Image or mapping of str to array, optional
        What is laid over it.
    labels : mapping of int to str, optional
        Names of the mask's values.
    note : str
        A sentence below the image.

    Raises
    ------
    TypeError, ValueError
        When it is no image, an empty one, or the mask does not fit.
    """

    def __init__(
        self, image: Image, *, mask: Any = None, labels: Mapping[int, str] | None = None, note: str = ""
    ) -> None:
        first, *others = planes_of(image)
        _check_shape(image)
        # A plane that would be a line on the page is not shown.
        across = [plane for plane in others if min(image.shape[plane.down], image.shape[plane.right]) > 1]
        self.planes = (first, *across)
        self.image, self.color = image, is_color(image)
        self.array = _for_the_page(np.asarray(to_host(image.array)), color=self.color)
        self.overlay = overlay_of(image, mask, labels)
        self.shape = space_shape(image)
        self.factors = {plane.key: self._factor(plane) for plane in self.planes}
        whole = self.array.nbytes + (self.overlay.array.nbytes if self.overlay else 0) <= WHOLE_BYTES
        self.is_whole = whole and len(self.shape) == 3 and set(self.factors.values()) == {1}
        self._slab = max(1, _SLAB_BYTES // max(1, self.array[0].nbytes))
        self._notes = [note] if note else []

    def description(self) -> dict[str, Any]:
        """Return everything but the pixels, ready for JSON.

        Returns
        -------
        dict
            No identifier, path or text of the file is in it.
        """
        image = self.image
        known = pixel_mm(image, self.planes[0]) is not None
        spacing = [float(step) for step in image.spacing_mm or ()] if known else None
        return {
            "kind": "volume" if isinstance(image, Volume) else "cine" if isinstance(image, Cine) else "image",
            "modality": image.modality,
            "units": image.units,
            "dtype": str(self.array.dtype),
            "color": self.color,
            "shape": list(self.shape),
            "spacing": spacing,
            **_place(image),
            "planes": [self.described_plane(key, factor) for key, factor in self.factors.items()],
            "windows": [] if self.color else [vars(window) for window in windows_of(image)],
            "range": [0.0, 255.0] if self.color else list(value_range(image)),
            "legend": list(self.overlay.legend) if self.overlay else [],
            "frame_times": _frame_times(image),
            "rate": _frame_rate(image),
            "slab": self._slab if self.is_whole else 0,
            "notes": [*self._notes, *self._lines()],
        }

    def slice_bytes(self, key: str, position: int, *, factor: int | None = None) -> tuple[bytes, bytes]:
        """Return one slice as it lies on the page.

        Parameters
        ----------
        key : str
            Of the plane.
        position : int
            Index along the plane's stepped axis.
        factor : int, optional
            So many pixels become one, along rows and columns; by default as described.

        Returns
        -------
        tuple of bytes
            Rows of pixels in little-endian order of the described type, and of labels (empty without a mask).
        """
        plane = next(each for each in self.planes if each.key == key)
        factor = factor or self.factors[key]
        pixels = block_means(laid(self.array, plane, position), (factor, factor))
        labels = b""
        if self.overlay:
            cut = laid(self.overlay.array, plane, position)
            labels = np.ascontiguousarray(cut[factor // 2 :: factor, factor // 2 :: factor]).tobytes()
        return np.ascontiguousarray(pixels).tobytes(), labels

    def slab_bytes(self, start: int) -> tuple[int, bytes, bytes]:
        """Return some whole slices along the first axis, in array order.

        Parameters
        ----------
        start : int
            The first.

        Returns
        -------
        tuple of int, bytes, bytes
            Where the next slab begins, pixels, labels.
        """
        stop = min(self.shape[0], start + self._slab)
        labels = self.overlay.array[start:stop].tobytes() if self.overlay else b""
        return stop, self.array[start:stop].tobytes(), labels

    def described_plane(self, key: str, factor: int) -> dict[str, Any]:
        """Return what the page is told of one plane.

        Parameters
        ----------
        key : str
            Of the plane.
        factor : int
            So many pixels become one, along rows and columns.

        Returns
        -------
        dict
            The plane, its number of slices, and the size of a slice in pixels and of a pixel in mm.
        """
        plane = next(each for each in self.planes if each.key == key)
        rows, columns = (-(-self.shape[axis] // factor) for axis in (plane.down, plane.right))
        spacing = pixel_mm(self.image, plane)
        return vars(plane) | {
            "n": self.shape[plane.step] if plane.step >= 0 else 1,
            "rows": rows,
            "columns": columns,
            "factor": factor,
            "pixel_mm": [each * factor for each in spacing] if spacing else None,
        }

    def _factor(self, plane: Plane) -> int:
        most = _LARGEST_SIDE.get(plane.key, _LARGEST_OF_VOLUMES)
        return -(-max(self.shape[plane.down], self.shape[plane.right]) // most)

    def _lines(self) -> list[str]:
        lines = []
        coarse = {key: factor for key, factor in self.factors.items() if factor > 1}
        if coarse:
            factor = max(coarse.values())
            where = "" if len(coarse) == len(self.planes) else f" in the {' and '.join(coarse)} plane"
            lines.append(f"Drawn at 1/{factor} of the resolution{where}: a pixel is the mean of {factor} × {factor}.")
        if pixel_mm(self.image, self.planes[0]) is None:
            lines.append("Pixel spacing unknown: proportions are those of the pixel grid.")
        tilt = max(plane.oblique_degrees for plane in self.planes)
        if tilt >= 1:
            lines.append(f"Oblique: the slices lie {tilt:.0f}° off the patient's axes; planes bear the nearest name.")
        return lines


def _check_shape(image: Image) -> None:
    name, axes = (
        ("volume", "slices, rows, columns")
        if isinstance(image, Volume)
        else ("cine", "frames, rows, columns")
        if isinstance(image, Cine)
        else ("radiograph", "rows, columns")
    )
    kind = np.dtype(image.array.dtype)
    if kind.kind not in "biuf":
        raise TypeError(
            f"A {name} of {kind} was received. Whole or real numbers can be shown. "
            "Take their size or a part, for instance image.replace(array=abs(image.array))."
        )
    if len(space_shape(image)) != axes.count(",") + 1 or 0 in image.shape:
        raise ValueError(
            f"A {name} of shape {image.shape} was received. It should have ({axes}), none of them 0. "
            "Look at image.flags for what was found on reading."
        )


def _place(image: Image) -> dict[str, Any]:
    """Origin and direction in the patient; None of what has none, or numbers that are none."""
    if not isinstance(image, Volume) or not np.isfinite([image.origin_mm, *image.direction]).all():
        return {"origin": None, "direction": None}
    return {
        "origin": [float(c) for c in image.origin_mm],
        "direction": [[float(c) for c in v] for v in image.direction],
    }


def _for_the_page(array: npt.NDArray[Any], *, color: bool) -> npt.NDArray[Any]:
    """The array in one of the types that a browser has: uint8, int16, uint16 or float32."""
    if color:
        return array if array.dtype == np.uint8 else _as_bytes(array)
    if array.dtype in (np.uint8, np.int16, np.uint16, np.float32):
        return array
    if array.dtype.kind in "iu" and array.dtype.itemsize > 1:
        low, high = int(array.min()), int(array.max())
        for kind in (_INT16, _UINT16):
            if kind.min <= low and high <= kind.max:
                return array.astype(kind.dtype, copy=False)
    with np.errstate(over="ignore"):  # beyond float32 a value is infinite, which the page calls no value
        return array.astype({"bool": "uint8", "int8": "int16"}.get(array.dtype.name, "float32"))


def _as_bytes(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    top = 255.0 if array.max() > 1 and array.max() <= 255 else float(max(array.max(), 1e-9))
    return np.clip(array * (255.0 / top), 0, 255).astype(np.uint8)


def laid(array: Any, plane: Plane, position: int) -> Any:
    """Return one slice of an array as it lies on the page.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of an image or a mask.
    plane : Plane
        One of the image's planes.
    position : int
        Index along the plane's stepped axis.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        ``(rows, columns)``, or with colors; a view where it can be.
    """
    cut = array if plane.step < 0 else array[(slice(None),) * plane.step + (position,)]
    # The two axes that are left stand in the array's order; planes of turned volumes need them exchanged.
    if plane.down > plane.right:
        cut = cut.swapaxes(0, 1)
    if plane.flipped[1]:
        cut = cut[::-1]
    return cut[:, ::-1] if plane.flipped[2] else cut


def block_means(array: npt.NDArray[Any], factors: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return the means of blocks, those at the far edges of what is left.

    Parameters
    ----------
    array : numpy.ndarray
        Its first axes are divided; colors, if there are any, are not.
    factors : tuple of int
        Length of a block along each of these.

    Returns
    -------
    numpy.ndarray
        Of the same type; whole numbers are rounded.

    Examples
    --------
    >>> block_means(np.array([[1, 3, 8]]), (1, 2)).tolist()
    [[2, 8]]
    """
    if set(factors) == {1}:
        return array
    n = len(factors)
    counts = [-(-side // factor) for side, factor in zip(array.shape, factors, strict=False)]
    pad = [(0, count * factor - side) for side, factor, count in zip(array.shape, factors, counts, strict=False)]
    padded = np.pad(array, pad + [(0, 0)] * (array.ndim - n), mode="edge")
    split = [length for pair in zip(counts, factors, strict=True) for length in pair]
    means = padded.reshape(*split, *array.shape[n:]).mean(axis=tuple(range(1, 2 * n, 2)), dtype=np.float32)
    rounded: npt.NDArray[Any] = np.rint(means) if array.dtype.kind in "iu" else means
    return rounded.astype(array.dtype)


def _frame_times(image: Image) -> list[float]:
    """In ms; none where one of them is no number, since then no order can be trusted."""
    times = [float(t) for t in image.frame_times_ms] if isinstance(image, Cine) else []
    return times if np.isfinite(times).all() else []


def _frame_rate(image: Image) -> float:
    steps = np.diff(_frame_times(image))
    step_ms = float(np.median(steps)) if steps.size else 0.0
    return float(np.clip(1000 / step_ms, 1, 60)) if step_ms > 0 else _USUAL_RATE
