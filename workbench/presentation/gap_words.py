"""The distance from a population in plain words: which groups, of how many patients, and what could be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.assessment.representativeness import Comparison
from workbench.assessment.wording import percentage, plain_words
from workbench.errors import listed
from workbench.presentation.charts.distance_words import briefly

_FAR = 0.1  # ten points of a percentage
_FEW = 0.005  # of total variation; below, no group stands out


def largest_gap(
    comparison: Comparison, attribute: str, *, others: Sequence[str], lacking: Sequence[str], hidden: Sequence[str] = ()
) -> dict[str, str]:
    """Return the largest gap as the start page tells it.

    Parameters
    ----------
    comparison : Comparison
        Of the attribute that is farthest from its population.
    attribute : str
        Its name.
    others : sequence of str
        Words of what was compared beside it.
    lacking : sequence of str
        Words of what the source does not say of its patients.
    hidden : sequence of str
        Words of what could not be compared, since some of its counts are hidden.

    Returns
    -------
    dict of str to str
        ``attribute``, ``told``, ``base`` and ``compared``: a word and three sentences.
    """
    name = plain_words(attribute)
    parts = [f"Compared were {listed([name, *others])}" if others else f"Compared was {name}"]
    parts += [f"{listed(hidden)} could not be, as some counts are hidden"] if hidden else []
    parts += [f"{listed(lacking)} {'are' if len(lacking) > 1 else 'is'} not in this source"] if lacking else []
    return {
        "attribute": name[:1].upper() + name[1:],
        "told": f"{groups_told(comparison, attribute)}.",
        "base": base_told(comparison, attribute),
        "compared": f"{'; '.join(parts)}.",
    }


def gap_told(comparison: Comparison, attribute: str, *, is_largest: bool = False) -> str:
    """Return one gap as a finding: the groups first, then by how much, then of how many.

    Parameters
    ----------
    comparison : Comparison
        Of this attribute.
    attribute : str
        Its name.
    is_largest : bool
        Whether no other attribute is farther.

    Returns
    -------
    str
        Sentences; the first can stand alone.
    """
    if _measured(comparison, attribute)["total_variation"] is None:
        return comparison.sentences[attribute]
    name = plain_words(attribute)
    begun = f"Largest gap, {name}: " if is_largest else f"{name[:1].upper()}{name[1:]}: "
    shares = [
        f"{_group(part, attribute)}: {percentage(part['fraction'])} here, "
        f"{percentage(part['reference_fraction'])} there"
        for part in _ends(comparison, attribute)
    ]
    told = [f"{begun}{groups_told(comparison, attribute)}.", f"{'; '.join(shares)}." if shares else ""]
    moved = comparison.sentences[attribute].partition(": ")[2].partition(". ")[0]
    warned = [text for named, text in comparison.warnings if named == attribute]
    return " ".join(
        filter(None, [*told, f"{moved}.", _by_chance(comparison, attribute), base_told(comparison, attribute), *warned])
    )


def groups_told(comparison: Comparison, attribute: str) -> str:
    """Return which group is met more often than in the population, and which less often.

    Parameters
    ----------
    comparison : Comparison
        Of this attribute.
    attribute : str
        Its name.

    Returns
    -------
    str
        Without a period.
    """
    against = briefly(comparison.reference.title)
    ends = _ends(comparison, attribute)
    if not ends:
        return f"much as in {against}"
    ways = ("more", "less")
    said = [
        f"{_group(part, attribute)} {'far ' if abs(part['surplus']) >= _FAR else ''}{way} often"
        for part, way in zip(ends, ways, strict=True)
    ]
    return f"{', '.join(said)} than in {against}"


def base_told(comparison: Comparison, attribute: str) -> str:
    """Return of how many patients a comparison speaks, and how many it has to leave out.

    Parameters
    ----------
    comparison : Comparison
        Of this attribute.
    attribute : str
        Its name.

    Returns
    -------
    str
        A sentence.
    """
    row = _measured(comparison, attribute)
    name, n_missing = plain_words(attribute), row["n_missing"] or 0
    said = f"This speaks of the {row['n_patients']:,} patients whose {name} is known"
    if not n_missing:
        return f"{said}."
    share = n_missing / (n_missing + row["n_patients"])
    return f"{said}; of another {n_missing:,} ({percentage(share, digits=0)}) it is not."


def _measured(comparison: Comparison, attribute: str) -> dict[str, Any]:
    return comparison.table.filter(attribute=attribute, missing="excluded").row(0, named=True)


def _by_chance(comparison: Comparison, attribute: str) -> str:
    said = [each for each in comparison.sentences[attribute].split(". ") if each.startswith("Chance alone")]
    return f"{said[0].rstrip('.')}." if said else ""


def _ends(comparison: Comparison, attribute: str) -> list[dict[str, Any]]:
    """The group with the most points above its share of the population, and the one with the most below."""
    if _measured(comparison, attribute)["total_variation"] < _FEW:
        return []
    parts = comparison.contributions.filter(attribute=attribute, missing="excluded").drop_nulls(
        ["fraction", "reference_fraction"]
    )
    rows = [{**row, "surplus": row["fraction"] - row["reference_fraction"]} for row in parts.iter_rows(named=True)]
    if len(rows) < 2:
        return []
    return [max(rows, key=lambda row: row["surplus"]), min(rows, key=lambda row: row["surplus"])]


def _group(part: Mapping[str, Any], attribute: str) -> str:
    return f"{part['category']} years" if attribute.startswith("age") else str(part["category"])
