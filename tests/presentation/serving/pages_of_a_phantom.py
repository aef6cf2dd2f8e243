"""A folder of aggregates with small invented pages, so that a server can be tested without counting anything."""

import hashlib
import json
from pathlib import Path

_SOURCE = {"name": "Phantom", "version": "1", "disclosure": "open"}


def write_pages(folder: Path, *keys: str) -> Path:
    """Write a page of one chart for each key, and the list that seals them."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for key in keys:
        content = json.dumps(_page(key)).encode()
        (folder / f"{key}.json").write_bytes(content)
        listed[key] = {"file": f"{key}.json", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest = {
        "schema": "workbench-site/1",
        "created": "2026-01-01",
        "good_until": None,
        "pages": listed,
        "source": _SOURCE,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _page(key: str) -> dict:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"sex": "Female", "patients": 512}, {"sex": "Male", "patients": 488}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "patients", "type": "quantitative"},
            "y": {"field": "sex", "type": "nominal"},
        },
    }
    return {
        "schema": "workbench-page/2",
        "title": f"A phantom of {key}",
        "subtitle": "1,000 invented patients",
        "as_of": "1 January 2026",
        "source": {"name": "Phantom", "version": "1"},
        "identity": {"name": "Phantom", "logo": "", "url": "", "contact": "", "accent": ""},
        "cite": [],
        "contact": "",
        "use": {"commercial": "", "license": ""},
        "findings": [],
        "groups": [{"title": "Patients", "tiles": [{"label": "Patients", "value": "1,000", "note": ""}]}],
        "sections": [],
        "figures": [
            {
                "id": "sex",
                "title": "Sex",
                "subtitle": "",
                "footnote": "",
                "alt": "Bars",
                "spec": spec,
                "table": {"columns": ["sex", "patients"], "rows": [["Female", 512], ["Male", 488]]},
            }
        ],
        "notes": [],
        "glossary": {},
        "provenance": {},
    }
