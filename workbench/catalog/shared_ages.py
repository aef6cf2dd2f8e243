"""Band the ages of a cohort's people as the shares of another population do, so that both have the same bands."""

from collections.abc import Mapping
from itertools import pairwise

import polars as pl

from workbench.assessment.age_bands import AgeBand, parse_band
from workbench.assessment.alignment import bands_in_common
from workbench.errors import listed
from workbench.vocabulary.demographics import MISSING, age_group
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

_FROM_YEARS = ("age_group", "age_decade")


def with_shared_bands(
    people: pl.DataFrame, shares: Mapping[str, float], *, attribute: str
) -> tuple[pl.DataFrame, dict[str, float], list[str]]:
    """Return both sides in bands that both have, and what was summed.

    Ages in years are banded anew, up to the age from which years are not told apart. Other columns have only their
    bands: both sides are summed up to edges that both have, and no band is ever divided.

    Parameters
    ----------
    people : polars.DataFrame
        One row a person, with the attribute; of ``age_group`` and ``age_decade`` also ``age_years``, ``age_missing``.
    shares : mapping of str to float
        Band to share, without missing categories. Where one is no band, nothing is changed.
    attribute : str
        The column of ages.

    Returns
    -------
    tuple of polars.DataFrame, dict and list of str
        The people, the shares, and sentences.

    Raises
    ------
    ValueError
        When the bands leave gaps, overlap, or have no edge in common with the people's.

    Examples
    --------
    >>> people = pl.DataFrame({"age_band": ["0–4", "5–17", "18+"]})
    >>> banded, shares, notes = with_shared_bands(people, {"0–17": 0.25, "18+": 0.75}, attribute="age_band")
    >>> banded["age_band"].to_list(), notes
    (['0–17', '0–17', '18+'], ['age_band: 3 bands of the cohort were summed to 2, whose edges both sides have.'])
    """
    own = people[attribute].cast(pl.String).unique().sort().drop_nulls()
    known = own.filter(~own.is_in(MISSING)).to_list()
    dtype = people.schema[attribute]
    kinds = dtype.categories.to_list() if isinstance(dtype, pl.Enum) else known
    if set(shares) <= set(kinds) or not all(_is_band(kind) for kind in (*shares, *known)):
        return people, dict(shares), []
    if attribute in _FROM_YEARS:
        summed, notes = _up_to_the_top(shares, attribute)
        return people.with_columns(_in_bands(list(summed), attribute)), summed, notes
    homes = bands_in_common(known, shares)
    wide = _summed(shares, homes[1])
    notes = [
        f"{attribute}: {len(home)} bands of the {whose} were summed to {n}, whose edges both sides have."
        for whose, home in zip(("cohort", "reference"), homes, strict=True)
        if (n := len(set(home.values()))) < len(home)
    ]
    return people.with_columns(pl.col(attribute).cast(pl.String).replace(homes[0])), wide, notes


def with_somebody_in_each(
    people: pl.DataFrame, shares: Mapping[str, float], *, attribute: str
) -> tuple[pl.DataFrame, dict[str, float], list[str]]:
    """Return both sides with somebody in each band, since nobody can be given a weight.

    A band of which nobody is is summed with the next older one with somebody, the oldest with the next younger one.

    Parameters
    ----------
    people : polars.DataFrame
        One row a person, with the attribute.
    shares : mapping of str to float
        Band to share. Where one is no band, or they do not follow one another, nothing is changed.
    attribute : str
        The column of ages.

    Returns
    -------
    tuple of polars.DataFrame, dict and list of str
        The people, the shares, and sentences.

    Examples
    --------
    >>> people = pl.DataFrame({"age_band": ["20–29", "30+", "30+"]})
    >>> shares = {"0–17": 0.25, "18–19": 0.05, "20–29": 0.2, "30+": 0.5}
    >>> with_somebody_in_each(people, shares, attribute="age_band")[1:]
    ({'0–29': 0.5, '30+': 0.5}, ['age_band: nobody is 0–17 or 18–19, so 20–29 stands for 0–29.'])
    """
    held = set(people[attribute].cast(pl.String))
    if not held & set(shares) or all(band in held for band, share in shares.items() if share > 0):
        return people, dict(shares), []
    if not all(_is_band(band) for band in shares):
        return people, dict(shares), []
    ordered = sorted(shares, key=parse_band)
    bounds = [parse_band(band) for band in ordered]
    if any(band.high != following.low for band, following in pairwise(bounds)):
        return people, dict(shares), []
    homes: dict[str, str] = {}
    notes = []
    for group in _around_somebody(ordered, held):
        label = AgeBand(parse_band(group[0]).low, parse_band(group[-1]).high).label if len(group) > 1 else group[0]
        homes |= dict.fromkeys(group, label)
        nobody = [band for band in group if band not in held]
        if nobody:
            (somebody,) = set(group) - set(nobody)
            notes.append(f"{attribute}: nobody is {listed(nobody, 'or')}, so {somebody} stands for {label}.")
    return people.with_columns(pl.col(attribute).cast(pl.String).replace(homes)), _summed(shares, homes), notes


def _around_somebody(bands: list[str], held: set[str]) -> list[list[str]]:
    """Divide bands in the order of age into runs with one band each that somebody is in."""
    runs: list[list[str]] = [[]]
    for band in bands:
        runs[-1].append(band)
        if band in held:
            runs.append([])
    oldest = runs.pop()
    runs[-1] += oldest
    return runs


def _is_band(text: str) -> bool:
    try:
        parse_band(text)
    except ValueError:
        return False
    return True


def _summed(shares: Mapping[str, float], homes: Mapping[str, str]) -> dict[str, float]:
    sums = dict.fromkeys(homes.values(), 0.0)
    for band, share in shares.items():
        sums[homes[band]] += share
    return sums


def _up_to_the_top(shares: Mapping[str, float], attribute: str) -> tuple[dict[str, float], list[str]]:
    """Sum the bands among which a top-coded age could lie."""
    bounds = {band: parse_band(band) for band in shares}
    last = max((band.low for band in bounds.values() if band.low <= AGE_TOP_CODE_YEARS), default=0.0)
    old = [band for band, years in bounds.items() if years.low >= last]
    if len(old) < 2:
        return dict(shares), []
    label = AgeBand(last, max(bounds[band].high for band in old)).label
    summed = _summed(shares, {band: label if band in old else band for band in shares})
    n, top = len(shares), AGE_TOP_CODE_YEARS - 1
    said = f"{attribute}: {n} bands of the reference were summed to {len(summed)}; ages over {top} are not told apart."
    return summed, [said]


def _in_bands(bands: list[str], attribute: str) -> pl.Expr:
    """Band ages in years as the reference does; ages beyond its bands get bands of their own."""
    bounds = sorted(parse_band(band) for band in bands)
    if any(band.high != following.low for band, following in pairwise(bounds)):
        raise ValueError(
            f"The reference's age bands ({', '.join(bands)}) leave gaps or overlap. Bands such as 0–17 and 18+ that "
            f"follow one another would be right. Correct the reference, or leave {attribute} out of attributes=."
        )
    named = {parse_band(band): band for band in bands}
    first, last = bounds[0].low, bounds[-1].high
    younger = {f"0–{first - 1:g}": 0.0} if first > 0 else {}
    older = {f"{last:g}+": last} if last < float("inf") else {}
    groups = younger | {named[band]: band.low for band in bounds} | older
    return age_group(pl.col("age_years"), pl.col("age_missing"), groups).alias(attribute)
