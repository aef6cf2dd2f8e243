"""What two releases of one source have in common: patients, studies and series gained, lost and revised."""

import html
from dataclasses import dataclass
from typing import Literal

import polars as pl

from workbench.assessment.units import require_frame
from workbench.assessment.wording import counted, plain_words, some_of
from workbench.errors import listed, unknown_name

ChangedUnit = Literal["patients", "studies", "series"]

_UNITS: tuple[ChangedUnit, ...] = ("patients", "studies", "series")
_NUMBERS = ("n_before", "n_gained", "n_lost", "n_revised", "n_after")
_MOVES = ("n_gained", "n_lost", "n_revised")


@dataclass(frozen=True, eq=False, repr=False)
class Changes:
    """Gained, lost and revised between two releases.

    Attributes
    ----------
    table : polars.DataFrame
        One row a group and unit, the groups with most moves first: the group, unit, n_before, n_gained, n_lost,
        n_revised, n_after. What was withdrawn is null where the source does not keep it.
    totals : polars.DataFrame
        One row a unit, the same numbers; a study that is in two groups counts once.
    by : str
        What the groups are, such as ``"collection_id"``.
    before, after : str
        What the releases are called, such as ``"version 24"``.
    unknown : tuple of str
        Which of n_lost and n_revised the source does not tell.
    n_replaced : int
        Lost series in studies that gained others: the images may have come back under another name.
    """

    table: pl.DataFrame
    totals: pl.DataFrame
    by: str
    before: str
    after: str
    unknown: tuple[str, ...] = ()
    n_replaced: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether nothing moved."""
        return not any(self.n(unit, name) for unit in _UNITS for name in _MOVES)

    def n(self, unit: ChangedUnit, number: str) -> int:
        """Return one of the totals.

        Parameters
        ----------
        unit : {"patients", "studies", "series"}
            What is counted.
        number : {"n_before", "n_gained", "n_lost", "n_revised", "n_after"}
            Which number.

        Returns
        -------
        int
            0 where the source does not keep what it withdrew.
        """
        return int(self.totals.filter(pl.col("unit") == unit)[number][0] or 0)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What moved, and where most of it: up to five plain sentences."""
        if self.is_equal:
            return (f"Nothing changed between {self.before} and {self.after}.",)
        told = [self._headline()]
        told += [text for name in _MOVES if (text := self._where(name))]
        if self.n_replaced:
            lost = counted(self.n("series", "n_lost"), "series")
            told.append(
                f"Of {lost} lost, {self.n_replaced:,} are in studies that gained others, perhaps in their place."
            )
        return tuple(told)

    @property
    def note(self) -> str:
        """How the numbers are to be read."""
        read = (
            "Gained: in the later release only. Lost: in the earlier one only. Revised: in both, with other content; "
            "of a patient or a study, with a series gained, lost or revised."
        )
        return f"{read} {self.caveat}".strip()

    @property
    def caveat(self) -> str:
        """What is not known of what moved; empty where everything is."""
        words = {"n_lost": "withdrawn", "n_revised": "revised"}
        told = " or ".join(words[name] for name in self.unknown)
        return f"What was {told} since is not known here." if told else ""

    def _headline(self) -> str:
        gained = [counted(self.n(unit, "n_gained"), unit) for unit in _UNITS if self.n(unit, "n_gained")]
        lost = [counted(self.n(unit, "n_lost"), unit) for unit in _UNITS if self.n(unit, "n_lost")]
        revised = self.n("series", "n_revised")
        said = [f"gained {listed(gained) if gained else 'nothing'}"]
        if "n_lost" not in self.unknown:
            said.append(f"lost {listed(lost) if lost else 'nothing'}")
        if "n_revised" not in self.unknown:
            said.append(f"revised {counted(revised, 'series') if revised else 'nothing'}")
        return f"Since {self.before}, {self.after} {listed(said)}."

    def _where(self, number: str) -> str:
        unit = next((unit for unit in _UNITS if self.n(unit, number)), None) if number != "n_revised" else "series"
        if unit is None:
            return ""
        moved = self.table.filter(pl.col("unit") == unit, pl.col(number) > 0)
        if moved.is_empty():
            return ""
        ranked = moved.sort(number, self.by, descending=[True, False])
        groups = [f"{name} ({n:,})" for name, n in ranked.select(self.by, number).iter_rows()]
        verb, what = number.removeprefix("n_").capitalize(), counted(2, unit).split()[1]
        within = plain_words(self.by).removesuffix(" id")
        many = f"{moved.height} {within}s" if moved.height > 1 else f"1 {within}"
        return f"{verb} {what} are in {many}: {some_of(groups)}."

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, str(self.totals), self.note])

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        return f"<ul>{told}</ul>{self.totals._repr_html_()}<p>{html.escape(self.note)}</p>"


def count_changes(
    before: pl.DataFrame,
    after: pl.DataFrame,
    *,
    by: str = "collection_id",
    names: tuple[str, str] = ("the earlier release", "the later release"),
    unknown: tuple[str, ...] = (),
) -> Changes:
    """Return what one release gained, lost and revised since another.

    Parameters
    ----------
    before, after : polars.DataFrame
        One row a series: ``patients``, ``studies`` and ``series``, whatever tells one from another; ``content``, which
        changes with the series; and the group. A patient is the pair of group and ``patients``. A row without a series
        stands for a patient or a study whose series are not listed.
    by : str
        The group. A series that moves to another one is lost in the first and gained in the second.
    names : tuple of str
        What the two releases are called.
    unknown : tuple of str
        Which of ``"n_lost"`` and ``"n_revised"`` `before` cannot tell; they are null.

    Returns
    -------
    Changes
        Without rows where both are empty.

    Raises
    ------
    UnknownNameError
        When a column is missing.

    Examples
    --------
    >>> before = pl.DataFrame(
    ...     {"collection_id": "a", "patients": [1, 2], "studies": [1, 2], "series": [1, 2], "content": ["x", "x"]}
    ... )
    >>> after = before.with_columns(series=pl.Series([1, 3]), content=pl.Series(["y", "x"]))
    >>> count_changes(before, after).sentences[0]
    'Since the earlier release, the later release gained 1 series, lost 1 series and revised 1 series.'
    """
    columns = [by, *_UNITS, "content"]
    for rows, which in ((before, "the earlier release"), (after, "the later release")):
        require_frame(rows, unit="series")
        for name in columns:
            if name not in rows.columns:
                raise unknown_name("column", name, rows.columns, where=which, then="One row a series has all five.")
    states = _states(before.select(columns), after.select(columns), by)
    per_group = [_moved(states, by, unit).group_by(by).agg(_sums()) for unit in _UNITS]
    whole = [_moved(states, by if unit == "patients" else None, unit).select(_sums()) for unit in _UNITS]
    table, totals = (
        pl.concat(frame.with_columns(unit=pl.lit(unit)) for unit, frame in zip(_UNITS, frames, strict=True))
        for frames in (per_group, whole)
    )
    empty = [pl.lit(None, pl.Int64).alias(name) for name in unknown]
    table, totals = table.with_columns(empty), totals.with_columns(empty)
    ordered = _most_first(table, by).select(by, "unit", *_NUMBERS)
    return Changes(ordered, totals.select("unit", *_NUMBERS), by, *names, unknown, _replaced(states))


def _states(before: pl.DataFrame, after: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row a series of either release: whether it was in the first, is in the second, and differs."""
    joined = before.with_columns(was=True).join(
        after.with_columns(now=True), on=[by, "series"], how="full", coalesce=True, suffix="_now"
    )
    was, now = pl.col("was").fill_null(value=False), pl.col("now").fill_null(value=False)
    return joined.select(
        by,
        "series",
        *(pl.coalesce(f"{unit}_now", unit).alias(unit) for unit in _UNITS[:2]),
        was=was,
        now=now,
        moved=(was != now) | pl.col("content").ne_missing(pl.col("content_now")),
    )


def _moved(states: pl.DataFrame, by: str | None, unit: str) -> pl.DataFrame:
    """One row a unit of a group, or of all; series that no unit is known of are left out."""
    keys = [unit] if by is None else [by, unit]
    known = states.filter(pl.col(unit).is_not_null())
    return known if unit == "series" else known.group_by(keys).agg(pl.col("was", "now", "moved").any())


def _replaced(states: pl.DataFrame) -> int:
    """How many series were lost in studies that gained others."""
    known = states.filter(pl.col("series").is_not_null())
    lost, gained = (known.filter(pl.col(one) & ~pl.col(other)) for one, other in (("was", "now"), ("now", "was")))
    return lost.join(gained, on="studies", how="semi").height


def _sums() -> list[pl.Expr]:
    was, now = pl.col("was"), pl.col("now")
    rules = (was, now & ~was, was & ~now, was & now & pl.col("moved"), now)
    return [rule.sum().cast(pl.Int64).alias(name) for name, rule in zip(_NUMBERS, rules, strict=True)]


def _most_first(table: pl.DataFrame, by: str) -> pl.DataFrame:
    """Groups by the series that moved in them, units in their order."""
    moves = pl.sum_horizontal(*_MOVES).filter(pl.col("unit") == "series").sum().over(by)
    rank = pl.col("unit").replace_strict({unit: i for i, unit in enumerate(_UNITS)}, return_dtype=pl.Int8)
    named = table.with_columns(pl.col(by).cast(pl.String), moves=moves, rank=rank)
    return named.sort("moves", by, "rank", descending=[True, False, False]).drop("moves", "rank")
