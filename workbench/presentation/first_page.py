"""Page one of every report: three sentences, one figure, as of when, and whom to ask."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from workbench.catalog.repository import Repository
from workbench.presentation.figure import Drawing, Figure
from workbench.presentation.identity import Identity
from workbench.presentation.page_head import contact_of
from workbench.presentation.who_is_counted import banner_above

_SENTENCES = 3
_NOBODY = "No contact is named. Whoever publishes this report can name one in commons.toml."


@dataclass(frozen=True, eq=False, repr=False)
class FirstPage:
    """What a reader has to know, on one sheet.

    Attributes
    ----------
    sentences : tuple of str
        At most three.
    figure : Figure or Drawing
        The one picture.
    as_of : str
        Which data, and of which day.
    contact : str
        Whom to ask; a sentence.
    rule : str
        What may be shown and why; empty where nothing has to be said.
    banner : str
        What has to be known before anything else, such as that the patients are invented.
    """

    sentences: tuple[str, ...]
    figure: Figure | Drawing
    as_of: str
    contact: str
    rule: str = ""
    banner: str = ""

    def __repr__(self) -> str:
        return "\n".join(
            filter(None, [self.banner, *self.sentences, self.figure.title, self.as_of, self.contact, self.rule])
        )

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        below = f'<p class="rule">{html.escape(self.rule)}</p>' if self.rule else ""
        # The table stays folded away on paper too, where a report opens all others: the sheet is for the picture.
        picture = self.figure._repr_html_().replace("<details>", '<details class="twin">', 1)
        origin = f'<p class="as-of">{html.escape(self.as_of)}</p><p class="contact">{html.escape(self.contact)}</p>'
        above = f'<p class="banner"><strong>{html.escape(self.banner)}</strong></p>' if self.banner else ""
        return f'<section class="first-page">{above}<ul class="sentences">{told}</ul>{picture}{below}{origin}</section>'


def first_page(
    sentences: Sequence[str],
    figure: Figure | Drawing,
    *,
    repository: Repository,
    release: str = "",
    identity: Identity | None = None,
    rule: str = "",
) -> FirstPage:
    """Return page one of a report.

    Parameters
    ----------
    sentences : sequence of str
        What was found, the most important first; those after the third are left out.
    figure : Figure or Drawing
        The one picture.
    repository : Repository
        The source.
    release : str
        Of the source, such as ``"24"`` or ``"2024-03-04"``; empty for its version.
    identity : Identity, optional
        Of whoever publishes; without one the source speaks for itself.
    rule : str
        What may be shown and why.

    Returns
    -------
    FirstPage
        Shows itself.
    """
    contact = contact_of(repository, identity or Identity())
    asked = f"Questions: {contact}" if contact else _NOBODY
    told = tuple(sentences)[:_SENTENCES]
    day = identity.as_of if identity else ""
    return FirstPage(told, figure, as_of(repository, release, day=day), asked, rule, banner_above(repository))


def as_of(repository: Repository, release: str = "", *, day: str = "") -> str:
    """Return which data a report shows, and of which day.

    Parameters
    ----------
    repository : Repository
        The source.
    release : str
        Of the source; empty for its version.
    day : str
        Of which the publisher says that the data are, where the source itself has no releases.

    Returns
    -------
    str
        A sentence.
    """
    is_checksum = repository.build.startswith(repository.version)
    release = "" if is_checksum and release == repository.version else release
    source = f"the {repository.name}" if repository.name[:1].isupper() else repository.name
    told = release or day or _last_batch(repository) or repository.version
    published = _published(repository, told)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", told):
        return f"As of {in_full(date.fromisoformat(told))}: {source}, data version {repository.version}."
    version = f"version {told.removeprefix('v')}"
    if is_checksum and told == repository.version:
        return f"Data {version} of {source}, which does not say of which day it is."
    return f"As of {in_full(published)}: {source}, {version}." if published else f"As of {version} of {source}."


def in_full(day: date) -> str:
    """Return a day as a sentence says it.

    Parameters
    ----------
    day : datetime.date
        Any.

    Returns
    -------
    str
        The month in words.

    Examples
    --------
    >>> in_full(date(2026, 4, 6))
    'April 6, 2026'
    """
    return f"{day:%B} {day.day}, {day.year}"


def _last_batch(repository: Repository) -> str:
    """The day of the last batch, of a source that releases its patients in batches."""
    days = repository.column("patients", "batch").drop_nulls() if repository.has("patients", "batch") else ()
    return str(max(days)) if len(days) else ""


def _published(repository: Repository, version: str) -> date | None:
    """The day on which a version was published, where the source tells."""
    number = version.removeprefix("v")
    if not number.isdigit():
        return None
    days = repository.versions.filter(pl.col("idc_version") == int(number))["version_timestamp"]
    return date.fromisoformat(str(days[0])[:10]) if days.len() else None
