"""Divide a table into training, validation and test parts that look alike and share nobody."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from workbench.errors import unknown_name
from workbench.sampling.strata import Codes, one_row_a_unit, rows_in_order, serpentine_order, stratum_codes
from workbench.sampling.whole_groups import deal_whole_groups, joined_groups

PART = "part"
_UNIT = "person_id"
_OWN_KEYS = ("person_key", "patient_key")
_ROW = "_row"
_NAMES = {2: ("train", "test"), 3: ("train", "validation", "test")}


def stratified_split(
    table: pl.DataFrame,
    *,
    by: Sequence[str],
    fractions: Mapping[str, float] | Sequence[float],
    seed: int,
    unit: str = _UNIT,
    groups: str | None = None,
) -> pl.DataFrame:
    """Return the table with a `part` column; all rows of a unit are in one part.

    Units are sorted by their strata and each part is a systematic sample of them with a random start. Every unit then
    has exactly the same chance of a part, small strata included, and the sizes are exact: shares of the number of
    units, rounded by largest remainder. Rounding within each stratum instead loses the rare groups.

    Parameters
    ----------
    table : polars.DataFrame
        One row a patient, study or series.
    by : sequence of str
        Attributes whose shares the parts should have in common, the most important first; may be empty. A missing
        value is a stratum of its own. Numbers are sorted, not banded: put them last, or band them first.
    fractions : mapping of str to float, or sequence of float
        Part to its share. Without names two parts are train and test, three train, validation and test. Sums to 1.
    seed : int
        Fixes the result, whatever order the rows come in.
    unit : str
        The column whose values are never divided. A unit with several rows has the stratum that most of its rows
        have. Without "person_id" our own person_key or patient_key is taken, and a table without these is divided row
        by row; any other column has to exist.
    groups : str, optional
        A column such as "site_id" whose values go to one part as a whole; groups that share a unit stay together, and
        rows without a value are one group. Sizes and shares are then as near as whole groups allow.

    Returns
    -------
    polars.DataFrame
        The rows in their order, and `part`, an Enum of the parts in order. Empty where `table` is.

    Raises
    ------
    UnknownNameError
        When `table` has no such column.
    ValueError
        When the shares are not positive or do not sum to 1, a unit is null, `table` has a part already, `seed` is
        negative, or there are fewer groups than parts.

    References
    ----------
    Madow WG, Madow LH. On the theory of systematic sampling, I. Ann Math Stat 1944; 15: 1-24.
    doi:10.1214/aoms/1177731312. Baughan N et al. Sequestration of imaging studies in MIDRC: stratified sampling to
    balance demographic characteristics. J Med Imaging 2023; 10: 064501. doi:10.1117/1.JMI.10.6.064501

    Examples
    --------
    >>> patients = pl.DataFrame({"person_id": range(10), "sex": ["Male", "Female"] * 5})
    >>> split = stratified_split(patients, by=["sex"], fractions={"train": 0.8, "test": 0.2}, seed=1)
    >>> split.filter(pl.col("part") == "test")["sex"].sort().to_list()
    ['Female', 'Male']
    """
    by = tuple(dict.fromkeys([by] if isinstance(by, str) else by))
    parts = _checked_fractions(fractions)
    if unit == _UNIT:
        unit = next((name for name in (_UNIT, *_OWN_KEYS) if name in table.columns), _UNIT)
    _check(table, by, unit, groups, seed)
    rng = np.random.default_rng(seed)
    has_unit = unit in table.columns
    if has_unit:
        units = one_row_a_unit(table, unit=unit, columns=by)
    else:
        units = rows_in_order(table, index=_ROW)
    codes = stratum_codes(units, by=by)
    if groups is None:
        dealt = deal_systematically(
            serpentine_order(codes, rng, units.height), sizes(list(parts.values()), units.height), rng
        )
    else:
        members = joined_groups(table, units, unit=unit if has_unit else None, groups=groups)
        dealt = deal_whole_groups(members, codes, parts, rng, groups=groups)
    named = pl.Series(PART, np.array(list(parts))[dealt] if units.height else [], dtype=pl.Enum(list(parts)))
    if not has_unit:
        return table.with_columns(named.gather(units[_ROW].arg_sort()))
    keys = table.select(pl.col(unit).cast(units.schema[unit]))
    return table.with_columns(keys.join(units.select(unit, named), on=unit, how="left", maintain_order="left")[PART])


def sizes(shares: Sequence[float], n_units: int) -> list[int]:
    """Return whole numbers in the proportion of the shares that sum to `n_units`.

    Parameters
    ----------
    shares : sequence of float
        Sum to 1.
    n_units : int
        How many there are to divide.

    Returns
    -------
    list of int
        By largest remainder; of equal remainders the earlier part gets the unit.

    Examples
    --------
    >>> sizes([0.7, 0.15, 0.15], 10)
    [7, 2, 1]
    """
    quotas = [round(share * n_units, 9) for share in shares]  # 0.7 * 10 is a little more than 7
    whole = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda i: whole[i] - quotas[i])
    for i in by_remainder[: n_units - sum(whole)]:
        whole[i] += 1
    return whole


def deal_systematically(order: Codes, n_units: Sequence[int], rng: np.random.Generator) -> Codes:
    """Return the part of each unit: systematic samples of a sorted list, one after the other.

    Parameters
    ----------
    order : numpy.ndarray
        Positions of the units in the order to sample from.
    n_units : sequence of int
        Size of each part; they sum to the number of units.
    rng : numpy.random.Generator
        Gives each sample its random start.

    Returns
    -------
    numpy.ndarray
        Number of the part by unit, from 0. The smallest part is drawn first, so that it is the best balanced.

    Examples
    --------
    >>> deal_systematically(np.arange(6), [3, 3], np.random.default_rng(0)).tolist()
    [0, 1, 0, 1, 0, 1]
    """
    part = np.empty(len(order), np.int64)
    rest = order
    for number in sorted(range(len(n_units)), key=lambda i: n_units[i]):
        n, total = n_units[number], len(rest)
        if total == 0:
            break
        # Whole numbers only: each unit is drawn with a chance of exactly n / total, and exactly n units are.
        steps = (np.arange(total + 1) * n + int(rng.integers(total))) // total
        drawn = np.diff(steps) > 0
        part[rest[drawn]] = number
        rest = rest[~drawn]
    return part


def _checked_fractions(fractions: Mapping[str, float] | Sequence[float]) -> dict[str, float]:
    shares = fractions.values() if isinstance(fractions, Mapping) else fractions
    if not all(isinstance(share, int | float) for share in shares):
        raise TypeError(
            "Received fractions that are no numbers. A share of each part would be right. "
            "Pass, for example, fractions={'train': 0.7, 'validation': 0.15, 'test': 0.15}."
        )
    if isinstance(fractions, Mapping):
        parts = {str(name): float(share) for name, share in fractions.items()}
    else:
        names = _NAMES.get(len(fractions), tuple(f"part {i + 1}" for i in range(len(fractions))))
        parts = dict(zip(names, map(float, fractions), strict=True))
    total = sum(parts.values())
    if not all(share > 0 for share in parts.values()) or not math.isclose(total, 1, abs_tol=1e-6):
        shown = ", ".join(f"{name} {share:g}" for name, share in parts.items()) or "no part"
        raise ValueError(
            f"Received fractions of {shown}, in sum {total:g}. Each must be above 0 and their sum 1. "
            "Pass, for example, fractions={'train': 0.7, 'validation': 0.15, 'test': 0.15}."
        )
    return parts


def _check(table: pl.DataFrame, by: Sequence[str], unit: str, groups: str | None, seed: int) -> None:
    if PART in table.columns:
        raise ValueError(
            "The table has a column 'part' already. A second split would overwrite the first. Drop or rename it."
        )
    wanted = [("by", name) for name in by] + [("groups", groups)] * (groups is not None)
    wanted += [("unit", unit)] * (unit != _UNIT)
    for argument, name in wanted:
        if name not in table.columns:
            then = f"Pass one of these in {argument}=."
            raise unknown_name("column", name, table.columns, where="the table to split", then=then)
    n_null = table[unit].null_count() if unit in table.columns else 0
    if n_null:
        raise ValueError(
            f"{n_null:,} of {table.height:,} rows have no {unit}. Whether they belong to somebody in another part "
            f"cannot be known. Fill {unit} or leave these rows out before the split."
        )
    if not isinstance(seed, int):
        raise TypeError(f"Received seed={seed!r}. A seed is a whole number, 0 or more. Pass seed=0.")
    if seed < 0:
        raise ValueError(f"Received seed={seed}. A seed is a whole number, 0 or more. Pass seed=0.")
