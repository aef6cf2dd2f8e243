"""What leaves the explorer: definition, code, link, manifests and references, always of exactly what is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from workbench.catalog.cohort import Cohort
from workbench.catalog.manifests import manifest
from workbench.catalog.rights import read_rights
from workbench.errors import unknown_name
from workbench.presentation.explorer.lost import priced
from workbench.presentation.explorer.share import to_fragment
from workbench.presentation.explorer.steps import draw_steps, tabulate_steps
from workbench.presentation.explorer.table_one import count_groups

MOST_SERIES = 200_000

#: Kind to its title, a sentence, and whether it lists rows.
KINDS: dict[str, tuple[str, str, bool]] = {
    "definition": ("Definition", "The criteria and the data version as YAML; reopen it here or in a notebook.", False),
    "csv": ("Series as CSV", "One row a series: identifiers, descriptions, size, license, address.", True),
    "s5cmd": ("s5cmd, Amazon", "Manifest for s5cmd run against the public bucket, no login.", True),
    "s5cmd-gcs": ("s5cmd, Google", "The same from Google's mirror.", True),
    "tcia": ("NBIA Data Retriever", "Manifest for the program of The Cancer Imaging Archive.", True),
    "gen3": ("Gen3 client", "Manifest of a Gen3 commons such as MIDRC.", True),
    "bibtex": ("Citations", "The DOIs of the selection as BibTeX, written offline.", False),
    "table_one": ("Table 1 as CSV", "As its tab shows it, with the grouping chosen there.", False),
    "flow": ("Flow diagram as SVG", "As its tab shows it, with the numbers in it.", False),
    "attrition": ("Attrition as CSV", "The numbers of the flow diagram, one row a step.", False),
    "price": ("Price as CSV", "Whom each criterion removed, one row a step and group.", False),
    "python": ("Python", "Code that rebuilds this cohort.", False),
    "link": ("Link", "An address that reopens this view.", False),
}
#: Kinds with a button elsewhere than in the list of exports.
ELSEWHERE = ("link", "table_one", "flow", "attrition", "price")
_ENDINGS = {
    "definition": "yaml",
    "csv": "csv",
    "s5cmd": "s5cmd",
    "s5cmd-gcs": "gcs.s5cmd",
    "tcia": "tcia",
    "gen3": "json",
}


@dataclass(frozen=True)
class Export:
    """A text to take away.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    text : str
        The whole of it.
    file : str
        A file name; empty for what is copied by hand.
    title, note : str
        For the dialog in which it is shown.
    """

    kind: str
    text: str
    file: str = ""
    title: str = ""
    note: str = ""


def refusal(cohort: Cohort, kind: str) -> str | None:
    """Return why an export cannot be made here.

    Parameters
    ----------
    cohort : Cohort
        What is selected.
    kind : str
        One of `KINDS`.

    Returns
    -------
    str or None
        A sentence; None when it can be made.
    """
    if not KINDS[kind][2]:
        return None
    n_series = cohort.counts["series"]
    if n_series > MOST_SERIES:
        return (
            f"{n_series:,} series are too many for a browser, which takes up to {MOST_SERIES:,}. "
            f"In a notebook: cohort.manifest({kind!r}).save(…)"
        )
    column = {"s5cmd": "url", "s5cmd-gcs": "url", "tcia": "series_uid", "gen3": "object_id"}.get(kind)
    if column and column not in cohort.repository.original_columns:
        return f"This source does not say what such a manifest lists ({column})."
    return None if n_series else "The cohort is empty: there is nothing to list."


def export(cohort: Cohort, kind: str, *, page: str = "", group: str = "") -> Export:
    """Return one export of a cohort.

    Parameters
    ----------
    cohort : Cohort
        What is shown.
    kind : str
        One of `KINDS`.
    page : str
        The address of the page, for a link.
    group : str
        What the columns of Table 1 are.

    Returns
    -------
    Export
        A manifest lists as many series as the page shows.

    Raises
    ------
    UnknownNameError
        For another kind.
    ValueError
        When `refusal` has a reason.
    """
    if kind not in KINDS:
        raise unknown_name("kind", kind, KINDS, where="the exports", then="Use one of these.")
    reason = refusal(cohort, kind)
    if reason:
        raise ValueError(f"{KINDS[kind][0]}: {reason}")
    makers: dict[str, Callable[[], Export]] = {
        "definition": lambda: _file(cohort, kind, _definition(cohort)),
        "table_one": lambda: Export(kind, count_groups(cohort, group).display.write_csv(), _name(cohort, "table1.csv")),
        "flow": lambda: Export(kind, draw_steps(cohort), _name(cohort, "flow.svg")),
        "attrition": lambda: Export(kind, tabulate_steps(cohort), _name(cohort, "attrition.csv")),
        "price": lambda: Export(kind, priced(cohort).table.write_csv(), _name(cohort, "price.csv")),
        "bibtex": lambda: Export(kind, read_rights(cohort).bibtex(), _name(cohort, "bib")),
        "python": lambda: Export(
            kind,
            cohort.to_python(),
            title="Copy as Python",
            note="Run it in a notebook: it gives the counts shown here.",
        ),
        "link": lambda: Export(
            kind,
            page + to_fragment(cohort),
            title="Share this cohort",
            note="The link holds the criteria and the data source, no patient. It opens this page on the same cohort.",
        ),
    }
    return makers[kind]() if kind in makers else _listing(cohort, kind)


def _listing(cohort: Cohort, kind: Any) -> Export:
    made = manifest(cohort, kind)
    if made.n_series != cohort.counts["series"]:
        raise ValueError(
            f"The list holds {made.n_series:,} series, the page shows {cohort.counts['series']:,}; they must be equal. "
            "Nothing was written. Please report it with the definition of the cohort."
        )
    return _file(cohort, kind, made.text)


def _definition(cohort: Cohort) -> str:
    body = cohort.definition() | {"counts": {unit: cohort.counts[unit] for unit in ("patients", "studies", "series")}}
    return str(yaml.safe_dump(body, sort_keys=False, allow_unicode=True))


def _file(cohort: Cohort, kind: str, text: str) -> Export:
    return Export(kind, text, _name(cohort, _ENDINGS.get(kind, kind)))


def _name(cohort: Cohort, ending: str) -> str:
    return f"cohort-{cohort.sha256[:8]}.{ending}"
