"""Bring a cohort and a reference population to the same attributes and the same categories."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.assessment.age_bands import overlapping, shared_bands
from workbench.assessment.census import Census
from workbench.assessment.references import ReferencePopulation
from workbench.errors import unknown_name

#: One row a patient; or censuses of the same patients; or attribute to category to number of patients.
CohortCounts = pl.DataFrame | Census | Sequence[Census] | Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, eq=False)
class ReferenceCohort:
    """Another cohort that a cohort is compared with: itself a sample, which may share patients with the first.

    Attributes
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        One row a patient; or censuses; or attribute to category to number of patients.
    title : str
        What to call it.
    year : str
        When it was counted, or the version of the data.
    key : str, optional
        A column of both frames that names the patient: who has the same key and the same category is one patient.
        Without it no patient is taken to be in both.
    """

    counts: CohortCounts
    title: str = "another cohort"
    year: str = "unknown"
    key: str | None = None

    @property
    def name(self) -> str:
        """The title, for messages."""
        return self.title

    @property
    def attributes(self) -> list[str]:
        """What the cohort can be counted by."""
        return [name for name in attributes_of(self.counts) if name != self.key]


def stamp_of(*sides: CohortCounts) -> str:
    """Return what the censuses of some sides demand to stand under their counts.

    Parameters
    ----------
    *sides : polars.DataFrame, Census, sequence of Census or mapping
        The sides of a comparison.

    Returns
    -------
    str
        Each line once; empty where there is none.

    Examples
    --------
    >>> stamp_of({"sex": {"Female": 3}})
    ''
    """
    censuses = [census for side in sides for census in ([side] if isinstance(side, Census) else side)]
    return " ".join(dict.fromkeys(each.stamp for each in censuses if isinstance(each, Census) and each.stamp))


def attributes_of(counts: CohortCounts) -> list[str]:
    """Return the attributes that a side can be counted by.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        One side of a comparison.

    Returns
    -------
    list of str
        In the side's own order.
    """
    if isinstance(counts, pl.DataFrame):
        return counts.columns
    if isinstance(counts, Mapping):
        return list(counts)
    censuses = [counts] if isinstance(counts, Census) else counts
    return list(dict.fromkeys(name for census in censuses for name in census.by))


def common_attributes(
    counts: CohortCounts, reference: ReferencePopulation | ReferenceCohort, attributes: Sequence[str] | None
) -> list[str]:
    """Return the attributes to compare: those asked for, or all that both sides have.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        One row a patient; or censuses; or attribute to category to number of patients.
    reference : ReferencePopulation or ReferenceCohort
        The other side.
    attributes : sequence of str or None
        What is asked for; None for all.

    Returns
    -------
    list of str
        In the order asked for, else in the reference's order.

    Raises
    ------
    TypeError
        When a side is nothing that can be compared.
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
    _require_sides(counts, reference)
    own = attributes_of(counts)
    if attributes and not own:
        raise ValueError(
            f"Received a cohort without any attribute and asked for {', '.join(attributes)}. One row a patient, "
            "censuses, or numbers by attribute and category would be right. Pass one of these."
        )
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


def _require_sides(counts: object, reference: object) -> None:
    listed = isinstance(counts, Sequence) and all(isinstance(each, Census) for each in counts)
    tabled = isinstance(counts, Mapping) and all(isinstance(each, Mapping) for each in counts.values())
    if not (listed or tabled or isinstance(counts, pl.DataFrame | Census)):
        raise TypeError(
            f"Received {_kind(counts)} as the cohort. A frame with one row a patient, censuses, or numbers by "
            "attribute and category would be right. Pass one of these, such as {'sex': {'Male': 5}}."
        )
    if not isinstance(reference, ReferencePopulation | ReferenceCohort):
        name = reference if isinstance(reference, str) else "us_census"
        raise TypeError(
            f"Received {_kind(reference)} as the reference. A population that was read, or a ReferenceCohort of other "
            f"patients, would be right. Pass one of these, such as read_reference({name!r})."
        )


def _kind(received: object) -> str:
    return "None" if received is None else f"a {type(received).__name__}"


def nest_age_bands(
    cohort: Mapping[str, int], reference: Mapping[str, float]
) -> tuple[dict[str, int], dict[str, float]]:
    """Return both sides in the finest age bands that both can be summed to.

    Bands are only ever summed, up to edges that both sides have; ages are never spread over a band by assumption.

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
        When the two sides share too few edges.

    Examples
    --------
    >>> nest_age_bands({"0–17": 3, "18+": 5}, {"0–4": 0.25, "5–17": 0.25, "18+": 0.5})
    ({'0–17': 3, '18+': 5}, {'0–17': 0.5, '18+': 0.5})
    """
    own, other = bands_in_common(cohort, reference)
    counted = dict.fromkeys([*other.values(), *own.values()], 0)
    for band, n in cohort.items():
        counted[own[band]] += n
    shares = dict.fromkeys(counted, 0.0)
    for band, share in reference.items():
        shares[other[band]] += share
    return counted, shares


def bands_in_common(first: Iterable[str], second: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return to which band each age band of two sets has to be summed so that both have the same.

    Parameters
    ----------
    first, second : iterable of str
        Bands of the cohort and of the reference, such as ``"18–29"`` or ``"85+"``; no missing categories.

    Returns
    -------
    tuple of dict
        Band to the sum that it belongs to, for each set.

    Raises
    ------
    ValueError
        When bands of a set overlap, or the sets share no edge between two ages, so that only everybody could be
        compared with everybody.

    Examples
    --------
    >>> bands_in_common(["0–17", "18+"], ["0–4", "5–17", "18+"])[1]
    {'0–4': '0–17', '5–17': '0–17', '18+': '18+'}
    """
    first, second = list(first), list(second)
    for whose, bands in (("cohort", first), ("reference", second)):
        if twice := overlapping(bands):
            raise ValueError(
                f"The {whose}'s age bands overlap: {', '.join(' and '.join(pair) for pair in twice)}. Bands that hold "
                "each age once would be right. Band the ages again with workbench.vocabulary.demographics.age_group."
            )
    own, other = shared_bands(first, second), shared_bands(second, first)
    common = set(own.values()) & set(other.values())
    if first and second and len(common) < min(2, len(first), len(second)):
        raise ValueError(
            f"The cohort's age bands ({', '.join(first)}) and the reference's ({', '.join(second)}) do not nest: they "
            "have no edge in common, and nobody knows how the patients of a band divide. Band the ages again with "
            "workbench.vocabulary.demographics.age_group and the bounds of the reference."
        )
    return own, other
