"""What each criterion costs in representation: whom it loses, why, and how far that leads from a population."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from workbench.assessment.intervals import wilson_interval
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import Condition
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.price_groups import known_losses
from workbench.catalog.price_words import requiring, step_sentences
from workbench.catalog.repository import Repository
from workbench.catalog.standing import stand
from workbench.catalog.subgroups import Subgroups, people, read_subgroups, selected_people, subgroup_names

_LOSS: dict[str, Any] = {"n_before": pl.Int64, "n_after": pl.Int64, "n_lost": pl.Int64, "n_lost_missing": pl.Int64}
_STEP: dict[str, Any] = {"number": pl.Int64, "step": pl.String}
_TABLE = _STEP | {"attribute": pl.String, "category": pl.String} | _LOSS
_DISTANCES = _STEP | {
    "attribute": pl.String,
    "missing": pl.String,
    "jsd_before": pl.Float64,
    "jsd_after": pl.Float64,
    "total_variation_before": pl.Float64,
    "total_variation_after": pl.Float64,
    "n_before": pl.Int64,
    "n_after": pl.Int64,
}


class Steps(Protocol):
    """What is priced: the attrition of a cohort."""

    @property
    def repository(self) -> Repository:
        """What was selected from."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """In the order they were given."""

    @property
    def steps(self) -> list[tuple[str, Mask, Mask]]:
        """Each step's words, the series left after it, and those lost to it only for a missing value."""


@dataclass(frozen=True, eq=False, repr=False)
class Price:
    """Who each criterion of a cohort removed, by subgroup, and how far the cohort is from a population for it.

    Only people are counted. Their age is the one they have in the cohort before the step. In the distances each cohort
    has its own ages, so that the last distance is the one that `workbench.catalog.comparison.compare` gives.

    Its sentences begin with what a step loses of all, then name one group: of those with at least 11 patients before
    it, the one that lost most compared with the others whose value is known; where none clearly lost more, the one that
    lost least. Groups that the step itself asks for are lost by definition and not named; nor are those of a missing
    or conflicting value, nor is a group whose share is said like that of the others. `workbench.catalog.price_groups`
    says how.

    Attributes
    ----------
    table : polars.DataFrame
        One row a step and subgroup that had anyone: number (of the step, from 1), step, attribute, category, n_before,
        n_after, n_lost, lost_fraction, lost_low, lost_high (95 % Wilson) and n_lost_missing (who would have passed
        this step, were the missing values the ones asked for).
    overall : polars.DataFrame
        The same of everybody, one row a step.
    distances : polars.DataFrame
        One row a step, attribute and missing policy: jsd and total_variation, before and after, with the number of
        patients that each rests on, n_before and n_after. Null where nobody is counted.
    reference : ReferencePopulation
        What the distances are from.
    subjects : tuple of str
        What each sentence begins with, such as "Requiring modality CT".
    own : tuple of frozenset
        The attributes that each step itself speaks of: their groups are lost by definition and not named.
    notes : tuple of str
        What a reader has to know next to the numbers.
    stamp : str
        What the source demands below the numbers; empty where nothing.
    """

    table: pl.DataFrame
    overall: pl.DataFrame
    distances: pl.DataFrame
    reference: ReferencePopulation
    subjects: tuple[str, ...]
    own: tuple[frozenset[str], ...]
    notes: tuple[str, ...] = ()
    stamp: str = ""

    @cached_property
    def known(self) -> pl.DataFrame:
        """What each step loses of those of a known value, one row an attribute: what its groups are held against."""
        return known_losses(self.table)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each step in plain words: how many and whom it loses, and how far that leads from the reference."""
        return tuple(" ".join(filter(None, said)) for said in self._said)

    @property
    def findings(self) -> tuple[str, ...]:
        """Of each step only how many and whom it loses."""
        return tuple(finding for finding, _ in self._said)

    @cached_property
    def _said(self) -> tuple[tuple[str, str], ...]:
        frames = (self.table, self.distances)
        return tuple(
            step_sentences(subject, everybody, *(frame.filter(pl.col("number") == number) for frame in frames), own=own)
            for number, (subject, everybody, own) in enumerate(
                zip(self.subjects, self.overall.iter_rows(named=True), self.own, strict=True), start=1
            )
        )

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, str(self.table), *self.notes, *([self.stamp] if self.stamp else [])])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)
        noted = "".join(f"<p>{html.escape(note)}</p>" for note in (*self.notes, self.stamp) if note)
        return f"{said}{self.table._repr_html_()}{noted}"


def price_steps(
    attrition: Steps,
    *,
    reference: str | Path | ReferencePopulation = "us_census",
    attributes: Sequence[str] | None = None,
) -> Price:
    """Return what each step of an attrition costs in representation.

    Parameters
    ----------
    attrition : Attrition
        What ``cohort.attrition`` gives.
    reference : str, pathlib.Path or ReferencePopulation
        A name of `workbench.assessment.references.list_references`, the path of a CSV of your own, or what
        `read_reference` gives.
    attributes : sequence of str, optional
        Categories of patients, or bands of age; by default sex, age group, race and ethnicity where the source has
        them. Those that the reference lacks have no distance.

    Returns
    -------
    Price
        Without rows for a cohort without conditions.

    Raises
    ------
    UnknownNameError
        For an attribute or reference population that does not exist.
    ValueError
        When age bands do not nest.
    """
    repository = attrition.repository
    names = subgroup_names(repository, None if attributes is None else tuple(attributes))
    population = reference if isinstance(reference, ReferencePopulation) else read_reference(reference)
    looks = [_look(repository, names, left, missing) for _, left, missing in attrition.steps]
    labels = [(number, step) for number, (step, *_) in enumerate(attrition.steps)]
    rows: list[tuple[Any, ...]] = []
    everybody: list[tuple[Any, ...]] = []
    distances: list[tuple[Any, ...]] = []
    for key, before, after in zip(labels[1:], looks, looks[1:], strict=False):
        masks = (before.chosen, after.chosen, before.chosen & ~after.chosen, after.excused)
        everybody.append((*key, *(int(np.count_nonzero(mask)) for mask in masks)))
        rows += [(*key, *row) for group in before.groups for row in _losses(group, masks)]
        distances += [(*key, *row) for row in _distances(before, after, population)]
    n_others = int(np.count_nonzero(~people(repository)))
    left_out = (
        f"What each step loses is told of people: {n_others:,} animals, phantoms, simulations or mixed collections' "
        "patients are left out."
    )
    return Price(
        _with_intervals(pl.DataFrame(rows, _TABLE, orient="row")),
        _with_intervals(pl.DataFrame(everybody, _STEP | _LOSS, orient="row")),
        pl.DataFrame(distances, _DISTANCES, orient="row"),
        population,
        tuple(requiring(condition) for condition in attrition.conditions),
        tuple(condition.columns for condition in attrition.conditions),
        (left_out,) if n_others else (),
        stamp_of(repository),
    )


@dataclass(frozen=True, eq=False)
class _Look:
    """The people of one step: who is left, who is not but would be if missing values were the ones asked for."""

    chosen: Mask
    excused: Mask
    groups: tuple[Subgroups, ...]


def _look(repository: Repository, names: tuple[str, ...], left: Mask, missing: Mask) -> _Look:
    chosen = selected_people(repository, left)
    excused = selected_people(repository, missing) & ~chosen
    return _Look(chosen, excused, tuple(read_subgroups(repository, name, left) for name in names))


def _losses(group: Subgroups, masks: tuple[Mask, ...]) -> Iterator[tuple[Any, ...]]:
    for category, *n in zip(group.categories, *map(group.count, masks), strict=True):
        if n[0]:
            yield group.attribute, category, *n


def _distances(before: _Look, after: _Look, population: ReferencePopulation) -> Iterator[tuple[Any, ...]]:
    for one, other in zip(before.groups, after.groups, strict=True):
        sides = stand(one, before.chosen, population), stand(other, after.chosen, population)
        if sides[0] is None or sides[1] is None:
            continue  # the population is not broken down by it
        for missing in ("included", "excluded"):
            pairs = [side.distances(missing) for side in sides if side]
            n = [side.n(missing) for side in sides if side]
            yield one.attribute, missing, *(pair[0] for pair in pairs), *(pair[1] for pair in pairs), *n


def _with_intervals(losses: pl.DataFrame) -> pl.DataFrame:
    low, high = wilson_interval(pl.col("n_lost"), pl.col("n_before"))
    share = pl.when(pl.col("n_before") > 0).then(pl.col("n_lost") / pl.col("n_before"))
    return losses.select(
        pl.exclude("n_lost_missing"), lost_fraction=share, lost_low=low, lost_high=high, n_lost_missing="n_lost_missing"
    )
