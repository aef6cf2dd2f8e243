"""Check what a fetch was asked for before anything starts."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from workbench.catalog.retrieval.receipt import NAME
from workbench.errors import brief
from workbench.imaging.headers.addresses import shown_address

_OFFLINE = ("error", "phantom")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?")
_PRINTED = re.compile(r"[\x21-\x7e]*")


def check_request(*, limit_gb: object, workers: object, when_offline: object) -> None:
    """Refuse numbers and words that say nothing.

    Parameters
    ----------
    limit_gb : object
        None or a number from 0.
    workers : object
        A whole number from 1.
    when_offline : object
        None, ``"error"`` or ``"phantom"``.

    Raises
    ------
    ValueError
        When one of them is something else.
    """
    if limit_gb is not None and not _is_size(limit_gb):
        raise ValueError(
            f"limit_gb={brief(repr(limit_gb))} was received. A number from 0, in 10^9 bytes, would be right. "
            "Use for instance limit_gb=10."
        )
    if not isinstance(workers, int | np.integer) or isinstance(workers, bool) or workers < 1:
        raise ValueError(
            f"workers={brief(repr(workers))} was received. A whole number from 1 would be right. "
            "Use for instance workers=4."
        )
    if when_offline is not None and not (isinstance(when_offline, str) and when_offline in _OFFLINE):
        raise ValueError(
            f"when_offline={brief(repr(when_offline))} was received. 'error' or 'phantom' would be right. "
            "Use one of them, or leave it out."
        )


def check_server(server: object, *, named_by: str = "server=", only_buckets: bool = False) -> None:
    """Refuse an address that is neither a mirror of the buckets nor a DICOMweb server.

    Parameters
    ----------
    server : object
        As the user wrote it.
    named_by : str
        Where the user wrote it.
    only_buckets : bool
        Whether only a mirror of the buckets would do, with ``s3+`` in front or without.

    Raises
    ------
    ValueError
        When it is something else, or holds a login.
    """
    if isinstance(server, str):
        plain = server.removeprefix("s3+") if only_buckets else re.sub(r"^(s3|dicomweb)\+", "", server)
        if _is_web_address(plain):
            return
    shown = brief(repr(shown_address(server) if isinstance(server, str) else server))
    right = "s3+http://host:port for a mirror of the buckets"
    if not only_buckets:
        right += ", or http://host/dicom-web for DICOMweb,"
    raise ValueError(
        f"The address {shown} in {named_by} names no server that can be asked. {right} would be right, without a "
        "login in it. Correct it, or leave it out for the public buckets."
    )


def check_folder(folder: Path) -> None:
    """Refuse a place that cannot hold the images.

    Parameters
    ----------
    folder : pathlib.Path
        Need not exist yet.

    Raises
    ------
    OSError
        When a file stands in its place, or something else in the place of its receipt.
    """
    here = folder.absolute()
    receipt = folder / NAME
    try:
        existing = next(place for place in (here, *here.parents) if place.exists())
        is_folder, in_the_way = existing.is_dir(), receipt.exists() and not receipt.is_file()
    except OSError as error:
        raise OSError(
            f"The folder {folder} cannot be read ({error.strerror}). A folder of your own would be right. "
            "Choose another folder."
        ) from error
    if not is_folder:
        raise NotADirectoryError(
            f"{existing} is a file. A folder for the images would be right. Choose another folder, or move the file."
        )
    if in_the_way:
        raise IsADirectoryError(
            f"{receipt} is not a file. The receipt of earlier fetches would be right there. "
            "Move it away, or choose another folder."
        )


def _is_size(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    try:
        return float(value) >= 0  # which NaN is not
    except OverflowError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # such as a port beyond 65535
        return False
    plain = _HOST.fullmatch(parts.netloc) and _PRINTED.fullmatch(text) and not (parts.query or parts.fragment)
    return bool(plain) and text.startswith(("http://", "https://")) and port != 0
