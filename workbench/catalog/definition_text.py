"""Read the text of a definition, YAML or JSON, as plain values; what repeats itself is refused."""

import json
import re
from typing import Any

import yaml

from workbench.catalog.criteria.group_condition import DEEPEST

# YAML can say "this again" so that a short file stands for an endless one. Beneath the deepest group lie a criterion
# and its values; two layers make a group.
MOST_LAYERS = 2 * DEEPEST + 10
_MERGE = "tag:yaml.org,2002:merge"

_LONG_NUMBER = re.compile(r"[-+]?\d[\da-fA-Fxob_:.]{1000,}")  # in any way that YAML writes one; not between quotes


class AmbiguousTextError(Exception):
    """A text that says one thing twice, or says it by reference; the message tells which."""


def parse(text: str) -> Any:
    """Return what a text in YAML or JSON says; JSON is read as JSON: to YAML 1e-05 is a word, and a tab no space.

    Parameters
    ----------
    text : str
        What a person or a program wrote.

    Returns
    -------
    object
        Mappings, lists and plain values.

    Raises
    ------
    AmbiguousTextError
        When a mapping has a key twice, or keys that stand elsewhere.
    RecursionError
        When it nests too deeply.
    yaml.YAMLError, ValueError
        When it is neither YAML nor JSON.

    Examples
    --------
    >>> parse("modality: [CT, MR]")
    {'modality': ['CT', 'MR']}
    """
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_once)
        except ValueError:
            pass  # YAML may begin with a brace too
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _check_events(text, loader)
    return yaml.load(text, Loader=loader)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _twice(key)
        found[key] = value
    return found


def _check_events(text: str, loader: Any) -> None:
    """Go through the text without building anything: the loader recurses, merges and lets a later key win."""
    layers: list[tuple[set[str] | None, bool]] = []  # the keys of a mapping so far, and whether a key comes next
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionEndEvent):
            layers.pop()
        if (
            isinstance(event, yaml.ScalarEvent)
            and _LONG_NUMBER.fullmatch(event.value)
            and event.implicit != (False, True)
        ):
            raise ValueError("a number with more digits than Python writes")
        if not isinstance(event, yaml.NodeEvent):
            continue
        if layers:
            keys, key_next = layers[-1]
            if keys is not None:
                if key_next:
                    _check_key(event, keys)
                layers[-1] = (keys, not key_next)
        if isinstance(event, yaml.CollectionStartEvent):
            layers.append((set(), True) if isinstance(event, yaml.MappingStartEvent) else (None, False))
            if len(layers) > MOST_LAYERS:
                raise RecursionError


def _check_key(event: yaml.NodeEvent, keys: set[str]) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) == _MERGE:
        raise AmbiguousTextError("has a key that stands elsewhere. Each key spelled out would be right. Write it out.")
    if isinstance(event, yaml.ScalarEvent):
        if event.value == "<<":
            raise AmbiguousTextError(
                "merges another mapping with <<. Each field spelled out would be right. Write the fields out."
            )
        if event.value in keys:
            raise _twice(event.value)
        keys.add(event.value)


def _twice(key: str) -> AmbiguousTextError:
    shown = key if len(key) <= 80 else f"{key[:79]}…"
    return AmbiguousTextError(f"has the field {shown!r} twice. Once would be right. Remove one of the lines.")
