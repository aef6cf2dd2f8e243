"""The receipt of a download: what is finished, so that an interrupted one goes on and a finished one asks nobody.

One JSON line is appended for each finished file and for each series whose files were all listed. A line that was cut
short by a crash is passed over; its file is fetched again.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Lies in the folder that the images are fetched into.
NAME = "fetched.jsonl"

# Below the folder: letters, digits, points, dashes and underscores, and nothing that leads up or elsewhere.
_PART = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+"
_BELOW = re.compile(rf"{_PART}(?:/{_PART})*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST = 1 << 62  # bytes of a file; what a table can hold


@dataclass(frozen=True)
class Entry:
    """A finished file.

    Attributes
    ----------
    series_uid : str
        Its series.
    path : str
        Relative to the folder, with forward slashes.
    size_bytes : int
        As written.
    sha256 : str
        Of what was written.
    """

    series_uid: str
    path: str
    size_bytes: int
    sha256: str


class Receipt:
    """The finished files of one folder, read from disk once and appended to while files arrive.

    Parameters
    ----------
    folder : pathlib.Path
        Where the images lie; need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._folder = folder
        self._lock = threading.Lock()
        self.read_again()

    def read_again(self) -> None:
        """Take in what another fetch has finished meanwhile.

        Raises
        ------
        OSError
            When the receipt cannot be read.
        """
        self._n_unusable = 0
        self._entries: dict[str, Entry] = {}
        self._of_series: dict[str, dict[str, Entry]] = {}
        self._listed: dict[str, int] = {}
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise OSError(
                f"The receipt {self._path} cannot be read ({error.strerror}). A file that may be read would be right. "
                "Move it away, or choose another folder."
            ) from error
        for line in text.split("\n"):
            if line.strip():
                self._read(line)

    @property
    def n_unusable(self) -> int:
        """How many lines say nothing that can be used, such as one that was cut short; they are passed over."""
        return self._n_unusable

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Finished files by path."""
        return self._entries

    def has(self, path: str) -> bool:
        """Return whether a file is finished and still there in its full size.

        Parameters
        ----------
        path : str
            Relative to the folder.

        Returns
        -------
        bool
            False also when it was deleted or cut short since.
        """
        entry = self._entries.get(path)
        if entry is None:
            return False
        try:
            return (self._folder / path).stat().st_size == entry.size_bytes
        except OSError:
            return False

    def is_complete(self, series_uid: str) -> bool:
        """Return whether every file that the server listed for a series is finished and still there.

        Parameters
        ----------
        series_uid : str
            A Series Instance UID.

        Returns
        -------
        bool
            False for a series that was never listed.
        """
        paths = [entry.path for entry in self.of_series(series_uid)]
        wanted = self._listed.get(series_uid)
        return wanted is not None and wanted <= len(paths) and all(self.has(path) for path in paths)

    def of_series(self, series_uid: str) -> list[Entry]:
        """Return the finished files of a series.

        Parameters
        ----------
        series_uid : str
            A Series Instance UID.

        Returns
        -------
        list of Entry
            By path.
        """
        with self._lock:
            found = dict(self._of_series.get(series_uid, {}))
        return [found[path] for path in sorted(found)]

    def add(self, entry: Entry) -> None:
        """Note a finished file.

        Parameters
        ----------
        entry : Entry
            Its file already has its final name.
        """
        self._append(asdict(entry))
        with self._lock:
            self._keep(entry)

    def add_listing(self, series_uid: str, n_files: int) -> None:
        """Note how many files the server holds of a series.

        Parameters
        ----------
        series_uid : str
            A Series Instance UID.
        n_files : int
            How many.
        """
        self._append({"series_uid": series_uid, "n_files": n_files})
        with self._lock:
            self._listed[series_uid] = n_files

    def _keep(self, entry: Entry) -> None:
        self._entries[entry.path] = entry
        self._of_series.setdefault(entry.series_uid, {})[entry.path] = entry

    def _append(self, record: Mapping[str, object]) -> None:
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._path.open("a+b") as stream:
                if stream.tell() and not self._ends_in_line_break():
                    stream.write(b"\n")  # the line before was cut short
                stream.write(json.dumps(record).encode() + b"\n")

    def _ends_in_line_break(self) -> bool:
        with self._path.open("rb") as stream:
            stream.seek(-1, 2)
            return stream.read(1) == b"\n"

    def _read(self, line: str) -> None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if _is_entry(record):
            self._keep(Entry(**record))
        elif _is_listing(record):
            self._listed[record["series_uid"]] = record["n_files"]
        else:
            self._n_unusable += 1


def _is_entry(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and record.keys() == {"series_uid", "path", "size_bytes", "sha256"}
        and all(isinstance(record[name], str) for name in ("series_uid", "path", "sha256"))
        and bool(_BELOW.fullmatch(record["path"]) and _SHA256.fullmatch(record["sha256"]))
        and _is_number(record["size_bytes"])
    )


def _is_listing(record: Any) -> bool:
    return (
        isinstance(record, dict)
        and record.keys() == {"series_uid", "n_files"}
        and isinstance(record["series_uid"], str)
        and _is_number(record["n_files"])
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST
