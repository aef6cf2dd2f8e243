"""A widget's page in a plain HTML file, served from this machine: what it does without a kernel, in a second."""

import contextlib
import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HTML = """<!doctype html>
<html lang="en" data-workbench="page"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css"><style>body { margin: 0; background: Canvas; }</style></head>
<body><div id="place"></div><script type="module">
import widget from "./script.js";
const page = await (await fetch("page.json")).json();
widget.render({ model: { get: () => page, on() {}, off() {} }, el: document.getElementById("place") });
</script></body></html>
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def write_page(folder: Path, page: dict[str, Any], *, script: str, style: str) -> Path:
    """Write the files of a page that needs no kernel into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(HTML, encoding="utf-8")
    (folder / "script.js").write_text(script, encoding="utf-8")
    (folder / "style.css").write_text(style, encoding="utf-8")
    (folder / "page.json").write_text(json.dumps(page, ensure_ascii=False, default=str), encoding="utf-8")
    return folder


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the address under which a folder is served."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
