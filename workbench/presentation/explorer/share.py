"""A cohort as the end of an address: small, readable by any explorer of the same source, and never identifying."""

import base64
import binascii
import json
from typing import Any

import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.repository import Repository

_NAME = "#cohort="
_LONGEST = 16_000  # characters; browsers cut addresses somewhere above
_DEEPEST = 300  # lists and mappings in one definition


def to_fragment(cohort: Cohort) -> str:
    """Return the end of an address that reopens the cohort.

    Parameters
    ----------
    cohort : Cohort
        Criteria and source; no row of it is written.

    Returns
    -------
    str
        ``#cohort=`` and the definition as base64url.

    Raises
    ------
    ValueError
        When the cohort holds a query in SQL, or a controlled source's free text, which a link must not carry, or
        more criteria than an address holds.
    """
    definition = cohort.definition()
    _refuse_queries(definition)
    if cohort.repository.disclosure == "controlled":
        _refuse_free_words(cohort)
    kept = {name: value for name, value in definition.items() if name != "sha256"}
    text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    encoded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    if len(encoded) > _LONGEST:
        raise ValueError(
            f"The criteria of this cohort make a link of {len(encoded):,} characters. Browsers carry up to "
            f"{_LONGEST:,}. Use Save definition instead."
        )
    return _NAME + encoded


def from_fragment(catalog: Catalog, fragment: str) -> Cohort:
    """Return the cohort that a shared link describes.

    Parameters
    ----------
    catalog : Catalog
        What is selected from.
    fragment : str
        The end of the address, from ``#`` on.

    Returns
    -------
    Cohort
        Checked like a definition file.

    Raises
    ------
    ValueError
        When the link is cut, from another source, or holds a query in SQL.
    """
    definition = _decoded(fragment)
    _refuse_queries(definition)
    source = definition.get("source")
    key = source.get("key") if isinstance(source, dict) else None
    if key != catalog.repository.key:
        raise ValueError(
            f"This link selects from another source than {catalog.repository.name}. "
            "A link opens the source it was made from. Here is an example instead."
        )
    return catalog.cohort_from(definition)


def holds_query(definition: Any) -> bool:
    """Return whether a definition holds a query in SQL anywhere.

    Parameters
    ----------
    definition : object
        A definition, or a part of one.

    Returns
    -------
    bool
        True when any mapping in it has a key ``sql`` or ``query``.
    """
    if isinstance(definition, dict):
        return bool({"sql", "query"} & set(definition)) or any(holds_query(part) for part in definition.values())
    return isinstance(definition, list) and any(holds_query(part) for part in definition)


def _decoded(fragment: str) -> dict[str, Any]:
    text = fragment.removeprefix(_NAME)
    try:
        if len(text) > _LONGEST or not fragment.startswith(_NAME):
            raise ValueError
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if decoded.count(b"[") + decoded.count(b"{") > _DEEPEST:
            raise ValueError
        definition = json.loads(decoded)
        if not isinstance(definition, dict):
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        raise ValueError(
            "This link is incomplete or was changed on its way. A whole link ends as the Share button wrote it. "
            "Ask for it again; here is an example instead."
        ) from None
    return definition


def _refuse_queries(definition: dict[str, Any]) -> None:
    if holds_query(definition):
        raise ValueError(
            "A cohort with a query in SQL cannot travel in a link: a link must not run code. "
            "A definition file can. Use Save definition instead."
        )


def _refuse_free_words(cohort: Cohort) -> None:
    named = {name for condition in cohort.conditions for name in condition.columns}
    unsafe = sorted(name for name in named if not _is_closed(cohort.repository, name))
    if unsafe:
        raise ValueError(
            f"This cohort of a controlled source selects by {', '.join(unsafe)}, whose values are not public words. "
            "A link carries only closed categories and numbers. Use Save definition instead."
        )


def _is_closed(repository: Repository, name: str) -> bool:
    """Whether values of an attribute come from a public vocabulary and can name nobody."""
    attribute = attributes(repository)[name]
    if attribute.kind in ("band", "flag") or name in (
        "modality",
        "age_years",
        "size_mb",
        "slice_thickness_mm",
        "n_instances",
    ):
        return True
    if attribute.kind != "category":
        return False
    return isinstance(repository.column(attribute.table, attribute.column).dtype, pl.Enum)
