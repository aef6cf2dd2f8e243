"""An image before and after preprocessing, side by side, each with its units, its value scale and its histogram."""

import base64
import html
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image
from workbench.imaging.preprocessing.scales import is_color
from workbench.presentation.figure import Drawing
from workbench.presentation.theme import BLUE, FONT, GRAY, INK
from workbench.presentation.viewer.pictures import as_png, drawn
from workbench.presentation.viewer.planes import planes_of
from workbench.presentation.viewer.registering import matching_windows, same_place
from workbench.presentation.viewer.titled import TitledDrawing

_PANEL, _GAP, _MARGIN = 310, 20, 8  # pixels of the drawing
_HEAD, _SCALE, _BARS, _FOOT = 42, 46, 70, 34
_BINS = 62
_SAMPLED = 1_000_000
_DWARFS = 4  # times the next bin: taller bins are cut off, so that the others can be seen

_Counts = npt.NDArray[np.int64]
_Window = tuple[float, float] | None  # center and width; none of colors


def before_after(before: Image, after: Image, *, pipeline: Any = None) -> Drawing:
    """Return two images side by side, with what changed as the title.

    Of a volume the middle slice is shown, of a cine the middle frame. Where the pipeline mapped a range of values to a
    scale, both are shown in that range. Below each stand the values that black and white mean, and how often each
    value occurs in the whole image.

    Parameters
    ----------
    before, after : Image
        As read, and as a pipeline returned it.
    pipeline : Pipeline, optional
        Named in the title; by default the one that `after` says it came from.

    Returns
    -------
    Drawing
        Inline SVG that fetches nothing; its table has a row for each of the two.

    Raises
    ------
    TypeError
        When one of the two is no image.
    """
    for image in (before, after):
        if not isinstance(image, Image):
            raise TypeError(
                f"Received a {type(image).__name__}. Two images, before and after, would be right. "
                "Write before_after(image, preprocess(image, 'chest_ct'))."
            )
    done = after.provenance.get("preprocessing", {})
    name = getattr(pipeline, "name", None) or done.get("pipeline", "Preprocessing")
    version = getattr(pipeline, "version", None) or done.get("version", "")
    title = f"{name}: {_changed(before, after)}"
    table = pl.DataFrame([_row("before", before), _row("after", after)])
    words = " ".join(_told(which, image) for which, image in (("Before", before), ("After", after)))
    flags = [flag for flag in after.flags if flag not in before.flags]
    notes = [f"Flags: {' '.join(flags)}"] if flags else []
    low_to_high = matching_windows(before, after)
    if low_to_high[2]:
        notes.insert(0, "Both are shown in the window that the pipeline applied.")
    source = f"Pipeline {name} {version}".strip()
    where = f"Computed on {done['backend']} in {done['seconds']:.2f} s." if done else ""
    return TitledDrawing(
        "before_after",
        title,
        f"{source}, {before.modality or 'modality unknown'}",
        words,
        " ".join(["Not for diagnosis.", where, *notes]).replace("  ", " "),
        _svg((before, after), title, low_to_high[:2]),
        table,
    )


def _changed(before: Image, after: Image) -> str:
    """Return what is different, in words."""
    parts = []
    if before.units != after.units:
        parts.append(f"{before.units} became {after.units}")
    if before.spacing_mm != after.spacing_mm and before.spacing_mm and after.spacing_mm:
        parts.append(f"{_listed(before.spacing_mm)} mm became {_listed(after.spacing_mm)} mm")
    elif before.shape != after.shape:
        parts.append(f"{_sizes(before)} pixels became {_sizes(after)}")
    return "; ".join(parts) or "neither units nor size changed"


def _told(which: str, image: Image) -> str:
    row = _row(which, image)
    spacing = f", {row['spacing_mm']} mm a pixel" if row["spacing_mm"] else ", of unknown spacing"
    return (
        f"{which}: {row['shape']} pixels{spacing}; values from {_number(row['lowest'])} to {_number(row['highest'])}, "
        f"mean {_number(row['mean'])} ({image.units})."
    )


def _row(which: str, image: Image) -> dict[str, Any]:
    values = _values(image)
    return {
        "image": which.lower(),
        "units": image.units,
        "number_type": str(image.array.dtype),
        "shape": _sizes(image),
        "spacing_mm": _listed(image.spacing_mm) if image.spacing_mm else None,
        "lowest": float(values.min()),
        "highest": float(values.max()),
        "mean": float(values.mean(dtype=np.float64)),
    }


def _values(image: Image) -> npt.NDArray[Any]:
    """Return the values of an image, of a large one every n-th, without padding and without NaN."""
    flat = to_host(image.array).reshape(-1)
    step = max(1, flat.size // _SAMPLED) | 1  # odd, so that no column of an even image is always left out
    values = flat[::step] if flat.size > _SAMPLED else flat
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if image.padding_value is not None and (values != image.padding_value).any():
        values = values[values != image.padding_value]
    return values if values.size else np.zeros(1, np.float32)


def _svg(images: tuple[Image, Image], title: str, windows: tuple[_Window, _Window]) -> str:
    plane = planes_of(images[0])[0]  # the same in both, also where another has more pixels afterwards
    middle = images[0].shape[plane.step] // 2 if plane.step >= 0 else 0
    pictures = [
        as_png(drawn(_in_eight_bits(image), size=2 * _PANEL, window=window, plane=plane.key, position=at))
        for image, window, at in zip(images, windows, (middle, same_place(*images, middle)), strict=True)
    ]
    sizes = [_fitted(picture) for picture in pictures]
    tall = max(height for _, height in sizes)
    width = 2 * _PANEL + _GAP + 2 * _MARGIN
    height = _HEAD + tall + _SCALE + _BARS + _FOOT
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{html.escape(title, quote=True)}" font-family="{html.escape(FONT, quote=True)}" '
        f'font-size="12" fill="{INK}" style="max-width:100%;height:auto">'
    )
    parts = [opening, f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for place, (which, image) in enumerate(zip(("Before", "After"), images, strict=True)):
        left = _MARGIN + place * (_PANEL + _GAP)
        wide, high = sizes[place]
        parts.append(
            f'<text x="{left}" y="15" font-weight="bold">{which}</text>'
            f'<text x="{left}" y="33">{html.escape(_caption(image))}</text>'
            f'<rect x="{left}" y="{_HEAD}" width="{_PANEL}" height="{tall}" fill="#000"/>'
            f'<image x="{left + (_PANEL - wide) / 2:g}" y="{_HEAD + (tall - high) / 2:g}" width="{wide}" '
            f'height="{high}" href="data:image/png;base64,{base64.b64encode(pictures[place]).decode()}"/>'
        )
        parts.append(_scale(image.units, windows[place], (left, _HEAD + tall), f"ramp{place}"))
        parts.append(_bars(image, left, _HEAD + tall + _SCALE))
    return "".join([*parts, "</svg>"])


def _in_eight_bits(image: Image) -> Image:
    """Return a color image of 16 bits, as palettes give, in the 8 that pictures have; others as they are."""
    if not is_color(image) or image.array.dtype.itemsize < 2 or image.array.dtype.kind != "u":
        return image
    return image.replace(array=(image.array >> (8 * (image.array.dtype.itemsize - 1))).astype(np.uint8))


def _fitted(picture: bytes) -> tuple[int, int]:
    """Return width and height of a PNG within a panel (its header holds both, ISO/IEC 15948 11.2.2)."""
    wide, high = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    share = _PANEL / max(wide, high)
    return round(wide * share), round(high * share)


def _scale(units: str, window: _Window, place: tuple[float, float], key: str) -> str:
    """Return the bar that says which values are black and white."""
    left, top = place
    if window is None:
        return f'<text x="{left}" y="{top + 30}">Red, green and blue as stored</text>'
    center, width = window
    low, high = center - width / 2, center + width / 2
    return (
        f'<defs><linearGradient id="{key}"><stop offset="0" stop-color="#000"/><stop offset="1" stop-color="#fff"/>'
        f'</linearGradient></defs><rect x="{left}" y="{top + 8}" width="{_PANEL}" height="10" fill="url(#{key})" '
        f'stroke="{GRAY}"/><text x="{left}" y="{top + 33}">{_rounded(low, width)}</text>'
        f'<text x="{left + _PANEL / 2}" y="{top + 33}" text-anchor="middle">shown, {html.escape(units)}</text>'
        f'<text x="{left + _PANEL}" y="{top + 33}" text-anchor="end">{_rounded(high, width)}</text>'
    )


def _bars(image: Image, left: float, top: float) -> str:
    """Return how often each value occurs; the most frequent bin stands out of the scale where it dwarfs the others."""
    values = _values(image)
    low, high = float(values.min()), float(values.max())
    counts, _ = np.histogram(values, bins=_BINS, range=(low, high if high > low else low + 1))
    second, first = np.sort(counts)[-2:].tolist()
    most = second if first > _DWARFS * second > 0 else max(first, 1)
    wide = _PANEL / _BINS
    bars = "".join(
        f'<rect x="{left + place * wide:.2f}" y="{top + _BARS - tall:.1f}" width="{wide - 0.6:.2f}" '
        f'height="{tall:.1f}"/>'
        for place, tall in enumerate(np.minimum(counts / most, 1.0) * _BARS)
        if tall > 0
    )
    return (
        f'<g fill="{BLUE}">{bars}</g><line x1="{left}" y1="{top + _BARS}" x2="{left + _PANEL}" y2="{top + _BARS}" '
        f'stroke="{GRAY}"/><text x="{left}" y="{top + _BARS + 15}">{_rounded(low, high - low)}</text>'
        f'<text x="{left + _PANEL / 2}" y="{top + _BARS + 15}" text-anchor="middle">how often each value occurs</text>'
        f'<text x="{left + _PANEL}" y="{top + _BARS + 15}" text-anchor="end">{_rounded(high, high - low)}</text>'
    )


def _caption(image: Image) -> str:
    spacing = f", {_listed(image.spacing_mm)} mm" if image.spacing_mm else ""
    return f"{_sizes(image)} pixels{spacing}"


def _sizes(image: Image) -> str:
    return " × ".join(map(str, image.shape))


def _listed(values: Any) -> str:
    return " × ".join(f"{value:.3g}" for value in values)


def _rounded(value: float, span: float) -> str:
    """Return a number to about a hundredth of the span that it ends: 0.0007 of 0 to 1 is 0."""
    digits = max(0, 2 - round(math.log10(span))) if span > 0 else 0
    return _number(round(value, digits) + 0.0) if span > 0 else _number(value)


def _number(value: float) -> str:
    return (f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}").replace("-", "−")
