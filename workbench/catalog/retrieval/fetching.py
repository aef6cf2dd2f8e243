"""Fetch the images of a cohort: from the public buckets, an S3-compatible mirror, or a DICOMweb server.

The size is shown before anything moves. A file gets its name only when it is whole and its sum is right; what is
finished is kept, and the same call goes on where an earlier one stopped.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import polars as pl
from tqdm.auto import tqdm

from workbench.cache import cache_folder, say
from workbench.catalog.exportable import Exportable, original_columns
from workbench.catalog.retrieval.dicomweb import DicomWebServer, own_server
from workbench.catalog.retrieval.fetched import Fetched, size_words
from workbench.catalog.retrieval.locking import sole_fetch
from workbench.catalog.retrieval.object_store import ADDRESS, ENDPOINT_VARIABLE, ObjectStore
from workbench.catalog.retrieval.receipt import Receipt
from workbench.catalog.retrieval.request import check_folder, check_request, check_server
from workbench.catalog.retrieval.transfer import RemoteFile, download, is_disk_full, safe_name

_COLUMNS = (
    "collection_id",
    "patient_id",
    "study_uid",
    "series_uid",
    "modality",
    "series_description",
    "n_instances",
    "size_mb",
    "url",
)
_PROJECTION = ("CR", "DX", "MG", "RF", "XA", "PX")  # modalities that a made-up radiograph stands in for

_Row = dict[str, str]
_List = Callable[[_Row], list[RemoteFile]]


def fetch(
    cohort: Exportable,
    folder: str | Path | None = None,
    *,
    server: str | None = None,
    limit_gb: float | None = None,
    workers: int = 4,
    progress: bool = True,
    when_offline: Literal["error", "phantom"] | None = None,
) -> Fetched:
    """Return the images of a cohort on this machine, fetching what is not there yet.

    Parameters
    ----------
    cohort : Exportable
        A cohort; its size is shown first.
    folder : str or pathlib.Path, optional
        Where the images go, as ``collection/patient/study/series/*.dcm``. The cache folder when absent.
    server : str, optional
        ``"s3+http://host:port"`` for a mirror of the buckets, ``"http://host/dicom-web"`` for DICOMweb. The server
        that the catalog was opened from, or the public buckets, without a login, when absent;
        ``WORKBENCH_S3_ENDPOINT`` names a mirror for all calls.
    limit_gb : float, optional
        Refuse to fetch more than this, in 10^9 bytes.
    workers : int
        Files at a time.
    progress : bool
        Whether to draw a bar.
    when_offline : {"error", "phantom"}, optional
        What to do when nobody answers: an error, which is the default where a folder was named, or a made-up image
        in the cache, which says in its pixels, its header and its title that it is no patient.

    Returns
    -------
    Fetched
        Prints as one row a series. A second call for finished series touches no network.

    Raises
    ------
    ConnectionError
        When nobody answers, or the connection was cut for good; what is finished is kept.
    OSError
        When the disk is or would be full, another fetch writes into the folder, or files arrive damaged; what is
        finished is kept.
    LookupError, ValueError
        When the source gives no address, the server lacks files, the limit would be passed, or an argument is none
        of those above.
    """
    check_request(limit_gb=limit_gb, workers=workers, when_offline=when_offline)
    if server is not None:
        check_server(server)
    elif endpoint := os.environ.get(ENDPOINT_VARIABLE):
        check_server(endpoint, named_by=ENDPOINT_VARIABLE, only_buckets=True)
    series = original_columns(cohort, *_COLUMNS)
    server = server or own_server(series["url"])
    if cohort.repository.disclosure == "synthetic" and server is None:
        return _phantom(series)
    target = Path(folder).expanduser() if folder is not None else cache_folder() / "images"
    check_folder(target)
    receipt = Receipt(target)
    if receipt.n_unusable:
        say(f"{receipt.n_unusable:,} lines of the receipt in {target} cannot be used and are passed over.")
    complete = pl.Series([receipt.is_complete(uid) for uid in series["series_uid"]], dtype=pl.Boolean)
    open_series = series.filter(~complete)
    say(_announcement(series, open_series, target))
    if open_series.is_empty():
        return Fetched.from_receipt(target, series, receipt)
    if server is None or server.startswith("s3+"):
        _check_addresses(open_series, cohort)
    needed = int((open_series["size_mb"].fill_null(0) * 1e6).sum())
    _check_room(target, needed, limit_gb)
    probe, list_series = _connect(server, open_series)
    try:
        probe()
    except ConnectionError as error:
        if (when_offline or ("error" if folder else "phantom")) == "phantom" and not receipt.entries:
            say("The images are out of reach; showing a phantom instead, which is not a patient.")
            return _phantom(series)
        raise ConnectionError(
            f"{error} A connection to it would be right; nothing was fetched by this call. "
            "Connect and run the same call again, or pass when_offline='phantom' for a made-up image."
        ) from error
    try:
        with sole_fetch(target):
            receipt.read_again()  # another fetch may have finished since
            _transfer(open_series, target, receipt, list_series, limit_gb=limit_gb, workers=workers, progress=progress)
    except OSError as error:
        if not is_disk_full(error):
            raise
        raise OSError(_kept("The disk is full", open_series, target, receipt, "Free space")) from error
    return Fetched.from_receipt(target, series, receipt)


def _phantom(series: pl.DataFrame) -> Fetched:
    projection = len(series) and series["modality"][0] in _PROJECTION
    return Fetched.of_phantom("CR" if projection else "CT")


def _announcement(series: pl.DataFrame, open_series: pl.DataFrame, target: Path) -> str:
    done = len(series) - len(open_series)
    size = size_words(float(open_series["size_mb"].sum() or 0) * 1e6)
    here = f"; {done:,} more are here already" if done else ""
    return f"Fetching {len(open_series):,} series, {size}, into {target}{here}."


def _check_addresses(series: pl.DataFrame, cohort: Exportable) -> None:
    n_lacking = len(series) - int(series["url"].str.contains(ADDRESS).sum())
    if n_lacking:
        raise LookupError(
            f"{n_lacking:,} of {len(series):,} series of {cohort.repository.name} have no public address. Addresses "
            "such as s3://bucket/folder/* would be right. Pass server='http://host/dicom-web', or take "
            "cohort.manifest('gen3') to the download program of the source."
        )


def _check_room(target: Path, needed: int, limit_gb: float | None) -> None:
    if limit_gb is not None and needed > limit_gb * 1e9:
        raise ValueError(
            f"The cohort needs {_gb(needed)}, more than the limit of {limit_gb:g} GB. "
            f"A limit_gb of at least {needed / 1e9:.3g} would be right. Raise it, or fetch fewer: cohort.sample(10)."
        )
    existing = next(parent for parent in (target.absolute(), *target.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise OSError(
            f"The cohort needs {_gb(needed)}, but the disk of {existing} has {_gb(free)} free. "
            f"{_gb(needed - free)} more would be right. Free them, choose another folder, or fetch fewer: "
            "cohort.sample(10)."
        )


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.3f} GB"


def _connect(server: str | None, series: pl.DataFrame) -> tuple[Callable[[], None], _List]:
    if server is None or server.startswith("s3+"):
        store = ObjectStore(server.removeprefix("s3+") if server else None)
        return (
            lambda: store.probe(series["url"][0]),
            lambda row: store.list_series(row["series_uid"], row["url"], _folder_of(row)),
        )
    web = DicomWebServer(server)
    return web.probe, lambda row: web.list_series(row["study_uid"], row["series_uid"], _folder_of(row))


def _folder_of(row: _Row) -> str:
    parts = (row["collection_id"], row["patient_id"], row["study_uid"], row["series_uid"])
    return "/".join(safe_name(part or "unknown") for part in parts)


def _transfer(
    series: pl.DataFrame,
    target: Path,
    receipt: Receipt,
    list_series: _List,
    *,
    limit_gb: float | None,
    workers: int,
    progress: bool,
) -> None:
    """List what the server holds, check the exact size, get what is missing, and say what went wrong."""
    try:
        listed = _list_all(series, list_series, receipt, workers)
        wanted = [file for files in listed.values() for file in files if file.reachable]
        missing = [file for file in wanted if not receipt.has(file.path)]
        total = sum(file.size_bytes or 0 for file in missing)
        _check_room(target, total, limit_gb)
        with tqdm(total=total or None, unit="B", unit_scale=True, desc="Images", disable=not progress) as bar:
            failed = download(missing, target, receipt, workers=workers, on_bytes=bar.update)
    except ConnectionError as error:
        raise ConnectionError(_kept("The connection was cut", series, target, receipt, "Connect")) from error
    _report(listed, failed)


def _list_all(series: pl.DataFrame, list_series: _List, receipt: Receipt, workers: int) -> dict[str, list[RemoteFile]]:
    rows = series.to_dicts()
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="list") as pool:
        found = dict(zip((row["series_uid"] for row in rows), pool.map(list_series, rows), strict=True))
    for series_uid, files in found.items():
        if files:
            receipt.add_listing(series_uid, len(files))
    return found


def _kept(what: str, series: pl.DataFrame, target: Path, receipt: Receipt, do: str) -> str:
    n_files = sum(len(receipt.of_series(uid)) for uid in series["series_uid"])
    n_series = sum(receipt.is_complete(uid) for uid in series["series_uid"])
    return (
        f"{what}. {n_files:,} files are finished and kept in {target}; {n_series:,} of {len(series):,} series are "
        f"whole. {do} and run the same call again; it fetches only the rest."
    )


def _report(listed: dict[str, list[RemoteFile]], failed: Iterable[RemoteFile]) -> None:
    """Raise one error for everything the server did not give out; the rest is fetched."""
    empty = [uid for uid, files in listed.items() if not files]
    damaged = sorted(file.path.rsplit("/", 1)[-1] for file in failed)
    unreachable = [file.series_uid for files in listed.values() for file in files if not file.reachable]
    said = []
    if empty:
        said.append(
            f"The server holds no file of {len(empty):,} of {len(listed):,} series (…{empty[0][-12:]}); the others are "
            "fetched. Each series of the cohort should be there. Its data version may have been withdrawn: "
            "install the newest idc-index-data and select again."
        )
    if damaged:
        shown = ", ".join(damaged[:3]) + (", …" if len(damaged) > 3 else "")
        said.append(
            f"{len(damaged):,} files arrived damaged or not at all, three times each ({shown}); the others are "
            "fetched. Size and sum should be what the server announces. Run the same call again later."
        )
    if unreachable:
        said.append(
            f"{len(unreachable):,} objects of {len(set(unreachable)):,} series (…{unreachable[0][-12:]}) have names "
            "that cannot be asked for; the others are fetched. Names without '//', '/./' and '/../' would be right. "
            "Ask who keeps the server to rename them."
        )
    if said:
        raise (LookupError if empty else OSError)(" ".join(said))
