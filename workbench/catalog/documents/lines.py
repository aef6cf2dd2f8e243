"""Read a YAML file as plain values that know their lines; fields that stand twice, and endless texts, are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.catalog.documents.scalars import hidden_sign, plain_value
from workbench.errors import brief

Place = tuple[str | int, ...]

#: A thousand times what an entry takes; more is no file of ours.
MOST_BYTES = 1_000_000
_MOST_LAYERS = 20
_MOST_REPEATED = 20_000  # values that references stand for, all together: a short text may not stand for an endless one
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """What one file says, and on which line each part of it begins.

    Attributes
    ----------
    value : object
        Mappings, lists and plain values; dates are text.
    lines : mapping
        Place, such as ``("claims", 0, "value")``, to line.
    problems : tuple of (int, str)
        Line and message; with any, `value` may be incomplete.
    """

    value: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    problems: tuple[tuple[int, str], ...] = ()

    def line(self, *place: str | int) -> int:
        """Return the line on which a part begins, or that of the nearest part around it.

        Parameters
        ----------
        *place : str or int
            Fields and positions from the outside in.

        Returns
        -------
        int
            From 1.
        """
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_document(path: Path, *, words: bool = False) -> Document:
    """Return what a YAML file says, or why it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        Any file; it is read only when it is a small regular one.
    words : bool
        As for `parse_document`.

    Returns
    -------
    Document
        Whatever is wrong with it stands in ``problems``.
    """
    try:
        if not path.is_file():
            return _refused("This is no file, or a link to nothing. A YAML file would be right. Remove it.")
        if path.stat().st_size > MOST_BYTES:
            return _refused(
                f"The file has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} would be right. "
                "Keep images and tables elsewhere, and their address here."
            )
        raw = path.read_bytes()
    except OSError as problem:
        return _refused(
            f"The file cannot be read ({problem.strerror}). A file that you may read would be right. Change its rights."
        )
    try:
        return parse_document(raw.decode("utf-8-sig"), words=words)
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        return _refused(
            f"The byte {raw[problem.start]:#04x} is no text in UTF-8. Save the file in the encoding UTF-8.", line
        )


def parse_document(text: str, *, words: bool = False) -> Document:
    """Return what a text in YAML says, with lines and problems.

    Parameters
    ----------
    text : str
        One document.
    words : bool
        Whether 1, No and nothing at all are text, as the values of a table are; only true and false are not.

    Returns
    -------
    Document
        Never raises.

    Examples
    --------
    >>> parse_document("key: a\\nkey: b").problems
    ((2, "The field 'key' stands twice (first on line 1); once would be right. Remove one of the two."),)
    """
    builder = _Builder(words=words)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _StopReadingError:
        pass
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = brief(getattr(problem, "problem", None) or getattr(problem, "reason", None) or "unreadable")
        builder.report(
            mark.line + 1 if mark else 1,
            f"The file is not YAML from here on ({said}). Text that holds a colon, a quote or # stands in quotes.",
        )
    if not builder.problems and not builder.root:
        builder.report(1, "The file is empty. Fields with values would be right, such as key: my-scans")
    return Document(builder.root[0] if builder.root else None, builder.lines, tuple(builder.problems))


class _StopReadingError(Exception):
    """Nothing that follows can be understood."""


@dataclass
class _Layer:
    """A mapping or a list that is being filled."""

    held: Any
    place: Place
    key: str | None = None


class _Builder:
    """Values from events, without recursion: the parser's own way of building them can be made to crash."""

    def __init__(self, *, words: bool) -> None:
        self._words = words
        self.root: list[Any] = []
        self.lines: dict[Place, int] = {}
        self.problems: list[tuple[int, str]] = []
        self._layers: list[_Layer] = []
        self._named: dict[str, Any] = {}
        self._n_repeated = 0

    def report(self, line: int, message: str) -> None:
        self.problems.append((line, message))

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.CollectionEndEvent):
            self._layers.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            self._stop(line, "A second document begins here (---). One document a file would be right. Split the file.")
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)

    def _take_node(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._put(self._meant(str(event.anchor), line), line)
            return
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
            self._put(value, line, word=event.value)
        else:
            self._check_tag(event.tag, line)
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._layers.append(_Layer(value, self._put(value, line)))
            self._check_depth(len(self._layers), line)
        if event.anchor is not None:
            self._named[event.anchor] = value

    def _meant(self, name: str, line: int) -> Any:
        """What a reference stands for: something finished, and not too much of it."""
        if name not in self._named:
            self._stop(line, f"*{brief(name)} refers to nothing before it. Text in full would be right.")
        value = self._named[name]
        if any(layer.held is value for layer in self._layers):
            self._stop(line, f"*{brief(name)} stands within what it refers to. Text in full would be right.")
        depth, waiting = 0, [value]
        while waiting:
            depth += 1
            self._n_repeated += len(waiting)
            if self._n_repeated > _MOST_REPEATED:
                self._stop(line, "References stand for too much text. Text in full would be right.")
            holders = [each for each in waiting if isinstance(each, dict | list)]
            waiting = [part for each in holders for part in (each.values() if isinstance(each, dict) else each)]
        self._check_depth(len(self._layers) + depth, line)
        return value

    def _check_depth(self, depth: int, line: int) -> None:
        if depth > _MOST_LAYERS:
            self._stop(line, f"More than {_MOST_LAYERS} layers lie one in the other. Fewer would be right.")

    def _put(self, value: Any, line: int, word: str | None = None) -> Place:
        """Put a value where it belongs, and return that place."""
        if not self._layers:
            self.root.append(value)
            self.lines[()] = line
            return ()
        layer = self._layers[-1]
        if isinstance(layer.held, list):
            place: Place = (*layer.place, len(layer.held))
            layer.held.append(value)
        elif layer.key is None:
            self._begin_field(layer, word, line)
            return layer.place
        else:
            place = (*layer.place, layer.key)
            layer.held.setdefault(layer.key, value)  # of two, the first
            layer.key = None
        self.lines.setdefault(place, line)
        return place

    def _begin_field(self, layer: _Layer, word: str | None, line: int) -> None:
        if word is None:
            self._stop(line, "The name of a field is a list or a mapping. A word would be right. Write field: value.")
        elif word == "<<":
            self.report(line, "A mapping is merged (<<). Fields in full would be right. Write them out.")
        elif word in layer.held:
            first = self.lines[(*layer.place, word)]
            self.report(
                line,
                f"The field {brief(repr(word))} stands twice (first on line {first}); once would be right. "
                "Remove one of the two.",
            )
        layer.key = word
        self.lines.setdefault((*layer.place, str(word)), line)

    def _scalar(self, event: Any, line: int) -> Any:
        if said := hidden_sign(event.value):
            self.report(line, said)
        plain, quoted = event.implicit
        if not plain:
            if not quoted:
                self._check_tag(event.tag, line)
            return event.value
        if self._words:
            return event.value == "true" if event.value in ("true", "false") else event.value
        try:
            return plain_value(event.value)
        except ValueError as problem:
            self.report(line, str(problem))
            return None

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None:
            self.report(line, f"The tag {brief(tag)} stands here. Plain text, numbers and lists would be right.")

    def _stop(self, line: int, message: str) -> None:
        self.report(line, message)
        raise _StopReadingError


def _refused(message: str, line: int = 1) -> Document:
    return Document(problems=((line, message),))
