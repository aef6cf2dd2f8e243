"""The counts behind every public page: exact where the source is open, suppressed together where it is controlled."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl

from workbench.assessment.census import Census, count_census
from workbench.assessment.combinations import combine_groups
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.representativeness import Comparison, compare_to_reference
from workbench.assessment.suppression.auditing import THRESHOLD
from workbench.assessment.suppression.meanings import NO_IMAGES
from workbench.assessment.suppression.published import Cell
from workbench.assessment.suppression.staging import suppress_in_stages
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.counted import count_exactly, read_counted
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.listing import listed
from workbench.catalog.overview import everybody
from workbench.catalog.repository import Repository
from workbench.presentation.public_categories import closed_categories
from workbench.vocabulary.demographics import MISSING

By = tuple[str, ...]

#: What people are counted by, with the word on the page; those that a source lacks are left out.
PEOPLE = {
    "sex": "Sex",
    "age_group": "Age",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "covid19_positive": "COVID-19",
    "state": "State",
    "country": "Country",
}
#: What people are compared by; places are drawn on maps, by the number of their inhabitants.
COMPARED = {name: PEOPLE[name] for name in ("sex", "age_group", "race", "ethnicity")}
#: How they were imaged; a patient counts once in each. Of an open source only acquired images are asked.
IMAGING = {"modality": "Modality", "body_region": "Body region", "manufacturer": "Manufacturer"}
#: Why hidden numbers may be 0.
ZEROS = "Where nothing of a group is shown, a 0 in it is hidden too, in every table."
#: What a report of a controlled source says where no earlier release came with it.
ALONE = "Suppressed for this release alone; if another was published, pass --earlier with the folder of its pages."
# Of a controlled source the population in the census's own age bands: hidden counts cannot be summed to other bands.
_REFERENCES = {"controlled": "us_census"}
_REFERENCE = "us_acs"
_TOGETHER: tuple[By, ...] = (("sex", "age_group"), ("race", "ethnicity"))
# What else is published of a controlled source, each with every table of fewer of its attributes. The sets form no
# cycle: each meets those before it in attributes that one of them holds together, so that an audit looks at each alone.
_HIERARCHY: tuple[By, ...] = (
    ("sex", "age_group", "race"),
    ("sex", "race", "ethnicity"),
    ("sex", "age_group", "covid19_positive"),
    ("sex", "covid19_positive", "modality"),
    ("modality", "body_region"),
    ("sex", "state"),
)
_UNTESTED: By = ("sex", "age_group", "modality")  # where nobody's test is known, the ages by images take its place
_KEY = "patient_key"
_MOST_CELLS = 600  # of one table beyond those of the census: with more of them, nearly all are small


@dataclass(frozen=True)
class PublicCounts:
    """Every number that public pages may show.

    Attributes
    ----------
    cohort : Cohort
        The people of the source.
    censuses : mapping
        Attributes to census, of what the census shows; of a controlled source with the small counts, and what gives
        them away, hidden.
    is_open : bool
        Whether further counts may be taken from the cohort.
    protection : tuple of str
        The rule of suppression and what its audit found; empty for an open source.
    further : mapping
        Further tables of a controlled source, suppressed with the others; with each of several attributes those of
        fewer stand in `tables`. Of an open source none: they may be counted at any time.
    """

    cohort: Cohort
    censuses: Mapping[By, Census]
    is_open: bool
    protection: tuple[str, ...] = ()
    further: Mapping[By, Census] = field(default_factory=dict)

    @property
    def tables(self) -> dict[By, Census]:
        """Every table: those of the census, then the further ones."""
        return {**self.censuses, **self.further}

    def one_way(self, names: Mapping[str, str]) -> dict[str, Census]:
        """Return the censuses by one attribute.

        Parameters
        ----------
        names : mapping of str to str
            Attribute to its word on the page.

        Returns
        -------
        dict of str to Census
            Attribute to census, in that order.
        """
        return {name: self.censuses[(name,)] for name in names if (name,) in self.censuses}

    def compare(self, population: ReferencePopulation) -> dict[str, Comparison]:
        """Return the distance of every attribute that a population has, the farthest first.

        Parameters
        ----------
        population : ReferencePopulation
            The other side.

        Returns
        -------
        dict of str to Comparison
            Attribute to a comparison of it alone; without those whose numbers are hidden or known of nobody.
        """
        compared = {
            name: compare_to_reference(census, population, attributes=[name])
            for name, census in self.one_way(COMPARED).items()
            if name in population.attributes and is_known(census)
        }
        measured = {name: comparison for name, comparison in compared.items() if _distance(comparison) is not None}
        return dict(sorted(measured.items(), key=lambda item: -(_distance(item[1]) or 0)))


def count_public(catalog: Catalog, *, earlier: Sequence[Sequence[Census]] = ()) -> PublicCounts:
    """Return what the public pages of a source may show.

    Parameters
    ----------
    catalog : Catalog
        Any source. All tables of a controlled one are suppressed as one family: what several tables say together does
        not give a count of 1 to 10 patients away.
    earlier : sequence of sequence of Census
        What earlier releases of a controlled source published, oldest first: what all together give away is hidden.

    Returns
    -------
    PublicCounts
        Counts of people; animals and phantoms are left out.
    """
    if catalog.repository.disclosure != "controlled":
        return _exact(everybody(catalog))
    if earlier:
        return _suppressed(everybody(catalog), earlier)
    return catalog.repository.remember("public counts", partial(_suppressed, everybody(catalog), ()))


def default_reference(repository: Repository) -> str:
    """Return the population that a source is compared with where nobody names another, on its page and in its report.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    str
        The American Community Survey, and for a controlled source the percentages that MIDRC-REACT ships.
    """
    return _REFERENCES.get(repository.disclosure, _REFERENCE)


def is_known(census: Census) -> bool:
    """Return whether a census by one attribute counts anybody outside the missing categories.

    Parameters
    ----------
    census : Census
        By one attribute.

    Returns
    -------
    bool
        False where everything is missing or hidden.
    """
    known = census.table.filter(~pl.col(census.by[0]).cast(pl.String).is_in(MISSING))
    return bool((known[f"n_{census.unit}"].fill_null(0) > 0).any())


def _distance(comparison: Comparison) -> float | None:
    """Of those with a known group; None where that is not known, as where hidden numbers mix them with the missing."""
    known = comparison.table.filter(pl.col("missing") == "excluded")["total_variation"]
    return known[0] if known.len() else None


def _exact(people: Cohort) -> PublicCounts:
    imaged = people.where(derived=False)
    counted = {by: imaged if by[0] in IMAGING else people for by in _attributes(people)}
    censuses = {by: count_exactly(cohort.repository, cohort.mask, by=by) for by, cohort in counted.items()}
    return PublicCounts(people, censuses, is_open=True)


def _suppressed(people: Cohort, earlier: Sequence[Sequence[Census]]) -> PublicCounts:
    """One family of one population: each patient once in every table, also of what he or she has several of."""
    names = [by[0] for by in _attributes(people) if len(by) == 1]
    patients = _publishable(people, names)
    censuses = [count_census(patients, by=by) for by in _attributes(people)]
    further = [count_census(patients, by=by) for by in _further(names)]
    every = [*censuses, *_without_thin(further)]
    family, coarser = suppress_in_stages(
        every, earlier=earlier, implied=list(_implied(patients, names)), crossings=_TOGETHER
    )
    tables = {table.by: table for table in family.tables}
    shown = {by: tables.pop(by) for by in _attributes(people) if by in tables}
    return PublicCounts(people, shown, False, (family.rule, ZEROS, *coarser, family.audit.sentence), tables)


def _publishable(people: Cohort, names: Sequence[str]) -> pl.DataFrame:
    """One row a patient, by words of closed lists; of images the combination, or that there are none at all."""
    patients = people.patients
    texts = [name for name in names if name in PEOPLE and not isinstance(patients.schema[name], pl.Enum)]
    patients = patients.with_columns(closed_categories(patients[name], name) for name in texts)
    imaged = (
        people.repository.column("series", _KEY).gather(np.flatnonzero(listed(people.repository, people.mask))).unique()
    )
    for name in (each for each in IMAGING if each in names):
        counted = read_counted(people.repository, people.mask, (name,), "patients")
        rows = counted.rows.with_columns(closed_categories(counted.rows[name], name))
        rows = rows if counted.key is None else combine_groups(rows, key=counted.key, by=name)
        patients = patients.drop(name, strict=False).join(rows, on=_KEY, how="left")
        told = pl.when(pl.col(_KEY).is_in(imaged.implode())).then(name).otherwise(pl.lit(NO_IMAGES))
        patients = patients.with_columns(told.alias(name))
    return patients


def _implied(patients: pl.DataFrame, names: Sequence[str]) -> Iterator[tuple[Cell, Cell]]:
    """Groups that are part of others: what is missing together, and what at least 11 have in common by no chance."""
    told = patients.select(pl.col(names).cast(pl.String).fill_null(MISSING[1]))
    n = {name: dict(told[name].value_counts().iter_rows()) for name in names}
    for one, other in itertools.permutations(names, 2):
        for inner, outer, both in told.group_by(one, other).len().sort(one, other).iter_rows():
            is_told = inner in (*MISSING, NO_IMAGES) or both >= THRESHOLD
            if is_told and both == n[one][inner] and n[other][outer] < told.height:
                yield ((one, inner),), ((other, outer),)


def _further(names: Sequence[str]) -> list[By]:
    """Every table of the hierarchy that is not one of the census, of what the source has."""
    sets = _HIERARCHY if "covid19_positive" in names else (*_HIERARCHY, _UNTESTED)
    largest = [tuple(name for name in by if name in names) for by in sets]
    parts = {part for by in largest for size in range(2, len(by) + 1) for part in itertools.combinations(by, size)}
    return sorted(parts.difference(_TOGETHER), key=lambda by: (len(by), by))


def _without_thin(tables: Sequence[Census]) -> Iterator[Census]:
    """Leave out tables of very many cells, and those that cross them further."""
    thin = [set(table.by) for table in tables if table.table.height > _MOST_CELLS]
    yield from (table for table in tables if not any(names <= set(table.by) for names in thin))


def _attributes(people: Cohort) -> Sequence[By]:
    """One-way tables first, then those of two attributes, of what the source has."""
    known = {*attributes(people.repository), *people.patients.columns}
    one_way = [(name,) for name in itertools.chain(PEOPLE, IMAGING) if name in known]
    return [*one_way, *(pair for pair in _TOGETHER if known.issuperset(pair))]
