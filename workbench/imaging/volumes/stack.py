"""Images that may be slices of one volume: a column for each attribute, a row for each file or frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.meaning import units_of_files
from workbench.imaging.volumes.opening import why_not

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Pixels(Protocol):
    """Where the stored values of the images of a stack come from."""

    @property
    def is_direct(self) -> bool:
        """Whether values lie in the file as they are, so that threads can read them."""

    @property
    def reader(self) -> str:
        """How they are read, for the provenance."""

    def unreadable(self, rows: Rows) -> list[tuple[int, str]]:
        """Return the place and the reason of those images that cannot be what their headers claim.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files or frames.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """

    def stored_type(self) -> tuple[np.dtype[Any], tuple[int, int]]:
        """Return the type of the stored values, and the smallest and greatest that can be stored."""

    def read(self, rows: Rows, out: npt.NDArray[Any], done: Callable[[int], None]) -> list[tuple[int, str]]:
        """Read images into the planes of `out`, say of each when it is done, and return those that cannot be read.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files or frames.
        out : numpy.ndarray
            (len(rows), rows, columns) of the stored type.
        done : callable
            Called with each place in `rows`.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """


@dataclass(frozen=True, eq=False)
class Stack:
    """Images that may be slices of one volume.

    Attributes
    ----------
    rows : numpy.ndarray
        (n,) which files, or which frames, of `pixels` these are.
    positions : numpy.ndarray
        (n, 3) ImagePositionPatient, NaN where absent.
    orientations : numpy.ndarray
        (n, 6) ImageOrientationPatient.
    pixel_mm : numpy.ndarray
        (n, 2) PixelSpacing.
    step_mm : numpy.ndarray
        (n, 2) SpacingBetweenSlices and SliceThickness.
    sizes : numpy.ndarray
        (n, 3) rows, columns, samples.
    rescale : numpy.ndarray
        (n, 2) slope and intercept, NaN where absent.
    units_of : numpy.ndarray
        (n,) text, units of the values after rescale.
    pixels : Pixels
        Where their values are read.
    value_of : callable
        Keyword to the text of an attribute for every file or frame of `pixels`, None where absent.
    dimensions : tuple of str
        Keywords that may tell images apart that lie at the same place.
    noun : str
        ``"file"`` or ``"frame"``.
    further_dimensions : tuple of str
        Such keywords that are asked for only when the others tell nothing, since files have to be opened for them.
    """

    rows: Rows
    positions: Floats
    orientations: Floats
    pixel_mm: Floats
    step_mm: Floats
    sizes: Floats
    rescale: Floats
    units_of: npt.NDArray[np.str_]
    pixels: Pixels
    value_of: Callable[[str], Sequence[str | None]]
    dimensions: tuple[str, ...]
    noun: str = "file"
    further_dimensions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, chosen: npt.NDArray[Any]) -> "Stack":
        """Return the stack of some of its images.

        Parameters
        ----------
        chosen : numpy.ndarray
            Places, or (n,) boolean.

        Returns
        -------
        Stack
            In the order asked for.
        """
        columns = ("rows", "positions", "orientations", "pixel_mm", "step_mm", "sizes", "rescale", "units_of")
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    def values(self, keyword: str) -> list[str | None]:
        """Return the text of an attribute for each image.

        Parameters
        ----------
        keyword : str
            A DICOM keyword that was kept.

        Returns
        -------
        list of str or None
            None where absent.
        """
        every = self.value_of(keyword)
        return [every[row] for row in self.rows]

    def names(self, places: Sequence[int] | npt.NDArray[Any], most: int = 3) -> str:
        """Return which files or frames are meant, by number, for a message.

        Parameters
        ----------
        places : sequence of int
            In this stack.
        most : int
            The longest list to spell out.

        Returns
        -------
        str
            ``"file 3"`` or ``"files 3, 4 and 9 more"``.
        """
        numbers = [str(int(self.rows[place]) + 1) for place in places]
        if len(numbers) == 1:
            return f"{self.noun} {numbers[0]}"
        shown = numbers[:most]
        rest = f" and {len(numbers) - most} more" if len(numbers) > most else ""
        return f"{self.noun}s {', '.join(shown)}{rest}"


#: Storage SOP classes that hold frames even where there is one (PS3.4 2025c B.5): enhanced CT, MR and PET, NM, RT Dose.
FRAMED = (
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.2.2",
    "1.2.840.10008.5.1.4.1.1.4.1",
    "1.2.840.10008.5.1.4.1.1.4.3",
    "1.2.840.10008.5.1.4.1.1.4.4",
    "1.2.840.10008.5.1.4.1.1.130",
    "1.2.840.10008.5.1.4.1.1.128.1",
    "1.2.840.10008.5.1.4.1.1.20",
    "1.2.840.10008.5.1.4.1.1.481.2",
)

#: Attributes of classic images that may tell apart what lies at the same place.
FILE_DIMENSIONS = (
    "TemporalPositionIdentifier",
    "EchoNumbers",
    "EchoTime",
    "InversionTime",
    "AcquisitionNumber",
    "ImageType",
    "ConvolutionKernel",
    "KVP",
    "RepetitionTime",
    "InstanceNumber",
)
_FURTHER_DIMENSIONS = ("DiffusionBValue", "TriggerTime", "FlipAngle")


def stack_of_files(headers: "Headers", pixels: Pixels) -> Stack:
    """Return the stack of single-frame files.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of the files of one series.
    pixels : Pixels
        Of the same files.

    Returns
    -------
    Stack
        A row for each file, in the order of the headers.

    Raises
    ------
    SeriesError
        When values go through a Modality LUT that is no line.
    """
    samples = np.nan_to_num(headers.numbers("SamplesPerPixel"), nan=1)
    rescale = np.concatenate([headers.numbers("RescaleSlope"), headers.numbers("RescaleIntercept")], axis=1)
    return Stack(
        rows=np.arange(len(headers)),
        positions=headers.numbers("ImagePositionPatient"),
        orientations=headers.numbers("ImageOrientationPatient"),
        pixel_mm=headers.numbers("PixelSpacing"),
        step_mm=np.concatenate([headers.numbers("SpacingBetweenSlices"), headers.numbers("SliceThickness")], axis=1),
        sizes=np.concatenate(
            [headers.numbers("Rows"), headers.numbers("Columns"), np.nan_to_num(samples, nan=1)], axis=1
        ),
        rescale=rescale,
        units_of=units_of_files(headers, np.isfinite(rescale).any(axis=1)),
        pixels=pixels,
        value_of=_Values(headers),
        dimensions=FILE_DIMENSIONS,
        further_dimensions=_FURTHER_DIMENSIONS,
    )


class _Values:
    """Texts of attributes of files, each asked for once: of the headers where they keep it, else of the files."""

    def __init__(self, headers: "Headers") -> None:
        self.headers = headers
        self.known: dict[str, list[str | None]] = {}

    def __call__(self, keyword: str) -> Sequence[str | None]:
        from workbench.imaging.headers.tags import KEPT

        if keyword not in self.known:
            self.known[keyword] = self.headers.text(keyword) if keyword in KEPT else self._open(keyword)
        return self.known[keyword]

    def _open(self, keyword: str) -> list[str | None]:
        import pydicom
        from pydicom.datadict import tag_for_keyword

        if tag_for_keyword(keyword) is None:
            return self.headers.text(keyword)  # says that there is no such attribute
        texts: list[str | None] = []
        for row, path in enumerate(self.headers.paths):
            if why_not(self.headers, row):
                texts.append(None)
                continue
            dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=[keyword], force=True)
            value = dataset.get(keyword)
            texts.append(None if value is None else str(value))
        return texts


def without_rescale_as_one(rescale: Floats) -> Floats:
    """Return slopes and intercepts with 1 and 0 where a file states none.

    Parameters
    ----------
    rescale : numpy.ndarray
        (n, 2), NaN where absent.

    Returns
    -------
    numpy.ndarray
        (n, 2), finite.
    """
    return np.where(np.isfinite(rescale), rescale, (1.0, 0.0))
