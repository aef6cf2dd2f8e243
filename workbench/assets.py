"""Find the notebooks, dashboards and catalogue files that ship with the workbench."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset_path(*parts: str) -> Path:
    """Return the path of a shipped, read-only file or folder.

    In a checkout the folders stand beside the package; in an installed wheel
    they stand under ``workbench/_assets/``. Nothing is ever written there.

    Parameters
    ----------
    *parts : str
        Path below the asset root, such as ``"notebooks", "31_cohort_profile.ipynb"``.

    Returns
    -------
    pathlib.Path
        An existing path.

    Raises
    ------
    FileNotFoundError
        When neither a checkout nor an install holds it.

    Examples
    --------
    >>> asset_path("data_catalog", "reference_populations", "sources.toml").name
    'sources.toml'
    """
    for root in (_PACKAGE / "_assets", _PACKAGE.parent):
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    wanted = "/".join(parts)
    raise FileNotFoundError(
        f"The shipped file {wanted!r} is missing from this installation of imaging-workbench. "
        "A complete install carries notebooks, dashboards and data_catalog. "
        "Reinstall it: pip install --force-reinstall imaging-workbench"
    )
