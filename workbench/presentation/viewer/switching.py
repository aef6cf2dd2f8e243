"""A volume as slices or in 3-D: slices at once, 3-D when the browser can draw it, and a button for both."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from workbench.imaging.images import Image
from workbench.presentation.viewer.slices import SliceViewer, without_a_kernel

_FRONTEND = Path(__file__).resolve().parent.parent / "jupyter"
_ASKING = "Slices, until this browser has said what draws WebGL in it."
_WHY_SLICES = {
    "none": "Shown as slices: this browser has no WebGL, which 3-D needs.",
    "software": "Shown as slices: this browser draws WebGL without a graphics card, where 3-D can take minutes.",
}
_IN_3D = (
    "In 3-D, seen from the front: the patient's right is on the left, the head at the top. "
    "Drag to turn, scroll to zoom."
)
_PREPARING = "Preparing 3-D; the slices stay until it is there."


class _Switch(anywidget.AnyWidget):
    """The line above: a sentence, a button, and the names of the colors."""

    sentence = traitlets.Unicode().tag(sync=True)
    offer = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode("slices").tag(sync=True)
    asks = traitlets.Bool().tag(sync=True)
    legend: Any = traitlets.List().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)


class VolumeViewer(ipywidgets.VBox):
    """A volume on the page, as slices or in 3-D, with a button that changes between them.

    Parameters
    ----------
    image : Volume
        What to look at.
    mask : array, Image or mapping of str to array, optional
        Laid over the image, of its shape.
    labels : mapping of int to str, optional
        Names of the mask's values.
    in_3d : bool
        Begin in 3-D; else with slices, and 3-D follows when the browser draws WebGL by a graphics card.

    Attributes
    ----------
    slices : SliceViewer
        With position and window.
    volume : itkwidgets.Viewer or None
        None until it was drawn.
    shown : str
        ``"slices"`` or ``"3d"``.

    Raises
    ------
    TypeError, ValueError
        When it is no volume, or the mask does not fit.
    MissingPackageError
        When it begins in 3-D and itkwidgets is not installed.
    """

    def __init__(
        self, image: Image, *, mask: Any = None, labels: Mapping[int, str] | None = None, in_3d: bool = False
    ) -> None:
        self._given = (image, mask, labels)
        self.slices = SliceViewer(image, mask=mask, labels=labels)
        self.volume: Any = None
        self._box: Any = None
        script, style = ((_FRONTEND / f"viewer_switch.{kind}").read_text("utf-8") for kind in ("js", "css"))
        self._why = _ASKING
        self._switch = _Switch(_esm=script, _css=style, sentence=_ASKING, offer="Show in 3-D", asks=not in_3d)
        super().__init__([self._switch, self.slices])
        self._switch.on_msg(self._receive)
        if in_3d:
            self._why = ""
            self.show("3d")

    @property
    def shown(self) -> str:
        """``"slices"`` or ``"3d"``."""
        return str(self._switch.shown)

    def show(self, what: str) -> None:
        """Change what is shown.

        Parameters
        ----------
        what : str
            ``"slices"`` or ``"3d"``.
        """
        switch = self._switch
        if what == "3d":
            if self.volume is None:
                switch.sentence = _PREPARING
                self._render()
            with switch.hold_sync():
                switch.sentence, switch.offer, switch.shown = _IN_3D, "Show slices", "3d"
                switch.legend = [
                    {"name": entry["name"], "color": entry["color"]}
                    for entry in self.slices.scene["legend"]
                    if entry["n"]
                ]
            self.children = (switch, self._box)
            return
        with switch.hold_sync():
            switch.sentence, switch.offer, switch.shown, switch.legend = self._why, "Show in 3-D", "slices", []
        self.children = (switch, self.slices)

    def to_html(self, **choices: Any) -> str:
        """Return the slices in a form that works without a kernel.

        Parameters
        ----------
        **choices
            As of `SliceViewer.to_html`.

        Returns
        -------
        str
            HTML that fetches nothing.
        """
        return self.slices.to_html(**choices)

    def _render(self) -> None:
        from workbench.presentation.viewer.rendering import render_volume

        image, mask, labels = self._given
        self.volume = render_volume(image, mask=mask, labels=labels)
        self._box = ipywidgets.Box([self.volume])
        self._box.add_class("ws-volume")

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        """Do what the page asks; what does not come from our page is passed over."""
        if not isinstance(content, dict):
            return
        if content.get("do") == "switch":
            self.show("slices" if self.shown == "3d" else "3d")
        drawn_by = content.get("drawn_by")
        if content.get("do") != "found" or not self._switch.asks:
            return
        self._switch.asks = False  # another page that shows the same asks no more
        if drawn_by == "hardware":
            self._why = ""
            self.show("3d")
        elif isinstance(drawn_by, str) and drawn_by in _WHY_SLICES:
            self._why = self._switch.sentence = _WHY_SLICES[drawn_by]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return without_a_kernel(super()._repr_mimebundle_(**options))
