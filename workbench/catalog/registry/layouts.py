"""Open a data set of the data catalog from a folder on disk, by the layout that its creators document."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.assets import asset_path

if TYPE_CHECKING:
    from workbench.catalog.commons import Catalog


def open_layout(layout: str | Path, folder: str | Path) -> "Catalog":
    """Return a folder as a catalog: census, cohorts and splits run on it.

    Parameters
    ----------
    layout : str or pathlib.Path
        The key of a data set with a layout, or a YAML file of your own that says how the folder lies; the language is
        described in ``data_catalog/schema/layout.schema.json``.
    folder : str or pathlib.Path
        Where the data set lies.

    Returns
    -------
    Catalog
        Its ``data_quality()`` counts images that are named but not there, and the other way round.

    Raises
    ------
    UnknownNameError, FileNotFoundError
        When there is no such layout, or no such folder.
    ValueError
        When the folder does not lie as the layout says; lists everything that is wrong.
    PermissionError
        On a public page, since such a source is controlled.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "scans.csv").write_text("subject,scan,kind\\na,1,CT\\na,2,X-ray\\n")
    >>> _ = (folder / "mine.yaml").write_text('''
    ... key: my-scans
    ... name: My scans
    ... documented: [{page: "https://example.org", words: one row a scan}]
    ... table: {files: [scans.csv]}
    ... columns:
    ...   patient_id: subject
    ...   study_uid: scan
    ...   series_uid: scan
    ...   modality: {column: kind, values: {X-ray: DX}}
    ... ''')
    >>> open_layout(folder / "mine.yaml", folder).where(modality="DX").counts["studies"]
    1
    """
    from workbench.catalog.commons import open_catalog

    return open_catalog(folder, layout=layout)


def has_layout(key: str) -> bool:
    """Return whether a data set can be opened from a folder on disk.

    Parameters
    ----------
    key : str
        Of an entry.

    Returns
    -------
    bool
        True when a layout of this key ships.

    Examples
    --------
    >>> has_layout("nih-chestx-ray14"), has_layout("adni")
    (True, False)
    """
    return key in {path.stem for path in asset_path("data_catalog", "layouts").glob("*.yaml")}
