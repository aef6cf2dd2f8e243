"""Small pictures of images: one as PNG, many on a contact sheet."""

import base64
import html
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image
from workbench.presentation.viewer.masks import is_color
from workbench.presentation.viewer.planes import pixel_mm, planes_of
from workbench.presentation.viewer.scenes import laid
from workbench.presentation.viewer.windows import windows_of

if TYPE_CHECKING:
    from workbench.presentation.figure import Drawing

_LEAST_SIDE, _LARGEST_SIDE, _MOST_COLUMNS = 16, 2048, 24
_CAPTION, _GAP = 18, 8  # pixels
_INK, _SOFT_GROUND = "#24303b", "#000000"
_FONT = "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"


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
    image: Image, *, size: int, window: tuple[float, float] | None = None, position: int | None = None
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
        Index along the first plane's stepped axis; by default the middle.

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

    if not _LEAST_SIDE <= size <= _LARGEST_SIDE:
        raise ValueError(
            f"size={size} was received. {_LEAST_SIDE} to {_LARGEST_SIDE} pixels would be right. "
            "Write for instance size=128."
        )
    plane = planes_of(image)[0]
    n = image.shape[plane.step] if plane.step >= 0 else 1
    at = n // 2 if position is None else position
    if not 0 <= at < n:
        raise ValueError(f"position={at} was received. This image has 0 to {n - 1}. Leave it out for the middle.")
    cut = np.asarray(to_host(laid(image.array, plane, at)))
    if is_color(image):
        gray = cut if cut.dtype == np.uint8 else np.clip(cut, 0, 255).astype(np.uint8)
    else:
        first = window or next((each.center, each.width) for each in windows_of(image))
        gray = _windowed(cut, *first)
    down, right = pixel_mm(image, plane) or (1.0, 1.0)
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

    Raises
    ------
    ValueError
        When there is no image, a caption is missing, or a number is out of range.

    Examples
    --------
    >>> from workbench.imaging.images import Volume
    >>> volume = Volume(np.zeros((3, 8, 8), "int16"), spacing_mm=None, units="HU", modality="CT")
    >>> contact_sheet([volume, volume]).title
    '2 images: 2 CT'
    """
    import polars as pl

    from workbench.presentation.figure import Drawing

    if not 1 <= columns <= _MOST_COLUMNS:
        raise ValueError(
            f"columns={columns} was received. 1 to {_MOST_COLUMNS} fit a page. Write for instance columns=6."
        )
    cells: list[tuple[bytes, str]] = []
    rows: list[dict[str, str]] = []
    for n, image in enumerate(images):
        words = captions[n] if captions and n < len(captions) else _words(image)
        cells.append((as_png(drawn(image, size=size)), words))
        shape = " × ".join(map(str, image.shape))
        rows.append({"caption": words, "modality": image.modality, "units": image.units, "shape": shape})
    if not cells or (captions is not None and len(captions) != len(cells)):
        raise ValueError(
            f"{len(cells)} images and {'no' if captions is None else len(captions)} captions were received. "
            "At least one image, and a caption for each or none at all, would be right. Check what the list holds."
        )
    modalities = [row["modality"] or "unknown" for row in rows]
    kinds = ", ".join(f"{modalities.count(kind)} {kind}" for kind in sorted(set(modalities)))
    heading = title or f"{len(cells)} image{'s' * (len(cells) != 1)}: {kinds}"
    return Drawing(
        key="contact_sheet",
        title=heading,
        subtitle="Of a volume the middle axial slice, of a cine the middle frame; in true proportions.",
        description=f"{heading}. " + "; ".join(row["caption"] for row in rows[:24]) + ("; …" if len(rows) > 24 else ""),
        footnote="Each in its own window.",
        svg=_sheet(cells, columns, size, heading),
        table=pl.DataFrame(rows),
    )


def _windowed(cut: npt.NDArray[Any], center: float, width: float) -> npt.NDArray[np.uint8]:
    levels = (np.nan_to_num(cut.astype(np.float32), nan=-np.inf) - (center - width / 2)) * (255 / width)
    return np.asarray(np.clip(levels, 0, 255), dtype=np.uint8)


def _words(image: Image) -> str:
    return f"{image.modality} {' × '.join(map(str, image.shape))}".strip()


def _sheet(cells: list[tuple[bytes, str]], columns: int, size: int, words: str) -> str:
    across = min(columns, len(cells))
    down = -(-len(cells) // columns)
    step_x, step_y = size + _GAP, size + _CAPTION + _GAP
    wide, tall = across * step_x - _GAP, down * step_y
    parts = []
    for n, (png, caption) in enumerate(cells):
        x, y = (n % columns) * step_x, (n // columns) * step_y
        most = max(4, int(size / 6.3))  # letters of 11 px that fit
        short = caption if len(caption) <= most else f"{caption[: most - 1]}…"
        box = f'x="{x}" y="{y}" width="{size}" height="{size}"'
        place = f'x="{x}" y="{y + size + 13}" font-family="{_FONT}" font-size="11" fill="{_INK}"'
        parts.append(f'<rect {box} rx="3" fill="{_SOFT_GROUND}"/>')
        parts.append(f'<image {box} href="data:image/png;base64,{base64.b64encode(png).decode()}"/>')
        parts.append(f"<text {place}>{html.escape(short)}</text>")
    label, view_box = html.escape(words, quote=True), f"0 0 {wide} {tall}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" width="{wide}" height="{tall}" role="img" '
        f'aria-label="{label}" style="max-width:100%;height:auto">{"".join(parts)}</svg>'
    )
