"""A series of slices, read as one volume.

References
----------
DICOM PS3.3 2025c: C.7.6.2 (Image Plane Module), C.7.6.16 (Multi-frame Functional Groups), C.11.1 (Modality LUT).
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Source, Volume
from workbench.imaging.volumes.building import Facts, Wishes, build_volume
from workbench.imaging.volumes.choosing import choose_series
from workbench.imaging.volumes.findings import Finding, OnProblem, SeriesError
from workbench.imaging.volumes.kept import READERS, ending_of, read_kept
from workbench.imaging.volumes.stack import FRAMED, stack_of_files
from workbench.imaging.volumes.stored import CodedFiles, DirectFiles, are_direct

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers


def read_series(
    source: Any,
    *,
    series: int | None = None,
    series_uid: str | None = None,
    where: Mapping[str, Any] | None = None,
    headers: "Headers | None" = None,
    index: Any = None,
    on_problem: OnProblem = "correct",
    workers: int | None = None,
    progress: bool = False,
) -> Volume:
    """Return one series as a volume in physical units, its slices sorted along their normal and evenly spaced.

    What keeps files from being such a volume (a tilted gantry, uneven or missing slices, copies, localizers, slices
    that cannot be read) is corrected by a method that the flags and the provenance state, or refused.

    Parameters
    ----------
    source : str, pathlib.Path, sequence of paths, or DicomIndex
        A folder, a list of files, one multi-frame file, or a volume kept as ``.nii``, ``.nii.gz``,
        ``.npz``, ``.npy`` or ``.zarr``.
    series : int, optional
        Which of several series, by the number that the message lists, from 1.
    series_uid : str, optional
        Which of several series, by SeriesInstanceUID.
    where : mapping, optional
        DICOM keyword to value, to choose among images that lie at the same place: ``{"EchoTime": 30}``.
    headers : workbench.imaging.headers.reading.Headers, optional
        What was read of these files before.
    index : workbench.imaging.headers.index.DicomIndex, optional
        An index that holds these files.
    on_problem : {"correct", "refuse"}
        Whether findings are corrected by a stated method or all end in an error.
    workers : int, optional
        Threads that read uncompressed files (one when None: more only help where storage is slow to answer), or
        processes that decode compressed ones (as many as are worth it when None).
    progress : bool
        Show a progress bar.

    Returns
    -------
    Volume
        ``(slices, rows, columns)``; int16 where slope is 1 and the intercept whole, else float32; HU for CT.

    Raises
    ------
    SeriesError
        A ValueError: the files do not make one volume. The message names every finding and how to choose.
    LookupError
        When there is no image, or no such series.

    Examples
    --------
    >>> import tempfile
    >>> from workbench.phantoms.chest import write_chest_ct
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_chest_ct(Path(folder), n_slices=4, n_pixels=64)
    ...     volume = read_series(folder)
    >>> volume.shape, volume.units, volume.array.dtype, volume.spacing_mm[0]
    ((4, 64, 64), 'HU', dtype('int16'), 75.0)
    """
    wishes = Wishes(dict(where or {}), _checked(on_problem), workers, progress)
    if isinstance(source, str | os.PathLike) and (kept := _kept_volume(Path(source))) is not None:
        return kept
    headers = _headers(source, headers, index)
    refused = _suspects(headers)
    rows = choose_series(headers, series, series_uid)
    if len(rows) < len(headers):
        headers = headers.select(rows)
    if _is_multi_frame(headers):
        from workbench.imaging.volumes.multiframe import read_frames

        return read_frames(headers, wishes)
    facts = _facts(headers, source)
    pixels = DirectFiles(headers) if are_direct(headers).all() else CodedFiles(headers, workers)
    stack = stack_of_files(headers, pixels)
    return build_volume(stack, facts, wishes, refused)


def _checked(on_problem: OnProblem) -> OnProblem:
    if on_problem not in ("correct", "refuse"):
        raise ValueError(f"on_problem is {on_problem!r}. Valid: 'correct', 'refuse'. Pass one of these.")
    return on_problem


def _kept_volume(path: Path) -> Volume | None:
    """Return the volume of a file that is no DICOM, or None."""
    if ending_of(path) not in READERS:
        return None
    image = read_kept(path)
    if not isinstance(image, Volume):
        raise ValueError(
            f"The file holds a {type(image).__name__.lower()}, where a volume of slices was asked for. "
            f"Read it with read_image."
        )
    return image


def _headers(source: Any, headers: "Headers | None", index: Any) -> "Headers":
    """Return the headers of the files that are meant, read only where nobody read them before."""
    from workbench.imaging.headers.folders import list_names
    from workbench.imaging.headers.reading import read_headers

    known = headers if headers is not None else index.headers if index is not None else getattr(source, "headers", None)
    if known is not None and source is not None and not hasattr(source, "headers"):
        return _among(known, source)
    if known is not None:
        return known
    if isinstance(source, str | os.PathLike):
        if "://" in str(source):
            raise ValueError(
                "A volume is read from files on this machine, and this is a URL. "
                "Fetch the series first: `workbench cohort fetch`, or index_folder for its headers alone."
            )
        if not Path(source).exists():
            raise FileNotFoundError(
                f"There is nothing at {_short(source)}. Right would be a folder or a file. Check the path."
            )
        return read_headers(list_names(source)[0])
    if not isinstance(source, Iterable):
        raise TypeError(
            f"The source is {type(source).__name__}. Right would be a path, a list of paths or an index. "
            f"Pass one of these."
        )
    return read_headers(source)


def _among(known: "Headers", source: Any) -> "Headers":
    """Return those of the known headers whose files are the source, or lie under it."""
    names = known.block.names
    if isinstance(source, str | os.PathLike):
        root = os.fspath(source).rstrip(os.sep)
        chosen = [row for row, name in enumerate(names) if name == root or name.startswith(root + os.sep)]
    else:
        rows = {name: row for row, name in enumerate(names)}
        chosen = [rows[name] for path in source if (name := os.fspath(path)) in rows]
    if not chosen:
        raise LookupError(
            f"None of the {len(names)} files of the index lies at {_short(source)}. Right would be the folder that was "
            f"indexed, or one in it, spelled the same way. Index it with index_folder."
        )
    return known if len(chosen) == len(names) else known.select(chosen)


def _short(source: Any) -> str:
    """Return the last part of a path, shortened, as messages show it."""
    if not isinstance(source, str | os.PathLike):
        return "these paths"
    name = Path(source).name
    return name if len(name) <= 24 else f"{name[:23]}…"


def _suspects(headers: "Headers") -> list[Finding]:
    """Return the finding that files which look like slices by their names could not be read."""
    if not headers.refused:
        return []
    endings = {_ending(path) for path in headers.paths}
    lost = [one for one in headers.refused if _ending(one.path) in endings]
    if not lost:
        return []
    reasons = ", ".join(f"{reason.rstrip('.')} ({n})" for reason, n in Counter(one.reason for one in lost).items())
    words = f"{len(lost)} of {len(headers) + len(headers.refused)} files cannot be read as DICOM: {reasons}."
    return [Finding("refused", words, "Left out.")]


def _ending(path: Path) -> str:
    return "" if path.suffix[1:].isdigit() else path.suffix.lower()


def _is_multi_frame(headers: "Headers") -> bool:
    """Return whether a file holds frames; several such files, or a mixture, are refused."""
    frames = headers.numbers("NumberOfFrames")[:, 0]
    classes = headers.text("SOPClassUID")
    if not set(classes).intersection(FRAMED) and not (frames > 1).any():
        return False
    several = (frames > 1) | np.isin(np.array(classes, dtype=object), FRAMED)
    if len(headers) > 1:
        words = f"{int(several.sum())} of the {len(headers)} files of this series hold frames of their own."
        then = "A volume is read from one such file. Pass its path instead of the folder."
        raise SeriesError(f"{words} {then}", (Finding("several multi-frame files", words, "", then),))
    return True


def _facts(headers: "Headers", source: Any) -> Facts:
    centers, widths = headers.numbers("WindowCenter"), headers.numbers("WindowWidth")

    def windows(row: int) -> tuple[tuple[float, float], ...]:
        pairs = zip(centers[row].tolist(), widths[row].tolist(), strict=True)
        return tuple((center, width) for center, width in pairs if np.isfinite(center) and width > 0)

    return Facts(
        modality=headers.text("Modality")[0] or "",
        padding=_padding_as_stored(headers),
        windows=windows,
        source=Source(
            headers.text("StudyInstanceUID")[0] or "",
            headers.text("SeriesInstanceUID")[0] or "",
            path=os.fspath(source) if isinstance(source, str | os.PathLike) else "",
        ),
        sop_uids=headers.text("SOPInstanceUID"),
        provenance={"headers": dict(Counter(headers.readers))},
    )


def _padding_as_stored(headers: "Headers") -> npt.NDArray[np.float64]:
    """Return (n, 2) the first and the last padding value read as pixels are: some files write it unsigned.

    A single value is both; PixelPaddingRangeLimit is the other end of a range (PS3.3 2025c C.7.5.1.1.2).
    """
    value = headers.numbers("PixelPaddingValue")
    if not np.isfinite(value).any():
        return np.repeat(value, 2, axis=1)
    limit, bits, signed = (
        headers.numbers(keyword) for keyword in ("PixelPaddingRangeLimit", "BitsAllocated", "PixelRepresentation")
    )
    ends = np.concatenate([value, np.where(np.isfinite(limit), limit, value)], axis=1)
    wrapped = np.mod(ends, 2.0**bits)
    return np.sort(np.where((signed == 1) & (wrapped >= 2.0 ** (bits - 1)), wrapped - 2.0**bits, wrapped), axis=1)
