"""Examine what browsers are served: the widget bundles, the Vega bundle, the Voila template."""

from importlib.metadata import version
from pathlib import Path

from workbench.cache import is_sealed, wanted_folder
from workbench.presentation.doctor.checks import Check
from workbench.presentation.doctor.software import REINSTALL

_JUPYTER = Path(__file__).resolve().parent.parent / "jupyter"
_TEMPLATE = ("voila", "templates", "workbench")
#: Package that brings it -> its folder on Jupyter's search path.
_BUNDLES = {
    "anywidget": "labextensions/anywidget",
    "jupyterlab_widgets": "labextensions/@jupyter-widgets/jupyterlab-manager",
    "voila": "voila/labextensions/@voila-dashboards/widgets-manager8",
}


def look_at_widgets() -> Check:
    """Return whether the browser parts of the widgets are where JupyterLab and Voila look for them.

    Returns
    -------
    Check
        Needed.
    """
    lacking = [package for package, folder in _BUNDLES.items() if not _found(folder, "package.json")]
    if not lacking:
        return Check("Widget bundles", "ok", f"Those of {', '.join(_BUNDLES)}.", needed=True)
    words = f"Those of {', '.join(lacking)} are missing: widgets would stay empty."
    return Check("Widget bundles", "missing", words, f"pip install --force-reinstall {' '.join(lacking)}", True)


def look_at_volumes() -> Check:
    """Return whether volumes can be drawn in 3-D.

    Returns
    -------
    Check
        Not needed: slices are drawn without it.
    """
    from workbench.presentation.viewer.bundle import check_bundle

    state = check_bundle()
    words, _, mend = state.words.partition(" Install it: " if "Install it: " in state.words else " Install it again: ")
    return Check("3-D volumes", "ok" if state.ready else "missing", words, mend)


def look_at_vega() -> Check:
    """Return whether the one file that draws charts in a browser is made and as it was made.

    Returns
    -------
    Check
        ``warning`` where the next use makes it anew.
    """
    folder = wanted_folder() / f"vega-{version('vl-convert-python')}"
    if is_sealed(folder):
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        return Check("Vega bundle", "ok", f"{size:.1f} MB in {folder}, as it was made.", needed=True)
    if folder.exists():
        return Check(
            "Vega bundle", "warning", f"What lies in {folder} was changed; the next chart makes it anew.", _MAKE
        )
    return Check("Vega bundle", "ok", "Not made yet; the first chart makes it, in about two seconds.", needed=True)


def look_at_template() -> Check:
    """Return whether Voila finds the template of the pages, the one that belongs to this package.

    Returns
    -------
    Check
        Needed; ``workbench serve`` brings the template with it, a Voila of yours does not.
    """
    ours = _JUPYTER.joinpath(*_TEMPLATE)
    files = sorted(path.relative_to(ours) for path in ours.rglob("*") if path.is_file())
    if not files:
        return Check("Voila template", "missing", f"Nothing lies in {ours}.", REINSTALL, True)
    installed = _found(*_TEMPLATE)
    if installed is None:
        words = "Not where Voila looks; workbench serve finds it all the same, voila FILE and JupyterLab do not."
        return Check("Voila template", "warning", words, "pip install -e . (in a checkout: make setup)", True)
    differing = [str(name) for name in files if _bytes(installed / name) != _bytes(ours / name)]
    if differing:
        words = f"{', '.join(differing)} in {installed} {'is' if len(differing) == 1 else 'are'} of another version."
        return Check("Voila template", "warning", words, "pip install -e . (in a checkout: make setup)", True)
    return Check("Voila template", "ok", f"Installed in {installed}.", needed=True)


_MAKE = 'python -c "from workbench.presentation.vega_bundle import vega_bundle; vega_bundle()"'


def _found(*parts: str) -> Path | None:
    """The first place of Jupyter's search path that holds a file or folder."""
    from jupyter_core.paths import jupyter_path

    return next((place for root in jupyter_path() if (place := Path(root).joinpath(*parts)).exists()), None)


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
