"""What each key of the file that describes a commons has to be: a rule a key, each answering in words what is wrong."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from workbench.errors import listed
from workbench.presentation.contrast import LEAST_CONTRAST, LIGHT_GROUND, contrast
from workbench.presentation.manifest import MANIFEST
from workbench.vocabulary.column_names import OTHER_NAMES, PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES

#: Endings of a logo and their media types.
LOGOS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}

_NAMED = ("idc", "synthetic")
_MOST_LOGO_BYTES = 100_000
_MOST_CHARACTERS = 600
_MOST_DAYS = 3650
_BEGINS = {  # what a file of each kind begins with
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/jpeg": rb"\xff\xd8\xff",
    "image/webp": rb"RIFF.{4}WEBP",
}


def _text(value: object, _: Path) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= _MOST_CHARACTERS and value.isprintable():
        return ""
    return f"one line of text of at most {_MOST_CHARACTERS} characters would be right"


def _texts(value: object, folder: Path) -> str:
    lines = value if isinstance(value, list) else [value]
    return (
        "" if lines and not any(_text(line, folder) for line in lines) else "a text or a list of texts would be right"
    )


def _logo(value: object, folder: Path) -> str:
    file = folder / value if isinstance(value, str) else folder
    if file.suffix.lower() not in LOGOS:
        return "a picture beside the file would be right: svg, png, jpg or webp"
    if not file.is_file():
        return "there is no such file. A picture beside the file would be right, such as logo.svg"
    size = file.stat().st_size
    if size > _MOST_LOGO_BYTES:
        return f"it has {size:,} bytes; at most {_MOST_LOGO_BYTES:,} would be right"
    kind = LOGOS[file.suffix.lower()]
    if _is_picture(file.read_bytes(), kind):
        return ""
    return f"it ends in {file.suffix} and holds no such picture. One that a browser shows would be right; save it anew"


def _is_picture(content: bytes, kind: str) -> bool:
    if kind in _BEGINS:
        return bool(re.match(_BEGINS[kind], content, re.DOTALL))
    try:
        return ElementTree.fromstring(content).tag.rpartition("}")[2] == "svg"
    except ElementTree.ParseError:
        return False


def _address(value: object, _: Path) -> str:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s\"'<>]+", value):
        return ""
    return "a web address would be right, such as https://example.org"


def _contact(value: object, folder: Path) -> str:
    if isinstance(value, str) and re.fullmatch(r"[^\s@\"'<>]+@[^\s@\"'<>]+\.[^\s@\"'<>]+", value):
        return ""
    said = _address(value, folder)
    return said and "a mail address or a web address would be right, such as help@example.org"


def _accent(value: object, _: Path) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return 'a color of six digits would be right, such as "#0b5c8a"'
    ratio = contrast(value, LIGHT_GROUND)
    if ratio >= LEAST_CONTRAST:
        return ""
    return (
        f"its contrast with white is {ratio:.1f} : 1. At least {LEAST_CONTRAST} : 1 would be right, so that everybody "
        "can read a link; take a darker one"
    )


def _disclosure(value: object, _: Path) -> str:
    if value == "controlled":
        return ""
    return (
        'it can only be tightened: "controlled" suppresses small counts. Leave it out and the source decides, '
        "which cannot be loosened here"
    )


def _day(value: object, _: Path) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return ""
    try:
        dt.date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        return 'the day of which the data are would be right, such as "2026-06-30"'
    return ""


def _days(value: object, _: Path) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS:
        return ""
    return f"a number of days from 0 (no promise) to {_MOST_DAYS} would be right"


def _source(value: object, folder: Path) -> str:
    said = _text(value, folder)
    if said or not isinstance(value, str):
        return said
    places = (folder / Path(value).expanduser(), Path(value).expanduser())
    if value.partition(":")[0] in _NAMED or "://" in value or any(place.exists() for place in places):
        return ""
    return "there is no such file or folder beside this one. A path from here, or idc, synthetic, would be right"


def _columns(value: object, folder: Path) -> str:
    if isinstance(value, dict) and not any(_text(each, folder) for each in value.values()):
        known = (*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES)
        strange = [name for name in value if name not in known and name not in OTHER_NAMES]
        told = f"our names to the table's columns would be right. {listed(strange)} is none of: {', '.join(known)}"
        return told if strange else ""
    return 'new names to columns would be right, such as { sex = "Gender" }'


def _earlier(value: object, folder: Path) -> str:
    if isinstance(value, str) and (folder / Path(value).expanduser() / MANIFEST).is_file():
        return ""
    return "the folder of pages that the release before published would be right, as site aggregates wrote it"


#: Key to a rule: the value and the folder of the file to what is wrong about it, empty where nothing is.
RULES: dict[str, Callable[[Any, Path], str]] = {
    "name": _text,
    "source": _source,
    "logo": _logo,
    "url": _address,
    "contact": _contact,
    "citation": _texts,
    "license": _text,
    "accent": _accent,
    "disclosure": _disclosure,
    "refresh_days": _days,
    "columns": _columns,
    "layout": _text,
    "earlier": _earlier,
    "as_of": _day,
}
