"""Read a chart by its specification: its parts, its layers, its marks, its rows."""

from collections.abc import Iterator
from typing import Any

from workbench.presentation.figure import Figure


def inner(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a specification."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from inner(child)


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers of a chart, those within layers too."""
    return [deep for layer in spec["layer"] for deep in layers(layer)] if "layer" in spec else [spec]


def mark(layer: dict[str, Any]) -> str:
    return layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]


def drawn_rows(figure: Figure) -> list[dict[str, Any]]:
    """Return every row of data that the specification holds."""
    return [row for rows in figure.spec()["datasets"].values() for row in rows]


def assert_bars_start_at_zero(figure: Figure) -> None:
    for layer in layers(figure.spec()):
        if mark(layer) not in ("bar", "area"):
            continue
        for channel in ("x", "y"):
            encoded = layer["encoding"][channel]
            scale = encoded.get("scale") or {}
            if encoded.get("type") == "quantitative":
                assert scale.get("zero", True)
                assert scale.get("type", "linear") == "linear"
                assert scale.get("domain", [0])[0] <= 0
