"""Pipelines as data: a name, a version, a source and a list of steps, read from YAML and applied to images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.imaging.images import Image


@dataclass(frozen=True)
class Pipeline:
    """A named list of steps with where it comes from; it is data, and equal data have equal hashes.

    Attributes
    ----------
    name, version, purpose : str
        What it is called, and what it is for.
    modalities : tuple of str
        DICOM code strings it is for; empty for any.
    steps : tuple
        In the order in which they run.
    source : tuple
        Papers and clauses of a standard that it follows.
    """

    name: str
    version: str
    purpose: str
    modalities: tuple[str, ...]
    steps: tuple[Any, ...]
    source: tuple[Any, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of the definition, 64 hexadecimal digits."""
        raise NotImplementedError

    def explain(self) -> str:
        """Return what the steps do, in plain sentences, in their order.

        Returns
        -------
        str
            A numbered line a step.
        """
        raise NotImplementedError

    def apply(self, image: Image, *, device: str = "auto", mask: Any = None) -> Image:
        """Return the image after all steps; see `workbench.imaging.preprocessing.preprocess`.

        Parameters
        ----------
        image : Image
            As read.
        device : str
            ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
        mask : numpy.ndarray, optional
            Of the image's shape.

        Returns
        -------
        Image
            Of the same class.
        """
        raise NotImplementedError

    def invert(self, image: Image) -> Image:
        """Return the image with every step undone that can be; flags say which could not, or only in part.

        Parameters
        ----------
        image : Image
            What `apply` of this pipeline returned.

        Returns
        -------
        Image
            On the grid as read.
        """
        raise NotImplementedError


def read_pipeline(name: str | Path) -> Pipeline:
    """Return a pipeline that ships, or one of your own.

    Parameters
    ----------
    name : str or path
        A name of `pipeline_names`, or a YAML file.

    Returns
    -------
    Pipeline
        Checked: every step, parameter and unit is known.
    """
    raise NotImplementedError


def pipeline_names() -> list[str]:
    """Return the names of the pipelines that ship.

    Returns
    -------
    list of str
        In alphabetical order.
    """
    raise NotImplementedError
