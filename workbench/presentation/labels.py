"""Write the categories of a figure in another language; its sentences, its order and its colors stay."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from workbench.presentation.charts import rows
from workbench.presentation.figure import Figure
from workbench.vocabulary.languages import category_labels

_TEXT = "words"  # the field that charts write beside their marks
_NARROW = 17  # characters, as beside the ends of lines
_DEFINED = "isDefined("


def relabeled(figure: Figure, language: str) -> Figure:
    """Return a figure whose categories are written in another language, in the picture and in its table.

    Parameters
    ----------
    figure : Figure
        With categories of the closed vocabularies; others stay.
    language : {"en", "es", "de", "fr"}
        As in `workbench.vocabulary.languages.category_labels`.

    Returns
    -------
    Figure
        The data of the picture keep their categories, so that order and colors do not change; only what is read does.

    Raises
    ------
    UnknownNameError
        For another language.
    """
    labels = {category: label for category, label in category_labels(language).items() if label != category}
    if not labels:
        return figure
    spec = figure.chart.to_dict()
    _write(spec, labels)
    table = figure.table.with_columns(
        pl.col(name).cast(pl.String).replace(labels)
        for name, dtype in figure.table.schema.items()
        if dtype in (pl.String, pl.Enum, pl.Categorical)
    )
    return dataclasses.replace(figure, chart=alt.Chart.from_dict(spec), table=table)


def _write(node: Any, labels: Mapping[str, str]) -> None:
    """Change what is read in a part of a specification, in place."""
    if isinstance(node, list):
        for part in node:
            _write(part, labels)
        return
    if not isinstance(node, dict):
        return
    if isinstance(node.get("axis"), dict) and isinstance(node.get("sort"), list):
        node["axis"] |= _axis(node["axis"], [str(name) for name in node["sort"]], labels)
    elif "axis" not in node and isinstance(node.get("scale"), dict) and node.get("legend", {}) is not None:
        shown = {name: labels[name] for name in map(str, node["scale"].get("domain", ())) if name in labels}
        if shown:
            named = f"{json.dumps(shown, ensure_ascii=False)}[datum.value] || datum.label"
            node["legend"] = {**node.get("legend", {}), "labelExpr": named}
    if isinstance(node.get(_TEXT), str) and (label := labels.get(node[_TEXT].replace("\n", " "))):
        node[_TEXT] = _in_as_many_lines(label, node[_TEXT].count("\n") + 1)
    for part in node.values():
        _write(part, labels)


def _in_as_many_lines(label: str, n: int) -> str:
    """Names beside lines were set apart for the lines of the English ones."""
    lines = rows.wrapped(label, _NARROW)
    return "\n".join(lines) if len(lines) <= n else "\n".join(lines[:n]) + "…"


def _axis(axis: Mapping[str, Any], names: list[str], labels: Mapping[str, str]) -> dict[str, Any]:
    """Name the rows anew; what a chart writes beside a name, such as a warning, stays."""
    if not set(names) & set(labels):
        return {}
    expression = str(axis.get("labelExpr", ""))
    written: dict[str, Any] = {}
    if expression.startswith(_DEFINED):
        written, _ = json.JSONDecoder().raw_decode(expression.removeprefix(_DEFINED))
    texts = {name: " ".join(text) if isinstance(text := written.get(name, name), list) else text for name in names}
    shown = {name: text.replace(name, labels.get(name, name)) for name, text in texts.items()}
    named: dict[str, Any] = rows.row_axis(names, shown=shown).to_dict()
    return {name: named[name] for name in ("labelExpr", "labelBaseline", "labelLimit")}
