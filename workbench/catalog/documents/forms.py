"""Check values against a schema of the data catalog, and say in plain words what is wrong and what would be right.

The keywords of JSON Schema 2020-12 that the schemas use are read here directly: a general validator takes a second to
load, names places as a program does, and tells what is wrong in terms of the schema rather than of the entry.

References
----------
JSON Schema: A Media Type for Describing JSON Documents, draft 2020-12, https://json-schema.org/draft/2020-12
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.catalog.documents.form_words import NOT_BLANK, choice_of, described, in_words, missing, shown
from workbench.catalog.documents.lines import Place
from workbench.errors import did_you_mean

#: Keywords that the checks below understand, and those that say nothing about validity.
KEYWORDS = frozenset(
    ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "type", "enum", "const", "pattern", "minLength",
     "maxLength", "minimum", "maximum", "required", "dependentRequired", "properties", "additionalProperties",
     "propertyNames", "minProperties", "maxProperties", "items", "minItems", "maxItems", "uniqueItems")
)  # fmt: skip
ANNOTATIONS = frozenset(("$schema", "$defs", "title", "description"))

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "array": (list,),
    "object": (dict,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
}
_Found = tuple[Place, str]


def form_problems(value: Any, schema: Mapping[str, Any], kind: str) -> list[_Found]:
    """Return what is wrong with the form of an entry or a layout.

    Parameters
    ----------
    value : object
        What its file says.
    schema : mapping
        ``entry.schema.json`` or ``layout.schema.json``.
    kind : str
        A definition of the schema: ``"dataset"``, ``"model"``, ``"framework"``, ``"terms"`` or ``"layout"``.

    Returns
    -------
    list of (tuple, str)
        Place and message; a place has one message at most.
    """
    check = _Check(schema["$defs"])
    found: dict[Place, str] = {}
    for place, message in check.all(value, {"$ref": f"#/$defs/{kind}"}, (), kind):
        found.setdefault(place, message)
    return list(found.items())


class _Check:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def all(self, value: Any, schema: Mapping[str, Any], place: Place, noun: str) -> Iterator[_Found]:
        """Give every problem of a value; `noun` is what a person calls it."""
        if "$ref" in schema:
            pointed, name = self._pointed(schema["$ref"])
            has_looks = "enum" in pointed or pointed.get("pattern", NOT_BLANK) != NOT_BLANK
            yield from self.all(value, pointed, place, name if has_looks else noun)
        for part in schema.get("allOf", ()):
            yield from self.all(value, part, place, noun)
        if "if" in schema:
            holds = not any(True for _ in self.all(value, schema["if"], place, noun))
            yield from self.all(value, schema.get("then" if holds else "else", {}), place, noun)
        wanted = schema.get("type")
        if wanted and not _is_a(value, wanted):
            yield place, f"{shown(value)} came as {in_words(place, noun)}; {described(schema, noun)} would be right."
            return
        yield from self._choice(value, schema, place, noun)
        yield from self._plain(value, schema, place, noun)
        if isinstance(value, dict):
            yield from self._mapping(value, schema, place, noun)
        elif isinstance(value, list):
            yield from self._list(value, schema, place, noun)

    def _pointed(self, reference: str) -> tuple[Mapping[str, Any], str]:
        parts = reference.removeprefix("#/$defs/").split("/")
        pointed: Any = self._definitions
        for part in parts:
            pointed = pointed[part]
        return pointed, parts[-1]

    def _choice(self, value: Any, schema: Mapping[str, Any], place: Place, noun: str) -> Iterator[_Found]:
        """Of alternatives, tell what is wrong with the one that is meant: the one of the type of the value."""
        ways = [self._resolved(each) for each in schema.get("oneOf", schema.get("anyOf", ()))]
        if not ways:
            return
        told = [list(self.all(value, each, place, noun)) for each in ways]
        n_met = sum(not each for each in told)
        if n_met == 1 or (n_met and "anyOf" in schema):
            return
        meant = [said for each, said in zip(ways, told, strict=True) if _is_a(value, each.get("type", "")) and said]
        if len(meant) == 1:
            yield from meant[0]
        elif isinstance(value, dict) and all("required" in each for each in ways):
            yield place, choice_of(value, [each["required"][0] for each in ways], place, noun, one="oneOf" in schema)
        else:
            right = " or ".join(described(each, noun) for each in ways)
            yield place, f"{shown(value)} came as {in_words(place, noun)}; {right} would be right."

    def _plain(self, value: Any, schema: Mapping[str, Any], place: Place, noun: str) -> Iterator[_Found]:
        right = f"; {described(schema, noun)} would be right."
        if "enum" in schema and value not in schema["enum"]:
            yield place, _not_among(value, schema["enum"], place, noun)
        if "const" in schema and value != schema["const"]:
            yield place, f"{shown(value)} came as {in_words(place, noun)}; {schema['const']} would be right."
        if isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                yield place, f"{in_words(place, noun).capitalize()} has {len(value)} characters{right}"
            elif "pattern" in schema and not _matches(value, schema["pattern"]):
                came = "Only spaces" if schema["pattern"] == NOT_BLANK else shown(value)
                yield place, f"{came} came as {in_words(place, noun)}{right}"
        elif _is_a(value, "number"):
            if value < schema.get("minimum", value):
                least = schema["minimum"]
                yield place, f"{shown(value)} came as {in_words(place, noun)}; {least} or more would be right."
            if value > schema.get("maximum", value):
                most = schema["maximum"]
                yield place, f"{shown(value)} came as {in_words(place, noun)}; at most {most:,} would be right."

    def _mapping(self, value: dict[str, Any], schema: Mapping[str, Any], place: Place, noun: str) -> Iterator[_Found]:
        known = schema.get("properties", {})
        others = schema.get("additionalProperties")
        yield from _number_of(value, schema, "Properties", place, noun)
        for name in schema.get("required", ()):
            if name not in value:
                yield (*place, name), missing(place, noun, name, self._field(name, known, others))
        for name, needed in schema.get("dependentRequired", {}).items():
            if name in value and not set(needed) <= set(value):
                beside = " and ".join(map(repr, needed))
                said = (
                    f"{name!r} stands in {in_words(place, noun)} without {beside}; {beside} beside it would be right."
                )
                yield (*place, name), said
        for name, part in value.items():
            if "propertyNames" in schema:
                yield from self.all(name, schema["propertyNames"], (*place, name), name)
            if name in known:
                yield from self.all(part, known[name], (*place, name), name)
            elif others is False:
                yield (*place, name), _no_field(name, known, place, noun)
            elif others:
                yield from self.all(part, others, (*place, name), name)

    def _list(self, value: list[Any], schema: Mapping[str, Any], place: Place, noun: str) -> Iterator[_Found]:
        yield from _number_of(value, schema, "Items", place, noun)
        written = [json.dumps(each, sort_keys=True) for each in value]
        for position, part in enumerate(value):
            if schema.get("uniqueItems") and written[position] in written[:position]:
                yield (*place, position), f"{shown(part)} stands twice in {in_words(place, noun)}; once would be right."
            yield from self.all(part, schema.get("items", {}), (*place, position), noun)

    def _field(self, name: str, known: Mapping[str, Any], others: Any) -> Mapping[str, Any]:
        """The schema of a field; a condition requires a field that it does not describe: always evidence."""
        found = known.get(name) or (others if isinstance(others, dict) else self._definitions.get("evidence", {}))
        return self._resolved(found)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._pointed(schema["$ref"])[0] if "$ref" in schema else schema


def _number_of(
    value: dict[str, Any] | list[Any], schema: Mapping[str, Any], what: str, place: Place, noun: str
) -> Iterator[_Found]:
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}", len(value))
    if not least <= len(value) <= most:
        right = f"{least}" if f"max{what}" in schema else f"{least} or more"
        yield place, f"{in_words(place, noun).capitalize()} holds {len(value)}; {right} would be right."


def _matches(value: str, pattern: str) -> bool:
    """Whether a text has a pattern; its end is the end of the text, and not of a line in it."""
    return re.search(rf"{pattern[:-1]}\Z" if pattern.endswith("$") else pattern, value) is not None


def _is_a(value: Any, wanted: str) -> bool:
    if wanted == "integer" and isinstance(value, float) and not value.is_integer():
        return False
    return isinstance(value, _TYPES.get(wanted, ())) and (wanted == "boolean" or not isinstance(value, bool))


def _no_field(name: str, known: Mapping[str, Any], place: Place, noun: str) -> str:
    hint = did_you_mean(name, known, most=1)
    return f"No field {shown(name)} in {in_words(place, noun)}.{hint} Fields: {', '.join(known)}."


def _not_among(value: Any, options: list[str], place: Place, noun: str) -> str:
    if "license" in place and place[-2:] == ("evidence", "kind") and value == "third_party":
        return (
            "A license rests on words of a third party; words of the creator, the repository, a paper or a registry "
            "would be right. Else write id: unknown, and what third parties say as its note."
        )
    listed = "; ".join(options) if any("," in each for each in options) else ", ".join(options)
    if not isinstance(value, str):
        return f"{shown(value)} came as {in_words(place, noun)}; one of {listed} would be right."
    hint = did_you_mean(value, options, most=1)
    fields = [part for part in place if isinstance(part, str)]
    at = "" if fields == [noun] else f" as {in_words(place, noun)}"
    return f"No {noun.replace('_', ' ')} {shown(value)}{at}.{hint} Valid: {listed}."
