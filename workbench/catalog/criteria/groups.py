"""Conditions joined by "any of", "all of" and "none of", as a user writes them, nested as deep as a question needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.catalog.criteria.criterion import MissingPolicy
from workbench.catalog.criteria.group_condition import DEEPEST, Group, too_deep
from workbench.catalog.criteria.levels import Level
from workbench.catalog.criteria.reading import check_words, read_criterion
from workbench.catalog.repository import Repository


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


def read_group(repository: Repository, asked: object, *, depth: int = 1) -> Group:
    """Return the group that a user wrote, after checking every criterion in it.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    asked : Asked
        What `any_of`, `all_of` or `none_of` gave.
    depth : int
        How many groups it stands within, itself counted.

    Returns
    -------
    Group
        Valid for this repository.

    Raises
    ------
    TypeError
        When something else came.
    ValueError
        When the group is empty, or nested too deep.
    """
    if depth > DEEPEST:
        raise too_deep("The cohort")
    if not isinstance(asked, Asked):
        raise TypeError(
            f"where(…) received a {type(asked).__name__} without a name. A criterion is written NAME=VALUE, a group "
            'wb.any_of(…) or wb.all_of(…). Write for instance where(modality="CT").'
        )
    check_words(asked.missing, asked.level)
    nested = tuple(read_group(repository, group, depth=depth + 1) for group in asked.groups)
    criteria = tuple(
        read_criterion(repository, name, value, missing=asked.missing) for name, value in asked.criteria.items()
    )
    if not nested + criteria:
        raise ValueError(
            "An empty group was received. A group needs at least one criterion. "
            'Write for instance wb.any_of(modality="CT", body_region="Chest").'
        )
    return Group(asked.mode, nested + criteria, asked.level, asked.exclude)
