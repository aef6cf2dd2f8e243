"""Whose pages they are: one file in TOML gives every page and report its name, logo, color, contact and citation."""

import base64
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.presentation.contrast import DARK_GROUND, LIGHT_GROUND, darkened, lifted, tinted
from workbench.presentation.identity_rules import LOGOS, RULES

_NEXT = "Correct the file; dashboards/commons has examples with comments."


@dataclass(frozen=True)
class Identity:
    """Whose commons it is; an empty one lets every page speak for the source.

    Attributes
    ----------
    name : str
        Of the commons, shown at the top of every page.
    source : str
        What `workbench.open_catalog` takes: a name, or an absolute path.
    logo : str
        A picture as a data address; empty for none.
    url : str
        The home page of the commons.
    contact : str
        A mail address or a web address.
    citation : tuple of str
        How to cite; each is one line on the page.
    license : str
        Of the data, in words.
    accent : str
        The color of links and marks on a light page, such as ``"#0b5c8a"``; empty for the color of the house.
    disclosure : str
        ``"controlled"`` where counts are to be suppressed although the source would allow exact ones; else empty.
    refresh_days : int
        After how many days the numbers are old; 0 promises nothing.
    columns : mapping of str to str
        New names to columns, of a table.
    layout : str
        How a folder lies, as `workbench.open_catalog` takes it.
    earlier : str
        The folder of pages that the release before published; a controlled source is suppressed with it, on pages and
        in reports alike.
    as_of : str
        The day of which the data are, such as ``"2026-06-30"``; empty where the source says it.
    """

    name: str = ""
    source: str = ""
    logo: str = ""
    url: str = ""
    contact: str = ""
    citation: tuple[str, ...] = ()
    license: str = ""
    accent: str = ""
    disclosure: str = ""
    refresh_days: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    layout: str = ""
    earlier: str = ""
    as_of: str = ""

    def describes(self, source: str | Path | None) -> bool:
        """Return whether a source is the one that is described here.

        Parameters
        ----------
        source : str or pathlib.Path or None
            As it was typed; empty where none was, which leaves the choice to the commons.

        Returns
        -------
        bool
            What the commons says of columns, layout and earlier releases belongs to its own source alone; one without
            a source describes any.
        """
        typed = str(source or self.source)
        return self.source in ("", typed, str(Path(typed).expanduser().resolve()))

    def entry(self) -> dict[str, str]:
        """Return what a page holds of it, as ``page["identity"]``.

        Returns
        -------
        dict of str to str
            ``name``, ``logo``, ``url``, ``contact``, ``accent``, its twin for a dark page, ``accent_dark``, ``link``,
            the color of text on any light ground, and ``tint`` and ``tint_dark``, the grounds of panels.
        """
        told = {"name": self.name, "logo": self.logo, "url": self.url, "contact": self.contact, "accent": self.accent}
        if not self.accent:
            return told | dict.fromkeys(("accent_dark", "link", "tint", "tint_dark"), "")
        dark = lifted(self.accent)
        panels = {"tint": tinted(self.accent, ground=LIGHT_GROUND), "tint_dark": tinted(dark, ground=DARK_GROUND)}
        return told | {"accent_dark": dark, "link": darkened(self.accent)} | panels


def read_identity(path: str | Path | None) -> Identity:
    """Return whose commons a file describes.

    Parameters
    ----------
    path : str or pathlib.Path or None
        A file in TOML with the keys of `Identity`; only ``name`` is required. Paths in it are relative to it.

    Returns
    -------
    Identity
        Empty where no file is named.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        With every problem of the file, each with its line.
    """
    if path is None:
        return Identity()
    file = Path(path).expanduser()
    if not file.is_file():
        raise FileNotFoundError(
            f"No file {str(path)!r}. A file in TOML with the name, source and contact of a commons would be right. "
            "Begin with an example of dashboards/commons."
        )
    try:
        text = file.read_text(encoding="utf-8")
        written = tomllib.loads(text)
    except ValueError as problem:  # TOML and UTF-8 errors are both of this kind
        raise ValueError(
            f"The file {str(path)!r} is not TOML: {problem}. Text in UTF-8 with lines such as "
            f'name = "My commons" would be right. {_NEXT}'
        ) from problem
    problems = [f"line {_line(text, key)}: {said}" for key, said in _problems(written, file.parent)]
    if problems:
        listed = "\n".join(f"  {each}" for each in problems)
        raise ValueError(f"The file {str(path)!r} describes no commons:\n{listed}\n{_NEXT}")
    return _identity(written, file.parent)


def _identity(written: Mapping[str, Any], folder: Path) -> Identity:
    citation = written.get("citation", ())
    placed = {key: _placed(written[key], folder) for key in ("source", "layout", "earlier") if key in written}
    told = {
        "citation": (citation,) if isinstance(citation, str) else tuple(citation),
        "logo": _picture(folder / written["logo"]) if "logo" in written else "",
        "accent": written.get("accent", "").lower(),
        "as_of": str(written.get("as_of", "")),
    }
    return Identity(**{**written, **placed, **told})


def _placed(text: str, folder: Path) -> str:
    """A path beside the file as an absolute one; a name such as ``idc`` as it is."""
    beside = folder / Path(text).expanduser()
    return str(beside.resolve()) if beside.exists() else text


def _picture(file: Path) -> str:
    return f"data:{LOGOS[file.suffix.lower()]};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"


def _problems(written: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, str]]:
    """Every key with what is wrong about it."""
    if not written.get("name"):
        yield "name", 'the name of the commons is missing. Write: name = "My commons"'
    for key, value in written.items():
        rule = RULES.get(key)
        if rule is None:
            near = difflib.get_close_matches(key, RULES, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            yield key, f"{key!r} is no key of a commons. Keys: {', '.join(RULES)}.{meant}"
        elif said := rule(value, folder):
            yield key, f"{key} is {_shown(value)}; {said}"


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def _line(text: str, key: str) -> int:
    named = re.compile(rf"""^\s*(?:\[\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((at for at, line in enumerate(text.splitlines(), 1) if named.match(line)), 1)
