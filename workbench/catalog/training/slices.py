"""Give any gray image the form that training programs read: a volume, of one slice where it is a projection."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.imaging.images import Image, Volume

_UNIT_MM = 1.0  # what NIfTI readers take where no spacing is known


def as_slices(image: "Image") -> "Volume":
    """Return an image as a volume of slices.

    Parameters
    ----------
    image : Image
        A volume, a radiograph or a cine, on the host.

    Returns
    -------
    Volume
        A projection is one slice, and the frames of a cine are slices. Where the spacing is unknown it is 1 mm, and a
        flag says so.

    Raises
    ------
    ValueError
        When the image has colors.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Radiograph
    >>> as_slices(Radiograph(np.zeros((3, 4), np.uint8), spacing_mm=None)).shape
    (1, 3, 4)
    """
    from workbench.imaging.images import Radiograph, Volume

    array = image.array[None] if isinstance(image, Radiograph) else image.array
    if array.ndim != 3:
        raise ValueError(
            f"A color image of shape {image.shape} was received. A gray one would be right for training as NIfTI. "
            "Use a pipeline that makes it gray, such as ultrasound."
        )
    spacing, flags = image.spacing_mm, image.flags
    if spacing is None:
        spacing, flags = (_UNIT_MM,) * 3, (*flags, "The spacing is unknown and is written as 1 mm.")
    spacing = (_UNIT_MM,) * (3 - len(spacing)) + tuple(spacing)
    if isinstance(image, Volume):
        return image.replace(spacing_mm=spacing, flags=flags)
    return Volume(array, spacing, units=image.units, modality=image.modality, flags=flags, source=image.source)
