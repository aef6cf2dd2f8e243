"""Bring a cohort and a reference population to the same attributes and the same categories."""

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from workbench.assessment.census import Census, count_census
from workbench.assessment.references import ReferencePopulation
from workbench.errors import unknown_name

CohortCounts = pl.DataFrame | Census | Mapping[str, Mapping[str, int]]


def common_attributes(
    counts: CohortCounts, reference: ReferencePopulation, attributes: Sequence[str] | None
) -> list[str]:
    """Return the attributes to compare: those asked for, or all that both sides have.

    Parameters
    ----------
    counts : polars.DataFrame, Census or mapping
        One row a patient; or a census; or attribute to category to number of patients.
    reference : ReferencePopulation
        The other side.
    attributes : sequence of str or None
        What is asked for; None for all.

    Returns
    -------
    list of str
        In the order asked for, else in the reference's order.

    Raises
    ------
    UnknownNameError
        When one that is asked for is missing on a side.
    ValueError
        When the two sides have none in common.

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> common_attributes({"sex": {"Male": 1}, "site": {"A": 1}}, read_reference("us_census"), None)
    ['sex']
    """
    own = _attributes(counts)
    sides = ((f"the reference {reference.name!r}", reference.attributes), ("the cohort", own))
    for attribute in attributes or []:
        for where, names in sides:
            if attribute not in names:
                raise unknown_name("attribute", attribute, names, where=where, then="Pass one of these in attributes=.")
    chosen = list(attributes or [name for name in reference.attributes if name in own])
    if not chosen:
        raise ValueError(
            f"The cohort has {', '.join(own) or 'no attributes'}. None of them is an attribute of the reference "
            f"{reference.name!r}: {', '.join(reference.attributes)}. Rename or derive one, such as age_group from "
            "age_years with workbench.vocabulary.demographics.age_group."
        )
    return chosen


def category_counts(counts: CohortCounts, attribute: str) -> dict[str, int]:
    """Return the number of patients in each category of one attribute, missing ones included.

    Parameters
    ----------
    counts : polars.DataFrame, Census or mapping
        One row a patient; or a census, whose other attributes are summed over; or attribute to category to number.
    attribute : str
        One of `common_attributes`.

    Returns
    -------
    dict of str to int
        In display order; empty for an empty frame of texts.

    Raises
    ------
    ValueError
        When a census counts something else than patients, or a number is negative or not whole.

    Examples
    --------
    >>> category_counts(pl.DataFrame({"sex": ["Male", "Male", "Female"]}), "sex")
    {'Male': 2, 'Female': 1}
    """
    if isinstance(counts, Mapping):
        wrong = {name: n for name, n in counts[attribute].items() if n < 0 or n != int(n)}
        if wrong:
            raise ValueError(
                f"Received {attribute} counts {wrong}. Numbers of patients are whole and 0 or more. "
                "Pass counts, not percentages or differences."
            )
        return {name: int(n) for name, n in counts[attribute].items()}
    census = count_census(counts, by=[attribute]) if isinstance(counts, pl.DataFrame) else counts
    if census.unit != "patients":
        raise ValueError(
            f"Received a census of {census.unit}. A population is compared with patients. "
            "Count again from one row a patient, with unit='patients'."
        )
    sums = census.table.group_by(attribute).agg(pl.col("n_patients").sum()).sort(attribute)
    return dict(sums.with_columns(pl.col(attribute).cast(pl.String)).iter_rows())


def nest_age_bands(
    cohort: Mapping[str, int], reference: Mapping[str, float]
) -> tuple[dict[str, int], dict[str, float]]:
    """Return both sides in the coarser of the two sets of age bands.

    Bands are summed only where each finer band lies wholly inside one coarser band;
    ages are never spread over a band by assumption.

    Parameters
    ----------
    cohort : mapping of str to int
        Band, such as ``"18–29"`` or ``"85+"``, to number of patients; no missing categories.
    reference : mapping of str to float
        Band to share of the population.

    Returns
    -------
    tuple of dict
        The cohort's numbers and the reference's shares over the same or fewer bands.

    Raises
    ------
    ValueError
        When the bands do not nest.

    Examples
    --------
    >>> nest_age_bands({"0–17": 3, "18+": 5}, {"0–4": 0.25, "5–17": 0.25, "18+": 0.5})
    ({'0–17': 3, '18+': 5}, {'0–17': 0.5, '18+': 0.5})
    """
    own, other = band_homes(cohort, reference)
    counted = dict.fromkeys([*other.values(), *own.values()], 0)
    for band, n in cohort.items():
        counted[own[band]] += n
    shares = dict.fromkeys(counted, 0.0)
    for band, share in reference.items():
        shares[other[band]] += share
    return counted, shares


def band_homes(first: Iterable[str], second: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return in which band of the coarser of two sets of age bands each band of both lies.

    Parameters
    ----------
    first, second : iterable of str
        Bands such as ``"18–29"`` or ``"85+"``; no missing categories.

    Returns
    -------
    tuple of dict
        Band to band, for each set; the coarser set's bands are their own homes.

    Raises
    ------
    ValueError
        When the bands do not nest.

    Examples
    --------
    >>> band_homes(["0–17", "18+"], ["0–4", "5–17", "18+"])[1]
    {'0–4': '0–17', '5–17': '0–17', '18+': '18+'}
    """
    first, second = list(first), list(second)
    finer = _inside(first, second)
    if finer is not None:
        return finer, {band: band for band in second}
    coarser = _inside(second, first)
    if coarser is not None:
        return {band: band for band in first}, coarser
    raise ValueError(
        f"The cohort's age bands ({', '.join(first)}) and the reference's ({', '.join(second)}) do not nest: some "
        "band crosses the edge of another, and nobody knows how its patients divide. Band the ages again with "
        "workbench.vocabulary.demographics.age_group and the bounds of the reference."
    )


def band_bounds(band: str) -> tuple[float, float]:
    """Return the first year of an age band and the first year after it.

    Parameters
    ----------
    band : str
        Such as ``"18–29"`` or ``"85+"``.

    Returns
    -------
    tuple of float
        The second is infinite for an open band; both are nan for a label that is no band.

    Examples
    --------
    >>> band_bounds("18–29")
    (18.0, 30.0)
    """
    match = re.fullmatch(r"(\d+)(?:\+|[–-](\d+))", band)
    if match is None:
        return float("nan"), float("nan")
    return float(match[1]), float(match[2]) + 1 if match[2] else float("inf")


def _attributes(counts: CohortCounts) -> list[str]:
    if isinstance(counts, pl.DataFrame):
        return counts.columns
    return list(counts.by) if isinstance(counts, Census) else list(counts)


def _inside(finer: Iterable[str], coarser: Iterable[str]) -> dict[str, str] | None:
    """Each finer band's coarser band; None unless every one lies wholly inside one."""
    bounds = {band: band_bounds(band) for band in [*finer, *coarser]}
    homes: dict[str, str] = {}
    for band in finer:
        low, high = bounds[band]
        for home in coarser:
            if bounds[home][0] <= low and high <= bounds[home][1]:
                homes[band] = home
    return homes if len(homes) == len(list(finer)) else None
