"""Where a selection of patients stands against a population, counted from codes: quick enough for every click."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from workbench.assessment.alignment import nest_age_bands
from workbench.assessment.distances import jensen_shannon, total_variation
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.tallies import tally_reference
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
    published : mapping of str to float
        Category to the population's number of people or, where only those are published, percentage; the same
        categories.
    n_missing : mapping of str to int
        Why an attribute is missing to number of patients.
    published_missing : mapping of str to float
        The same reasons to the population's number or percentage.
    """

    counts: Mapping[str, int]
    published: Mapping[str, float]
    n_missing: Mapping[str, int]
    published_missing: Mapping[str, float]

    @cached_property
    def shares(self) -> dict[str, float]:
        """Category to share of the people of the population whose category is known."""
        known = sum(self.published.values())
        return {category: n / known if known else 0.0 for category, n in self.published.items()}

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
            Both None where one side has nobody.
        """
        p, q = [*self.counts.values()], [*self.published.values()]
        if missing == "included":
            p, q = [*p, *self.n_missing.values()], [*q, *self.published_missing.values()]
        if not sum(p) or not sum(q):
            return None, None
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
    if group.attribute not in population.attributes:
        return None
    counted = dict(zip(group.categories, group.count(chosen), strict=True))
    published = {category: n for (category,), n in tally_reference(population, [group.attribute]).n.items()}
    n_missing = {reason: counted.pop(reason, 0) for reason in MISSING}
    published_missing = {reason: published.pop(reason, 0) for reason in MISSING}
    if group.attribute.startswith("age"):
        counted, published = nest_age_bands(counted, published)
    both = dict.fromkeys([*published, *counted])
    return Standing(
        {category: counted.get(category, 0) for category in both},
        {category: published.get(category, 0) for category in both},
        n_missing,
        published_missing,
    )
