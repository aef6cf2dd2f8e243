"""A small folder of aggregates for a site: two pages with harmful texts, a figure, an absent one, and a stale date."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from workbench.presentation.manifest import MANIFEST, seal_of, write_pages

HARM = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def small_figure(name: str, n: int, **placed: str) -> dict[str, Any]:
    """Return a figure of one bar."""
    return {
        "id": name,
        "title": f"{n} patients {HARM}",
        "subtitle": f"of them {HARM}",
        "description": f'One bar of {n} patients "{HARM}".',
        "footnote": "Lines are 95 % intervals.",
        "spec": {
            "width": "container",
            "height": 60,
            "data": {"values": [{"n": n}]},
            "mark": "bar",
            "encoding": {"x": {"field": "n", "type": "quantitative"}},
        },
        "table": {"columns": ["group", "n patients"], "rows": [[HARM, n], ["=1+1", None]]},
        **placed,
    }


def small_page(title: str, n: int, **more: Any) -> dict[str, Any]:
    """Return a page of a tile and two figures, one of them absent."""
    absent = {"id": "absent", "title": "Where from?", "absent": "No places are recorded here."}
    return {
        "schema": "workbench-page/2",
        "title": f"{title} {HARM}",
        "subtitle": HARM,
        "as_of": "2026-05-01",
        "source": {"name": "Small commons", "version": "3", "license": "CC BY 4.0"},
        "cite": [f"Small and others {HARM}"],
        "contact": "mail@example.org",
        "use": {"commercial": "Commercial use is allowed."},
        "findings": [f"{n} of 100 are women {HARM}."],
        "groups": [{"id": "all", "title": "All", "tiles": [{"id": "n", "label": HARM, "value": n, "text": f"{n} %"}]}],
        "figures": [small_figure("bar", n), absent],
        "notes": [{"title": "Method", "text": HARM}],
        "provenance": {},
        **more,
    }


def write_small(folder: Path, *, good_for_days: int = 0, **more: Any) -> Path:
    """Write the aggregates of two small pages; a negative number of days makes them old."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"overview": small_page("What?", 30), "census": small_page("Who?", 20, **more)}
    write_pages(folder, pages, source={"name": "Small commons", "version": "3"}, identity={"name": f"Small {HARM}"})
    if good_for_days:
        file = folder / MANIFEST
        until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=good_for_days)
        told = json.loads(file.read_text()) | {"good_until": until.isoformat()}
        file.write_text(json.dumps(told | {"seal": seal_of(told)}))
    return folder
