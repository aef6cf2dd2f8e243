"""The data catalog as lines of text, as a table of a page, and as a frame."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.catalog.registry.entries import DEMOGRAPHICS, Entry
from workbench.catalog.registry.main_images import image_quantities
from workbench.markup import html_table, link

if TYPE_CHECKING:
    import polars as pl

_MOST_SHOWN = 30
_NAMES = {"dataset": "data sets", "model": "models", "framework": "frameworks", "collection": "collections of IDC"}
_ONE = {"dataset": "data set", "model": "model", "framework": "framework", "collection": "collection of IDC"}
_COLUMNS = ("key", "modality", "body region", "patients", "holds", "license", "commercial use", "access")
_NUMBERS = ("patients", "holds")
_WIDEST = {"modality": 11, "body region": 24, "license": 26}
_SIZES = ("patients", "studies", "images", "volumes", "slides", "patches")
# What an entry holds of which nobody counts images.
_ELSE_HELD = ("image_text_pairs", "text_pairs", "reports")
_USES = {True: "yes", False: "no", None: "read the terms"}


def as_text(entries: Sequence[Entry], *, most: int | None = _MOST_SHOWN) -> str:
    """Return entries as lines of text: a headline, and a row each.

    Parameters
    ----------
    entries : sequence of Entry
        In order.
    most : int, optional
        Rows to show; None shows all.

    Returns
    -------
    str
        Aligned, without a trailing line break.

    Examples
    --------
    >>> print(as_text([Entry("dataset", {"key": "invented", "name": "Invented", "modality": ["CT"]})]))
    1 data set
    key       modality  body region  patients  holds  license        commercial use  access
    invented  CT                                      not confirmed  unknown         unknown
    """
    shown = entries if most is None else entries[:most]
    if not shown:
        return "No entries."
    rows = [_COLUMNS, *(_row(each) for each in shown)]
    cut = [
        [
            textwrap.shorten(cell, _WIDEST.get(name, 40), placeholder="…")
            for name, cell in zip(_COLUMNS, row, strict=True)
        ]
        for row in rows
    ]
    widths = [max(len(row[place]) for row in cut) for place in range(len(_COLUMNS))]
    right = [_COLUMNS.index(name) for name in _NUMBERS]
    lines = [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cut
    ]
    more = len(entries) - len(shown)
    return "\n".join([headline(entries), *lines, *([f"… and {more} more"] if more else [])])


def as_html(entries: Sequence[Entry]) -> str:
    """Return entries as a table of a page, addresses as links.

    Parameters
    ----------
    entries : sequence of Entry
        In order.

    Returns
    -------
    str
        HTML; every text is escaped.
    """
    rows = [(link(each.url, each.name), *_row(each)[1:]) for each in entries]
    return f"<p>{headline(entries)}</p>{html_table(('name', *_COLUMNS[1:]), rows, numbers=_NUMBERS)}"


def as_table(entries: Sequence[Entry]) -> "pl.DataFrame":
    """Return entries as a frame, a row each; `DataCatalog.table` names the columns.

    Parameters
    ----------
    entries : sequence of Entry
        In order.

    Returns
    -------
    polars.DataFrame
        With the same columns for no entries at all.
    """
    import polars as pl

    text, number, truth = pl.String, pl.Int64, pl.Boolean
    before = dict.fromkeys(("key", "name", "kind", "specialty", "modality", "body_region", "tasks"), text)
    sizes = {f"n_{quantity}": number for quantity in _SIZES}
    terms = {"license": text, "license_confirmed": truth, "commercial_use": truth, "access": text}
    people = dict.fromkeys(DEMOGRAPHICS, text)
    after = {"published": text, "doi": text, "url": text, "in_idc": truth, "n_guide_rows": number, "curated": truth}
    return pl.DataFrame([as_record(each) for each in entries], schema={**before, **sizes, **terms, **people, **after})


def as_record(entry: Entry) -> dict[str, Any]:
    """Return an entry in one row of plain values, as the table has it.

    Parameters
    ----------
    entry : Entry
        Any.

    Returns
    -------
    dict
        Column to value; None where nothing is known.
    """
    return {
        "key": entry.key,
        "name": entry.name,
        "kind": entry.kind,
        "specialty": entry.specialty or None,
        "modality": "; ".join(entry.modality),
        "body_region": "; ".join(entry.body_region),
        "tasks": "; ".join(entry.tasks),
        **{f"n_{quantity}": entry.size(quantity) for quantity in _SIZES},
        "license": entry.license.id,
        "license_confirmed": entry.license_confirmed,
        "commercial_use": entry.commercial_use,
        "access": entry.access,
        **entry.demographics,
        "published": entry.fields.get("published"),
        "doi": entry.doi or None,
        "url": entry.url or None,
        "in_idc": "idc" in entry.fields or entry.kind == "collection",
        "n_guide_rows": len(entry.fields.get("guide_rows", ())),
        "curated": entry.curated,
    }


def headline(entries: Sequence[Entry]) -> str:
    """Return how many entries of which kind there are, in words.

    Parameters
    ----------
    entries : sequence of Entry
        Any.

    Returns
    -------
    str
        Such as ``"81 data sets, 5 models, 11 frameworks"``.
    """
    kinds = Counter(each.kind for each in entries)
    return ", ".join(f"{n} {(_ONE if n == 1 else _NAMES)[kind]}" for kind, n in kinds.items()) or "no entries"


def _row(entry: Entry) -> tuple[str, ...]:
    patients = entry.size("patients")
    held = entry.first_size((*image_quantities(entry.modality), *_ELSE_HELD))
    return (
        entry.key,
        ", ".join(entry.modality),
        "; ".join(entry.body_region),
        "" if patients is None else f"{patients:,}",
        f"{held[1]:,} {held[0].replace('_', ' ')}" if held else "",
        _licensed(entry),
        _USES[entry.commercial_use] if entry.license_confirmed else "unknown",
        entry.access.replace("_", " "),
    )


def _licensed(entry: Entry) -> str:
    """Return the license, and that a part bears another one; what may be done with all of it depends on every part."""
    terms = entry.license
    if not entry.license_confirmed:
        return "not confirmed"
    others = any(part.id != terms.id for _, part in terms.parts)
    return f"{terms.id.removeprefix('LicenseRef-')}{' and others' if others else ''}"
