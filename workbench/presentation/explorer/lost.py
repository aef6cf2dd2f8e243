"""Who the criterion that was just changed has lost, group by group, and where that leaves the cohort."""

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.price import Price
from workbench.catalog.price_groups import FEWEST, most_affected
from workbench.catalog.price_words import percent, to_match
from workbench.catalog.repository import Repository
from workbench.catalog.standing import Standing, stand
from workbench.catalog.subgroups import read_subgroups, selected_people, subgroup_names
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.steps import step_labels
from workbench.presentation.explorer.wording import title
from workbench.vocabulary.demographics import MISSING

_REFERENCE, _SHORT = "us_census", "the US population"
_AXES = (10, 20, 25, 40, 50, 75, 100)  # percent; the smallest that holds every share is the end of an axis
_TITLES = {"age_group": "Age"}
_POLICIES = ("excluded", "included")
_NOTHING = "Nobody yet. Choose a bar or drag over a chart, and who that loses stands here."
_RULES = (
    (
        "Share lost: of the patients before this step, those of whom nothing is left after it; the whisker is the 95 % "
        "Wilson interval. Hatched: they would have passed this step, were the missing value the one asked for."
    ),
    (
        "A patient's age is the one in the cohort before the step; in the shares on the right, the one in that "
        "selection."
    ),
    (
        "The dashed line is the share lost of all patients whose value is known; those without one belong to no group. "
        f"Named is, of the groups of at least {FEWEST} patients before the step, the one that lost most compared with "
        f"the others whose value is known, at least {FEWEST} too, where the 95 % interval of the difference (Newcombe) "
        "lies above 0; where there is none, the one that lost least, where it lies below. Shares that are the same in "
        "whole percent are no difference. Groups that the step itself asks for are not named."
    ),
    "Patients without a value are left out of the shares on the right and counted below them.",
)


def lost_panel(state: ExplorerState) -> dict[str, Any]:
    """Return who one step lost, and the commons and the cohort against a population.

    Parameters
    ----------
    state : ExplorerState
        Knows the cohort and the step that is looked at.

    Returns
    -------
    dict
        Sentences, and one group of rows an attribute: the share lost with its interval beside that of all whose value
        is known, and three shares of patients.
    """
    cohort = state.cohort
    price = state.remember("price", lambda: priced(cohort))
    number = min(max(state.step, 0), len(cohort.conditions) - 1) + 1
    everybody = price.overall.row(number - 1, named=True) if number else {}
    losses = price.table.filter(pl.col("number") == number)
    named = most_affected(losses, skip=price.own[number - 1]) if number else None
    known = {row["attribute"]: row for row in price.known.filter(number=number).iter_rows(named=True)}
    groups = [
        _group(attribute, losses.filter(pl.col("attribute") == attribute), named, sides, price.reference)
        | {"known": _known(known.get(attribute))}
        for attribute, sides in state.remember("standings", lambda: _standings(cohort)).items()
    ]
    return {
        "step": number - 1,
        "label": step_labels(cohort)[number - 1] if number else "No criterion yet",
        "sentence": _sentence(price, number) if number else _NOTHING,
        "words": _words(cohort, number, everybody),
        "groups": groups,
        "source": _source(price.reference),
        "notes": [*price.notes, *_RULES],
        "stamp": price.stamp,
    }


def priced(cohort: Cohort) -> Price:
    """Return the price of a cohort's criteria in the page's own words.

    Parameters
    ----------
    cohort : Cohort
        What is selected.

    Returns
    -------
    Price
        Against the population that the page compares with.
    """
    price = cohort.attrition.price(reference=_reference(cohort.repository))
    return dataclasses.replace(price, subjects=tuple(f"“{label}”" for label in step_labels(cohort)))


def _reference(repository: Repository) -> ReferencePopulation:
    return repository.remember(("reference", _REFERENCE), partial(read_reference, _REFERENCE))


def _source(reference: ReferencePopulation) -> str:
    return f"Reference: {reference.title}, year {reference.year}."


def _standings(cohort: Cohort) -> dict[str, tuple[Standing, Standing]]:
    """The whole commons and the cohort, for every attribute that the population has too."""
    repository = cohort.repository
    return {
        attribute: (whole, mine)
        for attribute, whole in repository.remember("explorer whole", partial(_whole, repository)).items()
        if (mine := _stand(repository, attribute, cohort.mask)) is not None
    }


def _whole(repository: Repository) -> dict[str, Standing]:
    everything = np.ones(len(repository.column("series", "patient_key")), dtype=np.bool_)
    names = subgroup_names(repository)
    found = {attribute: _stand(repository, attribute, everything) for attribute in names}
    return {attribute: standing for attribute, standing in found.items() if standing is not None}


def _stand(repository: Repository, attribute: str, met: Any) -> Standing | None:
    group = read_subgroups(repository, attribute, met)
    return stand(group, selected_people(repository, met), _reference(repository))


def _sentence(price: Price, number: int) -> str:
    """What a step loses, without its name, which stands above."""
    said = price.findings[number - 1].removeprefix(price.subjects[number - 1]).strip()
    return said[:1].upper() + said[1:]


def _words(cohort: Cohort, number: int, everybody: Mapping[str, Any]) -> str:
    """The numbers behind the sentence; animals and phantoms are no part of them, as the words then say."""
    n_patients = cohort.attrition.table["patients"][max(number - 1, 0)]
    if not number:
        n = int(np.count_nonzero(selected_people(cohort.repository, cohort.mask)))
        return f"{n:,} {'patients' if n == n_patients else 'people'} to begin with"
    n, missing = everybody["n_before"], everybody["n_lost_missing"]
    words = f"{everybody['n_lost']:,} of {n:,} {'patients' if n == n_patients else 'people'} lost"
    return words + (f", {missing:,} only for a missing value" if missing else "")


def _known(losses: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is lost of those whose value is known: the line that the groups of an attribute are held against."""
    if losses is None:
        return None
    n, lost = losses["n_before"], losses["n_lost"]
    return {"n_before": n, "n_lost": lost, "lost": losses["lost_fraction"], "text": _short(lost, n)}


def _short(n: int, total: int) -> str:
    return percent(n, total).replace("over", ">").replace("under", "<")


def _group(
    attribute: str,
    losses: pl.DataFrame,
    named: Mapping[str, Any] | None,
    sides: tuple[Standing, Standing],
    reference: ReferencePopulation,
) -> dict[str, Any]:
    whole, mine = sides
    lost = {row["category"]: row for row in losses.iter_rows(named=True)}
    shown = [category for category in whole.shares if whole.shares[category] or whole.counts[category]]
    absent = [category for category in MISSING if whole.n_missing[category]]
    marked = named["category"] if named and named["attribute"] == attribute else None
    rows = [_row(category, lost.get(category), sides) | {"named": category == marked} for category in (*shown, *absent)]
    largest = max([row[name] or 0 for row in rows for name in ("reference", "commons", "cohort")], default=0)
    name = _TITLES.get(attribute, title(attribute))
    return {
        "attribute": attribute,
        "title": name,
        "rows": rows,
        "axis": next(end for end in _AXES if 100 * largest <= end + 1e-9),
        "words": _distance_words(name, whole, mine),
        "method": _method(name, whole, mine),
        "warnings": list(reference.warnings(attribute)),
        "missing": f"{sum(mine.n_missing.values()):,} of {mine.n('included'):,} patients in the cohort without a value",
    }


def _row(category: str, loss: Mapping[str, Any] | None, sides: tuple[Standing, Standing]) -> dict[str, Any]:
    whole, mine = sides
    known = category in whole.shares
    shares = [_share(side, category) if known else None for side in sides]
    row: dict[str, Any] = {"category": category, "missing": not known}
    row |= {"reference": whole.shares[category] if known else None, "commons": shares[0], "cohort": shares[1]}
    row |= {"n_cohort": (mine.counts if known else mine.n_missing).get(category, 0)}
    if loss is None:
        return row | {"n_before": 0, "n_lost": 0, "lost": None, "text": "", "words": "nobody before this step"}
    n, lost, missing = loss["n_before"], loss["n_lost"], loss["n_lost_missing"]
    interval = f"95 % interval {100 * loss['lost_low']:.0f} to {100 * loss['lost_high']:.0f} %"
    because = f"; {missing:,} of them only because the value is missing" if missing else ""
    return row | {
        "n_before": n,
        "n_lost": lost,
        "n_lost_missing": missing,
        "lost": lost / n,
        "lost_missing": missing / n,
        "low": loss["lost_low"],
        "high": loss["lost_high"],
        "text": _short(lost, n),
        "words": f"{lost:,} of {n:,} lost, {percent(lost, n)}, {interval}{because}",
    }


def _share(side: Standing, category: str) -> float | None:
    n = side.n("excluded")
    return side.counts[category] / n if n else None


def _distance_words(name: str, whole: Standing, mine: Standing) -> str:
    before, now = whole.distances("excluded")[1], mine.distances("excluded")[1]
    if before is None or now is None:
        return f"{name} is recorded for nobody here."
    return f"{to_match(now, _SHORT)}; in the whole commons, {round(100 * before)}."


def _method(name: str, whole: Standing, mine: Standing) -> str:
    parts = []
    for missing in _POLICIES:
        pairs = [(side.distances(missing), side.n(missing)) for side in (whole, mine)]
        said = [
            f"{words} {jsd:.3f} and {varied:.3f} (n = {n:,})"
            for words, ((jsd, varied), n) in zip(("commons", "cohort"), pairs, strict=True)
            if jsd is not None and varied is not None
        ]
        parts.append(f"missing {missing}: {', '.join(said) or 'nobody counted'}")
    return f"{name}, Jensen–Shannon distance and total variation, {'; '.join(parts)}."
