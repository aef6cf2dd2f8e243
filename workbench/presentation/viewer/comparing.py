"""Before and after, one over the other, with a divider that is moved by mouse, touch or keyboard; no kernel needed."""

import base64
import html
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Image
from workbench.presentation.viewer.pictures import as_png, drawn
from workbench.presentation.viewer.planes import planes_of
from workbench.presentation.viewer.registering import laid_over, matching_windows

# The slider in it is an ordinary range input over the pictures: mouse, touch, arrow keys and screen readers know it.
_PAGE = Path(__file__).resolve().parent.parent / "jupyter" / "before_after.html"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two pictures of one image; shows itself in JupyterLab, Voila, nbviewer and exported pages.

    Attributes
    ----------
    html : str
        The whole of it, fetching nothing.
    description : str
        What is compared, in words.
    """

    html: str
    description: str

    def save(self, path: str | Path) -> Path:
        """Write it as a web page of its own.

        Parameters
        ----------
        path : str or pathlib.Path
            Ends in ``.html``; a file there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        ValueError
            For another ending.
        """
        file = Path(path)
        if file.suffix.lower() != ".html":
            raise ValueError(
                f"{file.name!r} was received. A name that ends in .html would be right. "
                f"Rename it, for instance {file.stem + '.html'!r}."
            )
        title = html.escape(self.description)
        page = (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"></head><body>{self.html}</body></html>\n'
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
        return file

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.description


def compare_images(
    before: Image,
    after: Image,
    *,
    captions: tuple[str, str] = ("Before", "After"),
    position: int | None = None,
    size: int = 640,
) -> Comparison:
    """Return two images one over the other, with a divider between them.

    Parameters
    ----------
    before, after : Image
        Of volumes one slice is shown, of cines one frame. Where `after` was made of `before` by a pipeline, it is laid
        where it came from, and `before` is shown in the window that the pipeline applied; else each in its own.
    captions : tuple of str
        What each is called.
    position : int, optional
        Index of the slice of `before`; by default the middle. `after` is cut at the same place, or where that is not
        known at the same share of its length.
    size : int
        Longest side, 16 to 2048 pixels.

    Returns
    -------
    Comparison
        Make it the last line of a cell.

    Raises
    ------
    TypeError
        When something else than two images came.
    ValueError
        When position or size is out of range.

    Examples
    --------
    >>> from workbench.imaging.images import Volume
    >>> before = Volume(np.zeros((4, 16, 16), "int16"), spacing_mm=(5.0, 1.0, 1.0), units="HU")
    >>> compare_images(before, before.replace(array=before.array[::2]))
    Before and After: slice 2 of 0 to 3 and slice 1 of 0 to 1
    """
    lengths = [_length(each) for each in (before, after)]
    first = lengths[0] // 2 if position is None else position
    earlier, later, applied = matching_windows(before, after)
    left = drawn(before, size=size, position=first, window=earlier)
    registered = laid_over(before, after, position=first, shape=left.shape[:2], window=later)
    # Without a known place the same share of the length.
    second = min(lengths[1] - 1, int((first + 0.5) * lengths[1] / lengths[0]))
    right = _onto(drawn(after, size=size, position=second, window=later), left.shape[:2])
    places = [f"slice {at} of 0 to {n - 1}" for at, n in zip((first, second), lengths, strict=True)]
    same = f"{places[0]} in both" if places[0] == places[1] else " and ".join(places)
    words = [same] if max(lengths) > 1 else ["the whole picture of each"]
    if registered is not None:
        right = registered
        words = [places[0]] if lengths[0] > 1 else []
        words.append(f"{captions[1]} is laid where it came from")
    if applied:
        words.append(f"{captions[0]} is shown in the window that the pipeline applied")
    description = f"{captions[0]} and {captions[1]}: {'; '.join(words)}"
    pictures = [f"data:image/png;base64,{base64.b64encode(as_png(each)).decode()}" for each in (left, right)]
    values = {
        "WIDTH": str(left.shape[1]),
        "FIRST": html.escape(captions[0], quote=True),
        "SECOND": html.escape(captions[1], quote=True),
        "WORDS": html.escape(description),
        "KEY": f"ba-{uuid.uuid4().hex[:10]}",
        "IMAGE1": pictures[0],
        "IMAGE2": pictures[1],
    }
    return Comparison(
        re.sub(r"@([A-Z0-9]+)@", lambda name: values[name.group(1)], _PAGE.read_text("utf-8")), description
    )


def _length(image: Image) -> int:
    plane = planes_of(image)[0]
    return int(image.shape[plane.step]) if plane.step >= 0 else 1


def _onto(pixels: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """The picture in the middle of a black one of the other's size, so that both lie on one another."""
    if pixels.shape[:2] == tuple(shape):
        return pixels
    from PIL import Image as Picture

    scale = min(shape[0] / pixels.shape[0], shape[1] / pixels.shape[1])
    rows, columns = (max(1, round(side * scale)) for side in pixels.shape[:2])
    fitted = np.asarray(Picture.fromarray(pixels).resize((columns, rows), Picture.Resampling.BICUBIC))
    ground = np.zeros((*shape, *pixels.shape[2:]), dtype=np.uint8)
    top, left = (shape[0] - rows) // 2, (shape[1] - columns) // 2
    ground[top : top + rows, left : left + columns] = fitted
    return ground
