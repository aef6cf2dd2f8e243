"""The slice viewer without a kernel: some slices, packed into the page with the script that draws them."""

import base64
import html
import json
import uuid
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import unknown_name

if TYPE_CHECKING:
    from workbench.presentation.viewer.scenes import Scene

_FRONTEND = Path(__file__).resolve().parent.parent / "jupyter"
_LEAST_SIDE, _LARGEST_SIDE, _MOST_SLICES = 32, 1024, 200


def still_html(scene: "Scene", *, n_slices: int, size: int, plane: str, window: tuple[float, float]) -> str:
    """Return some slices of one plane as HTML that needs no kernel and fetches nothing.

    Parameters
    ----------
    scene : Scene
        What is shown.
    n_slices : int
        Evenly spaced ones that are kept, 1 to 200.
    size : int
        Longest side of a slice that is kept, 32 to 1024 pixels.
    plane : str
        Key of the plane; empty for the first.
    window : tuple of float
        Center and width to begin with.

    Returns
    -------
    str
        A picture of the middle slice stands where no script runs.

    Raises
    ------
    UnknownNameError
        For another plane.
    ValueError
        For a number out of range.
    """
    for name, value, least, most in (
        ("n_slices", n_slices, 1, _MOST_SLICES),
        ("size", size, _LEAST_SIDE, _LARGEST_SIDE),
    ):
        if not least <= value <= most:
            raise ValueError(f"{name}={value} was received. {least} to {most} fit a page. Leave it out for the usual.")
    keys = [each.key for each in scene.planes]
    if plane and plane not in keys:
        raise unknown_name("plane", plane, keys, where="this image", then="Use one of these.")
    packed, fallback = _packed(scene, plane or keys[0], n_slices, size, window)
    key = f"wv-{uuid.uuid4().hex[:12]}"
    style = (_FRONTEND / "viewer.css").read_text("utf-8")
    script = (_FRONTEND / "viewer.js").read_text("utf-8").replace("export default { render };", "")
    answers = (_FRONTEND / "viewer_still.js").read_text("utf-8").replace("KEY", key)
    scene_text = json.dumps(packed).replace("<", "\\u003c")
    return (
        f'<style>{style}</style><div id="{key}">{fallback}</div>'
        f'<script type="application/json" id="{key}-scene">{scene_text}</script>'
        f'<script type="module">{{\n{script}{answers}}}</script>'
    )


def _packed(
    scene: "Scene", key: str, n_slices: int, size: int, window: tuple[float, float]
) -> tuple[dict[str, Any], str]:
    described = scene.description()
    plane = next(each for each in described["planes"] if each["key"] == key)
    long_side = max(plane["rows"], plane["columns"]) * plane["factor"]
    factor = max(plane["factor"], -(-long_side // size))
    n = plane["n"]
    kept = np.unique(np.linspace(0, n - 1, min(n, n_slices)).round().astype(int)).tolist()
    middle = kept[len(kept) // 2] if described["kind"] != "cine" else kept[0]
    entry = scene.described_plane(key, factor) | {"kept": kept[::-1] if plane["flipped"][0] else kept}
    slices = {at: [_deflated(part) for part in scene.slice_bytes(key, at, factor=factor)] for at in kept}
    position = [side // 2 for side in scene.shape]
    if plane["step"] >= 0:
        position[plane["step"]] = middle
    notes = [*described["notes"]]
    if len(kept) < n or factor > 1:
        resolution = f", at 1/{factor} of the resolution" if factor > 1 else ""
        notes = [f"{len(kept)} of {n} slices are kept in this page{resolution}.", *notes]
    lighter = described | {"planes": [entry], "slab": 0, "notes": notes}
    packed = {"scene": lighter, "position": position, "window": list(window), "slices": slices}
    return packed, _fallback(scene, window, entry["key"], (middle, n))


def _fallback(scene: "Scene", window: tuple[float, float], plane: str, place: tuple[int, int]) -> str:
    from workbench.presentation.viewer.pictures import as_png, drawn

    at, n = place
    pixels = drawn(scene.image, size=384, window=None if scene.color else window, position=at, plane=plane)
    picture = base64.b64encode(as_png(pixels)).decode()
    words = html.escape(f"{scene.image.modality} image, slice {at} of 0 to {n - 1}".strip(), quote=True)
    return f'<img alt="{words}" src="data:image/png;base64,{picture}">'


def _deflated(part: bytes) -> str:
    return base64.b64encode(zlib.compress(part, 6)).decode() if part else ""
