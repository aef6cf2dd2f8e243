"""Whether an image fits a pipeline, before any work is done: kind, modality, dimensions, color, units, numbers."""

from typing import Any

from workbench.imaging.images import UNKNOWN_UNITS, Cine, Image, Radiograph, Volume
from workbench.imaging.preprocessing.recipes import Recipe, shipped
from workbench.imaging.preprocessing.records import flagged
from workbench.imaging.preprocessing.scales import is_color

_KINDS: dict[str, type[Image]] = {"volume": Volume, "radiograph": Radiograph, "cine": Cine}
_AXES = {"Volume": (3,), "Radiograph": (2, 3), "Cine": (3, 4)}
_NAMED = {
    "Volume": "a volume (read_series)",
    "Radiograph": "a radiograph (read_radiograph)",
    "Cine": "a cine (read_cine)",
}


def check_image(image: Any) -> None:
    """Raise unless it is an image of numbers with the axes of its class.

    Parameters
    ----------
    image : object
        What a user gave.

    Raises
    ------
    TypeError
        When it is none of our images, such as a bare array, or holds no numbers.
    ValueError
        When its axes do not fit its class.
    """
    if not isinstance(image, Volume | Radiograph | Cine):
        shape = tuple(getattr(image, "shape", ()))
        kind = "Radiograph" if len(shape) == 2 else "Volume"
        spacing = ", ".join(["1.0"] * (2 if kind == "Radiograph" else 3))
        raise TypeError(
            f"Received a {type(image).__name__}, which has no units and no spacing. A Volume, Radiograph or Cine would "
            f"be right. Read one with read_series or read_radiograph, or wrap an array: "
            f"{kind}(array, spacing_mm=({spacing}), units='HU', modality='CT')."
        )
    name = type(image).__name__
    if image.array.dtype.kind not in "iuf":
        raise TypeError(
            f"The {name.lower()} holds {image.array.dtype} values. Whole numbers or floating-point numbers would be "
            "right. Convert the array: image.replace(array=image.array.astype('float32'))."
        )
    shape = image.shape
    colors = len(shape) == max(_AXES[name]) and name != "Volume" and shape[-1] != 3
    if len(shape) not in _AXES[name] or 0 in shape or colors:
        axes = {
            "Volume": "(slices, rows, columns)",
            "Radiograph": "(rows, columns) or (rows, columns, 3)",
            "Cine": "(frames, rows, columns), perhaps × 3",
        }[name]
        raise ValueError(
            f"The {name.lower()}'s array has the shape {' × '.join(map(str, shape)) or 'of one number'}. {axes}, none "
            "of them 0, would be right. Check how the array was made."
        )


def fitted(image: Image, pipeline: Recipe) -> Image:
    """Return the image, flagged where a pipeline's fit is not certain, or raise where it does not fit.

    Parameters
    ----------
    image : Image
        Checked by `check_image`.
    pipeline : Recipe
        To be applied to it.

    Returns
    -------
    Image
        The same, perhaps with a flag.

    Raises
    ------
    ValueError
        When the pipeline is for another kind of image, modality, units or color.
    """
    kind = type(image).__name__
    if pipeline.images and kind.lower() not in pipeline.images:
        wanted = " or ".join(_NAMED[name.capitalize()] for name in pipeline.images)
        raise ValueError(
            f"Received {_NAMED[kind]}. The pipeline {pipeline.name} takes {wanted}. "
            f"{_others(pipeline, kind, image.modality)}"
        )
    if image.modality and pipeline.modalities and image.modality not in pipeline.modalities:
        raise ValueError(
            f"Received an image of modality {image.modality}. The pipeline {pipeline.name} is for "
            f"{' or '.join(pipeline.modalities)}. {_others(pipeline, kind, image.modality)}"
        )
    if kind == "Volume" and pipeline.images == ("volume",) and image.shape[0] < 2:
        raise ValueError(
            f"Received a volume of a single slice. The pipeline {pipeline.name} works in three dimensions and needs "
            "two slices or more. Read the whole series, or take the pipeline display."
        )
    if is_color(image) and not any(step.name == "to_gray" for step in pipeline.steps):
        raise ValueError(
            f"Received a color image of shape {' × '.join(map(str, image.shape))}. The pipeline {pipeline.name} takes "
            "gray ones. Convert it: workbench.imaging.preprocessing.contrast.to_gray(image)."
        )
    if pipeline.units and image.units != pipeline.units:
        say = f"image.replace(units={pipeline.units!r})"
        raise ValueError(
            f"Received values in {image.units}. The pipeline {pipeline.name} needs {pipeline.units}. "
            + (f"If you know that they are {pipeline.units}, say so: {say}." if image.units == UNKNOWN_UNITS else "")
            + ("" if image.units == UNKNOWN_UNITS else "Give it an image as it was read.")
        )
    if not image.modality and pipeline.modalities:
        return flagged(
            image,
            f"The modality is unknown; the pipeline {pipeline.name} is for {' or '.join(pipeline.modalities)}.",
        )
    return image


def _others(pipeline: Recipe, kind: str, modality: str) -> str:
    """Return what to do instead: pipelines that take such an image."""
    takes = [
        name
        for name, written in shipped().items()
        if name != pipeline.name and kind.lower() in written.get("images", ()) and modality in written["modalities"]
    ]
    takes.append("display")
    return f"Take {' or '.join(takes[:3])} instead."
