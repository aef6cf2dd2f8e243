"""The price of a step in plain words."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.catalog.criteria.criterion import Condition, Criterion
from workbench.catalog.criteria.english import phrase
from workbench.vocabulary.demographics import MISSING, RACE, SEX

# Records that tell nothing, or tell different things, make no group of people.
_NO_GROUP = (*MISSING, SEX[3])
#: Groups of fewer patients before a step are not named.
FEWEST = 11
_BANDS = frozenset({"age_years", "age_group", "age_decade"})
_WORDS = {"age_group": "age", "age_decade": "age"}


def requiring(condition: Condition) -> str:
    """Return a condition as the subject of a sentence.

    Parameters
    ----------
    condition : Condition
        Of a cohort.

    Returns
    -------
    str
        Such as "Requiring modality CT".

    Examples
    --------
    >>> requiring(Criterion("modality", ("CT", "MR")))
    'Requiring modality CT or MR'
    """
    words = phrase(condition)
    plain = isinstance(condition, Criterion) and condition.level == "series"
    return f"Requiring {words.replace(' is ', ' ', 1) if plain else words}"


def step_sentences(
    subject: str, everybody: Mapping[str, Any], rows: pl.DataFrame, distances: pl.DataFrame, *, own: frozenset[str]
) -> tuple[str, str]:
    """Return what one step costs and whom, and how far that leads from the reference.

    Parameters
    ----------
    subject : str
        What the sentence begins with.
    everybody : mapping
        The step's row of ``Price.overall``.
    rows, distances : polars.DataFrame
        The step's rows of ``Price.table`` and ``Price.distances``.
    own : frozenset of str
        The attributes that the step itself asks for.

    Returns
    -------
    tuple of str
        Two sentences; the second is empty where no group is named.
    """
    if not everybody["n_before"]:
        return f"{subject} loses nobody: nobody was left.", ""
    if not everybody["n_lost"]:
        return f"{subject} loses nobody of {everybody['n_before']:,} patients.", ""
    overall = percent(everybody["n_lost"], everybody["n_before"])
    named = most_affected(rows, everybody, skip=own)
    if named is None:
        said = f"{subject} loses {overall} of {everybody['n_before']:,} patients, no group clearly more than others"
        return said + _because(everybody, "of them") + ".", ""
    peers = rows.filter(
        pl.col("attribute") == named["attribute"],
        pl.col("category") != named["category"],
        ~pl.col("category").is_in(_NO_GROUP),
    )
    of = f"{subject} loses {percent(named['n_lost'], named['n_before'])} of {members(named)}"
    if peers.is_empty():
        said = f"{of}, and {overall} of all"
    else:
        peer = peers.row(int(peers["n_before"].arg_max() or 0), named=True)
        said = f"{of} and {percent(peer['n_lost'], peer['n_before'])} of {members(peer)}"
    return said + _because(named, "of the former") + ".", _led(distances, named["attribute"])


def most_affected(
    rows: pl.DataFrame, everybody: Mapping[str, Any], *, skip: frozenset[str] = frozenset()
) -> dict[str, Any] | None:
    """Return the subgroup that a step hits most, or else spares most.

    Parameters
    ----------
    rows : polars.DataFrame
        The subgroups of one step, as in ``Price.table``.
    everybody : mapping
        The step's row of ``Price.overall``.
    skip : frozenset of str
        The attributes that the step itself asks for.

    Returns
    -------
    dict or None
        Of the rows of at least 11 patients before whose interval lies above everybody's share lost, the one with the
        largest share; where there is none, the same below; else None. A missing or conflicting value makes no group.
    """
    overall = everybody["lost_fraction"]
    if overall is None:
        return None
    skipped = skip | (_BANDS if skip & _BANDS else frozenset())
    clear = rows.filter(
        ~pl.col("category").is_in(_NO_GROUP),
        ~pl.col("attribute").is_in(sorted(skipped)),
        pl.col("n_before") >= FEWEST,
        (pl.col("lost_low") > overall) | (pl.col("lost_high") < overall),
    ).with_columns(hit=pl.col("lost_fraction") > overall, apart=(pl.col("lost_fraction") - overall).abs())
    if clear.is_empty():
        return None
    order = ["hit", "apart", "n_before", "category"]
    found: dict[str, Any] = clear.sort(order, descending=[True, True, True, False]).row(0, named=True)
    return found


def members(row: Mapping[str, Any]) -> str:
    """Return a subgroup in words.

    Parameters
    ----------
    row : mapping
        With ``attribute`` and ``category``.

    Returns
    -------
    str
        Such as "White patients" or "patients of 18–29 years".
    """
    attribute, category = row["attribute"], row["category"]
    if attribute in _BANDS:
        return f"patients of {category} years"
    if attribute == "sex":
        return f"{category.lower()} patients" if category in SEX[:2] else "patients of another sex"
    if attribute in ("race", "ethnicity", "race_ethnicity"):
        return "patients of multiple or other races" if category == RACE[5] else f"{category} patients"
    return f"patients with {attribute.removesuffix('_id').replace('_', ' ')} {category}"


def percent(n: int, total: int) -> str:
    """Return a share in whole percent, never rounded to none or all.

    Parameters
    ----------
    n, total : int
        Numerator and denominator, which is not 0.

    Returns
    -------
    str
        Such as "62 %".

    Examples
    --------
    >>> percent(1, 1000), percent(999, 1000), percent(5, 8)
    ('under 1 %', 'over 99 %', '62 %')
    """
    share = 100 * n / total
    if 0 < share < 1:
        return "under 1 %"
    return "over 99 %" if 99 < share < 100 else f"{share:.0f} %"


def to_match(share: float, name: str) -> str:
    """Return a total variation in words.

    Parameters
    ----------
    share : float
        0 to 1.
    name : str
        What there is to match.

    Returns
    -------
    str
        A clause without a full stop.

    Examples
    --------
    >>> to_match(0.337, "the reference")
    '34 of 100 patients would have to belong to another group to match the reference'
    """
    n = round(100 * share)
    few = "fewer than 1" if share > 0 and not n else str(n)
    return f"{few} of 100 patients would have to belong to another group to match {name}"


def _because(named: Mapping[str, Any], whose: str) -> str:
    """How many of a group were lost only for a missing value: in tenths, or in all where there are few."""
    lost, missing = named["n_lost"], named["n_lost_missing"]
    if not missing:
        return ""
    tenths = round(10 * missing / lost)
    if missing == lost:
        said = "all"
    elif lost <= 10:
        said = f"{missing} of {lost}"
    else:
        said = {0: "fewer than 1 of 10", 10: "nearly all"}.get(tenths, f"{tenths} of 10")
    return f"; {said} {whose} because the value is missing"


def _led(distances: pl.DataFrame, attribute: str) -> str:
    rows = distances.filter(pl.col("attribute") == attribute, pl.col("missing") == "excluded")
    pairs = rows.select("total_variation_before", "total_variation_after").drop_nulls().rows()
    if not pairs:
        return ""
    [(before, after)] = pairs
    words = to_match(after, f"the reference by {_WORDS.get(attribute, attribute.replace('_', ' '))}")
    return f"Then {words}; before it, {round(100 * before)}."
