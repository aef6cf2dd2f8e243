"""Read age bands however they are written, and carry counts from one set of bands into another by a stated rule."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from workbench.errors import brief

#: How a band that crosses the edge of another is divided: not at all, or evenly over its years.
Bridge = Literal["uniform"] | None

_BOTH = re.compile(r"(\d{1,3})\s*(?:-|–|to|through)\s*(\d{1,3})")
_OPEN = re.compile(r"(?:>=|≥)\s*(\d{1,3})|(\d{1,3})\s*(?:\+|and (?:over|older|above|up)|or (?:over|older|more))")
_UNDER = re.compile(r"(?:<|under|below)\s*(\d{1,3})")
_ONE = re.compile(r"(\d{1,3})")
_WORDS = re.compile(r"\b(?:ages?|aged|years?|yrs?|yr|old)\b")


@dataclass(frozen=True, order=True)
class AgeBand:
    """Ages from ``low`` up to, not including, ``high``; an open band ends at infinity."""

    low: float
    high: float

    @property
    def label(self) -> str:
        """The band as the workbench writes it, such as ``"18–29"`` or ``"85+"``."""
        if self.high == float("inf"):
            return f"{self.low:.0f}+"
        return f"{self.low:.0f}–{self.high - 1:.0f}"


def parse_band(text: str) -> AgeBand:
    """Return the band that a label means.

    Parameters
    ----------
    text : str
        Such as ``"18–29"``, ``"18 to 29 years"``, ``"85+"``, ``"65 and older"``, ``"under 5"`` or ``"20"``; bounds are
        whole years and both belong to the band.

    Returns
    -------
    AgeBand
        In years.

    Raises
    ------
    ValueError
        When it is no band, or ends before it begins.

    Examples
    --------
    >>> parse_band("18 to 49 years").label, parse_band("65 and over").label, parse_band("<5").label
    ('18–49', '65+', '0–4')
    """
    plain = " ".join(_WORDS.sub(" ", text.casefold()).split())
    if found := _BOTH.fullmatch(plain):
        low, high = float(found[1]), float(found[2]) + 1
    elif found := _OPEN.fullmatch(plain):
        low, high = float(found[1] or found[2]), float("inf")
    elif found := _UNDER.fullmatch(plain):
        low, high = 0.0, float(found[1])
    elif found := _ONE.fullmatch(plain):
        low, high = float(found[1]), float(found[1]) + 1
    else:
        low, high = 0.0, 0.0
    if low >= high:
        raise ValueError(
            f"{brief(repr(text))} is no age band. A band has a first and a last whole year, such as '18–29', or only a "
            "first, such as '85+'. Write it so."
        )
    return AgeBand(low, high)


def shared_bands(bands: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """Return, for each band, the smallest band around it whose edges are edges of both sets.

    Summing both sets so assumes nothing: no band is divided. Where few edges are shared the sums are coarse.

    Parameters
    ----------
    bands, others : iterable of str
        Two sets of bands, each without overlaps.

    Returns
    -------
    dict of str to str
        Band to the label of its sum.

    Examples
    --------
    >>> shared_bands(["0–4", "5–9", "10–17", "18+"], ["0–4", "5–11", "12–17", "18–64", "65+"])
    {'0–4': '0–4', '5–9': '5–17', '10–17': '5–17', '18+': '18+'}
    """
    own = {band: parse_band(band) for band in bands}
    foreign = [parse_band(band) for band in others]
    edges = sorted(_edges(own.values()) & _edges(foreign))
    wider = [AgeBand(low, high) for low, high in pairwise(edges)]
    homes = {}
    for band, bounds in own.items():
        home = next((wide for wide in wider if wide.low <= bounds.low and bounds.high <= wide.high), bounds)
        homes[band] = home.label
    return homes


def overlapping(bands: Iterable[str]) -> list[tuple[str, str]]:
    """Return the neighbors among age bands that hold an age twice.

    Parameters
    ----------
    bands : iterable of str
        In any order; the same band twice is one.

    Returns
    -------
    list of tuple of str
        Ascending; empty where every age is in one band at most.

    Examples
    --------
    >>> overlapping(["0–17", "18+", "10–20"])
    [('0–17', '10–20'), ('10–20', '18+')]
    """
    ascending = sorted({parse_band(band) for band in bands})
    return [(here.label, after.label) for here, after in pairwise(ascending) if after.low < here.high]


def divide_bands(
    bands: Sequence[str], target: Sequence[str], *, bridge: Bridge = None
) -> dict[str, Mapping[str, float]]:
    """Return which part of each band falls into each target band.

    Parameters
    ----------
    bands : sequence of str
        The bands that are counted.
    target : sequence of str
        The bands that are wanted.
    bridge : {"uniform"}, optional
        Without it a band must lie in one target band. ``"uniform"`` spreads a band that crosses an edge evenly over its
        years, which is an assumption.

    Returns
    -------
    dict of str to mapping
        Band to target band to a share; the shares of a band add up to 1.

    Raises
    ------
    ValueError
        When a band crosses an edge and no bridge is asked for, when the band that crosses is open-ended, or when it
        reaches beyond all target bands.

    Examples
    --------
    >>> divide_bands(["0–9", "10+"], ["0–4", "5+"], bridge="uniform")
    {'0–9': {'0–4': 0.5, '5+': 0.5}, '10+': {'5+': 1.0}}
    """
    wanted = {band: parse_band(band) for band in target}
    parts: dict[str, Mapping[str, float]] = {}
    crossing, endless, outside = [], [], []
    for band in bands:
        bounds = parse_band(band)
        held = {home: min(wide.high, bounds.high) - max(wide.low, bounds.low) for home, wide in wanted.items()}
        held = {home: years for home, years in held.items() if years > 0}
        if len(held) > 1 and bridge is None:
            crossing.append(band)
        elif len(held) > 1 and bounds.high == float("inf"):
            endless.append(band)
        elif sum(held.values()) < bounds.high - bounds.low or not _holds(wanted, held, bounds):
            outside.append(band)
        elif len(held) == 1:
            parts[band] = dict.fromkeys(held, 1.0)
        else:
            years = sum(held.values())
            parts[band] = {home: share / years for home, share in held.items()}
    if crossing or endless or outside:
        raise ValueError(_refusal(target, crossing, endless, outside))
    return parts


def _holds(wanted: Mapping[str, AgeBand], held: Iterable[str], bounds: AgeBand) -> bool:
    """Whether an open-ended band that meets one wanted band begins in it."""
    return any(wanted[home].low <= bounds.low for home in held)


def _refusal(target: Sequence[str], crossing: list[str], endless: list[str], outside: list[str]) -> str:
    wanted = ", ".join(target)
    if endless:
        return (
            f"The open-ended band {', '.join(endless)} crosses an edge of the wanted bands ({wanted}). Nobody knows "
            "its last year, so it cannot be spread over its years. Ask for bands whose last begins no later."
        )
    if outside:
        return (
            f"The bands {', '.join(outside)} reach beyond the wanted bands ({wanted}). Wanted bands hold every age "
            "that is counted. Add the bands that are missing."
        )
    return (
        f"The bands {', '.join(crossing)} cross an edge of the wanted bands ({wanted}), and nobody knows how their "
        "people divide. Ask for bands with edges of the published ones, or pass bridge='uniform' to spread them evenly "
        "over their years, which is an assumption."
    )


def _edges(bands: Iterable[AgeBand]) -> set[float]:
    return {edge for band in bands for edge in (band.low, band.high)}
