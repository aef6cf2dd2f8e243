"""Read a DICOMweb server: which instances a series has (QIDO-RS), and their files (WADO-RS).

References
----------
DICOM PS3.18 2025c: 10.6 (Search Transaction), 10.4 (Retrieve Transaction), 8.7.3 (media types).
"""

import importlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import polars as pl

from workbench.catalog.retrieval.bounds import EndlessAnswerError, bounded_session
from workbench.catalog.retrieval.transfer import REFUSAL, RemoteFile, safe_name
from workbench.errors import MissingPackageError

_SOP_INSTANCE_UID = "00080018"
_UID_OF = {"studies": "0020000D", "series": "0020000E"}
_PAGE = 500
#: An answer of QIDO-RS: tag of eight hexadecimal digits to its value representation and values (PS3.18, F.2).
Answer = dict[str, Any]
#: Studies, series, or instances of one series that are read, and seconds: limits of ours against lists without end.
_MOST, _MOST_S = 1_000_000, 14_400
_NO_JSON = "{} answers with something that is no list in DICOM JSON."
_TIMEOUT_S = (3, 60)  # to connect, and of silence
# As stored, in whatever transfer syntax: a conversion would change what was measured.
_AS_STORED = (("application/dicom", "*"),)


class DicomWebServer:
    """A server that answers QIDO-RS and WADO-RS without a login.

    Parameters
    ----------
    address : str
        The base address, such as ``"http://localhost:8042/dicom-web"``.
    """

    def __init__(self, address: str) -> None:
        self.name = address.removeprefix("dicomweb+").rstrip("/")
        self._client = _package("dicomweb_client.api").DICOMwebClient(
            self.name, session=bounded_session(), timeout=_TIMEOUT_S
        )
        self._client.set_http_retry_params(retry=False)  # the caller tries again, and knows what is finished

    def probe(self) -> None:
        """Find out whether the server answers at all.

        Raises
        ------
        ConnectionError
            When nobody answers.
        FileNotFoundError, PermissionError
            When the answer says that this is no DICOMweb server, or is a refusal.
        """
        try:
            self._search(self._client.search_for_studies, limit=1)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"Nobody speaks DICOMweb at {self.name}. "
                "An address such as http://localhost:8042/dicom-web would be right. Check server= and try again."
            ) from error

    def search(
        self,
        level: Literal["studies", "series"],
        *,
        fields: Sequence[str],
        on_page: Callable[[int], object] | None = None,
    ) -> list[Answer]:
        """Return every study or every series of the server, asked for a page at a time.

        Parameters
        ----------
        level : {"studies", "series"}
            What an answer describes.
        fields : sequence of str
            Keywords of attributes that are wanted beside those that every server returns (PS3.18, 10.6.3.3).
        on_page : callable, optional
            Called with the number of answers so far.

        Returns
        -------
        list of dict
            One a study or series, none twice, without what was not asked for; empty for an empty server.

        Raises
        ------
        ConnectionError
            When the server does not answer, answers with no DICOM JSON, or lists without end.
        PermissionError
            When the answer is a refusal.
        """
        search = self._client.search_for_studies if level == "studies" else self._client.search_for_series
        from pydicom.datadict import tag_for_keyword  # a second that every catalog would wait for

        wanted = [_UID_OF[level], *(f"{tag_for_keyword(keyword):08X}" for keyword in fields)]
        found: dict[str, Answer] = {}
        until = time.monotonic() + _MOST_S
        while True:
            page = self._search(search, limit=_PAGE, offset=len(found), fields=list(fields))
            new = {uid: one for one in page if (uid := first_value(one, _UID_OF[level])) and uid not in found}
            if not new:  # nothing more; a server that knows no offset repeats its first answers
                return list(found.values())
            found |= {uid: {tag: one[tag] for tag in wanted if tag in one} for uid, one in new.items()}
            self._check_end(len(found), level, until)
            if on_page is not None:
                on_page(len(found))

    def list_series(self, study_uid: str, series_uid: str, folder: str) -> list[RemoteFile]:
        """Return the instances of a series.

        Parameters
        ----------
        study_uid, series_uid : str
            As the server knows them.
        folder : str
            Where they go, relative to the folder of the download.

        Returns
        -------
        list of RemoteFile
            By SOP Instance UID; empty when the server does not have the series.

        Raises
        ------
        ConnectionError
            When the server does not answer.
        PermissionError
            When the answer is a refusal.
        """
        uids: set[str] = set()
        until = time.monotonic() + _MOST_S
        while new := self._page(study_uid, series_uid, offset=len(uids)) - uids:
            uids |= new
            self._check_end(len(uids), "instances of a series", until)
        return [
            RemoteFile(
                series_uid=series_uid,
                path=f"{folder}/{safe_name(uid)}.dcm",
                size_bytes=None,  # QIDO-RS does not tell
                md5=None,
                tag=uid,
                read=self._reader(study_uid, series_uid, uid),
                resumable=False,
            )
            for uid in sorted(uids)
        ]

    def _page(self, study_uid: str, series_uid: str, *, offset: int) -> set[str]:
        """Return some SOP Instance UIDs; a server may give out fewer at a time than asked for (PS3.18, 8.3.4.4)."""
        found = self._search(self._client.search_for_instances, study_uid, series_uid, limit=_PAGE, offset=offset)
        return {uid for one in found if (uid := first_value(one, _SOP_INSTANCE_UID))}

    def _check_end(self, n: int, what: str, until: float) -> None:
        if n > _MOST or time.monotonic() > until:
            raise ConnectionError(
                f"{self.name} lists {what} without end: after {n:,} came more. At most {_MOST:,} are read, for "
                f"{_MOST_S:,} seconds."
            )

    def _search(self, question: Any, *what: Any, **more: Any) -> list[Answer]:
        """Return the answers of a search, each a mapping."""
        try:
            found = self._ask(question, *what, **more)
        except (RecursionError, _package("requests.exceptions").JSONDecodeError) as error:
            raise ConnectionError(_NO_JSON.format(self.name)) from error
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ConnectionError(_NO_JSON.format(self.name))
        return found

    def _reader(self, study_uid: str, series_uid: str, sop_uid: str) -> Any:
        def read(offset: int) -> Iterator[bytes]:
            del offset  # a multipart answer begins at its beginning
            image = self._ask(self._client.retrieve_instance, study_uid, series_uid, sop_uid, media_types=_AS_STORED)
            written = io.BytesIO()
            image.save_as(written, enforce_file_format=True)
            yield written.getvalue()

        return read

    def _ask(self, question: Any, *what: Any, **more: Any) -> Any:
        errors = _package("requests.exceptions")
        try:
            return question(*what, **more)
        except errors.HTTPError as error:
            status = error.response.status_code
            if status == 404:  # PS3.18, 10.4.3.1: the origin server does not have it
                raise FileNotFoundError(f"{self.name} does not have it.") from error
            if status < 500:
                raise PermissionError(REFUSAL.format(f"{status} {error.response.reason}")) from error
            raise ConnectionError(f"{self.name} answers with status {status}.") from error
        except EndlessAnswerError as error:
            raise ConnectionError(f"{self.name} {error}.") from error
        except errors.JSONDecodeError:
            raise
        except errors.RequestException as error:
            raise ConnectionError(f"{self.name} does not answer.") from error


def own_server(addresses: pl.Series) -> str | None:
    """Return the one server on which all series lie, told by their addresses.

    Parameters
    ----------
    addresses : polars.Series
        Such as ``https://host/dicom-web/studies/1.2/series/1.3`` (PS3.18, 10.1).

    Returns
    -------
    str or None
        Its base address; None when they are no addresses of DICOMweb, or of several servers.

    Examples
    --------
    >>> own_server(pl.Series(["http://host/dicom-web/studies/1.2/series/1.3"]))
    'http://host/dicom-web'
    """
    servers = (
        addresses.cast(pl.String).str.extract(r"^(https?://.+)/studies/[0-9.]+/series/[0-9.]+$").unique().to_list()
    )
    return servers[0] if len(servers) == 1 else None


def first_value(answer: Answer, tag: str) -> str:
    """Return the first value of an attribute in an answer, as text.

    Parameters
    ----------
    answer : dict
        Of a server.
    tag : str
        Eight hexadecimal digits.

    Returns
    -------
    str
        Empty when the attribute is absent, has no value, or none that is text or a number.

    Examples
    --------
    >>> first_value({"00080060": {"vr": "CS", "Value": ["CT"]}}, "00080060"), first_value({}, "00080060")
    ('CT', '')
    """
    attribute = answer.get(tag)
    values = attribute.get("Value") if isinstance(attribute, dict) else None
    first = values[0] if isinstance(values, list) and values else None
    return str(first) if isinstance(first, str | int | float) else ""


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingPackageError(
            "The package dicomweb-client is not installed. It speaks DICOMweb. "
            "Install it: pip install 'imaging-workbench[dicomweb]'"
        ) from None
