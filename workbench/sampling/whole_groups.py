"""Deal whole groups, such as sites, to parts so that sizes and shares come as near as whole groups allow."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.sampling.strata import Codes

_STARTS = 16
_MOST_LEVELS = 20  # a number with more values than this is balanced in twenty bands of equal size
_Matrix = npt.NDArray[np.float64]


def joined_groups(table: pl.DataFrame, units: pl.DataFrame, *, unit: str | None, groups: str) -> Codes:
    """Return the group of each unit as a number; groups that share a unit are one.

    Parameters
    ----------
    table : polars.DataFrame
        All rows.
    units : polars.DataFrame
        One row a unit, sorted by `unit`; the rows themselves where `unit` is None.
    unit : str or None
        The column whose values are never divided.
    groups : str
        The column of groups.

    Returns
    -------
    numpy.ndarray
        Shape (units,), from 0 without gaps, in the sorted order of the groups' first members.

    Examples
    --------
    >>> rows = pl.DataFrame({"person_id": [1, 1, 2, 3], "site_id": ["A", "B", "B", "C"]})
    >>> joined_groups(rows, rows.unique("person_id").sort("person_id"), unit="person_id", groups="site_id").tolist()
    [0, 0, 1]
    """
    name = pl.col(groups).cast(pl.String)
    if unit is None:
        return np.unique(units.select(name.rank("dense").fill_null(0)).to_series().to_numpy(), return_inverse=True)[1]
    member = pl.col(unit).cast(units.schema[unit])
    pairs = table.select(member, group=name.rank("dense").fill_null(0).cast(pl.Int64)).unique().sort(unit, "group")
    leader = list(range(int(pairs["group"].max() or 0) + 1))  # type: ignore[arg-type]

    def lead(group: int) -> int:
        while leader[group] != group:
            leader[group] = leader[leader[group]]
            group = leader[group]
        return group

    several = pairs.filter(pl.col("group").len().over(unit) > 1)
    for together in several.group_by(unit, maintain_order=True).agg("group")["group"].to_list():
        first, *others = sorted({lead(group) for group in together})
        for other in others:
            leader[other] = first
    own = units.select(unit).join(pairs.unique(unit, keep="first", maintain_order=True), on=unit, how="left")
    leaders = np.array([lead(group) for group in range(len(leader))])
    return np.unique(leaders[own.sort(unit)["group"].to_numpy()], return_inverse=True)[1]


def deal_whole_groups(
    members: Codes, codes: Sequence[Codes], parts: Mapping[str, float], rng: np.random.Generator, *, groups: str
) -> Codes:
    """Return the part of each unit, whole groups at a time.

    Groups are dealt largest first to the part that gains most, then moved and swapped while that helps; the best of
    several starts is kept. What is made small is the squared distance of the parts from their shares, of the size and
    of every level of the strata alike.

    Parameters
    ----------
    members : numpy.ndarray
        The group of each unit, from 0 without gaps.
    codes : sequence of numpy.ndarray
        The strata of the units.
    parts : mapping of str to float
        Part to its share.
    rng : numpy.random.Generator
        Decides between starts.
    groups : str
        What the groups are called, for the message.

    Returns
    -------
    numpy.ndarray
        Number of the part by unit, from 0. No part is empty.

    Raises
    ------
    ValueError
        When there are fewer groups than parts.

    Examples
    --------
    >>> sites = np.repeat([0, 1, 2], [8, 1, 1])
    >>> deal_whole_groups(sites, [], {"train": 0.8, "test": 0.2}, np.random.default_rng(0), groups="site_id").tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    """
    n_groups = int(members.max(initial=-1)) + 1
    if n_groups == 0:
        return np.empty(0, np.int64)
    if n_groups < len(parts):
        raise ValueError(
            f"Received {len(parts)} parts ({', '.join(parts)}) for {n_groups} of {groups}, counting those that share a "
            f"unit as one. Every part needs one at least. Ask for fewer parts or leave groups={groups!r} out."
        )
    profile = _profiles(members, codes, n_groups)
    target = np.outer(list(parts.values()), profile.sum(axis=0))
    found = [_improved(_greedy(profile, target, rng), profile, target) for _ in range(_STARTS)]
    best = min(found, key=lambda dealt: round(_cost(dealt, profile, target), 12))
    return best[members]


def _profiles(members: Codes, codes: Sequence[Codes], n_groups: int) -> _Matrix:
    """Shares of all units: one row a group, one column for its size and one for each level, scaled to weigh alike."""
    columns = [np.bincount(members, minlength=n_groups)[:, None].astype(np.float64)]
    for code in codes:
        n_levels = int(code.max()) + 1
        banded = code if n_levels <= _MOST_LEVELS else code * _MOST_LEVELS // n_levels
        width = int(banded.max()) + 1
        counts = np.bincount(members * width + banded, minlength=n_groups * width).reshape(n_groups, width)
        columns.append(counts / np.sqrt(len(codes)))
    return np.hstack(columns) / len(members)


def _greedy(profile: _Matrix, target: _Matrix, rng: np.random.Generator) -> Codes:
    n_parts = len(target)
    jitter = rng.uniform(0.7, 1.0, len(profile))
    order = np.argsort(-profile[:, 0] * jitter, kind="stable")
    dealt = np.full(len(profile), -1)
    held = np.zeros_like(target)
    for i, group in enumerate(order):
        gain = ((held + profile[group] - target) ** 2).sum(axis=1) - ((held - target) ** 2).sum(axis=1)
        empty = ~np.isin(np.arange(n_parts), dealt)
        if empty.sum() >= len(order) - i:  # the groups that are left just fill the empty parts
            gain[~empty] = np.inf
        dealt[group] = part = int(gain.argmin())
        held[part] += profile[group]
    return dealt


def _improved(dealt: Codes, profile: _Matrix, target: _Matrix) -> Codes:
    """Move one group or swap two, whichever brings the parts nearest to their shares, while that helps."""
    dealt = dealt.copy()
    gram = profile @ profile.T
    square = np.diag(gram)
    apart = square[:, None] + square[None, :] - 2 * gram
    everyone = np.arange(len(dealt))
    for _ in range(10 * len(dealt)):
        inner = profile @ (_held(dealt, profile, target) - target).T  # of each group with each part's excess
        own = inner[everyone, dealt]
        moved = 2 * (inner - own[:, None] + square[:, None])
        moved[everyone, dealt] = np.inf
        moved[np.bincount(dealt, minlength=len(target))[dealt] == 1] = np.inf  # no part is left empty
        crossed = inner[:, dealt]
        swapped = 2 * (crossed + crossed.T - own[:, None] - own[None, :] + apart)
        swapped[dealt[:, None] == dealt[None, :]] = np.inf
        if min(moved.min(), swapped.min()) > -1e-12:
            break
        if moved.min() <= swapped.min():
            group, part = np.unravel_index(moved.argmin(), moved.shape)
            dealt[group] = part
        else:
            pair = np.array(np.unravel_index(swapped.argmin(), swapped.shape))
            dealt[pair] = dealt[pair[::-1]]
    return dealt


def _held(dealt: Codes, profile: _Matrix, target: _Matrix) -> _Matrix:
    held = np.zeros_like(target)
    np.add.at(held, dealt, profile)
    return held


def _cost(dealt: Codes, profile: _Matrix, target: _Matrix) -> float:
    return float(((_held(dealt, profile, target) - target) ** 2).sum())
