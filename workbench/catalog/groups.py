"""Conditions joined by "any of", "all of" and "none of", nested as deep as a question needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from workbench.catalog.attributes import Mask
from workbench.catalog.criteria import Condition, Criterion, MissingPolicy, View
from workbench.catalog.levels import Level, spread
from workbench.catalog.reading import read_criterion
from workbench.catalog.repository import Repository

_OPPOSITE: dict[View, View] = {"missing met": "missing unmet", "missing unmet": "missing met"}
_JOINED = {"any": (or_, " or "), "all": (and_, " and ")}


@dataclass(frozen=True)
class Asked:
    """A group as a user wrote it, not yet checked against a repository.

    Attributes
    ----------
    mode : {"any", "all"}
        How the members are joined.
    groups : tuple of Asked
        Groups within it.
    criteria : mapping
        Attribute to value, as in ``where``.
    missing : {"exclude", "keep", "only"}
        Of each criterion.
    level : {"series", "study", "patient"}
        Of the group as a whole.
    exclude : bool
        Whether what meets the group is left out.
    """

    mode: Literal["any", "all"]
    groups: tuple["Asked", ...]
    criteria: Mapping[str, Any] = field(hash=False)
    missing: MissingPolicy
    level: Level
    exclude: bool = False


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
        return f"{receiver}.where({_written(self)})"


def any_of(*groups: Asked, missing: MissingPolicy = "exclude", level: Level = "series", **criteria: Any) -> Asked:
    """Return a group of which at least one member has to hold, to be passed to ``where``.

    Parameters
    ----------
    *groups : Asked
        Further groups, nested.
    missing : {"exclude", "keep", "only"}
        What becomes of rows whose value is missing, for each criterion written here.
    level : {"series", "study", "patient"}
        Whether the series that meets the group is selected, or its whole study or patient.
    **criteria : object
        Attribute to value, as in ``where``.

    Returns
    -------
    Asked
        Checked when ``where`` takes it.

    Examples
    --------
    >>> import workbench as wb
    >>> wet = wb.any_of(wb.all_of(modality="CT", body_region="Chest"), modality=["CR", "DX"])
    >>> [group.mode for group in (wet, *wet.groups)]
    ['any', 'all']
    """
    return Asked("any", groups, criteria, missing, level)


def all_of(*groups: Asked, missing: MissingPolicy = "exclude", level: Level = "series", **criteria: Any) -> Asked:
    """Return a group all of whose members have to hold for one series, to be passed to ``where``.

    Parameters
    ----------
    *groups : Asked
        Further groups, nested.
    missing : {"exclude", "keep", "only"}
        What becomes of rows whose value is missing, for each criterion written here.
    level : {"series", "study", "patient"}
        Whether the series that meets the group is selected, or its whole study or patient.
    **criteria : object
        Attribute to value, as in ``where``.

    Returns
    -------
    Asked
        Checked when ``where`` takes it.
    """
    return Asked("all", groups, criteria, missing, level)


def none_of(*groups: Asked, missing: MissingPolicy = "exclude", level: Level = "series", **criteria: Any) -> Asked:
    """Return a group none of whose members may hold, to be passed to ``where``.

    Parameters
    ----------
    *groups : Asked
        Further groups, nested.
    missing : {"exclude", "keep", "only"}
        Whether a missing value counts as holding: with ``"exclude"`` it does not, and the row stays.
    level : {"series", "study", "patient"}
        Whether the series that meets the group is left out, or its whole study or patient.
    **criteria : object
        Attribute to value, as in ``where``.

    Returns
    -------
    Asked
        Checked when ``where`` takes it.
    """
    return Asked("any", groups, criteria, missing, level, exclude=True)


def read_group(repository: Repository, asked: object) -> Group:
    """Return the group that a user wrote, after checking every criterion in it.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    asked : Asked
        What `any_of`, `all_of` or `none_of` gave.

    Returns
    -------
    Group
        Valid for this repository.

    Raises
    ------
    TypeError
        When something else came.
    ValueError
        When the group is empty.
    """
    if not isinstance(asked, Asked):
        raise TypeError(
            f"where(…) received a {type(asked).__name__} without a name. A criterion is written NAME=VALUE, a group "
            'wb.any_of(…) or wb.all_of(…). Write for instance where(modality="CT").'
        )
    nested = tuple(read_group(repository, group) for group in asked.groups)
    criteria = tuple(
        read_criterion(repository, name, value, missing=asked.missing) for name, value in asked.criteria.items()
    )
    if not nested + criteria:
        raise ValueError(
            "An empty group was received. A group needs at least one criterion. "
            'Write for instance wb.any_of(modality="CT", body_region="Chest").'
        )
    return Group(asked.mode, nested + criteria, asked.level, asked.exclude)


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
