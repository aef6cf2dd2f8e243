"""The files that one entry of the data catalog can be taken away as."""

import json

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.cards import card
from workbench.catalog.registry.formats.croissant import croissant
from workbench.catalog.registry.formats.references import bibtex, citations_of
from workbench.catalog.registry.idc_facts import IdcFacts


def files_of(entry: Entry, facts: IdcFacts | None = None) -> dict[str, str]:
    """Return the files of an entry as text.

    Parameters
    ----------
    entry : Entry
        Of any kind.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of it.

    Returns
    -------
    dict of str to str
        ``croissant`` (JSON-LD; of data sets only), ``markdown``, ``bibtex``, and ``text``: what to cite, a line each.

    Examples
    --------
    >>> list(files_of(Entry("dataset", {"key": "x", "name": "X", "license": {"id": "unknown"}})))
    ['bibtex', 'text', 'markdown', 'croissant']
    >>> cited = {"key": "x", "name": "X", "doi": "10.1234/x", "citation": {"text": "Doe J. On X."}}
    >>> print(files_of(Entry("dataset", cited | {"license": {"id": "unknown"}}))["text"])
    Doe J. On X.
    X. doi:10.1234/x
    """
    told = (each.text for each in citations_of(entry))
    files = {"bibtex": bibtex([entry]), "text": "\n".join(told), "markdown": card(entry, facts)}
    if entry.kind == "dataset":
        files["croissant"] = json.dumps(croissant(entry, facts), ensure_ascii=False, indent=1)
    return files
