"""What a fetch refuses before anything starts, in words."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from workbench.catalog.retrieval import fetch
from workbench.catalog.retrieval.object_store import ADDRESS
from workbench.catalog.retrieval.receipt import NAME
from workbench.catalog.retrieval.request import check_request, check_server


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ("", "''"),
        ("ftp://x", "'ftp://x'"),
        ("127.0.0.1:5099", "'127.0.0.1:5099'"),
        ("s3+file:///tmp", "'s3+file:///tmp'"),
        ("s3+", "'s3+'"),
        ("s3+s3+http://x", "'s3+s3+http://x'"),
        ("http://", "'http://'"),
        ("http:///dicom-web", "'http:///dicom-web'"),
        ("http://x:99999/", "'http://x:99999/'"),
        ("http://x:port/", "'http://x:port/'"),
        ("http://x/\n", r"'http://x/\n'"),
        ("http://x/a?token=secret", "'http://x/a'"),
        ("http://x/a#token=secret", "'http://x/a'"),
        ("http://[::1/", "'http://[::1/'"),
        ("http://name:secret@x/dicom-web", "'http://x/dicom-web'"),
        ("http://name:secret?secret@x/dicom-web", "'http://…'"),
        (5099, "5099"),
    ],
)
def test_an_address_of_no_server_is_refused_before_anything_starts(
    make_selection: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], server: Any, shown: str
) -> None:
    with pytest.raises(ValueError, match="names no server") as caught:
        fetch(make_selection({}), tmp_path / "images", server=server, progress=False)
    assert str(caught.value) == (
        f"The address {shown} in server= names no server that can be asked. s3+http://host:port for a mirror of the "
        "buckets, or http://host/dicom-web for DICOMweb, would be right, without a login in it. Correct it, or leave "
        "it out for the public buckets."
    )
    assert capsys.readouterr().err == ""
    assert not (tmp_path / "images").exists()


@pytest.mark.parametrize(
    "server",
    [
        "s3+http://127.0.0.1:9000",
        "s3+https://mirror.example.org/below",
        "http://localhost:8042/dicom-web",
        "https://[::1]:8042/dicom-web/",
        "dicomweb+http://pacs_1/dicom-web",
    ],
)
def test_an_address_of_a_server_passes(server: str) -> None:
    check_server(server)


def test_a_mirror_that_the_environment_names_is_checked_too(
    make_selection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_S3_ENDPOINT", "s3+file:///tmp")
    with pytest.raises(ValueError, match="names no server") as caught:
        fetch(make_selection({"url": "s3://bucket/folder/*"}), tmp_path / "images", progress=False)
    assert str(caught.value) == (
        "The address 's3+file:///tmp' in WORKBENCH_S3_ENDPOINT names no server that can be asked. s3+http://host:port "
        "for a mirror of the buckets would be right, without a login in it. Correct it, or leave it out for the public "
        "buckets."
    )


_SAID = {
    "limit_gb": "A number from 0, in 10^9 bytes, would be right. Use for instance limit_gb=10.",
    "workers": "A whole number from 1 would be right. Use for instance workers=4.",
    "when_offline": "'error' or 'phantom' would be right. Use one of them, or leave it out.",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit_gb", value) for value in (float("nan"), "10", True, -1, [1])),
        *(("workers", value) for value in (0, -3, 1.5, "4", None, True)),
        *(("when_offline", value) for value in ("fantom", "", 1, ["error"])),
    ],
)
def test_numbers_and_words_that_say_nothing_are_refused(
    make_selection: Any, tmp_path: Path, name: str, value: Any
) -> None:
    given: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match="was received") as caught:
        fetch(make_selection({}), tmp_path / "images", server="s3+http://127.0.0.1:1", progress=False, **given)
    assert str(caught.value) == f"{name}={value!r} was received. {_SAID[name]}"


def test_usual_numbers_and_words_pass() -> None:
    check_request(limit_gb=None, workers=1, when_offline=None)
    check_request(limit_gb=0.5, workers=8, when_offline="phantom")


@pytest.mark.parametrize("below", ["", "deeper/images"])
def test_a_file_in_the_place_of_the_folder_is_said(make_selection: Any, tmp_path: Path, below: str) -> None:
    (tmp_path / "images").write_text("a file")
    with pytest.raises(NotADirectoryError) as caught:
        fetch(make_selection({}), tmp_path / "images" / below, server="s3+http://127.0.0.1:1", progress=False)
    assert str(caught.value) == (
        f"{tmp_path / 'images'} is a file. A folder for the images would be right. "
        "Choose another folder, or move the file."
    )


def test_a_folder_in_the_place_of_the_receipt_is_said(make_selection: Any, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        fetch(make_selection({}), tmp_path, server="s3+http://127.0.0.1:1", progress=False)
    assert str(caught.value) == (
        f"{tmp_path / NAME} is not a file. The receipt of earlier fetches would be right there. "
        "Move it away, or choose another folder."
    )


def test_a_name_too_long_for_a_folder_is_said(make_selection: Any, tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="cannot be read") as caught:
        fetch(make_selection({}), folder, server="s3+http://127.0.0.1:1", progress=False)
    assert str(caught.value) == (
        f"The folder {folder} cannot be read (File name too long). A folder of your own would be right. "
        "Choose another folder."
    )


@pytest.mark.parametrize(
    "address",
    [
        "s3://bucket/*",
        "s3://bucket/",
        "s3://bucket",
        "s3://bucket/folder",
        "s3://bucket/folder/",
        "s3://bucket/folder*",
        "s3://bucket//*",
        "s3://bucket/../x/*",
        "s3://bucket/x/../*",
        "s3://bucket/./x/*",
        "s3://bucket/x//y/*",
        "s3://bucket/x/*/*",
        "s3://bucket/x/*\n",
        "https://bucket/x/*",
        None,
    ],
)
@pytest.mark.parametrize("server", [None, "s3+http://127.0.0.1:1"])
def test_an_address_of_more_than_a_folder_is_refused_whatever_the_server(
    make_selection: Any, tmp_path: Path, address: str | None, server: str | None
) -> None:
    cohort = make_selection({"url": address}, {"url": "s3://bucket/folder/*"})
    with pytest.raises(LookupError) as caught:
        fetch(cohort, tmp_path / "images", server=server, progress=False)
    assert str(caught.value) == (
        "1 of 2 series of Made-up source have no public address. Addresses such as s3://bucket/folder/* would be "
        "right. Pass server='http://host/dicom-web', or take cohort.manifest('gen3') to the download program of the "
        "source."
    )


def test_an_address_of_a_folder_may_hold_points_and_further_folders() -> None:
    addresses = pl.Series(["s3://idc-open-data/0a-1/*", "s3://b.c/a..b/.c/...d/e./*"])
    assert addresses.str.contains(ADDRESS).all()
