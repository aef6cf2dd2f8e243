"""Files of a static site: named by what they hold, each with a compressed twin for the web server."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_DIGITS = 12  # of SHA-256 in a name: the browser may keep the file for good
_LEAST_BYTES = 1400  # a smaller file fits one network packet anyway
_COMPRESSED = (".html", ".js", ".css", ".json", ".txt")


def write_asset(folder: Path, stem: str, suffix: str, text: str) -> str:
    """Return the address of a text in ``assets``, written under a name that changes with what it holds.

    Parameters
    ----------
    folder : pathlib.Path
        The site.
    stem : str
        What it is, such as ``"vega"``.
    suffix : str
        ``".js"`` or ``".css"``.
    text : str
        What it holds.

    Returns
    -------
    str
        Relative to the site, such as ``"assets/vega-0123456789ab.js"``.
    """
    content = text.encode()
    address = f"assets/{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}{suffix}"
    file = folder / address
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return address


def content_script(name: str, page: dict[str, Any]) -> str:
    """Return the content of a page as a classic script, which a browser reads from a file as well as from a server.

    Parameters
    ----------
    name : str
        Key of the page.
    page : dict
        What it holds.

    Returns
    -------
    str
        One call of ``staticContent``.
    """
    return f"staticContent({json.dumps(name)}, {json.dumps(page, ensure_ascii=False, separators=(',', ':'))});\n"


def compress(folder: Path) -> None:
    """Write ``FILE.gz`` beside every text that gets smaller by it; nginx sends it with ``gzip_static on``.

    Parameters
    ----------
    folder : pathlib.Path
        The site. The same texts give the same bytes.
    """
    for file in sorted(folder.rglob("*")):
        if file.suffix not in _COMPRESSED or file.stat().st_size < _LEAST_BYTES:
            continue
        text = file.read_bytes()
        packed = gzip.compress(text, compresslevel=9, mtime=0)
        if len(packed) < len(text):
            file.with_name(f"{file.name}.gz").write_bytes(packed)
