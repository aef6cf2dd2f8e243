"""The local Vega bundle: one file of JavaScript, so that a page draws charts without asking any host."""

import re
from importlib.metadata import version
from pathlib import Path

from workbench.cache import sealed_folder

_FILE = "vega-embed.js"

# What vl-convert writes last for the snippet below; the local name is whatever its minifier chose.
_EXPORT_AT_END = re.compile(r"export\s*\{\s*([\w$]+) as vegaEmbed\s*\};?\s*$")


def vega_bundle() -> Path:
    """Return a file of JavaScript that defines the constant ``vegaEmbed`` and needs nothing else.

    It is made once by vl-convert (about two seconds), kept in the cache folder and checked against its seal
    on every use. Once made, vl-convert is not imported again.

    Returns
    -------
    pathlib.Path
        A complete file of about 0.9 MB; its folder is named for the version of vl-convert.

    Raises
    ------
    RuntimeError
        When vl-convert writes its bundle in a form that this version does not know.
    """
    return sealed_folder(f"vega-{version('vl-convert-python')}", _write_bundle) / _FILE


def _write_bundle(folder: Path) -> None:
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("export { vegaEmbed };")
    end = _EXPORT_AT_END.search(bundle)
    if end is None:
        raise RuntimeError(
            f"vl-convert {version('vl-convert-python')} ends its bundle with {bundle[-60:]!r}. "
            "It should export one name as vegaEmbed. Install the locked version: make setup"
        )
    # In a function of its own, so that its thousands of short names cannot meet those of the page.
    wrapped = f"const vegaEmbed = (() => {{\n{bundle[: end.start()]}\nreturn {end.group(1)};\n}})();\n"
    (folder / _FILE).write_text(wrapped, encoding="utf-8")
