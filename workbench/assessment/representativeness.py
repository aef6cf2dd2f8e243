"""Measure how far a cohort's composition is from a reference population or another cohort, and how sure we are."""

import zlib
from collections.abc import Iterator, Sequence
from typing import SupportsIndex, get_args

import numpy as np
import polars as pl

from workbench.assessment.alignment import CohortCounts, ReferenceCohort, common_attributes, stamp_of
from workbench.assessment.census import Census
from workbench.assessment.comparison import CHANCE, Comparison
from workbench.assessment.distance_intervals import distance_intervals
from workbench.assessment.distances import divergence_terms, jensen_shannon, shares, total_variation, wasserstein
from workbench.assessment.ratios import participation_ratio
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.resampling import Pair, distances_of, null, resampled
from workbench.assessment.sides import CROSS, Policy, Sides, band_edges, lay_side_by_side
from workbench.vocabulary.demographics import MISSING

__all__ = ["Comparison", "compare_to_reference", "jensen_shannon", "total_variation"]

_WORDS: dict[str, type[pl.DataType]] = dict.fromkeys(("attribute", "missing"), pl.String)
_FIGURES = ("jsd", "jsd_low", "jsd_high", "jsd_null", "p_null", "total_variation", "total_variation_low")
_TABLE = _WORDS | dict.fromkeys((*_FIGURES, "total_variation_high", "wasserstein_years"), pl.Float64)
_TABLE |= dict.fromkeys(("n_patients", "n_missing", "n_total", "n_reference"), pl.Int64)
_TABLE |= {"reference": pl.String, "year": pl.String}

_PARTS = _WORDS | {"category": pl.String}
_PARTS |= dict.fromkeys(("n_patients", "n_total", "n_reference", "n_reference_total"), pl.Int64)
_PARTS |= dict.fromkeys(("reference_fraction", "share_of_jsd2"), pl.Float64)

_ALIKE = 1e-9  # distances that differ by less are ties


def compare_to_reference(
    counts: CohortCounts,
    reference: ReferencePopulation | ReferenceCohort | Census,
    *,
    attributes: str | Sequence[str | Sequence[str]] | None = None,
    seed: int = 20210804,
    replicates: int = 2000,
) -> Comparison:
    """Return the distance of a cohort from a reference, with and without its missing patients.

    Distances run over the union of both sides' categories. Missing "included" keeps `MISSING` as categories;
    "excluded" leaves those patients and people out. Other and Conflicting sex are not missing. Groups that either
    side hides for their small counts are summed on both sides.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        One row a patient; or censuses; or attribute to category to number of patients.
    reference : ReferencePopulation, ReferenceCohort or Census
        A population, taken as exact; or another cohort, itself a sample.
    attributes : str, or sequence of str or of sequences of str
        Which to compare; by default all that both sides have, in the reference's order. Several names in one
        sequence are crossed, such as ``("sex", "age_group")``: a distance over all dimensions at once.
    seed : int
        Fixes both resamplings; each attribute has its own stream, whichever others are asked for.
    replicates : int
        Size of both resamplings; 0 leaves intervals and the null out.

    Returns
    -------
    Comparison
        ``…_low`` and ``…_high`` bound the distance of those from whom the patients are a sample, with 95 %: a
        multinomial bootstrap of the patients less what chance adds to a distance, as
        `workbench.assessment.distance_intervals` says. They begin at 0 where chance alone does as much: where
        ``p_null`` is above 0.05, (r + 1) / (replicates + 1), r being the replicates without any difference whose
        Jensen-Shannon distance is at least as large; their median is ``jsd_null``: of samples of a population, or of
        permutations between two cohorts. With missing included no sample of a population without missing people can
        have one, so both are null as soon as a patient is missing. Intervals are null where every patient is in one
        group, everything where nobody is counted.

    Raises
    ------
    TypeError
        When a side is nothing that can be compared, or `seed` or `replicates` is no whole number.
    UnknownNameError
        When an attribute is asked for that one side lacks.
    ValueError
        When no attribute is common or asked for, when age bands overlap or do not nest, when attributes are crossed of
        which a side has only each alone, or when a count, `seed` or `replicates` is out of range.

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> comparison = compare_to_reference({"sex": {"Male": 4925, "Female": 5075}}, read_reference("us_census"))
    >>> comparison.table["total_variation"].round(6).to_list()
    [0.0, 0.0]
    """
    for name, number in (("seed", seed), ("replicates", replicates)):
        _require_whole(name, number)
    other = ReferenceCohort(reference) if isinstance(reference, Census) else reference
    asked = None if attributes is None else _asked(attributes)
    singles = common_attributes(counts, other, None if asked is None else [name for each in asked for name in each])
    sides: list[Sides] = []
    notes: list[str] = []
    for names in [(name,) for name in singles] if asked is None else asked:
        laid = lay_side_by_side(counts, other, names)
        if laid is None:
            notes.append(f"{CROSS.join(names)}: left out, because too many of its counts are hidden.")
            continue
        sides.append(laid)
        notes += [*laid.notes, *_caveats(laid)]
    population = other if isinstance(other, ReferencePopulation) else _as_population(other, sides)
    stamp = {"reference": population.title, "year": population.year}
    rows = [row | stamp for laid in sides for row in _rows(laid, seed, replicates)]
    parts = pl.DataFrame([part for laid in sides for part in _parts(laid)], _PARTS)
    warned = [(name, text) for name in dict.fromkeys(singles) for text in population.warnings(name)]
    return Comparison(
        pl.DataFrame(rows, _TABLE),
        _finished(parts, sampled=isinstance(other, ReferenceCohort)),
        tuple(notes),
        population,
        tuple(warned),
        stamp_of(counts, other.counts if isinstance(other, ReferenceCohort) else {}),
    )


def _require_whole(name: str, number: object) -> None:
    if not isinstance(number, SupportsIndex) or number.__index__() < 0:
        kind = ValueError if isinstance(number, SupportsIndex) else TypeError
        raise kind(f"Received {name}={number!r}. A whole number from 0 on would be right. Leave {name}= out.")


def _asked(attributes: str | Sequence[str | Sequence[str]]) -> list[tuple[str, ...]]:
    """What is to be compared, each once."""
    each = [attributes] if isinstance(attributes, str) else attributes
    asked = [(names,) if isinstance(names, str) else tuple(names) for names in each]
    if not asked or not all(asked):
        raise ValueError(
            f"Received attributes={attributes!r}. A comparison needs at least one attribute, and so does each cross. "
            "Name one, or leave attributes= out for all that both sides have."
        )
    for names in asked:
        if len(set(names)) < len(names):
            raise ValueError(
                f"Received {CROSS.join(names)}. Attributes are crossed with others, each once. "
                f"Pass {CROSS.join(dict.fromkeys(names))} instead."
            )
    return list(dict.fromkeys(asked))


def _rows(sides: Sides, seed: int, replicates: int) -> Iterator[dict[str, object]]:
    n_total = int(sides.pair.first.sum())
    for missing in get_args(Policy):
        categories, pair = sides.under(missing)
        rng = np.random.default_rng([seed, zlib.crc32(sides.attribute.encode())])
        unknown = missing == "excluded" and sides.mixed
        measured = {} if unknown else _measured(pair, rng, replicates)
        if missing == "included" and _has_no_null(sides):
            measured["p_null"] = measured["jsd_null"] = None
        if missing == "excluded" and measured.get("jsd") is not None and sides.attribute.startswith("age"):
            measured["wasserstein_years"] = _years_apart(categories, pair)
        yield (
            {"attribute": sides.attribute, "missing": missing}
            | measured
            | {
                "n_patients": None if unknown else int(pair.first.sum()),
                "n_missing": sides.n_missing,
                "n_total": n_total,
                "n_reference": round(pair.second.sum()) if sides.counted and not unknown else None,
            }
        )


def _has_no_null(sides: Sides) -> bool:
    """Whether patients are missing and in the population nobody is, so that no sample of it is like the cohort."""
    return sides.pair.both is None and not sides.pair.second[sides.missing].sum() and sides.n_missing != 0


def _measured(pair: Pair, rng: np.random.Generator, replicates: int) -> dict[str, float | None]:
    if not pair.first.sum() or not pair.second.sum():
        return {}
    held = (pair.first > 0) | (pair.second > 0)  # a category that nobody is in must not shift the random stream
    pair = Pair(pair.first[held], pair.second[held], None if pair.both is None else pair.both[held])
    jsd, moved = (float(distance) for distance in distances_of(pair.first, pair.second))
    measured: dict[str, float | None] = {"jsd": jsd, "total_variation": moved}
    if not replicates:
        return measured
    varies = np.count_nonzero(pair.first) > 1 or (pair.both is not None and np.count_nonzero(pair.second) > 1)
    drawn = resampled(pair, rng, replicates) if varies else None
    by_chance, _ = null(pair, rng, replicates)
    p = (int((by_chance >= jsd - _ALIKE).sum()) + 1) / (replicates + 1)
    if drawn is not None:
        intervals = distance_intervals(pair, drawn, may_be_equal=p > CHANCE)
        for name, (low, high) in zip(("jsd", "total_variation"), intervals, strict=True):
            measured |= {f"{name}_low": low, f"{name}_high": high}
    return measured | {"jsd_null": float(np.median(by_chance)), "p_null": p}


def _years_apart(categories: Sequence[str], pair: Pair) -> float | None:
    banded = band_edges(categories)
    if banded is None:
        return None
    order, edges = banded
    return wasserstein(pair.first[order], pair.second[order], edges=edges)


def _caveats(sides: Sides) -> list[str]:
    _, known = sides.under("excluded")
    said = []
    if sides.mixed:
        said.append("hidden counts include patients without a value; they cannot be left out.")
    elif known.first.sum() > 1 and np.count_nonzero(known.first) == 1:
        said.append("every patient is in one group, so a bootstrap has nothing to vary.")
    if _has_no_null(sides):
        said.append("with missing kept there is no p: the reference has no missing people, so chance gives none.")
    return [f"{sides.attribute}: {each}" for each in said]


def _parts(sides: Sides) -> Iterator[dict[str, object]]:
    for missing in get_args(Policy):
        if missing == "excluded" and sides.mixed:
            continue
        categories, pair = sides.under(missing)
        q = shares(pair.second)
        terms = divergence_terms(shares(pair.first.astype(np.float64)), q)
        whole, n_total, n_reference = terms.sum(), int(pair.first.sum()), round(pair.second.sum())
        for category, n, other, share, term in zip(categories, pair.first, pair.second, q, terms, strict=True):
            yield {
                "attribute": sides.attribute,
                "missing": missing,
                "category": category,
                "n_patients": int(n),
                "n_total": n_total,
                "n_reference": round(other) if sides.counted else None,
                "n_reference_total": n_reference if sides.counted else None,
                "reference_fraction": float(share) if pair.second.sum() > 0 else None,
                "share_of_jsd2": float(term / whole) if whole > 0 else None,
            }


def _finished(parts: pl.DataFrame, *, sampled: bool) -> pl.DataFrame:
    whole = pl.when(pl.col("n_total") > 0).then(pl.col("n_total"))
    described = parts.with_columns(participation_ratio(sampled=sampled), fraction=pl.col("n_patients") / whole)
    return described.select(
        *("attribute", "missing", "category", "n_patients", "n_total", "fraction", "fraction_low", "fraction_high"),
        *("n_reference", "reference_fraction", "share_of_jsd2", "ppr", "ppr_low", "ppr_high", "ppr_missing"),
    )


def _as_population(cohort: ReferenceCohort, laid: Sequence[Sides]) -> ReferencePopulation:
    """Name another cohort as what it is compared as: its counts and shares, alone and with what is missing."""
    rows = [
        {"attribute": sides.attribute, "category": category, "n": n}
        for sides in laid
        if CROSS not in sides.attribute
        for category, n in zip(sides.categories, sides.pair.second, strict=True)
    ]
    table = pl.DataFrame(rows, {"attribute": pl.String, "category": pl.String, "n": pl.Float64})
    published = table.with_columns(percent=100 * pl.col("n") / pl.col("n").sum().over("attribute"))
    known = published.filter(~pl.col("category").is_in(MISSING))
    fraction = pl.col("n") / pl.col("n").sum().over("attribute")
    known = known.with_columns(percent=100 * fraction, percent_sum=pl.lit(100.0), fraction=fraction)
    unknown = dict.fromkeys(("publisher", "table_id", "vintage", "url", "license"), "unknown")
    return ReferencePopulation(
        name=cohort.name,
        title=cohort.title,
        table=known,
        source={**unknown, "vintage": cohort.year, "caveats": ()},
        year=cohort.year,
        n_total=float(max((sides.pair.second.sum() for sides in laid), default=0)),
        published=published,
    )
