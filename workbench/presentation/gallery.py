"""The start page: the answers that most visitors come for, and one card for every page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workbench.presentation.glossary import glossary_of
from workbench.presentation.pages import list_pages

_SCHEMA = "workbench-page/2"
_SHARED = ("identity", "source", "as_of", "contact", "cite", "use", "provenance", "good_until", "banner")
_MOST_BARS = 5
_MOST_POINTS = 60
_SPLIT = 4  # a share reads well from four points on
#: The tile that stands for a page; else its first.
_NUMBERS = {"census": "sex_unknown"}
_SEX = "Of how many is the sex not known?"
#: What a small picture may draw: a count that grows, or a count by one attribute.
_GROWING = ("n ingested", "cumulative acquired")
_COUNTED = ("n patients", "n studies", "n series", "n")


def gallery_page(site: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the start page of a site.

    Parameters
    ----------
    site : mapping of str to mapping
        Key to page, of every page that there is.

    Returns
    -------
    dict
        A page whose one group of tiles answers what most visitors ask, each tile with the ``page`` behind it, and
        ``cards``: for every page its question, its most telling number, a sentence and a small picture.
    """
    first: Mapping[str, Any] = next(iter(site.values()), {})
    source = first.get("source") or {}
    name = (first.get("identity") or {}).get("name") or source.get("name", "")
    answers = [answer for answer in _answers(site) if answer]
    page = {
        "schema": _SCHEMA,
        "key": "gallery",
        "title": f"{name} in numbers" if name else "The commons in numbers",
        "subtitle": "What most people ask first, answered. Behind each answer stands a page with its charts, the table "
        "of each chart, and the method.",
        **{key: first[key] for key in _SHARED if key in first},
        "groups": [{"id": "answers", "title": "Answers first", "tiles": answers}] if answers else [],
        "figures": [],
        "cards": [
            _card(key, entry.title, entry.question, site[key]) for key, entry in list_pages().items() if key in site
        ],
    }
    return page | {"glossary": glossary_of(page)}


def _answers(site: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any] | None]:
    """How many patients, the largest gap, sex not known, as of when, commercial use, how to cite."""
    first: Mapping[str, Any] = next(iter(site.values()), {})
    yield _counted(site, "patients", f"How many {'invented ' * bool(first.get('banner'))}patients?")
    yield _gap(site.get("census", {}))
    yield _counted(site, "sex_unknown", _SEX, pages=("census",)) or _unsaid(site.get("census", {}))
    yield _dated(first.get("as_of"))
    yield _used((first.get("use") or {}).get("commercial", ""), "overview" if "overview" in site else "")
    cite = list(first.get("cite") or ())
    yield _answer("cite", "How do I cite it?", "Like this", "\n".join(cite)) if cite else None


def _answer(name: str, question: str, text: str, note: str, page: str = "", value: Any = None) -> dict[str, Any]:
    answered = {"id": name, "label": question, "value": text if value is None else value, "text": text, "note": note}
    return answered | {"page": page}


def _counted(
    site: Mapping[str, Mapping[str, Any]], name: str, question: str, pages: Sequence[str] = ("overview", "census")
) -> dict[str, Any] | None:
    for key in pages:
        tile = _tile(site.get(key, {}), name)
        if tile:
            said = tile.get("note") or ("of the patients" if name == "sex_unknown" else "")
            return _answer(name, question, tile["text"], said, key, tile["value"])
    return None


def _unsaid(census: Mapping[str, Any]) -> dict[str, Any] | None:
    """That the source says nothing of sex: a question that most visitors come with never stays without an answer."""
    said = "This source does not say the sex of any patient."
    return _answer("sex_unknown", _SEX, "Of all", said, "census") if census.get("groups") else None


def _gap(census: Mapping[str, Any]) -> dict[str, Any] | None:
    gap = census.get("largest_gap") or {}
    if not gap:
        return None
    said = f"{_capital(gap['told'])} {gap['base']} {gap['compared']}"
    return _answer("gap", "Where is the largest gap?", gap["attribute"], said, "census")


def _dated(as_of: str | None) -> dict[str, Any] | None:
    if as_of is None:
        return None
    if not as_of:
        return _answer("as_of", "As of when?", "Not stated", "The source does not say of which day its data are.")
    day = re.search(r"\d{4}-\d{2}-\d{2}", as_of)
    said = as_of if day and day[0] != as_of else ""
    if as_of.startswith("batch of "):
        said = "The day of the last batch: studies that were released together."
    return _answer("as_of", "As of when?", day[0] if day else as_of, said)


def _used(commercial: str, page: str) -> dict[str, Any] | None:
    found = re.match(r"(Yes|No|In part|Not stated)\b[:,]?\s*(.*)", commercial)
    if not found:
        return None
    answered = _answer("commercial", "May I use it commercially?", found[1], _capital(found[2]), page)
    return answered | {"link": "See the licenses", "part": "section=terms"}


def _card(key: str, title: str, question: str, page: Mapping[str, Any]) -> dict[str, Any]:
    tile = _tile(page, _NUMBERS.get(key, "")) or _tile(page, "")
    said = next(iter(page.get("findings") or ()), "") or page.get("subtitle", "")
    return {
        "key": key,
        "title": title,
        "question": question,
        "number": {"text": tile["text"], "label": tile["label"]} if tile else None,
        "sentence": re.split(r"(?<=[^.\d]\.) (?=[A-Z0-9])", said)[0],
        "as_of": page.get("as_of", ""),
        "picture": _picture(page.get("figures") or ()),
    }


def _tile(page: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The tile of that name in the first groups that have one; without a name the first of all."""
    tiles = [tile for group in page.get("groups") or () for tile in group["tiles"]]
    return next((tile for tile in tiles if not name or tile["id"] == name), None)


def _picture(figures: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """A small picture of the first figure that one can be made of: a line that grows, or a few bars."""
    for figure in figures:
        table = figure.get("table")
        if table and table["rows"] and (made := _line(table) or _bars(table)):
            return made | {"title": figure["title"]}
    return None


def _line(table: Mapping[str, Any]) -> dict[str, Any] | None:
    name = next((each for each in _GROWING if each in table["columns"]), "")
    if not name:
        return None
    values = [row[table["columns"].index(name)] for row in table["rows"]]
    known = [value for value in values if isinstance(value, int | float)]
    if len(known) < _SPLIT:
        return None
    step = max(1, len(known) // _MOST_POINTS)
    return {"kind": "line", "values": [*known[:-1:step], known[-1]]}


def _bars(table: Mapping[str, Any]) -> dict[str, Any] | None:
    columns, rows = table["columns"], table["rows"]
    if "kind of image" in columns:
        at = columns.index("kind of image")
        kinds = [row[at] for row in rows if row[at]]
        return _largest({kind: kinds.count(kind) for kind in dict.fromkeys(kinds)})
    name = next((each for each in _COUNTED if each in columns), "")
    if not name or columns.index(name) != 1:
        return None
    counts = {row[0]: row[1] for row in rows if isinstance(row[0], str) and isinstance(row[1], int | float)}
    return _largest(counts)


def _largest(counts: Mapping[str, float]) -> dict[str, Any] | None:
    if len(counts) < 2:
        return None
    largest = sorted(counts.items(), key=lambda pair: -pair[1])[:_MOST_BARS]
    return {"kind": "bars", "values": [[label, n, f"{n:,}"] for label, n in largest]}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
