"""Lay the two sides of a comparison over the same categories, and say what had to be done for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.age_bands import parse_band
from workbench.assessment.alignment import CohortCounts, ReferenceCohort, bands_in_common
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.resampling import Pair
from workbench.assessment.tallies import Key, Tally, pooled, regrouped, tally, tally_both, tally_reference
from workbench.assessment.wording import percentage
from workbench.vocabulary.demographics import MISSING

Policy = Literal["included", "excluded"]

CROSS = " × "
NOT_SHOWN = "Hidden groups together"
LAST_YEAR = 100.0  # where the open band of the oldest is taken to end; 85+ then reaches from 85 to 100 years

_NAMED = 3  # groups without a counterpart that a note names
_WHOLE = 0.05  # percentages that miss 100 by no more only show the rounding of their second digit


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of one attribute, or of several crossed, over the union of their categories.

    Attributes
    ----------
    attribute : str
        Its name; those of crossed attributes joined by `CROSS`.
    categories : tuple of str
        The reference's first, in its order; what is missing last.
    missing : numpy.ndarray
        Which of them say that nothing is known, bool.
    pair : Pair
        Both sides over `categories`.
    counted : bool
        Whether the reference's numbers are people.
    notes : tuple of str
        What was summed, merged, normalized or left without a counterpart.
    mixed : bool
        Whether hidden categories that were merged are partly missing ones, so that the two cannot be told apart.
    """

    attribute: str
    categories: tuple[str, ...]
    missing: npt.NDArray[np.bool_]
    pair: Pair
    counted: bool
    notes: tuple[str, ...]
    mixed: bool

    @property
    def n_missing(self) -> int | None:
        """Patients without the attribute; None where hidden counts leave it unknown."""
        return None if self.mixed else int(self.pair.first[self.missing].sum())

    def under(self, missing: Policy) -> tuple[tuple[str, ...], Pair]:
        """Return the categories and both sides under a policy for missing values.

        Parameters
        ----------
        missing : {"included", "excluded"}
            Whether missing values are categories, or the patients and people without a value are left out.

        Returns
        -------
        tuple of tuple of str and Pair
            The same order.
        """
        if missing == "included":
            return self.categories, self.pair
        kept = ~self.missing
        both = None if self.pair.both is None else self.pair.both[kept]
        names = tuple(name for name, keep in zip(self.categories, kept, strict=True) if keep)
        return names, Pair(self.pair.first[kept], self.pair.second[kept], both)


def lay_side_by_side(
    counts: CohortCounts, reference: ReferencePopulation | ReferenceCohort, attributes: Sequence[str]
) -> Sides | None:
    """Return both sides over the union of their categories, age bands summed to the coarser set.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        The cohort.
    reference : ReferencePopulation or ReferenceCohort
        What it is compared with.
    attributes : sequence of str
        One attribute of both, or several to be crossed.

    Returns
    -------
    Sides or None
        None where a side hides so much that its hidden cells cannot be added up, or that their sum is all there is.

    Raises
    ------
    ValueError
        When a side cannot be counted so, or age bands overlap or do not nest.
    """
    attribute = CROSS.join(attributes)
    first = tally(counts, attributes)
    if isinstance(reference, ReferenceCohort):
        second = tally(reference.counts, attributes)
    else:
        second = tally_reference(reference, attributes)
    if first is None or second is None:
        return None
    first, second, notes, homes = _in_common_bands(first, second, attributes)
    hidden = dict.fromkeys([*first.hidden, *second.hidden])
    pool = (NOT_SHOWN,) * min(1, len(hidden))
    if hidden:
        notes.append(f"{len(hidden)} groups whose counts are hidden on either side are summed into one, {NOT_SHOWN!r}.")
    gone = {_is_missing(key) for key in hidden}
    first, second = pooled(first, second, pool)
    shown = [key for side in (first, second) for key, n in side.n.items() if n and key != pool]
    if hidden and all(map(_is_missing, shown)):  # one sum beside another says nothing
        return None
    keys = list(dict.fromkeys([*second.n, *first.n]))
    keys = [key for key in keys if not _is_missing(key)] + [
        key for key in keys if _is_missing(key) and first.n.get(key, 0) + second.n.get(key, 0) > 0
    ]
    both = None
    if isinstance(reference, ReferenceCohort):
        both = _shared(counts, reference, attributes, homes[0], keys)
    pair = Pair(
        np.array([first.n.get(key, 0) for key in keys], dtype=np.int64),
        np.array([second.n.get(key, 0) for key in keys], dtype=np.float64),
        both,
    )
    missing = np.array([_is_missing(key) or (key == pool and gone == {True}) for key in keys], dtype=np.bool_)
    notes += _caveats(reference, attributes, keys, pair, missing)
    named = tuple(CROSS.join(key) for key in keys)
    told = tuple(f"{attribute}: {note}" for note in notes)
    return Sides(attribute, named, missing, pair, second.counted, told, len(gone) == 2)


def band_edges(bands: Sequence[str]) -> tuple[list[int], list[float]] | None:
    """Return the ascending order of age bands and where each begins, the open band closed at `LAST_YEAR`.

    Parameters
    ----------
    bands : sequence of str
        In any order.

    Returns
    -------
    tuple or None
        Positions in ascending order, and one edge more than there are bands; None where the bands leave gaps or one
        is no band.

    Examples
    --------
    >>> band_edges(["18+", "0–17"])
    ([1, 0], [0.0, 18.0, 100.0])
    """
    try:
        bounds = [parse_band(band) for band in bands]
    except ValueError:
        return None
    order = sorted(range(len(bands)), key=lambda i: bounds[i])
    ascending = [bounds[i] for i in order]
    if not ascending or any(here.high != after.low for here, after in pairwise(ascending)):
        return None
    low, high = ascending[-1].low, ascending[-1].high
    last = high if high < float("inf") else max(LAST_YEAR, low + 1)
    return order, [*(band.low for band in ascending), last]


def _is_missing(key: Key) -> bool:
    return any(part in MISSING for part in key)


def _in_common_bands(
    first: Tally, second: Tally, attributes: Sequence[str]
) -> tuple[Tally, Tally, list[str], tuple[dict[Key, Key], dict[Key, Key]]]:
    """Sum each age attribute's bands to the coarser of the two sides' sets; also which category became which."""
    notes: list[str] = []
    keys = [[*side.n, *side.hidden] for side in (first, second)]
    homes = ({key: key for key in keys[0]}, {key: key for key in keys[1]})
    for i in (i for i, attribute in enumerate(attributes) if attribute.startswith("age")):
        bands = [dict.fromkeys(key[i] for key in side if key[i] not in MISSING) for side in keys]
        maps = bands_in_common(*bands)
        for side, names, into, whose in zip(homes, bands, maps, ("cohort", "reference"), strict=True):
            if (n := len(set(into.values()))) < len(names):
                notes.append(f"{len(names)} bands of the {whose} were summed to {n}, whose edges both sides have.")
            for key, to in side.items():
                side[key] = (*to[:i], into.get(to[i], to[i]), *to[i + 1 :])
    return regrouped(first, homes[0]), regrouped(second, homes[1]), notes, homes


def _shared(
    counts: CohortCounts,
    reference: ReferenceCohort,
    attributes: Sequence[str],
    homes: dict[Key, Key],
    keys: Sequence[Key],
) -> npt.NDArray[np.int64]:
    """Patients of each category who are in both cohorts."""
    if reference.key is None or not isinstance(counts, pl.DataFrame) or not isinstance(reference.counts, pl.DataFrame):
        return np.zeros(len(keys), dtype=np.int64)
    both = regrouped(tally_both(counts, reference.counts, attributes, key=reference.key), homes)
    return np.array([both.n.get(key, 0) for key in keys], dtype=np.int64)


def _caveats(
    reference: ReferencePopulation | ReferenceCohort,
    attributes: Sequence[str],
    keys: Sequence[Key],
    pair: Pair,
    missing: npt.NDArray[np.bool_],
) -> list[str]:
    notes = []
    if isinstance(reference, ReferencePopulation) and len(attributes) == 1:
        percent_sum = reference.table.filter(attribute=attributes[0])["percent_sum"][0]
        if abs(percent_sum - 100) > _WHOLE:
            notes.append(f"the published percentages sum to {percent_sum:.1f} and were normalized to 100.")
    foreign = [(key, n) for key, n, q in zip(keys, pair.first, pair.second, strict=True) if n and not q]
    foreign = [(key, n) for key, n in foreign if not _is_missing(key)]
    if foreign:
        largest = sorted(foreign, key=lambda each: -each[1])[:_NAMED]
        named = ", ".join(f"{CROSS.join(key)} ({n:,})" for key, n in largest)
        rest = sum(n for _, n in foreign) - sum(n for _, n in largest)
        more = f" and {len(foreign) - len(largest)} more groups ({rest:,})" if rest else ""
        notes.append(f"the reference has no {named}{more}; these patients count as different.")
    total = pair.second.sum()
    if (unknown := pair.second[missing].sum()) > 0:
        notes.append(f"{percentage(unknown / total)} of the reference have no value.")
    alone = [pair.first[~missing], pair.second[~missing]]
    if (n := int(alone[0].sum())) == 1:
        notes.append("the distance rests on a single patient.")
    if n == 0:
        notes.append("nobody has a recorded value, so there is no distance without the missing.")
    elif alone[1].sum() == 0:
        notes.append("the reference has nobody with a recorded value, so there is no distance without the missing.")
    return notes
