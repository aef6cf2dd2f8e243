"""The slice viewer: a canvas on the page, alike in JupyterLab and Voila; it needs no WebGL and asks no host."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from workbench.imaging.images import Image
from workbench.presentation.viewer.scenes import Scene

_FRONTEND = Path(__file__).resolve().parent.parent / "jupyter"


_STILL = (
    "<p><em>An image viewer was here. A saved notebook keeps no pixels: open the notebook in JupyterLab and run it to "
    "see the image.</em></p>"
)


def without_a_kernel(bundle: Any) -> Any:
    """Return what a widget shows of itself, with a sentence for pages that show no widgets, such as GitHub's.

    Parameters
    ----------
    bundle : dict, tuple of dict or None
        As ``_repr_mimebundle_`` returns it.

    Returns
    -------
    dict, tuple of dict or None
        Where a widget can be shown, it is preferred to the sentence.
    """
    if isinstance(bundle, tuple):
        return ({**bundle[0], "text/html": _STILL}, *bundle[1:])
    return {**bundle, "text/html": _STILL} if bundle else bundle


class SliceViewer(anywidget.AnyWidget):
    """An image on the page, slice by slice.

    The pixels go to the page as they are asked for and are kept in no notebook; windowing happens there.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        What to look at.
    mask : array, Image or mapping of str to array, optional
        Laid over the image, of its shape.
    labels : mapping of int to str, optional
        Names of the mask's values.
    note : str
        One sentence shown below the image.

    Attributes
    ----------
    position : list of int
        Array index of the crosshair, live in both directions.
    window : list of float
        Center and width in the image's units, live in both directions.

    Raises
    ------
    TypeError, ValueError
        When it is no image, an empty one, or the mask does not fit.

    References
    ----------
    DICOM PS3.3 2025c: C.7.6.1.1.1 (letters at the edges), C.7.6.2.1.1 (place in the patient), C.11.2.1.3.2 (windows).

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Volume
    >>> viewer = SliceViewer(Volume(np.zeros((4, 8, 8), "int16"), spacing_mm=(5.0, 1.0, 1.0), units="HU"))
    >>> viewer.position
    [2, 4, 4]
    """

    scene = traitlets.Dict().tag(sync=True)
    position = traitlets.List(traitlets.Int()).tag(sync=True)
    window = traitlets.List(traitlets.Float()).tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, image: Image, *, mask: Any = None, labels: Mapping[int, str] | None = None, note: str = ""
    ) -> None:
        self._scene = Scene(image, mask=mask, labels=labels, note=note)
        described = self._scene.description()
        first = described["windows"][0] if described["windows"] else {"center": 127.5, "width": 255.0}
        start = [side // 2 for side in self._scene.shape]
        if described["kind"] == "cine":
            start[0] = 0  # a film begins at its beginning
        script, style = ((_FRONTEND / f"viewer.{kind}").read_text("utf-8") for kind in ("js", "css"))
        super().__init__(
            scene=described, position=start, window=[first["center"], first["width"]], _esm=script, _css=style
        )
        self.on_msg(self._receive)

    @traitlets.validate("position")
    def _inside(self, proposal: Any) -> list[int]:
        place, shape = proposal["value"], self._scene.shape
        if len(place) != len(shape):
            raise traitlets.TraitError(
                f"A position of {len(place)} numbers was received. The image has {len(shape)} axes. "
                f"Write for instance viewer.position = {[side // 2 for side in shape]}."
            )
        return [min(max(index, 0), side - 1) for index, side in zip(place, shape, strict=True)]

    @traitlets.validate("window")
    def _wide(self, proposal: Any) -> list[float]:
        if len(proposal["value"]) != 2 or not np.isfinite(proposal["value"]).all() or not proposal["value"][1] > 0:
            raise traitlets.TraitError(
                f"A window of {proposal['value']} was received. A finite center and a width above 0 would be right. "
                "Write for instance viewer.window = [-600, 1500]."
            )
        return list(proposal["value"])

    def to_html(self, *, n_slices: int = 16, size: int = 256, plane: str = "") -> str:
        """Return a form that works without a kernel, for reports and nbviewer.

        In a notebook: ``IPython.display.HTML(viewer.to_html())``.

        Parameters
        ----------
        n_slices : int
            Evenly spaced ones that are kept, 1 to 200.
        size : int
            Longest side of a slice that is kept, 32 to 1024 pixels.
        plane : str
            ``"axial"``, ``"coronal"`` or ``"sagittal"`` of volumes; by default the first there is.

        Returns
        -------
        str
            HTML that fetches nothing.

        Raises
        ------
        UnknownNameError
            For another plane.
        ValueError
            For a number out of range.
        """
        from workbench.presentation.viewer.still import still_html

        window = (float(self.window[0]), float(self.window[1]))
        return still_html(self._scene, n_slices=n_slices, size=size, plane=plane, window=window)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return without_a_kernel(super()._repr_mimebundle_(**options))

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        """Answer the page; what does not come from our page is passed over."""
        if not isinstance(content, dict):
            return
        start, shape = content.get("start"), self._scene.shape
        if content.get("do") == "slab" and isinstance(start, int) and 0 <= start < shape[0]:
            stop, pixels, labels = self._scene.slab_bytes(start)
            self.send({"kind": "slab", "start": start, "stop": stop}, buffers=[pixels, labels])
        if content.get("do") != "slice":
            return
        plane = next((each for each in self._scene.planes if each.key == content.get("plane")), None)
        at = content.get("position")
        if plane is not None and isinstance(at, int) and 0 <= at < (shape[plane.step] if plane.step >= 0 else 1):
            self.send(
                {"kind": "slice", "plane": plane.key, "position": at},
                buffers=list(self._scene.slice_bytes(plane.key, at)),
            )
