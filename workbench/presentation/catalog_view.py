"""The programs of the data catalog in the browser, for whoever shows or tests them apart from their page."""

from workbench.presentation.frontend import texts_of, whole_script
from workbench.presentation.pages import list_pages


def catalog_script() -> str:
    """Return the whole program of the page of the data catalog.

    Returns
    -------
    str
        One module that imports nothing.
    """
    return whole_script(list_pages()["data_catalog"])


def ranking_script() -> str:
    """Return the program that reads questions, searches and recommends in the browser.

    Returns
    -------
    str
        One module that imports nothing and touches no page.
    """
    return texts_of(*list_pages()["data_catalog"].apart["ranking"])
