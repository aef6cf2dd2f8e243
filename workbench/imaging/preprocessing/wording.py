"""What each step does, said so that a radiologist need not know the code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_Parameters = Mapping[str, Any]

_METHODS = {
    "linear": "values between pixels are interpolated linearly",
    "area": "each new pixel is the mean of the area that it covers",
    "cubic": "values between pixels follow a cubic curve",
    "nearest": "each new pixel takes the value of the nearest old one",
}
_ENDS = {"float32": ("0", "1"), "uint8": ("0", "255"), "uint16": ("0", "65535")}
_SIDES = {
    "L": "the left",
    "R": "the right",
    "P": "the back",
    "A": "the front",
    "S": "the head",
    "I": "the feet",
}


def number(value: float) -> str:
    """Return a number as it is read aloud: with a real minus sign.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    str
        Without needless digits.

    Examples
    --------
    >>> number(-1000.0)
    '−1000'
    """
    return f"{value:.10g}".replace("-", "−")


def _joined(values: Sequence[Any], unit: str = "") -> str:
    shown = " × ".join("as it is" if value is None else number(value) for value in values)
    return f"{shown}{unit}"


def _window(p: _Parameters) -> str:
    low, high = _ENDS[p["to"]]
    if p["invert"]:
        low, high = high, low
    units = "" if p["units"] == "unknown units" else f" {p['units']}"
    return (
        f"Values below {number(p['low'])}{units} become {low} and values above {number(p['high'])}{units} become "
        f"{high}; between them the scale is even{_whole(p)}."
    )


def _percentile_window(p: _Parameters) -> str:
    low, high = _ENDS[p["to"]]
    if p["invert"]:
        low, high = high, low
    if (p["lower"], p["upper"]) == (0, 100):
        return (
            f"The lowest value{_where(p)} becomes {low} and the highest {high}; between them the scale is "
            f"even{_whole(p)}."
        )
    return (
        f"The {number(p['lower'])} % darkest and the {number(100 - p['upper'])} % brightest pixels{_where(p)} become "
        f"{low} and {high}; between them the scale is even{_whole(p)}."
    )


def _file_window(p: _Parameters) -> str:
    low, high = _ENDS[p["to"]]
    return (
        f"Window {p['number']} of the file's own is applied, from {low} to {high}; without one, the "
        f"{number(p['lower'])} % darkest and {number(100 - p['upper'])} % brightest pixels are its ends."
    )


def _resize(p: _Parameters) -> str:
    how = (
        "with its proportions kept and the rest filled evenly on both sides"
        if p["aspect"] == "keep"
        else "each axis by itself, so proportions may change"
    )
    return f"The image is brought to {_joined(p['shape'])} pixels, {how}; {_METHODS[p['method']]}."


def _resample(p: _Parameters) -> str:
    what = "Voxels" if len(p["spacing_mm"]) == 3 else "Pixels"
    return (
        f"{what} become {_joined(p['spacing_mm'], ' mm')} in size, or as near as whole ones over the same part of the "
        "patient can be, which the result states; "
        f"{_METHODS[p['method']]}."
    )


def _find_foreground(p: _Parameters) -> str:
    units = f" {p['units']}" if p["units"] and p["units"] != "unknown units" else ""
    start = {
        "otsu": "The patient is told from the background by the threshold that separates the two best (Otsu)",
        "threshold": f"Everything above {number(p['threshold'] or 0)}{units} counts as the patient",
        "above_lowest": "Everything brighter than the background's single value counts as the patient",
        "changing": "Everything that changes over the frames counts as the image proper",
    }[p["method"]]
    n = p["largest"]
    parts = (
        ""
        if n == 0
        else ", of which only the largest part is kept"
        if n == 1
        else f", of which the {n} largest parts are kept"
    )
    holes = " and holes are filled" if p["fill_holes"] else ""
    coarse = f" It is found on a grid {p['reduce']} times as coarse." if p["reduce"] > 1 else ""
    return f"{start}{parts}{holes}. Pixel values stay as they are.{coarse}"


def _where(p: _Parameters) -> str:
    return " inside the mask" if p.get("inside") == "mask" else ""


def _whole(p: _Parameters) -> str:
    return "" if p["to"] == "float32" else ", in whole numbers"


def _orient(p: _Parameters) -> str:
    across, down, along = (_SIDES[letter] for letter in p["to"])
    return (
        f"Axes are swapped or turned around, without interpolation, so that columns run towards {across}, rows towards "
        f"{down} and slices towards {along} of the patient ({p['to']})."
    )


#: Step to a function from its parameters to a sentence.
SAYS: dict[str, Callable[[_Parameters], str]] = {
    "orient": _orient,
    "flip": lambda p: f"The order of the {p['axis']} is reversed.",
    "crop": lambda p: f"The middle of the image is kept, at most {_joined(p['shape'])} pixels.",
    "crop_square": lambda _: "The largest square in the middle of the image is kept.",
    "pad": lambda p: f"Even margins are added up to {_joined(p['shape'])} pixels.",
    "resample": _resample,
    "resize": _resize,
    "window": _window,
    "percentile_window": _percentile_window,
    "file_window": _file_window,
    "clip": lambda p: (
        f"Values below {number(p['low'])} {p['units']} are set to it, and so are values above {number(p['high'])} "
        f"{p['units']}."
    ),
    "percentile_clip": lambda p: (
        f"The {number(p['lower'])} % darkest and the {number(100 - p['upper'])} % brightest pixels{_where(p)} are set "
        "to the value where they begin."
    ),
    "z_score": lambda p: (
        f"The mean{_where(p)} is taken off and the rest divided by the standard deviation{_where(p)}"
        f"{', and everything outside the mask becomes 0' if p['outside'] == 'zero' else ''}."
    ),
    "standardize": lambda p: (
        f"Of each value {number(p['mean'])} {p['units']} is taken off, and the rest divided by "
        f"{number(p['deviation'])} {p['units']}: the mean and the standard deviation of a whole data set."
    ),
    "scale_to": lambda p: f"The scale is stretched evenly to run from {number(p['low'])} to {number(p['high'])}.",
    "to_gray": lambda _: "Colors become gray by their brightness (luminance); gray images stay.",
    "invert": lambda _: "Bright and dark are exchanged.",
    "cast": lambda p: f"Values are stored as numbers from {_ENDS[p['to']][0]} to {_ENDS[p['to']][1]}{_whole(p)}.",
    "clahe": lambda p: (
        f"Local contrast is evened out in {p['tiles'][0]} × {p['tiles'][1]} tiles, and raised no further than a clip "
        f"limit of {number(p['clip_limit'])} (CLAHE)."
    ),
    "equalize": lambda _: "Gray values are spread so that each is about as frequent as any other.",
    "match_histogram": lambda _: "Gray values are given the distribution of a reference image.",
    "find_foreground": _find_foreground,
    "crop_to_foreground": lambda p: f"The box around the mask is kept, with a margin of {p['margin']} pixels.",
    "blank_outside": lambda p: f"Everything outside the mask becomes {number(p['value'])}.",
    "crop_border": lambda _: "Even black or white borders are cut off; a marker in a border is kept.",
    "check_laterality": lambda _: (
        "Left and right are checked against the file's attributes and, on frontal chest images, the side of the heart; "
        "doubts are flagged and nothing is turned."
    ),
    "turn_to_side": lambda p: (
        f"The breast is mirrored where needed so that the chest wall lies on the {p['side']} of the image."
    ),
    "crop_region": lambda _: "The sector that shows the patient is cut out of its surroundings.",
}
