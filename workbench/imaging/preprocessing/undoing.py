"""Undo what can be undone: the way back to the grid and the units as read, and a sentence for what is lost."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array, Image, Radiograph, Volume
from workbench.imaging.preprocessing.limits import outside_value
from workbench.imaging.preprocessing.mapping import pull
from workbench.imaging.preprocessing.padding import resampled
from workbench.imaging.preprocessing.records import flagged
from workbench.imaging.preprocessing.scales import ends_of
from workbench.imaging.preprocessing.space import space_axes, to_source

#: Steps that nothing undoes, and why.
NOT_UNDONE = {
    "to_gray": "the colors are gone",
    "clahe": "each tile was changed by its own curve",
    "equalize": "values that became equal cannot be told apart",
    "match_histogram": "values that became equal cannot be told apart",
    "blank_outside": "what lay outside the mask is gone",
}

#: Steps that are undone in part, and what stays lost.
IN_PART = {
    "crop": "what was cut off comes back empty",
    "crop_square": "what was cut off comes back empty",
    "crop_border": "what was cut off comes back empty",
    "crop_region": "what was cut off comes back empty",
    "crop_to_foreground": "what was cut off comes back empty",
    "resample": "detail between pixels is interpolated",
    "resize": "detail between pixels is interpolated",
    "window": "values beyond the window come back at its ends",
    "percentile_window": "values beyond the window come back at its ends",
    "file_window": "values beyond the window come back at its ends",
    "clip": "values beyond the ends stay at them",
    "percentile_clip": "values beyond the ends stay at them",
    "cast": "whole numbers stay rounded",
}

_NEITHER = ("find_foreground", "check_laterality", "turn_to_side")


def undo(image: Image, entries: Sequence[Mapping[str, Any]]) -> Image:
    """Return the image with recorded steps undone, last first, as far as they can be.

    Once a step that changed values cannot be undone, neither can those before it that changed values; those that moved
    pixels still are.

    Parameters
    ----------
    image : Image
        After the steps.
    entries : sequence of mapping
        What the steps wrote down.

    Returns
    -------
    Image
        Flags say what was undone in part or not at all; ``provenance["inverse"]`` lists all three.
    """
    told: dict[str, dict[str, str]] = {"undone": {}, "in_part": {}, "not_undone": {}}
    blocked = ""
    for entry in reversed(entries):
        step = str(entry["step"])
        if "matrix" in entry.get("measured", {}):
            image = _moved_back(image, entry)
        elif step in _NEITHER or (step == "to_gray" and not entry["measured"]["was_color"]):
            continue
        elif step in NOT_UNDONE:
            told["not_undone"][step] = NOT_UNDONE[step]
            blocked = blocked or step
            continue
        elif blocked:
            told["not_undone"][step] = f"{blocked}, which came after it, is not undone"
            continue
        else:
            image = _values_back(image, entry)
        zeroed = step == "z_score" and entry["parameters"].get("outside") == "zero"
        why = "what lay outside the mask is gone" if zeroed else IN_PART.get(step)
        told["in_part" if why else "undone"][step] = why or "exactly, but for rounding"
    sentences = [f"{step} was undone in part: {why}." for step, why in told["in_part"].items()]
    sentences += [f"{step} was not undone: {why}." for step, why in told["not_undone"].items()]
    kept = {name: value for name, value in image.provenance.items() if name != "preprocessing"}
    kept["undone"] = image.provenance.get("preprocessing")
    return flagged(image.replace(provenance={**kept, "inverse": told}), *sentences)


def _moved_back(image: Image, entry: Mapping[str, Any]) -> Image:
    """Return the image on the grid before a step."""
    before, matrix = entry["before"], np.array(entry["measured"]["matrix"])
    axes = space_axes(image)
    colorless = list(image.shape)
    for axis in axes:
        colorless[axis] = before["shape"][axis]
    linear = np.abs(matrix[:-1, :-1]).sum(axis=0)
    if np.allclose(linear, 1):
        shape = [before["shape"][axis] for axis in axes]
        array = pull(image.array, np.linalg.inv(matrix), shape, axes=axes, fill=outside_value(image))
    else:
        array = resampled(image, colorless, "linear")
    spacing = before["spacing_mm"]
    changes: dict[str, Any] = {
        "array": array,
        "spacing_mm": None if spacing is None else tuple(spacing),
        "index_to_source": to_source(image) @ np.linalg.inv(matrix),
    }
    if isinstance(image, Volume):
        changes |= {"origin_mm": tuple(before["origin_mm"]), "direction": tuple(map(tuple, before["direction"]))}
    if isinstance(image, Radiograph):
        changes["patient_orientation"] = tuple(before["patient_orientation"])
    return image.replace(**changes)


def _values_back(image: Image, entry: Mapping[str, Any]) -> Image:
    """Return the image with the values before a step."""
    before = entry["before"]
    undone = _UNDO[str(entry["step"])](image.array, entry)
    padding = before["padding_value"]
    if padding is not None and "low" in entry["measured"]:  # a window made padding black, or a clip cut it
        padding = min(max(padding, entry["measured"]["low"]), entry["measured"]["high"])
    windows = tuple((center, width) for center, width in before["windows"])
    return image.replace(array=undone, units=before["units"], padding_value=padding, windows=windows)


def _line(array: Array, scale: float, shift: float) -> Array:
    """Return ``scale · array + shift`` in float32."""
    xp = array_module(array)
    return array.astype(xp.float32) * xp.float32(scale) + xp.float32(shift)


def _ends_before(entry: Mapping[str, Any]) -> tuple[float, float]:
    return ends_of(entry["before"]["units"]) or (0.0, 1.0)


def _unwindow(array: Array, entry: Mapping[str, Any]) -> Array:
    low, high = entry["measured"]["low"], entry["measured"]["high"]
    most = {"float32": 1.0, "uint8": 255.0, "uint16": 65535.0}[entry["parameters"]["to"]]
    if entry["parameters"].get("invert", False):
        low, high = high, low
    return _line(array, (high - low) / most, low)


def _unscale(array: Array, entry: Mapping[str, Any]) -> Array:
    low, high = _ends_before(entry)
    first, last = entry["parameters"]["low"], entry["parameters"]["high"]
    scale = (high - low) / (last - first)
    return _line(array, scale, low - first * scale)


def _uncast(array: Array, entry: Mapping[str, Any]) -> Array:
    low, high = _ends_before(entry)
    most = {"float32": 1.0, "uint8": 255.0, "uint16": 65535.0}[entry["parameters"]["to"]]
    return _line(array, (high - low) / most, low)


def _unscore(array: Array, entry: Mapping[str, Any]) -> Array:
    found = {**entry["parameters"], **entry["measured"]}
    return _line(array, found["deviation"] or 1.0, found["mean"])


def _uninvert(array: Array, entry: Mapping[str, Any]) -> Array:
    low, high = _ends_before(entry)
    xp = array_module(array)
    return xp.asarray(low + high - array, dtype=array.dtype)


def _same(array: Array, entry: Mapping[str, Any]) -> Array:
    del entry
    return array


_UNDO: dict[str, Callable[[Array, Mapping[str, Any]], Array]] = {
    "window": _unwindow,
    "percentile_window": _unwindow,
    "file_window": _unwindow,
    "clip": _same,
    "percentile_clip": _same,
    "z_score": _unscore,
    "standardize": _unscore,
    "scale_to": _unscale,
    "cast": _uncast,
    "invert": _uninvert,
}
