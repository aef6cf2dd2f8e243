"""The slice viewer: a canvas on the page, alike in JupyterLab and Voila; it needs no WebGL and asks no host."""

from collections.abc import Mapping
from typing import Any

import anywidget

from workbench.imaging.images import Image


class SliceViewer(anywidget.AnyWidget):
    """An image on the page, slice by slice.

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
    """

    def __init__(
        self, image: Image, *, mask: Any = None, labels: Mapping[int, str] | None = None, note: str = ""
    ) -> None:
        raise NotImplementedError

    def to_html(self, *, n_slices: int = 16, size: int = 256, plane: str = "axial") -> str:
        """Return a form that works without a kernel, for reports and nbviewer.

        Parameters
        ----------
        n_slices : int
            Evenly spaced ones that are kept.
        size : int
            Longest side of a slice that is kept, in pixels.
        plane : str
            ``"axial"``, ``"coronal"`` or ``"sagittal"`` of volumes; the only one otherwise.

        Returns
        -------
        str
            HTML that fetches nothing.
        """
        raise NotImplementedError
