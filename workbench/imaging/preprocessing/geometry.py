"""Steps that move pixels without changing them: orient, flip, crop, pad; each keeps the way back to the source."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Array, Image, Radiograph, Volume
from workbench.imaging.preprocessing.limits import check_bytes, held_value, outside_value
from workbench.imaging.preprocessing.mapping import pull
from workbench.imaging.preprocessing.records import flagged, recorded
from workbench.imaging.preprocessing.space import space_axes, space_shape, to_source

_Kind = TypeVar("_Kind", bound=Image)
_Matrix = npt.NDArray[np.float64]

_LETTERS = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
_OPPOSITE = str.maketrans("LRAPHF", "RLPAFH")  # PS3.3 2025c C.7.6.1.1.1
_OBLIQUE_DEGREES = 1.0  # less is how a table or a head is placed, and not worth a sentence


def orient(image: Volume, *, to: str = "LPS") -> Volume:
    """Return a volume whose axes run towards the sides that three letters name, nearest to how it was acquired.

    Axes are swapped and turned around, never interpolated, so an oblique volume stays oblique; a flag says by how
    many degrees.

    Parameters
    ----------
    image : Volume
        Any direction.
    to : str
        Where columns, rows and slices lead, in this order: ``"LPS"`` as in DICOM, ``"RAS"`` as in NIfTI, or any other
        order and sides. L is the patient's left.

    Returns
    -------
    Volume
        The same values at the same places in the patient.

    References
    ----------
    DICOM PS3.3 2025c C.7.6.2.1.1 (image position and image orientation).
    """
    wanted = np.array([_LETTERS[letter] for letter in reversed(to)], dtype=np.float64)  # by array axis
    cosines = np.array(image.direction, dtype=np.float64) @ wanted.T  # old axis by new axis
    old_axes = max(itertools.permutations(range(3)), key=lambda order: sum(abs(cosines[order, range(3)])))
    signs = np.sign(cosines[old_axes, range(3)])
    signs[signs == 0] = 1.0
    matrix = np.eye(4)
    matrix[:3, :3] = 0
    for new, (old, sign) in enumerate(zip(old_axes, signs, strict=True)):
        matrix[old, new] = sign
        matrix[old, 3] = image.shape[old] - 1 if sign < 0 else 0
    shape = tuple(image.shape[old] for old in old_axes)
    degrees = math.degrees(math.acos(min(1.0, float(np.abs(cosines[old_axes, range(3)]).min()))))
    turned = moved(image, matrix, shape, "orient", {"to": to}, measured={"oblique_degrees": round(degrees, 3)})
    if degrees <= _OBLIQUE_DEGREES:
        return turned
    return flagged(turned, f"The axes are oblique by {degrees:.0f}°: they lead nearest to {to}, not exactly there.")


def flip(image: _Kind, *, axis: str = "columns") -> _Kind:
    """Return the image turned around along one axis.

    Parameters
    ----------
    image : Image
        Any.
    axis : {"columns", "rows", "slices"}
        Along which the order is reversed; "columns" mirrors left and right.

    Returns
    -------
    Image
        Of the same class; a radiograph's patient orientation is reversed with it.
    """
    at = {"slices": -3, "rows": -2, "columns": -1}[axis] + len(space_axes(image))
    shape = space_shape(image)
    matrix = np.eye(len(shape) + 1)
    matrix[at, at], matrix[at, -1] = -1, shape[at] - 1
    return moved(image, matrix, shape, "flip", {"axis": axis})


def crop(image: _Kind, *, shape: Sequence[int | None]) -> _Kind:
    """Return the middle of the image, at most of a shape.

    Parameters
    ----------
    image : Image
        Any.
    shape : sequence of int or None
        Largest length of each axis of space; None leaves an axis as it is.

    Returns
    -------
    Image
        Of the same class.
    """
    now = space_shape(image)
    kept = tuple(n if most is None else min(n, most) for n, most in zip(now, shape, strict=True))
    start = [(n - k) // 2 for n, k in zip(now, kept, strict=True)]
    return cut(image, start, kept, step="crop", parameters={"shape": list(shape)})


def crop_square(image: _Kind) -> _Kind:
    """Return the largest square in the middle of the image.

    Parameters
    ----------
    image : Radiograph or Cine
        Any.

    Returns
    -------
    Image
        Of the same class.
    """
    now = space_shape(image)
    side = min(now)
    start = [n // 2 - side // 2 for n in now]
    return cut(image, start, [side] * len(now), step="crop_square", parameters={})


def pad(image: _Kind, *, shape: Sequence[int | None], fill: float | None = None) -> _Kind:
    """Return the image in the middle of a grid of at least a shape.

    Parameters
    ----------
    image : Image
        Any.
    shape : sequence of int or None
        Least length of each axis of space; None leaves an axis as it is.
    fill : float, optional
        Value around the image; by default its padding value, or else its lowest value.

    Returns
    -------
    Image
        Of the same class.
    """
    now = space_shape(image)
    new = tuple(n if least is None else max(n, least) for n, least in zip(now, shape, strict=True))
    start = [-((m - n) // 2) for n, m in zip(now, new, strict=True)]
    return cut(image, start, new, step="pad", parameters={"shape": list(shape), "fill": fill})


def cut(image: _Kind, start: Sequence[int], shape: Sequence[int], *, step: str, parameters: dict[str, Any]) -> _Kind:
    """Return a box of the image; what lies outside the image is filled.

    Parameters
    ----------
    image : Image
        Any.
    start : sequence of int
        First index along each axis of space; negative before the image.
    shape : sequence of int
        Lengths of the box.
    step : str
        The step that asks for it.
    parameters : dict
        Its parameters; ``fill`` among them says with what value is filled.

    Returns
    -------
    Image
        Of the same class.
    """
    matrix = np.eye(len(shape) + 1)
    matrix[:-1, -1] = start
    return moved(image, matrix, tuple(shape), step, parameters)


def moved(
    image: _Kind,
    matrix: _Matrix,
    shape: Sequence[int],
    step: str,
    parameters: dict[str, Any],
    *,
    array: Array | None = None,
    measured: dict[str, Any] | None = None,
) -> _Kind:
    """Return the image on a new grid, with spacing, place in the patient and the way back right.

    Parameters
    ----------
    image : Image
        Before.
    matrix : numpy.ndarray
        From new indexes to old ones, homogeneous.
    shape : sequence of int
        New lengths of the axes of space.
    step : str
        The step that asks for it.
    parameters : dict
        Its parameters; ``fill`` among them says what stands where there is nothing to take.
    array : numpy.ndarray or cupy.ndarray, optional
        The new values; by default the nearest old ones.
    measured : dict, optional
        What the step found.

    Returns
    -------
    Image
        Of the same class.
    """
    fill = parameters.get("fill")
    if array is None:
        check_bytes(image, shape, step)
        value = outside_value(image) if fill is None else held_value(fill, image.array.dtype, step)
        array = pull(image.array, matrix, shape, axes=space_axes(image), fill=value)
    changes: dict[str, Any] = {"array": array, "index_to_source": to_source(image) @ matrix, **_placed(image, matrix)}
    if not image.source.shape and image.index_to_source is None:
        changes["source"] = replace(image.source, shape=image.shape)  # what came is what masks map back to
    return recorded(image, step, parameters, measured={**(measured or {}), "matrix": matrix.tolist()}, **changes)


def _placed(image: Image, matrix: _Matrix) -> dict[str, Any]:
    """Return the fields that say where the new grid lies."""
    linear = matrix[:-1, :-1]
    if isinstance(image, Volume):
        spacing = np.array(image.spacing_mm or (1.0, 1.0, 1.0))
        axes = np.array(image.direction, dtype=np.float64).T * spacing  # columns: a step along each array axis
        steps = axes @ linear
        lengths = np.linalg.norm(steps, axis=0)
        origin = np.array(image.origin_mm) + axes @ matrix[:-1, -1]
        return {
            "spacing_mm": None if image.spacing_mm is None else tuple(lengths.tolist()),
            "direction": tuple(map(tuple, (steps / lengths).T.tolist())),
            "origin_mm": tuple(origin.tolist()),
        }
    spacing_mm = None if image.spacing_mm is None else tuple((np.abs(linear).T @ np.array(image.spacing_mm)).tolist())
    placed: dict[str, Any] = {"spacing_mm": spacing_mm}
    if isinstance(image, Radiograph) and len(image.patient_orientation) == 2:
        across, down = image.patient_orientation
        turned = (across.translate(_OPPOSITE) if linear[1, 1] < 0 else across,)
        placed["patient_orientation"] = (*turned, down.translate(_OPPOSITE) if linear[0, 0] < 0 else down)
    return placed
