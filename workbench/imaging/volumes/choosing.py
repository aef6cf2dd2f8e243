"""Which of the series in a folder is meant: told by number, modality, files and size, never by a description."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding, SeriesError
from workbench.imaging.volumes.showing import known_modality

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

_MOST_LISTED = 12


def choose_series(headers: "Headers", series: int | None, series_uid: str | None) -> npt.NDArray[np.int64]:
    """Return the rows of the one series that is meant.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of all files; those without pixels belong to no series here.
    series : int or None
        Its number in the list that the message gives, from 1.
    series_uid : str or None
        Its SeriesInstanceUID.

    Returns
    -------
    numpy.ndarray
        (n,) int64.

    Raises
    ------
    LookupError
        When no file holds an image, or there is no such series.
    SeriesError
        When there are several and none was chosen.
    """
    uids = np.array([uid or "" for uid in headers.text("SeriesInstanceUID")])
    with_pixels = headers.pixel_offset >= 0
    if not with_pixels.any():
        raise _no_image(headers)
    names = list(dict.fromkeys(uids[with_pixels].tolist()))
    if len(names) == 1 and series in (None, 1) and series_uid in (None, names[0]):
        return np.flatnonzero(with_pixels)
    if series_uid is not None:
        if series_uid not in names:
            raise LookupError(
                f"None of the {len(names)} series here has the UID that was asked for. "
                f"{_listing(headers, uids, names)}. Pass series= with one of these numbers."
            )
        return np.flatnonzero(with_pixels & (uids == series_uid))
    if series is None and len(names) > 1:
        words = f"There are {len(names)} series here, and a volume is one. {_listing(headers, uids, names)}."
        then = "Pass series= with one of these numbers, or series_uid=."
        raise SeriesError(f"{words} {then}", (Finding("several series", words, "", then),))
    if series is not None and not 1 <= series <= len(names):
        raise LookupError(
            f"There is no series {series}. {_listing(headers, uids, names)}. Pass series= with one of these numbers."
        )
    return np.flatnonzero(with_pixels & (uids == names[(series or 1) - 1]))


def _no_image(headers: "Headers") -> LookupError:
    n = len(headers) + len(headers.refused)
    if n == 0:
        came = "There is no file here."
    else:
        reasons = Counter(one.reason.rstrip(".") for one in headers.refused)
        reasons.update(["It holds no pixels"] * len(headers))
        why = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
        came = f"No file of {n} is a DICOM image. {why}."
    return LookupError(
        f"{came} Right would be a folder, a file or a list of files with pixels. "
        f"Run `workbench index` on the folder to see every file's reason."
    )


def _listing(headers: "Headers", uids: npt.NDArray[Any], names: Sequence[str]) -> str:
    """Return the series by number, without descriptions or identifiers."""
    modality, sizes = (
        headers.text("Modality"),
        np.concatenate([headers.numbers("Rows"), headers.numbers("Columns")], axis=1),
    )
    shown = []
    for number, name in enumerate(names[:_MOST_LISTED], start=1):
        rows = np.flatnonzero((uids == name) & (headers.pixel_offset >= 0))
        known = np.isfinite(sizes[rows[0]]).all()
        size = " × ".join(f"{length:.0f}" for length in sizes[rows[0]]) if known else "unknown size"
        files = f"{len(rows)} file{'' if len(rows) == 1 else 's'}"
        shown.append(f"{number}: {known_modality(modality[rows[0]]) or 'unknown modality'}, {files}, {size}")
    more = f"; … {len(names)} in all" if len(names) > _MOST_LISTED else ""
    return "; ".join(shown) + more
