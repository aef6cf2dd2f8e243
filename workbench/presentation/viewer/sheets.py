"""Contact sheets: many images, or the slices of one, side by side with a line of words below each."""

import base64
import html
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.imaging.images import Cine, Image, Volume
from workbench.presentation.viewer.masks import is_color
from workbench.presentation.viewer.pictures import as_png, drawn
from workbench.presentation.viewer.planes import planes_of
from workbench.presentation.viewer.windows import windows_of

if TYPE_CHECKING:
    from workbench.presentation.figure import Drawing

_MOST_COLUMNS, _MOST_SLICES = 24, 24
_CAPTION, _GAP = 18, 8  # pixels
_INK, _GROUND = "#24303b", "#000000"
_FONT = "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"
_OF_IMAGES = "Of a volume the middle slice, of a cine the middle frame; in true proportions."


def contact_sheet(
    images: Image | Iterable[Image],
    *,
    columns: int = 6,
    captions: Sequence[str] | None = None,
    title: str = "",
    size: int = 160,
) -> "Drawing":
    """Return a figure of many images, one small picture each.

    Parameters
    ----------
    images : iterable of Image, Volume or Cine
        Read one after the other, so that a generator keeps one in memory. Of a single volume or cine, up to 24 evenly
        spaced slices or frames are shown.
    columns : int
        Pictures in a row, 1 to 24.
    captions : sequence of str, optional
        One line below each; by default modality and shape, or the slice's array index. Name no patient.
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
    >>> volume = Volume(np.zeros((3, 8, 8), "int16"), spacing_mm=None, units="HU", modality="CT")
    >>> contact_sheet([volume, volume]).title, contact_sheet(volume).title
    ('2 images: 2 CT', '3 of 3 slices of a CT volume')
    """
    import polars as pl

    from workbench.presentation.viewer.titled import TitledDrawing

    if not 1 <= columns <= _MOST_COLUMNS:
        raise ValueError(
            f"columns={columns} was received. 1 to {_MOST_COLUMNS} fit a page. Write for instance columns=6."
        )
    single = isinstance(images, Image)
    made = list(_slices(images, size) if isinstance(images, Image) else _images(images, size))
    if not made or (captions is not None and len(captions) != len(made)):
        raise ValueError(
            f"{len(made)} images and {'no' if captions is None else len(captions)} captions were received. "
            "At least one image, and a caption for each or none at all, would be right. Check what the list holds."
        )
    rows = (
        [row | {"caption": words} for (_, row), words in zip(made, captions, strict=True)]
        if captions
        else [row for _, row in made]
    )
    heading = title or (_of_one(images, len(made)) if isinstance(images, Image) else _of_many(rows))
    words = "; ".join(row["caption"] for row in rows[:_MOST_SLICES])
    return TitledDrawing(
        key="contact_sheet",
        title=heading,
        subtitle="Evenly spaced, in true proportions." if single else _OF_IMAGES,
        description=f"{heading}. {words}{'; …' if len(rows) > _MOST_SLICES else ''}",
        footnote="All in one window." if single else "Each in its own window.",
        svg=_sheet([(png, row["caption"]) for (png, _), row in zip(made, rows, strict=True)], columns, size, heading),
        table=pl.DataFrame(rows),
    )


def _images(images: Iterable[Image], size: int) -> Iterator[tuple[bytes, dict[str, str]]]:
    for image in images:
        picture = drawn(image, size=size)
        shape = " × ".join(map(str, image.shape))
        row = {"caption": f"{image.modality} {shape}".strip(), "modality": image.modality or "unknown"}
        yield as_png(picture), row | {"units": image.units, "shape": shape}


def _slices(image: Image, size: int) -> Iterator[tuple[bytes, dict[str, str]]]:
    plane = planes_of(image)[0]
    n = image.shape[plane.step] if plane.step >= 0 else 1
    window = None if is_color(image) else next((each.center, each.width) for each in windows_of(image))
    chosen = np.unique(np.linspace(0, n - 1, min(n, _MOST_SLICES)).round().astype(int))
    for at in chosen[::-1] if plane.flipped[0] else chosen:
        picture = drawn(image, size=size, window=window, position=int(at))
        yield as_png(picture), {"caption": f"[{at}]", "index": str(at)}


def _of_one(image: Image, n: int) -> str:
    kind, part = ("volume", "slice") if isinstance(image, Volume) else ("cine", "frame")
    if not isinstance(image, Volume | Cine):
        return f"A {image.modality or 'picture'}"
    return f"{n} of {image.shape[planes_of(image)[0].step]} {part}s of a {image.modality} {kind}".replace("  ", " ")


def _of_many(rows: list[dict[str, str]]) -> str:
    modalities = [row["modality"] for row in rows]
    kinds = ", ".join(f"{modalities.count(kind)} {kind}" for kind in sorted(set(modalities)))
    return f"{len(rows)} image{'s' * (len(rows) != 1)}: {kinds}"


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
        parts.append(f'<rect {box} rx="3" fill="{_GROUND}"/>')
        parts.append(f'<image {box} href="data:image/png;base64,{base64.b64encode(png).decode()}"/>')
        parts.append(f"<text {place}>{html.escape(short)}</text>")
    label, view_box = html.escape(words, quote=True), f"0 0 {wide} {tall}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" width="{wide}" height="{tall}" role="img" '
        f'aria-label="{label}" style="max-width:100%;height:auto">{"".join(parts)}</svg>'
    )
