"""Small pictures of images: one as PNG, many on a contact sheet."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from workbench.imaging.images import Image

if TYPE_CHECKING:
    from workbench.presentation.figure import Drawing


def thumbnail(image: Image, *, size: int = 128, window: tuple[float, float] | None = None) -> bytes:
    """Return a small picture of an image as a PNG file.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        Of a volume the middle axial slice is shown, of a cine the middle frame; in true proportions.
    size : int
        Longest side, 16 to 2048 pixels.
    window : tuple of float, optional
        Center and width in the image's units; by default the first of the file's own, or one that fits the values.

    Returns
    -------
    bytes
        PNG, gray or RGB.
    """
    raise NotImplementedError


def contact_sheet(
    images: Iterable[Image],
    *,
    columns: int = 6,
    captions: Sequence[str] | None = None,
    title: str = "",
    size: int = 160,
) -> "Drawing":
    """Return a figure of many images, one small picture each.

    Parameters
    ----------
    images : iterable of Image
        Read one after the other, so that a generator keeps one in memory.
    columns : int
        Pictures in a row, 1 to 24.
    captions : sequence of str, optional
        One line below each; by default modality and shape. Name no patient.
    title : str
        By default says how many images of which modality.
    size : int
        Side of a picture's square, in pixels.

    Returns
    -------
    Drawing
        Shows itself; ``save("sheet.png")`` writes it.
    """
    raise NotImplementedError
