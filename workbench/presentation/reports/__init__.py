"""Reports: notebooks run with checked parameters, each a folder with notebook, web page, PDF, tables and provenance.

What a report's notebook relies on:

- A line in ``notebooks/collections.toml`` makes a notebook a report. Its cell tagged ``parameters`` says which
  parameters there are and their defaults; ``[parameters]`` of that file gives each name a type, its range and its help.
- Every value is checked before a kernel starts. Paths come absolute; an empty text means "not given".
- ``compare_to`` comes as the absolute path of an earlier report's folder (it holds ``provenance.json`` and the tables
  of that run), or else as the version that was typed, which the notebook looks up in its source.
- A report that can be narrowed takes ``collection_id`` (text, empty: all) or ``cohort``; ``--for-each`` fills them.
- Page one is shown by an object whose HTML is ``<section class="first-page">``, in the first cell after the parameters:
  three sentences ``<ul class="sentences">``, one figure as `Figure` shows itself, ``<p class="as-of">`` and
  ``<p class="contact">``. The frame styles these four, keeps them on one sheet and breaks the page after them.
- ``workbench.presentation.reports.kernel``: ``open_published(source)`` gives the `Publication` of the source under the
  name, disclosure and columns of the commons that ``WORKBENCH_COMMONS`` names; a report that shows public counts takes
  the parameter ``earlier`` too and passes it on, so that it is suppressed as the pages are. ``report_identity()`` says
  who publishes (the empty identity without it). The frame itself puts logo and name above the report, and contact,
  license and citation below it; a notebook says the contact on page one and nothing else of the identity.
- The time of the run is in ``SOURCE_DATE_EPOCH``; `workbench.provenance.stamp` reads it, nothing else tells the time.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.presentation.reports.running import Report, render_report

__all__ = ["Report", "render_report"]


def __getattr__(name: str) -> Any:
    """Load what runs notebooks when it is first asked for: a kernel that shows a report has no use for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.presentation.reports import running

    return getattr(running, name)
