"""Read a reference population of your own from a CSV, and name every defect of it at once."""

import csv
import datetime
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.age_bands import AgeBand, overlapping, parse_band
from workbench.assessment.references_files import ROWS, Published
from workbench.errors import brief, nearest_names
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import MISSING, RACE_ETHNICITY
from workbench.vocabulary.geography import STATES, country_key, state_key
from workbench.vocabulary.spellings import CLOSED, meant_category

_CLOSED: Mapping[str, tuple[str, ...]] = {**CLOSED, "race_ethnicity": RACE_ETHNICITY}
_COLUMNS = ("attribute", "category", "n", "percent", "period")
_STATED = ("title", "publisher", "table_id", "vintage", "url", "license", "retrieved")
#: More people than any source counts; up to here, and far beyond, 64-bit numbers hold every sum exactly.
MOST_PEOPLE = 10**12
_MOST_SHOWN = 20
# Percentages rounded to whole numbers over a dozen categories miss 100 by about a point; more than two is a mistake.
_TOLERATED, _ROUNDING = 2.0, 0.05

# float() alone would also take 1_000 and the digits of other scripts.
_PLAIN = re.compile(r"[-+.0-9a-zA-Z]+")

Cell = tuple[str, datetime.date | None]  # an attribute at a period


@dataclass
class _Sheet:
    """What has been read so far, and what is wrong with it."""

    measure: str
    rows: list[tuple[str, str, float | None, float | None, datetime.date | None]] = field(default_factory=list)
    lines: dict[tuple[str, str, datetime.date | None], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def sums(self) -> dict[Cell, dict[str, float]]:
        """Attribute and period to category to its number or percentage."""
        cells: dict[Cell, dict[str, float]] = defaultdict(dict)
        for attribute, category, n, percent, period in self.rows:
            cells[attribute, period][category] = (n if n is not None else percent) or 0.0
        return cells


def read_own(path: Path) -> Published:
    """Return the population in a CSV.

    Parameters
    ----------
    path : path
        Columns attribute, category, n or percent, and if the population is counted over time period. Lines that
        begin with ``#`` above the columns state the source, such as ``# title: Our county``; what ``# warnings: …``
        says stands next to every number.

    Returns
    -------
    Published
        What no line states is "unknown"; the title is the file's name then.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        With every defect and its line.
    """
    text = _text(path)
    lines = text.splitlines()
    n_comments = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    stated = dict(_statements(lines[:n_comments]))
    table = csv.reader(lines[n_comments:])
    head = [name.strip() for name in next(table, [])]
    sheet = _Sheet("percent" if "percent" in head else "n", problems=list(_wrong_columns(head)))
    if not sheet.problems:
        try:
            for fields in table:
                _read_row(head, fields, n_comments + table.line_num, sheet)
        except csv.Error as problem:
            sheet.problems.append(f"line {n_comments + table.line_num}: {problem}")
        sheet.problems += _contradictions(sheet)
    if sheet.problems:
        shown = "\n".join(f"  {problem}" for problem in sheet.problems[:_MOST_SHOWN])
        more = len(sheet.problems) - _MOST_SHOWN
        rest = f"\n  … ({len(sheet.problems)} in all)" if more > 0 else ""
        raise ValueError(
            f"The reference population in {path.name!r} has defects:\n{shown}{rest}\n"
            "A row is a category of an attribute with its number of people or its percentage. Correct these lines."
        )
    rows = pl.DataFrame(sheet.rows, schema=dict(ROWS), orient="row")
    said = {name: [words] for name in ("caveats", "warnings") if (words := stated.pop(name, ""))}
    warnings = dict.fromkeys(rows["attribute"].unique(maintain_order=True), tuple(said.get("warnings", ())))
    caveats = [*said.get("caveats", ()), *_notes(sheet)]
    return Published({**_source(path, stated), "caveats": caveats, "warnings": warnings}, rows)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise FileNotFoundError(
            f"No file {str(path)!r}. A reference population of your own is a CSV with the columns attribute, "
            "category and n or percent. Check the path, or pass a name of list_references()."
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name!r} is not UTF-8 text. A reference is a CSV. Save it as CSV in UTF-8.") from None


def _statements(comments: list[str]) -> Iterator[tuple[str, str]]:
    for line in comments:
        name, colon, words = line.lstrip("# ").partition(":")
        if colon and words.strip():
            yield name.strip().casefold().replace(" ", "_"), words.strip()


def _source(path: Path, stated: Mapping[str, str]) -> dict[str, Any]:
    source: dict[str, Any] = dict.fromkeys(_STATED, "unknown") | {"title": path.stem, "file": path.name}
    return {**source, **{"vintage" if name == "year" else name: words for name, words in stated.items()}}


def _wrong_columns(head: list[str]) -> Iterator[str]:
    if not any(head):
        yield "there are no columns: write attribute,category,n above the rows"
        return
    if len(head) == 1 and any(separator in head[0] for separator in ";\t"):
        yield "the columns are not separated by commas: save the file with commas"
        return
    for name in head:
        if name not in _COLUMNS:
            near = nearest_names(name, _COLUMNS, most=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"column {brief(repr(name))} is not one of {', '.join(_COLUMNS)}{hint}"
    yield from (f"column {name!r} stands twice" for name in _COLUMNS if head.count(name) > 1)
    yield from (f"column {name!r} is missing" for name in ("attribute", "category") if name not in head)
    if ("n" in head) == ("percent" in head):
        yield f"{'both columns n and percent' if 'n' in head else 'neither column n nor percent'}: give one of them"


def _read_row(head: list[str], fields: list[str], line: int, sheet: _Sheet) -> None:
    row, n_extra = dict(zip(head, fields, strict=False)), len(fields) - len(head)
    said = [f"{abs(n_extra)} fields too {'many' if n_extra > 0 else 'few'}"] if n_extra and any(row.values()) else []
    if not any(value.strip() for value in row.values()):
        return
    attribute, category = row.get("attribute", "").strip(), row.get("category", "").strip()
    said += [f"no {name}" for name, value in (("attribute", attribute), ("category", category)) if not value]
    number, period = None, None
    try:
        category = _spelled(attribute, category) if category else category
    except ValueError as problem:
        said.append(str(problem))
    try:
        number = _number(row.get(sheet.measure, ""), sheet.measure)
    except ValueError as problem:
        said.append(str(problem))
    try:
        period = _period(row.get("period", "")) if "period" in head else None
    except ValueError as problem:
        said.append(str(problem))
    before = sheet.lines.setdefault((attribute, category, period), line)
    if before != line and not said:
        said.append(f"{attribute} {category!r} stands in line {before} already" + (f" for {period}" if period else ""))
    if said:
        sheet.problems.append(f"line {line}: {'; '.join(said)}")
    else:
        n, percent = (number, None) if sheet.measure == "n" else (None, number)
        sheet.rows.append((attribute, category, n, percent, period))


def _spelled(attribute: str, category: str) -> str:
    """The category in the workbench's spelling."""
    missing = next((reason for reason in MISSING if reason.casefold() == category.casefold()), None)
    if missing:
        return missing
    if attribute == "state":
        return _by_key(state_key, attribute, category, (state.name for state in STATES.values()))
    if attribute == "country":
        names = (country.name for country in COUNTRIES.values())
        return COUNTRIES[_by_key(country_key, attribute, category, names)].name
    if attribute.startswith("age"):
        try:
            return parse_band(category).label
        except ValueError:
            raise ValueError(f"{brief(repr(category))} is no age band such as '18–29' or '85+'") from None
    if attribute in _CLOSED and category not in _CLOSED[attribute]:
        raise ValueError(_no_category(attribute, category, _CLOSED[attribute]))
    return category


def _by_key(key: Callable[[str], str], attribute: str, category: str, names: Iterable[str]) -> str:
    try:
        return key(category)
    except LookupError:
        raise ValueError(_no_category(attribute, category, tuple(names))) from None


def _no_category(attribute: str, category: str, options: Sequence[str]) -> str:
    meant = meant_category(category, attribute) if attribute in _CLOSED else None
    near = [meant] if meant else nearest_names(category, options, most=1)
    hint = f"did you mean {near[0]!r}?" if near else f"valid: {'; '.join(options[:12])}"
    return f"{brief(repr(category))} is no category of {attribute}; {hint}"


def _number(text: str, measure: str) -> float:
    try:
        number = float(text if _PLAIN.fullmatch(text.strip()) else "")
    except ValueError:
        raise ValueError(f"{measure} is {brief(repr(text))}, which is no number") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{measure} is {text.strip()}, not 0 or more and finite")
    if measure == "n" and number != int(number):
        raise ValueError(f"n is {text.strip()}, and people are whole: is it a percentage?")
    if measure == "n" and number > MOST_PEOPLE:
        raise ValueError(f"n is {brief(text.strip())}, more than {MOST_PEOPLE:,} people")
    if measure == "percent" and number > 100 + _TOLERATED:
        raise ValueError(f"percent is {text.strip()}, more than 100: is it a number of people?")
    return number


def _period(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"period is {brief(repr(text))}, not a day as YYYY-MM-DD") from None


def _contradictions(sheet: _Sheet) -> Iterator[str]:
    """What only shows when all rows are seen together; asked after each row is sound."""
    if sheet.problems:
        return
    if not sheet.rows:
        yield "there are no rows"
    sums = sheet.sums()
    everywhere: dict[str, dict[str, None]] = defaultdict(dict)
    for (attribute, _), categories in sums.items():
        everywhere[attribute] |= dict.fromkeys(categories)
    periods = {period for _, period in sums}
    for attribute, known in everywhere.items():
        for period in sorted(periods, key=str):
            at = f"{attribute}{f' on {period}' if period else ''}"
            held = sums.get((attribute, period), {})
            lacking = [category for category in known if category not in held]
            if lacking:
                yield f"{at}: no {', '.join(map(repr, lacking))}, which other periods have; write 0 for nobody"
                continue
            total = sum(held.values())
            if total == 0:
                yield f"{at}: every number is 0"
            elif all(n == 0 for category, n in held.items() if category not in MISSING):
                yield f"{at}: nobody has a known category"
            elif sheet.measure == "percent" and abs(total - 100) > _TOLERATED:
                yield f"{at}: the percentages sum to {total:.1f}, not to 100"
        if attribute.startswith("age"):
            yield from _overlaps_and_gaps(attribute, [category for category in known if category not in MISSING])


def _overlaps_and_gaps(attribute: str, bands: Sequence[str]) -> Iterator[str]:
    twice = overlapping(bands)
    yield from (f"{attribute}: the bands {first} and {second} overlap" for first, second in twice)
    if twice:
        return
    for first, second in pairwise(sorted(parse_band(band) for band in bands)):
        if first.high < second.low:
            left_out = AgeBand(first.high, second.low).label
            yield f"{attribute}: no band holds the ages {left_out}; write them with 0 where there is nobody"


def _notes(sheet: _Sheet) -> list[str]:
    notes = []
    if sheet.measure == "percent":
        for (attribute, period), categories in sheet.sums().items():
            total = sum(categories.values())
            if abs(total - 100) > _ROUNDING:
                at = f"{attribute}{f' on {period}' if period else ''}"
                notes.append(f"The percentages of {at} sum to {total:.1f} and were normalized to 100.")
    seen: dict[tuple[str, str], datetime.date] = {}
    unsorted = False
    for attribute, category, _, _, period in sheet.rows:
        if period is not None:
            unsorted |= period < seen.get((attribute, category), period)
            seen[attribute, category] = period
    return [*notes, *(["The rows were not in the order of their dates; they were sorted."] if unsorted else [])]
