"""The start page of a batch of reports: each with its first finding, its page and its PDF, and what failed."""

import html
import re
from collections.abc import Sequence
from datetime import datetime

from workbench.catalog.disclosure import COPY_STAMP, EXACT_STAMP
from workbench.presentation.identity import Identity
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.page import framed_page
from workbench.presentation.reports.running import Report

_FIRST = re.compile(r'<ul class="sentences">\s*<li>(.*?)</li>', re.DOTALL)


def batch_page(
    entry: ReportEntry, rows: Sequence[tuple[str, str, Report | None, str]], *, identity: Identity, made: datetime
) -> str:
    """Return the page that lists the reports of a batch.

    Parameters
    ----------
    entry : ReportEntry
        Which report they are.
    rows : sequence of tuple
        Label, folder, report or None, and the reason of a failure.
    identity : Identity
        Who publishes them.
    made : datetime.datetime
        The stamp.

    Returns
    -------
    str
        HTML whose links lead to the folders beside it and to the publisher; what has to stand under the numbers of
        one report stands above the findings of all.
    """
    n_failed = sum(report is None for *_, report, _ in rows)
    said = f"{len(rows) - n_failed:,} reports" + (f"; {n_failed:,} could not be made" if n_failed else "")
    heads = "".join(f'<th scope="col" style="text-align:left">{head}</th>' for head in ("For", "First finding", "Open"))
    body = (
        f"<h1>{html.escape(entry.title)}</h1><p><strong>{html.escape(entry.question)}</strong></p>"
        f"<p>{said}.</p>{_demanded(rows)}"
        f'<div class="output_subarea"><table class="batch"><thead><tr>{heads}</tr></thead><tbody>'
        f"{''.join(_row(*row) for row in rows)}</tbody></table></div>"
    )
    return framed_page(
        body, title=f"{entry.title}: {said}", identity=identity, made={"Made": f"{made:%Y-%m-%d %H:%M} UTC"}
    )


def _demanded(rows: Sequence[tuple[str, str, Report | None, str]]) -> str:
    """The stamps of the reports whose first finding is told here."""
    pages = [report.html.read_text(encoding="utf-8") for *_, report, _ in rows if report is not None]
    stamps = [text for text in (EXACT_STAMP, COPY_STAMP) if any(html.escape(text) in page for page in pages)]
    return "".join(f'<p class="rule"><strong>{html.escape(text)}</strong></p>' for text in stamps)


def _row(label: str, folder: str, report: Report | None, reason: str) -> str:
    shown = html.escape(label)
    if report is None:
        told, links = f"<strong>Not made.</strong> {html.escape(reason)}", ""
    else:
        found = _FIRST.search(report.html.read_text(encoding="utf-8"))
        files = {"Page": "report.html"} | ({"PDF": "report.pdf"} if report.pdf else {})
        told = found.group(1) if found else ""
        links = " ".join(
            f'<a href="{folder}/{file}">{word}<span class="unseen"> of {shown}</span></a>'
            for word, file in files.items()
        )
    return (
        f'<tr><th scope="row" style="text-align:left">{shown}</th><td style="text-align:left">{told}</td>'
        f'<td style="text-align:left;white-space:nowrap">{links}</td></tr>'
    )
