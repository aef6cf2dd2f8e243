"""The notes below the public census: how it was counted and measured, in plain words."""

from collections.abc import Mapping

from workbench.assessment.references import ReferencePopulation
from workbench.assessment.representativeness import Comparison
from workbench.presentation.census_counts import PEOPLE, PublicCounts
from workbench.presentation.page_head import WHY_EXACT
from workbench.presentation.who_is_counted import NOT_KNOWN_NOTE


def census_notes(
    counts: PublicCounts, population: ReferencePopulation, compared: Mapping[str, Comparison]
) -> list[dict[str, str]]:
    """Return the notes below the census: method, population, rule of small counts, definitions.

    Parameters
    ----------
    counts : PublicCounts
        What is shown.
    population : ReferencePopulation
        Whom the people are compared with.
    compared : mapping of str to Comparison
        Attribute to its comparison.

    Returns
    -------
    list of dict
        ``title`` and ``text``.
    """
    disclosure = counts.cohort.repository.disclosure
    notes = [
        {
            "title": "Method",
            "text": "Everybody in the commons is counted, so no share has an error of sampling. The 95 % Wilson "
            "interval beside it says how far it could lie from that of a larger group of which these patients were a "
            "random draw. The distance that sentences give is the total variation: how many of 100 patients would have "
            "to belong to another group to match the population. What each group adds is its part of the square of the "
            "Jensen–Shannon distance (base 2, square root), which counts a difference more where a group is small; so "
            "the group with the most points of difference need not be the one that adds most. Interval of a distance: "
            "patients drawn again and again (bootstrap), less what chance alone adds. Jensen–Shannon distances: "
            + " ".join(_measured(name, comparison) for name, comparison in compared.items()),
        },
        {
            "title": "Reference population",
            "text": f"{population.title}. Publisher: {population.source['publisher']}. Table: "
            f"{population.source['table_id']}. Year: {population.year}. License: {population.source['license']}.",
        },
    ]
    if counts.is_open:
        notes.append({"title": "Why exact counts", "text": f"Exact, because {WHY_EXACT[disclosure]}."})
    else:
        notes.append({"title": "Small counts", "text": " ".join(counts.protection)})
    notes.append(dict(NOT_KNOWN_NOTE))
    definitions = dict.fromkeys(text for census in counts.censuses.values() for text in census.definitions)
    warned = dict.fromkeys(text for comparison in compared.values() for _, text in comparison.warnings)
    notes += [{"title": "Definitions", "text": " ".join(definitions)}] if definitions else []
    notes += [{"title": "Definitions that differ", "text": " ".join(warned)}] if warned else []
    return notes


def _measured(name: str, comparison: Comparison) -> str:
    values = {row["missing"]: row["jsd"] for row in comparison.table.iter_rows(named=True)}
    shown = {policy: "not defined" if value is None else f"{value:.3f}" for policy, value in values.items()}
    return f"{PEOPLE[name]}: {shown['excluded']} without the missing, {shown['included']} with them."
