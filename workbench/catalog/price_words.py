"""The price of a step in plain words."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from workbench.catalog.criteria.criterion import Condition, Criterion
from workbench.catalog.criteria.english import phrase
from workbench.catalog.price_groups import AGE_BANDS, asked_for, beside_others, known_groups, most_affected
from workbench.vocabulary.demographics import RACE, SEX

_FEW = 10  # patients; a part of so few is said in numbers
_LEAST = Fraction(1, 20)  # nearer to none or all than to any of the parts
_PARTS = tuple(Fraction(n, whole) for whole in (2, 3, 4, 5, 10) for n in range(1, whole))


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
        What it loses of all and of one group, and where that leads; the latter is empty where no group is named.
    """
    if not everybody["n_before"]:
        return f"{subject} loses nobody: nobody was left.", ""
    if not everybody["n_lost"]:
        return f"{subject} loses nobody of {everybody['n_before']:,} patients.", ""
    because = _because(everybody)
    missing = f", {because} of them because the value is missing" if because else ""
    said = f"{subject} loses {_share(everybody)} of {everybody['n_before']:,} patients{missing}."
    beyond = _beyond(rows, own)
    named = most_affected(rows, skip=own)
    if named is None:
        compared = beside_others(rows, skip=own)["attribute"].unique(maintain_order=True)
        names = " or ".join(map(_plain, compared))
        none = _begin(f"{beyond}no group by {names} loses clearly more or less than the others.")
        return f"{said} {none}" if names else said, ""
    return f"{said} {_begin(beyond + _of_group(named, rows, because))}", _led(distances, named["attribute"])


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
    if attribute in AGE_BANDS:
        return f"patients of {category} years"
    if attribute == "sex":
        return f"{category.lower()} patients" if category in SEX[:2] else "patients of another sex"
    if attribute in ("race", "ethnicity", "race_ethnicity"):
        return "patients of multiple or other races" if category == RACE[5] else f"{category} patients"
    return f"patients with {_plain(attribute)} {category}"


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


def part(n: int, total: int) -> str:
    """Return a part of some patients as the nearest plain fraction.

    Parameters
    ----------
    n, total : int
        Numerator and denominator, neither of them 0.

    Returns
    -------
    str
        Such as "3 of 4"; the numbers themselves where there are 10 or fewer.

    Examples
    --------
    >>> part(746, 1000), part(2, 5), part(1, 300)
    ('3 of 4', '2 of 5', 'fewer than 1 of 10')
    """
    share = Fraction(n, total)
    if n == total:
        return "all"
    if total <= _FEW:
        return f"{n} of {total}"
    if not _LEAST <= share <= 1 - _LEAST:
        return "nearly all" if share > _LEAST else "fewer than 1 of 10"
    near = min(_PARTS, key=lambda plain: abs(plain - share))
    return "half" if near == Fraction(1, 2) else f"{near.numerator} of {near.denominator}"


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


def _of_group(named: Mapping[str, Any], rows: pl.DataFrame, because: str) -> str:
    """What a step loses of one group and of the others, and for a missing value where that is not as of all."""
    attribute = named["attribute"]
    same = known_groups(rows).filter(pl.col("attribute") == attribute, pl.col("category") != named["category"])
    others = members(same.row(0, named=True)) if same.height == 1 else f"the others whose {_plain(attribute)} is known"
    only = "only " if named["apart"] < 0 else ""
    said = f"it loses {only}{_share(named)} of {members(named)} and "
    said += f"{percent(named['n_others_lost'], named['n_others'])} of {others}"
    own = _because(named)
    return f"{said}; {own} of the former for that reason." if own not in ("", because) else f"{said}."


def _beyond(rows: pl.DataFrame, own: frozenset[str]) -> str:
    """What a step asks for and its groups show: who has another value is lost by definition."""
    shown = known_groups(rows).filter(pl.col("attribute").is_in(sorted(asked_for(own))))["attribute"]
    names = dict.fromkeys(map(_plain, shown))
    return f"beyond the {' and '.join(names)} asked for, " if names else ""


def _begin(said: str) -> str:
    return said[:1].upper() + said[1:]


def _share(row: Mapping[str, Any]) -> str:
    return percent(row["n_lost"], row["n_before"])


def _because(row: Mapping[str, Any]) -> str:
    """How many of those lost would have passed with another value than the missing one; empty for none."""
    return part(row["n_lost_missing"], row["n_lost"]) if row["n_lost_missing"] else ""


def _plain(attribute: str) -> str:
    return "age" if attribute in AGE_BANDS else attribute.removesuffix("_id").replace("_", " ")


def _led(distances: pl.DataFrame, attribute: str) -> str:
    rows = distances.filter(pl.col("attribute") == attribute, pl.col("missing") == "excluded")
    pairs = rows.select("total_variation_before", "total_variation_after").drop_nulls().rows()
    if not pairs:
        return ""
    [(before, after)] = pairs
    words = to_match(after, f"the reference by {_plain(attribute)}")
    return f"Then {words}; before it, {round(100 * before)}."
