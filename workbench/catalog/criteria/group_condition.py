"""A group as a condition: members joined by any or all, met by a series, or by the whole study or patient."""

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import Condition, Criterion, View
from workbench.catalog.criteria.levels import Level, spread
from workbench.catalog.repository import Repository

#: How many groups may stand within each other; what is deeper is a slip or an attack, and would exhaust the stack.
DEEPEST = 20
_OPPOSITE: dict[View, View] = {"missing met": "missing unmet", "missing unmet": "missing met"}
_JOINED = {"any": (or_, " or "), "all": (and_, " and ")}


@dataclass(frozen=True)
class Group:
    """Conditions of which any or all have to hold for one series.

    Attributes
    ----------
    mode : {"any", "all"}
        How the members are joined.
    members : tuple of Condition
        At least one.
    level : {"series", "study", "patient"}
        Whether the series itself is selected, or the whole study or patient that holds a series meeting the group.
    exclude : bool
        Whether what meets the group is left out instead.
    """

    mode: Literal["any", "all"]
    members: tuple[Condition, ...]
    level: Level = "series"
    exclude: bool = False

    @property
    def label(self) -> str:
        """The group in words, in brackets."""
        words = f"({_JOINED[self.mode][1].join(member.label for member in self.members)})"
        if self.level != "series":
            words += f" in any series of the {self.level}"
        return f"not {words}" if self.exclude else words

    @property
    def columns(self) -> frozenset[str]:
        """Every attribute that a member speaks of."""
        return frozenset[str]().union(*(member.columns for member in self.members))

    def selected(self, repository: Repository, view: View = "as written") -> Mask:
        """Return which series meet the group.

        Parameters
        ----------
        repository : Repository
            Where the columns are read.
        view : {"as written", "missing met", "missing unmet"}
            How a missing value counts.

        Returns
        -------
        numpy.ndarray
            (n_series,), bool.
        """
        if self.exclude:
            view = _OPPOSITE.get(view, view)
        masks = (member.selected(repository, view) for member in self.members)
        met: Mask = spread(repository, reduce(_JOINED[self.mode][0], masks), self.level)
        return ~met if self.exclude else met

    def entry(self) -> dict[str, Any]:
        """Return the group as a mapping for a definition file.

        Returns
        -------
        dict
            ``any`` or ``all`` with the members' entries, and perhaps ``level`` and ``exclude``.
        """
        entry: dict[str, Any] = {self.mode: [member.entry() for member in self.members]}
        if self.level != "series":
            entry["level"] = self.level
        return entry | ({"exclude": True} if self.exclude else {})

    def code(self, receiver: str) -> str:
        """Return the call that adds the group to a cohort.

        Parameters
        ----------
        receiver : str
            The cohort or catalog, as Python text.

        Returns
        -------
        str
            Such as ``commons.where(wb.any_of(…))``.
        """
        return f"{receiver}.where({self.written()})"

    def written(self) -> str:
        """Return the group as Python text, such as ``wb.all_of(modality='CT')``."""
        return _written(self)


def too_deep(name: str) -> ValueError:
    """Return the error for groups within groups without end.

    Parameters
    ----------
    name : str
        What holds them.

    Returns
    -------
    ValueError
        To be raised by the caller.
    """
    return ValueError(
        f"{name} holds more than {DEEPEST} groups within each other. Groups side by side would be right: "
        "(A and B) and C is A and B and C. Write several where(…) after one another."
    )


def is_writable(condition: Condition) -> bool:
    """Return whether Python calls can say the condition; a group of a definition file may hold what they cannot.

    Parameters
    ----------
    condition : Condition
        Any.

    Returns
    -------
    bool
        False for a group with a query or a window around a test in it.
    """
    if not isinstance(condition, Group):
        return True
    return all(isinstance(each, Criterion | Group) and is_writable(each) for each in condition.members)


def _written(condition: Condition) -> str:
    """The condition as an argument of ``where``, `any_of` or `all_of`."""
    if isinstance(condition, Group):
        name = "none_of" if condition.exclude and condition.mode == "any" else f"{condition.mode}_of"
        members = _arguments(condition.members)
        level = [f"level={condition.level!r}"] if condition.level != "series" else []
        written = f"wb.{name}({', '.join([*members, *level])})"
        return f"wb.none_of({written})" if condition.exclude and condition.mode == "all" else written
    if isinstance(condition, Criterion) and condition.exclude:
        return f"wb.none_of({_written(condition.negated)})"
    return f"wb.all_of({_call(condition)})"


def _arguments(members: tuple[Condition, ...]) -> list[str]:
    """Groups one by one, then plain criteria as NAME=VALUE, as far as one missing policy serves them all."""
    plain = [member for member in members if isinstance(member, Criterion) and not member.exclude]
    named = {member.column for member in plain}
    if len(named) == len(plain) and {member.missing for member in plain} == {"exclude"}:
        groups = [_written(member) for member in members if member not in plain]
        return [*groups, *(_call(member) for member in plain)]
    return [_written(member) for member in members]


def _call(condition: Condition) -> str:
    call = condition.code("")
    return call[call.index("(") + 1 : -1]
