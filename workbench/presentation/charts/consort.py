"""The attrition of a cohort as a flow diagram, in the form that readers of trial reports know."""

import html
import zlib
from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.assessment.wording import percentage
from workbench.catalog.attrition import Attrition
from workbench.catalog.disclosure import stamp_of
from workbench.presentation.figure import Drawing
from workbench.presentation.theme import FONT, INK

_MAIN_WIDTH, _SIDE_WIDTH, _MIDDLE = 330.0, 350.0, 60.0
_MARGIN, _PAD, _GAP = 4.0, 11.0, 18.0
_SIZE, _LINE = 13.0, 18.0
_TINT = "#eef4fa"
# Widths of DejaVu Sans, the widest of the theme's fonts, in parts of its size; what is not listed is as wide as "n".
_NARROW, _WIDE = "fijlrtI.,:;'|!()[]- ", "mwMWGOQ@%—–…≥≤"

#: A line of text: what it says and whether it is bold.
Line = tuple[str, bool]
Step = Mapping[str, Any]


def consort(attrition: Attrition, *, people: bool = True) -> Drawing:
    """Return the CONSORT flow diagram of a cohort: who was left after each criterion, and whom it removed.

    Each box on the left counts patients, studies and series; each box on the right says how many patients a criterion
    removed, and how many of them only because the value was missing.

    Parameters
    ----------
    attrition : Attrition
        What ``cohort.attrition`` gives; without criteria one box is drawn.
    people : bool
        Whether each box also says how many of its patients are women, of those whose sex is known, and their median
        age.

    Returns
    -------
    Drawing
        Inline SVG with the attrition as its table.

    References
    ----------
    Schulz KF, Altman DG, Moher D. CONSORT 2010 statement: updated guidelines for reporting parallel group randomised
    trials. BMJ 2010; 340: c332. doi:10.1136/bmj.c332
    """
    table, source = attrition.table, f"{attrition.repository.name} {attrition.repository.version}"
    demanded = stamp_of(attrition.repository)
    first, last = table.row(0, named=True), table.row(-1, named=True)
    n_criteria = table.height - 1
    remain = "remains" if last["patients"] == 1 else "remain"
    title = f"{last['patients']:,} of {_count(first['patients'], 'patient')} {remain}"
    title += f" after {n_criteria} criteri{'on' if n_criteria == 1 else 'a'}" if n_criteria else ""
    n_missing = int(table["patients_lost_missing"].sum())
    if n_missing:
        title += f"; {n_missing:,} were lost only for a missing value"
    words = " ".join(attrition.sentences)
    return Drawing(
        "consort",
        title,
        f"{source}, flow of patients, studies and series",
        words,
        f"Source: {source}. In the form of the CONSORT 2010 flow diagram (doi:10.1136/bmj.c332). Missing: would have "
        f"passed this step, perhaps not the next, if missing values were kept. {demanded}".strip(),
        draw_flow(_drawn(attrition, people=people), source=source, title=title, description=words, stamp=demanded),
        table,
    )


def _drawn(attrition: Attrition, *, people: bool) -> pl.DataFrame:
    drawn = attrition.table.with_columns(step=pl.Series(attrition.phrases))
    if not people:
        return drawn
    summed = attrition.people.with_columns(n_age_known=pl.col("n_patients") - pl.col("n_age_missing"))
    return drawn.with_columns(summed[name] for name in ("female_fraction", "n_sex_known", "age_median", "n_age_known"))


def draw_flow(table: pl.DataFrame, *, source: str, title: str, description: str, stamp: str = "") -> str:
    """Return a flow diagram as SVG text.

    Parameters
    ----------
    table : polars.DataFrame
        One row a step, the input first: step, patients, studies, series, patients_lost, patients_lost_missing; where
        known also female_fraction and age_median.
    source : str
        What the input is called.
    title, description : str
        For readers who cannot see it.
    stamp : str
        What the source demands to stand under its counts.

    Returns
    -------
    str
        One ``svg`` element that scales down to the width it is given.
    """
    shapes: list[str] = []
    center, side = _MARGIN + _MAIN_WIDTH / 2, _MARGIN + _MAIN_WIDTH + _MIDDLE
    bottom = _MARGIN
    steps = list(table.iter_rows(named=True))
    for i, step in enumerate(steps):
        if i:
            removed = _wrapped(_removed(steps[i - 1], step, i), _SIDE_WIDTH)
            height = _height(removed)
            middle = bottom + _GAP + height / 2
            shapes.append(_box(side, bottom + _GAP, _SIDE_WIDTH, removed))
            shapes.append(_arrow(center, middle, side, middle))
            shapes.append(_arrow(center, bottom, center, bottom + 2 * _GAP + height))
            bottom += 2 * _GAP + height
        is_last = i == table.height - 1
        heading = source if i == 0 else "In the cohort" if is_last else "Remaining"
        left = _wrapped([(heading, False), *_counts(step)], _MAIN_WIDTH)
        shapes.append(_box(_MARGIN, bottom, _MAIN_WIDTH, left, is_last=is_last, is_centered=True))
        bottom += _height(left)
    width = _MARGIN * 2 + _MAIN_WIDTH + (_MIDDLE + _SIDE_WIDTH if table.height > 1 else 0)
    for text, _ in _wrapped([(stamp, False)], width) if stamp else ():
        bottom += _LINE
        shapes.append(f'<text x="{_MARGIN:.0f}" y="{bottom:.1f}" fill="{INK}">{html.escape(text)}</text>')
    name = f"consort-{zlib.crc32(''.join(shapes).encode()):08x}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="consort" role="img" aria-labelledby="{name}-t {name}-d" '
        f'width="{width:.0f}" height="{bottom + _MARGIN:.0f}" viewBox="0 0 {width:.0f} {bottom + _MARGIN:.0f}" '
        f'style="max-width:100%;height:auto;background:#fff" font-family="{FONT}" font-size="{_SIZE:.0f}">'
        # A long flow has to fit one sheet of paper: a picture cannot break across two.
        "<style>@media print{svg.consort{max-height:215mm}}</style>"
        f'<title id="{name}-t">{html.escape(title)}</title><desc id="{name}-d">{html.escape(description)}</desc>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(shapes)}</svg>'
    )


def _counts(step: Step) -> list[Line]:
    lines = [(_count(step["patients"], "patient"), True), (_images(step["studies"], step["series"]), False)]
    people: list[Line] = []
    if step.get("female_fraction") is not None:
        people.append((f"{percentage(step['female_fraction'])} female of {step['n_sex_known']:,} known", False))
    if step.get("age_median") is not None:
        people.append((f"median age {step['age_median']:.0f} of {step['n_age_known']:,} known", False))
    return lines + people


def _removed(before: Step, step: Step, number: int) -> list[Line]:
    lost, missing = step["patients_lost"], step["patients_lost_missing"]
    images = _images(before["studies"] - step["studies"], before["series"] - step["series"])
    lines = [(f"Excluded: {_count(lost, 'patient')}", True), (images, False)]
    lines.append((f"{number}. Not met: {step['step']}", False))
    if lost:
        lines.append((f"• {lost - missing:,} because of the value", False))
        lines.append((f"• {missing:,} only because the value is missing", missing > 0))
    return lines


def _images(n_studies: int, n_series: int) -> str:
    return f"{_count(n_studies, 'study', 'studies')} · {_count(n_series, 'series', 'series')}"


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _wrapped(lines: list[Line], width: float) -> list[Line]:
    return [(part, bold) for text, bold in lines for part in _wrap(text, width - 2 * _PAD, bold=bold)]


def _wrap(text: str, width: float, *, bold: bool) -> list[str]:
    """Break between words, else after a sign that joins them, else anywhere."""
    parts, line = [], ""
    for character in text:
        line += character
        if _text_width(line, bold=bold) <= width:
            continue
        spaces = line[:-1].rfind(" ") + 1
        signs = max(line[:-1].rfind(sign) for sign in ",_-/|") + 1
        cut = spaces if spaces > len(line) / 3 else signs if signs > len(line) / 3 else len(line) - 1
        parts.append(line[:cut].rstrip())
        line = line[cut:].lstrip()
    return [*parts, line] if line.strip() else parts or [""]


def _text_width(text: str, *, bold: bool) -> float:
    sizes = (0.4 if c in _NARROW else 0.95 if c in _WIDE else 0.72 if c.isupper() else 0.63 for c in text)
    return sum(sizes) * _SIZE * (1.1 if bold else 1.0)


def _height(lines: list[Line]) -> float:
    return len(lines) * _LINE + 2 * _PAD - 4


def _box(
    x: float, y: float, width: float, lines: list[Line], *, is_last: bool = False, is_centered: bool = False
) -> str:
    anchor = f'x="{x + width / 2:.0f}" text-anchor="middle"' if is_centered else f'x="{x + _PAD:.0f}"'
    texts = "".join(
        f'<text {anchor} y="{y + _PAD + _LINE * (i + 1) - 7:.1f}" fill="{INK}" font-weight="{700 if bold else 400}">'
        f"{html.escape(text)}</text>"
        for i, (text, bold) in enumerate(lines)
    )
    return (
        f'<rect x="{x:.0f}" y="{y:.1f}" width="{width:.0f}" height="{_height(lines):.1f}" rx="3" '
        f'fill="{_TINT if is_last else "#ffffff"}" stroke="{INK}" stroke-width="{2 if is_last else 1.2}"/>{texts}'
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    if x1 == x2:
        head = f"{x2},{y2} {x2 - 4.5},{y2 - 9} {x2 + 4.5},{y2 - 9}"
    else:
        head = f"{x2},{y2} {x2 - 9},{y2 - 4.5} {x2 - 9},{y2 + 4.5}"
    return (
        f'<line x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" stroke="{INK}" stroke-width="1.2"/>'
        f'<polygon points="{head}" fill="{INK}"/>'
    )
