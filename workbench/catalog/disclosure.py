"""Whose counts may be seen by whom: the stamp under exact ones, and a door that is shut in public."""

import os

from workbench.assets import asset_path
from workbench.catalog.repository import Repository

#: What stands under exact counts of a controlled source.
EXACT_STAMP = "Exact counts of a controlled source: for its holder, do not publish."
#: What stands under exact counts of a data set that ships a layout: anybody may have a copy.
COPY_STAMP = "Exact counts of your copy of a public data set: publish them only as its terms allow."
#: What stands under every figure of an invented source.
SYNTHETIC_STAMP = "Synthetic: the patients are invented, none of them exists."
_PUBLIC_VARIABLE = "WORKBENCH_PUBLIC"


def is_public() -> bool:
    """Return whether this process serves a public page: ``WORKBENCH_PUBLIC`` is set, and not to 0.

    Returns
    -------
    bool
        False in a notebook of one's own.
    """
    return os.environ.get(_PUBLIC_VARIABLE, "") not in ("", "0")


def stamp_of(repository: Repository) -> str:
    """Return what has to stand under exact counts of a source.

    Parameters
    ----------
    repository : Repository
        Disclosure belongs to it.

    Returns
    -------
    str
        Empty where the rows are public.
    """
    before, is_layout, key = repository.key.partition("layout:")
    exact = EXACT_STAMP
    if is_layout and not before and asset_path("data_catalog", "layouts", f"{key}.yaml").is_file():
        exact = COPY_STAMP
    return {"controlled": exact, "synthetic": SYNTHETIC_STAMP}.get(repository.disclosure, "")


def refuse_in_public(repository: Repository) -> None:
    """Raise where a public page opens a controlled source: it shows only what was written for it, suppressed.

    Parameters
    ----------
    repository : Repository
        What was opened.

    Raises
    ------
    PermissionError
        For a controlled source in public.
    """
    if repository.disclosure == "controlled" and is_public():
        raise PermissionError(
            f"{repository.name} is a controlled source, and WORKBENCH_PUBLIC says that strangers look. Public pages "
            "show what was counted and suppressed for them beforehand. Write it where nobody else looks: "
            "workbench site aggregates --source PATH --out pages"
        )
