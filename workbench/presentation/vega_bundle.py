"""The local Vega bundle: one file of JavaScript, so that a page draws charts without asking any host."""

import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

# What vl-convert writes last for the snippet below; the local name is whatever its minifier chose.
_EXPORT_AT_END = re.compile(r"export\s*\{\s*([\w$]+) as vegaEmbed\s*\};?\s*$")


def vega_bundle() -> Path:
    """Return a file of JavaScript that defines the constant ``vegaEmbed`` and needs nothing else.

    It is made once by vl-convert (about two seconds) and kept in the cache folder: the environment variable
    ``WORKBENCH_CACHE``, else ``~/.cache/imaging-workbench``. Where that folder cannot be written, a folder for
    temporary files takes its place. Once made, vl-convert is not imported again.

    Returns
    -------
    pathlib.Path
        A complete file of about 0.9 MB, named for the version of vl-convert.

    Raises
    ------
    RuntimeError
        When vl-convert writes its bundle in a form that this version does not know.
    """
    name = f"vega-embed-{version('vl-convert-python')}.js"
    for folder in _folders():
        if (folder / name).is_file():
            return folder / name
    text = _made_bundle()
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _written_at_once(folder / name, text)
        except OSError:
            continue  # a read-only home is normal in a container
    raise RuntimeError(
        f"No folder can be written for the chart library: {', '.join(str(folder) for folder in _folders())}. "
        "One that takes a file of 1 MB is needed. Set WORKBENCH_CACHE to it."
    )


def _folders() -> list[Path]:
    chosen = os.environ.get("WORKBENCH_CACHE")
    usual = Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "imaging-workbench"
    # Named for the user: a file that another user could have put there would run in a visitor's browser.
    spare = Path(tempfile.gettempdir()) / f"imaging-workbench-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    return [usual / "vega", spare]


def _made_bundle() -> str:
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("export { vegaEmbed };")
    end = _EXPORT_AT_END.search(bundle)
    if end is None:
        raise RuntimeError(
            f"vl-convert {version('vl-convert-python')} ends its bundle with {bundle[-60:]!r}. "
            "It should export one name as vegaEmbed. Install the locked version: make setup"
        )
    # In a function of its own, so that its thousands of short names cannot meet those of the page.
    return f"const vegaEmbed = (() => {{\n{bundle[: end.start()]}\nreturn {end.group(1)};\n}})();\n"


def _written_at_once(target: Path, text: str) -> Path:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target
