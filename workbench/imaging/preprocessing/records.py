"""What each step writes down, so that it can be told, repeated and undone."""

from collections.abc import Mapping
from typing import Any, TypeVar

from workbench.imaging.images import Image, Radiograph, Volume

_Kind = TypeVar("_Kind", bound=Image)

#: Where the steps stand in an image's provenance.
STEPS = "steps"


def recorded(
    image: _Kind, step: str, parameters: Mapping[str, Any], *, measured: Mapping[str, Any] | None = None, **changes: Any
) -> _Kind:
    """Return the image with changed fields and one more step in its provenance.

    Parameters
    ----------
    image : Image
        Before the step.
    step : str
        Its name.
    parameters : mapping
        As they were given.
    measured : mapping, optional
        What the step found in the image and used, such as a mean.
    **changes : object
        Fields of the image to their new values.

    Returns
    -------
    Image
        Of the same class.
    """
    entry = {
        "step": step,
        "parameters": dict(parameters),
        "measured": dict(measured or {}),
        "before": _described(image),
    }
    provenance = {**image.provenance, STEPS: (*image.provenance.get(STEPS, ()), entry)}
    return image.replace(**changes, provenance=provenance)


def flagged(image: _Kind, *sentences: str) -> _Kind:
    """Return the image with more flags, none of them twice.

    Parameters
    ----------
    image : Image
        Any.
    *sentences : str
        What was found.

    Returns
    -------
    Image
        Of the same class.
    """
    return image.replace(flags=tuple(dict.fromkeys((*image.flags, *sentences))))


def _described(image: Image) -> dict[str, Any]:
    told: dict[str, Any] = {
        "shape": list(image.shape),
        "dtype": str(image.array.dtype),
        "units": image.units,
        "spacing_mm": None if image.spacing_mm is None else list(image.spacing_mm),
        "padding_value": image.padding_value,
        "windows": [list(window) for window in image.windows],
    }
    if isinstance(image, Volume):
        told |= {"origin_mm": list(image.origin_mm), "direction": [list(axis) for axis in image.direction]}
    if isinstance(image, Radiograph):
        told["patient_orientation"] = list(image.patient_orientation)
    return told
