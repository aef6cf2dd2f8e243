"""Contrast of colors as WCAG 2.2 measures it, and the twin of a color for a dark page."""

import colorsys
from functools import cache

#: The grounds that text of every page stands on; `jupyter/shell.css` has the same.
LIGHT_GROUND, DARK_GROUND = "#ffffff", "#12171c"
#: Least contrast of text and its ground (WCAG 2.2, success criterion 1.4.3, level AA).
LEAST_CONTRAST = 4.5

_STEPS = 50


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, 1 for equal ones to 21 for black on white.

    Parameters
    ----------
    one, other : str
        Colors such as ``"#0b5c8a"``.

    Returns
    -------
    float
        The ratio of their relative luminances.

    References
    ----------
    WCAG 2.2, definitions of contrast ratio and relative luminance.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return round((lighter + 0.05) / (darker + 0.05), 2)


def lifted(color: str, *, least: float = 7.0) -> str:
    """Return the color of the same hue that is as little lighter as makes it readable on a dark page.

    Parameters
    ----------
    color : str
        A color such as ``"#0b5c8a"``.
    least : float
        The contrast to reach with the ground of a dark page.

    Returns
    -------
    str
        The color itself where it reaches that already.

    Examples
    --------
    >>> contrast(lifted("#0b5c8a"), DARK_GROUND) >= 7
    True
    """
    return _toward(color, 1.0, DARK_GROUND, least)


def darkened(color: str, *, least: float = 5.4) -> str:
    """Return the color of the same hue that is as little darker as makes it readable on a light page.

    Parameters
    ----------
    color : str
        A color such as ``"#0b5c8a"``.
    least : float
        The contrast to reach with white; panels are a little darker than white.

    Returns
    -------
    str
        The color itself where it reaches that already.

    Examples
    --------
    >>> darkened("#0b5c8a")
    '#0b5c8a'
    """
    return _toward(color, 0.0, LIGHT_GROUND, least)


def tinted(color: str, *, ground: str) -> str:
    """Return a ground with a breath of a color, for a panel that belongs to it.

    Parameters
    ----------
    color : str
        A color such as ``"#0b5c8a"``.
    ground : str
        What the panel stands on.

    Returns
    -------
    str
        The ground with a fourteenth of the color.

    Examples
    --------
    >>> tinted("#000000", ground="#ffffff")
    '#ededed'
    """
    mixed = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(f"{round(base + (part - base) / 14):02x}" for part, base in mixed)


def _toward(color: str, end: float, ground: str, least: float) -> str:
    """The color of the same hue, as little lighter or darker as reaches the contrast."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _channels(color)))
    for step in range(_STEPS + 1):
        moved = lightness + (end - lightness) * step / _STEPS
        parts = colorsys.hls_to_rgb(hue, moved, saturation) if step else [part / 255 for part in _channels(color)]
        shown = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
        if contrast(shown, ground) >= least:
            return shown
    return shown


@cache
def _luminance(color: str) -> float:
    parts = [channel / 255 for channel in _channels(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
