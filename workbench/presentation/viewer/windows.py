"""Which values an image is shown in: windows of the file, of the field, and of the values themselves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image

#: Where the CT windows below are listed.
CT_WINDOWS_SOURCE = "Windowing (CT), Radiopaedia.org, radiopaedia.org/articles/windowing-ct"

_LARGEST_SAMPLE = 1_000_000
_LEAST_WIDTH = 1e-6
_LARGEST_VALUE = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Window:
    """A range of values that is spread from black to white.

    Attributes
    ----------
    key : str
        Short name.
    name : str
        What it is called on the page.
    center, width : float
        In the image's units: black at center − width/2, white at center + width/2 (PS3.3 2025c C.11.2.1.3.2).
    source : str
        Where it is from.
    """

    key: str
    name: str
    center: float
    width: float
    source: str


CT_WINDOWS = (
    Window("lung", "Lung", -600, 1500, CT_WINDOWS_SOURCE),
    Window("mediastinum", "Mediastinum", 50, 350, CT_WINDOWS_SOURCE),
    Window("abdomen", "Abdomen", 50, 400, CT_WINDOWS_SOURCE),
    Window("bone", "Bone", 400, 1800, CT_WINDOWS_SOURCE),
    Window("brain", "Brain", 40, 80, CT_WINDOWS_SOURCE),
)


def windows_of(image: Image) -> tuple[Window, ...]:
    """Return the windows that an image can be shown in, the one to begin with first.

    Parameters
    ----------
    image : Image
        Of gray values; a color picture has none.

    Returns
    -------
    tuple of Window
        The file's own, those of the field for Hounsfield units, one that fits the values, and their whole range.

    Examples
    --------
    >>> from workbench.imaging.images import Volume
    >>> volume = Volume(np.zeros((2, 2, 2), "int16"), spacing_mm=None, units="HU", windows=((40.0, 400.0),))
    >>> [window.name for window in windows_of(volume)][:3]
    ['From the file', 'Lung', 'Mediastinum']
    """
    stated = [(c, w) for c, w in dict.fromkeys(image.windows) if w > 0 and np.isfinite([c, w]).all()]
    own = tuple(
        Window(f"file{n}", "From the file" if len(stated) == 1 else f"From the file, {n}", center, width, "the file")
        for n, (center, width) in enumerate(stated, start=1)
    )
    sample = _sample(image)
    low, middle_low, middle_high, high = _levels(sample)
    fitted = _between("values", "Values", middle_low, middle_high, "1st to 99th percentile of the values")
    whole = _between("range", "Whole range", low, high, "lowest to highest value")
    field = CT_WINDOWS if image.units == "HU" else ()
    if own or not field:
        return (*own, *field, fitted, whole) if own else (fitted, whole)
    # Air, soft tissue and bone together read best in the mediastinal window; what has none of it in its own values.
    first = field[1] if middle_low < field[1].center < middle_high else fitted
    return (first, *(each for each in (*field, fitted, whole) if each is not first))


def value_range(image: Image) -> tuple[float, float]:
    """Return the lowest and the highest value of an image, padding left out.

    Parameters
    ----------
    image : Image
        Large ones are sampled evenly.

    Returns
    -------
    tuple of float
        In the image's units; (0, 1) when no value is a number.
    """
    low, _, _, high = _levels(_sample(image))
    return low, high


def _sample(image: Image) -> npt.NDArray[Any]:
    flat = to_host(image.array).reshape(-1)
    values = flat[:: max(1, flat.size // _LARGEST_SAMPLE)]
    values = values.astype(np.uint8) if values.dtype == np.bool_ else values
    # Beyond float32 a value is none on the page, and the width of a range of such values has no number either.
    kept = values[np.abs(values) <= _LARGEST_VALUE] if values.dtype.kind == "f" else values
    if image.padding_value is not None:
        proper = kept[kept != image.padding_value]
        kept = proper if proper.size else kept
    return kept


def _levels(values: npt.NDArray[Any]) -> tuple[float, float, float, float]:
    if not values.size:
        return 0.0, 0.0, 1.0, 1.0
    low, high = np.percentile(values, (1, 99))
    return float(values.min()), float(low), float(high), float(values.max())


def _between(key: str, name: str, low: float, high: float, source: str) -> Window:
    width = high - low
    return Window(key, name, (low + high) / 2, width if width > _LEAST_WIDTH else 1.0, source)
