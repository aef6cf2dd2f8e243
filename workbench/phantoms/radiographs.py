"""Chest radiographs of a made-up chest: rays through the same voxels that the CT series holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydicom.uid import ExplicitVRLittleEndian

from workbench.phantoms.thorax import Chest


@dataclass(frozen=True)
class Exposure:
    """How a radiograph is taken and stored.

    Attributes
    ----------
    view : str
        ``"PA"`` or ``"LL"`` (left lateral), PS3.3 C.8.1.2.
    modality : str
        ``"DX"`` (Digital X-Ray Image Storage - For Presentation) or ``"CR"``.
    photometric : str
        ``"MONOCHROME1"`` stores bone low, ``"MONOCHROME2"`` bone high.
    marker : str
        ``"R"`` or ``"L"``: the side marker, drawn at that side of the patient; empty for none.
    n_pixels : int
        Columns; rows follow from the shape of the chest.
    border : int
        Pixels of unexposed border (collimation) at each edge.
    transfer_syntax : str
        A UID of `workbench.phantoms.encoding.WRITABLE`.
    """

    view: Literal["PA", "LL"] = "PA"
    modality: Literal["DX", "CR"] = "DX"
    photometric: Literal["MONOCHROME1", "MONOCHROME2"] = "MONOCHROME2"
    marker: Literal["R", "L", ""] = "R"
    n_pixels: int = 256
    border: int = 0
    transfer_syntax: str = str(ExplicitVRLittleEndian)


def write_radiograph(path: Path, chest: Chest | None = None, *, exposure: Exposure | None = None) -> Path:
    """Write a radiograph of a chest and return its path.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    chest : Chest, optional
        What `workbench.phantoms.thorax.make_chest` returns; a healthy one when left out.
    exposure : Exposure, optional
        How it is taken and stored.

    Returns
    -------
    pathlib.Path
        12 bits stored in 16, higher is denser for MONOCHROME2.
    """
    raise NotImplementedError
