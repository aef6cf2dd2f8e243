"""Prepare the images of a cohort and write each with its mask, one case after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.catalog.training.layouts import Case, Layout, image_place, mask_place
from workbench.catalog.training.slices import as_slices

if TYPE_CHECKING:
    from workbench.imaging.images import Image

#: Gives the mask of an image as it was read, or None: array of whole numbers, the image's shape.
MaskOf = Callable[["Image", dict[str, Any]], Any]

_LARGEST_LABEL = 65_535


@dataclass(frozen=True)
class CaseWriter:
    """Prepares and writes one image after the other; remembers which could not be.

    Attributes
    ----------
    folder : pathlib.Path
        Where the cases go.
    layout : {"monai", "nnunet"}
        Whose layout.
    pipeline : Pipeline or None
        How each image is prepared.
    device : str
        Where.
    masks : callable or None
        Called with each image as it was read and its row.
    label : str or None
        The attribute to be learned.
    problems : dict
        The place of each image that could not be written, and why.
    """

    folder: Path
    layout: Layout
    pipeline: Any
    device: str
    masks: MaskOf | None
    label: str | None
    problems: dict[int, str] = field(default_factory=dict)

    def write(self, image: "Image", row: dict[str, Any]) -> Case | None:
        """Write an image and its mask, and return the case.

        Parameters
        ----------
        image : Image
            As read.
        row : dict
            What describes it, with its ``place`` and ``part``.

        Returns
        -------
        Case or None
            None, with the reason kept, when it cannot be written.
        """
        from workbench.imaging.volumes.files import save_image

        try:
            mask = self._mask(image, row)
            prepared = image if self.pipeline is None else self.pipeline.apply(image, device=self.device)
            name = f"case_{row['place']:04d}"
            value = None if self.label is None else row[self.label]
            slices = as_slices(_on_host(prepared))
            case = Case(name, str(row["part"]), has_mask=mask is not None, label=value, flags=slices.flags)
            save_image(slices, _ready(self.folder / image_place(self.layout, case)))
            if mask is not None:
                save_image(self._mapped(prepared, mask), _ready(self.folder / mask_place(case)))
        except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError, MemoryError, OSError) as error:
            self.problems[row["place"]] = str(error)
            return None
        return case

    def _mask(self, image: "Image", row: dict[str, Any]) -> npt.NDArray[Any] | None:
        given = None if self.masks is None else self.masks(image, row)
        if given is None:
            if self.layout == "nnunet" and row["part"] != "test":
                raise LookupError(
                    "There is no mask of this image. nnU-Net learns from masks. Give it one, or leave it out."
                )
            return None
        mask = np.asarray(given)
        if mask.shape != image.shape or not (np.issubdtype(mask.dtype, np.integer) or mask.dtype == bool):
            raise ValueError(
                f"A mask of shape {mask.shape} and type {mask.dtype} was received. Whole numbers of the image's shape "
                f"{image.shape} would be right. Give the mask on the grid of the image as it was read."
            )
        if mask.size and not 0 <= int(mask.min()) <= int(mask.max()) <= _LARGEST_LABEL:
            raise ValueError(
                f"A mask with values from {mask.min()} to {mask.max()} was received. Labels from 0 to {_LARGEST_LABEL} "
                "would be right. Number the structures from 1."
            )
        return mask.astype(np.uint8 if not mask.size or mask.max() < 256 else np.uint16)

    def _mapped(self, prepared: "Image", mask: npt.NDArray[Any]) -> "Image":
        """Return the mask on the grid of the prepared image, with its geometry."""
        from workbench.imaging.preprocessing.mapping import map_mask_forward

        moved = mask if self.pipeline is None else map_mask_forward(mask, _on_host(prepared))
        labeled = _on_host(prepared).replace(
            array=np.asarray(moved, dtype=mask.dtype), units="labels", padding_value=None
        )
        return as_slices(labeled)


def _on_host(image: "Image") -> "Image":
    from workbench.imaging.arrays import to_host

    return image.replace(array=to_host(image.array))


def _ready(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
