"""Where a selection of patients stands against a population, counted from codes: quick enough for every click."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from workbench.assessment.alignment import nest_age_bands
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.representativeness import jensen_shannon, total_variation
from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.subgroups import Subgroups
from workbench.vocabulary.demographics import MISSING


@dataclass(frozen=True)
class Standing:
    """One attribute of a selection beside the same of a population.

    Attributes
    ----------
    counts : mapping of str to int
        Category to number of patients, over the union of both sides' categories; those missing are not in it.
    shares : mapping of str to float
        Category to share of the population, over the same categories.
    n_missing : mapping of str to int
        Why an attribute is missing to number of patients.
    """

    counts: Mapping[str, int]
    shares: Mapping[str, float]
    n_missing: Mapping[str, int]

    def n(self, missing: str) -> int:
        """Return how many patients a distance rests on.

        Parameters
        ----------
        missing : {"included", "excluded"}
            Whether those of a missing value are categories of their own, or left out.

        Returns
        -------
        int
            The denominator.
        """
        return sum(self.counts.values()) + (sum(self.n_missing.values()) if missing == "included" else 0)

    def distances(self, missing: str) -> tuple[float | None, float | None]:
        """Return the Jensen-Shannon distance and the total variation.

        Parameters
        ----------
        missing : {"included", "excluded"}
            Whether those of a missing value are categories of their own, or left out.

        Returns
        -------
        tuple
            Both None where nobody is counted.
        """
        if not self.n(missing):
            return None, None
        more = list(self.n_missing.values()) if missing == "included" else []
        p = np.array([*self.counts.values(), *more], dtype=np.float64)
        q = np.array([*self.shares.values(), *(0.0 for _ in more)])
        return jensen_shannon(p, q), total_variation(p, q)


def stand(group: Subgroups, chosen: Mask, population: ReferencePopulation) -> Standing | None:
    """Return where a selection stands in one attribute.

    Parameters
    ----------
    group : Subgroups
        The attribute.
    chosen : numpy.ndarray
        (n_patients,), bool: the selection.
    population : ReferencePopulation
        The other side; age bands are summed to the coarser of the two sets.

    Returns
    -------
    Standing or None
        None when the population is not broken down by the attribute.

    Raises
    ------
    ValueError
        When age bands do not nest.
    """
    published = _published(population, group.attribute)
    if not published:
        return None
    counted = dict(zip(group.categories, group.count(chosen), strict=True))
    known = {category: n for category, n in counted.items() if category not in MISSING}
    if group.attribute.startswith("age"):
        known, published = nest_age_bands(known, published)
    both = dict.fromkeys([*published, *known])
    return Standing(
        {category: known.get(category, 0) for category in both},
        {category: published.get(category, 0.0) for category in both},
        {reason: counted.get(reason, 0) for reason in MISSING},
    )


def _published(population: ReferencePopulation, attribute: str) -> dict[str, float]:
    rows = population.table.select("attribute", "category", "fraction").iter_rows()
    return {category: fraction for name, category, fraction in rows if name == attribute}
