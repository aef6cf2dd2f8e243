"""The list of a folder of public pages: which files belong to it, what they hash to, until when they are good."""

import datetime as dt
import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: The file that lists a folder of public pages.
MANIFEST = "manifest.json"
#: The form of that list, and of each page.
SITE_SCHEMA, PAGE_SCHEMA = "workbench-site/1", "workbench-page/2"

_PACKAGE = "imaging-workbench"


def write_pages(
    folder: Path,
    pages: Mapping[str, Mapping[str, Any]],
    *,
    source: Mapping[str, Any],
    identity: Mapping[str, Any],
    refresh_days: int = 0,
) -> Path:
    """Write one file for each page and the list of them into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Exists and is empty; `workbench.presentation.staging.replaced_folder` gives one.
    pages : mapping of str to mapping
        Name to page, in the order of their navigation.
    source : mapping
        ``name`` and ``version`` of the source.
    identity : mapping
        What `workbench.presentation.identity.Identity.entry` returns.
    refresh_days : int
        After how many days the numbers are old; 0 promises nothing.

    Returns
    -------
    pathlib.Path
        The list: ``schema``, ``created``, ``package``, ``identity``, ``source``, ``good_until`` (a date, or null) and
        ``pages``, each with ``file``, ``sha256`` and ``bytes``; last its ``seal``, the sum of all of that.
    """
    listed = {name: _written(folder / f"{name}.json", page) for name, page in pages.items()}
    now = dt.datetime.now(dt.UTC)
    good_until = (now.date() + dt.timedelta(days=refresh_days)).isoformat() if refresh_days else None
    manifest = {
        "schema": SITE_SCHEMA,
        "created": now.isoformat(timespec="seconds"),
        "package": f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}",
        "identity": dict(identity),
        "source": dict(source),
        "good_until": good_until,
        "pages": listed,
    }
    manifest["seal"] = seal_of(manifest)
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def seal_of(manifest: Mapping[str, Any]) -> str:
    """Return the sum of all that a list says, by which a change made by hand is noticed.

    Parameters
    ----------
    manifest : mapping
        With or without its ``seal``.

    Returns
    -------
    str
        SHA-256, in hexadecimal digits.
    """
    said = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _written(path: Path, page: Mapping[str, Any]) -> dict[str, Any]:
    content = json.dumps(page, ensure_ascii=False, default=str).encode()
    path.write_bytes(content)
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
