"""What an image is worth looking at for: flags for images that hold nothing, or that ran out of their scale."""

import math

import numpy as np

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image

_SAMPLED = 2**20  # pixels: a share is then known to a tenth of a percent
_SATURATED_FRACTION = 0.01  # chosen here: fewer are metal, markers and writing


def quality_flags(image: Image) -> tuple[str, ...]:
    """Return a sentence for each thing that makes an image worth less.

    Every n-th line of each axis is looked at, a million pixels or so; only what looks empty there is looked at whole.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    tuple of str
        Empty for an image without such a finding.

    Examples
    --------
    >>> from workbench.imaging.images import Radiograph
    >>> quality_flags(Radiograph(np.zeros((8, 8)), spacing_mm=None))
    ('All pixels have the same value.',)
    """
    if math.prod(image.shape) == 0:
        return ("The image has no pixels.",)
    step = max(1, math.ceil((math.prod(image.shape) / _SAMPLED) ** (1 / len(image.shape))))
    sample = to_host(image.array[(slice(None, None, step),) * len(image.shape)])
    found = []
    if sample.dtype.kind == "f":
        bad = int(np.count_nonzero(~np.isfinite(sample)))
        if bad:
            found.append(f"{_percent(bad / sample.size)} of the pixels are no numbers (NaN or infinite).")
    lowest, highest = sample.min(), sample.max()
    if lowest == highest:
        whole = image.array
        if bool((whole == whole.reshape(-1)[0]).all()):
            padding = image.padding_value is not None and float(lowest) == image.padding_value
            return (*found, "All pixels are padding." if padding else "All pixels have the same value.")
    inside = sample if image.padding_value is None else sample[sample != image.padding_value]
    share = float(np.count_nonzero(inside == highest)) / max(1, inside.size)
    if share >= _SATURATED_FRACTION and lowest < highest and len(np.unique(inside[:: max(1, inside.size // 4096)])) > 2:
        found.append(f"{_percent(share)} of the pixels have the largest value: the image may be saturated.")
    return tuple(found)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 else "Less than 1 %"
