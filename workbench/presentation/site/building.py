"""Build the static twin from a folder of aggregates: whole or not at all, and checked before it is put in place."""

from pathlib import Path


def build_site(aggregates: Path, out: Path, *, explore: str = "", base: str = "/") -> Path:
    """Return the folder of the static pages, written whole or not at all; what stood there is replaced.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder that `workbench site aggregates` wrote.
    out : pathlib.Path
        The folder to write: ``index.html`` (the gallery), one HTML file a page, ``glossary.html``, ``embed.html``,
        ``404.html``, ``robots.txt`` and ``assets``.
    explore : str
        Address of the live pages, such as ``explore/``; empty where there are none.
    base : str
        Path of the site on its host, which only ``404.html`` needs: it is shown at any address.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    raise NotImplementedError
