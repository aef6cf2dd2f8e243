"""Retrieval from a real S3-compatible server over HTTP: whole files, resumed, checked; and what goes wrong.

The server is moto's, which speaks S3 over HTTP; a proxy that cuts connections stands in for a bad network.
"""

import hashlib
import json
import logging
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from workbench.catalog.retrieval import fetch
from workbench.catalog.retrieval.fetched import Fetched
from workbench.catalog.retrieval.locking import LOCK_NAME, sole_fetch
from workbench.catalog.retrieval.receipt import NAME, Entry, Receipt
from workbench.catalog.retrieval.samples import sample_rows
from workbench.catalog.retrieval.transfer import safe_name
from workbench.phantoms.chest import write_chest_ct

BUCKET = "made-up-bucket"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Any]]:
    """Return the endpoint and an administrator's client of a local S3 server."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    admin = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    admin.create_bucket(Bucket=BUCKET)
    yield endpoint, admin
    running.stop()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return six slices of a phantom as files, about 34 kB each."""
    return [path.read_bytes() for path in write_chest_ct(tmp_path_factory.mktemp("ct"), n_slices=6, n_pixels=128)]


@pytest.fixture
def stored(server: tuple[str, Any], images: list[bytes], make_selection: Any) -> Any:
    """Return a cohort of three series with two files each, publicly readable on the server."""
    _, admin = server
    for number, image in enumerate(images):
        key = f"uuid-{number // 2}/file-{number}.dcm"
        admin.put_object(Bucket=BUCKET, Key=key, Body=image, ACL="public-read")
    # a neighbor whose name begins alike must not be taken along
    admin.put_object(Bucket=BUCKET, Key="uuid-00/other.dcm", Body=b"other", ACL="public-read")
    size_mb = len(images[0]) * 2 / 1e6
    return make_selection(
        *({"url": f"s3://{BUCKET}/uuid-{number}/*", "size_mb": size_mb, "n_instances": 2} for number in range(3))
    )


@pytest.fixture
def get(server: tuple[str, Any], stored: Any, tmp_path: Path) -> Callable[..., Fetched]:
    """Return `fetch` of the stored cohort into one folder."""
    return lambda **more: fetch(
        more.pop("cohort", stored), tmp_path / "images", server=f"s3+{server[0]}", progress=False, **more
    )


@contextmanager
def proxy(endpoint: str, *, budget: int | None = None) -> Iterator[tuple[str, list[str]]]:
    """Forward to the endpoint until `budget` bytes have come back, then cut every connection and take no more.

    The list tells the first line of each request.
    """
    upstream = endpoint.removeprefix("http://").split(":")
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[str] = []
    left = [budget if budget is not None else 1 << 40]

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection((upstream[0], int(upstream[1]))) as origin:
            threading.Thread(target=forward, args=(client, origin), daemon=True).start()
            while left[0] > 0 and (answer := origin.recv(4096)):
                client.sendall(answer[: left[0]])
                left[0] -= len(answer)
            client.shutdown(socket.SHUT_RDWR)

    def forward(client: socket.socket, origin: socket.socket) -> None:
        with suppress(OSError):
            while question := client.recv(65536):
                requests.append(question.split(b"\r\n")[0].decode())
                origin.sendall(question)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                if left[0] <= 0:
                    client.close()
                else:
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        listener.close()


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and path.name not in {NAME, LOCK_NAME}}


# ------------------------------------------------------------------ what arrives


def test_files_arrive_whole_in_a_folder_for_each_series(get: Any, images: list[bytes], tmp_path: Path) -> None:
    fetched = get()
    assert [
        path.relative_to(tmp_path / "images").as_posix() for path in sorted((tmp_path / "images").rglob("*.dcm"))
    ] == [
        "made_up/P-000/1.2.3.0/1.2.3.0.0/file-0.dcm",
        "made_up/P-000/1.2.3.0/1.2.3.0.0/file-1.dcm",
        "made_up/P-000/1.2.3.0/1.2.3.0.1/file-2.dcm",
        "made_up/P-000/1.2.3.0/1.2.3.0.1/file-3.dcm",
        "made_up/P-001/1.2.3.1/1.2.3.1.2/file-4.dcm",
        "made_up/P-001/1.2.3.1/1.2.3.1.2/file-5.dcm",
    ]
    assert (fetched.n_files, fetched.phantom) == (6, False)
    assert fetched.size_gb == pytest.approx(sum(map(len, images)) / 1e9)
    assert fetched.files["sha256"].to_list() == [hashlib.sha256(image).hexdigest() for image in images]
    assert pydicom.dcmread(fetched.folder / fetched.files["path"][3]).InstanceNumber == 4


def test_the_size_is_said_before_anything_moves(get: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    get()
    assert capsys.readouterr().err.startswith(f"Fetching 3 series, 0.2 MB, into {tmp_path / 'images'}.\n")


def test_fetched_prints_a_row_a_series(get: Any) -> None:
    fetched = get()
    assert fetched.table["n_files"].to_list() == [2, 2, 2]
    assert repr(fetched).startswith("Fetched 3 series: 6 files, 0.2 MB, in ")
    assert "Series 1" in fetched._repr_html_()


def test_a_second_call_asks_nobody(server: tuple[str, Any], stored: Any, tmp_path: Path) -> None:
    with proxy(server[0]) as (endpoint, requests):
        first = fetch(stored, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
        assert requests
        requests.clear()
        second = fetch(stored, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
        assert requests == []
    assert second.files.equals(first.files)


def test_a_deleted_or_shortened_file_comes_again_and_no_other(
    server: tuple[str, Any], stored: Any, tmp_path: Path
) -> None:
    target = tmp_path / "images"
    with proxy(server[0]) as (endpoint, requests):
        first = fetch(stored, target, server=f"s3+{endpoint}", progress=False)
        (target / first.files["path"][0]).unlink()
        (target / first.files["path"][5]).write_bytes(b"short")
        requests.clear()
        fetch(stored, target, server=f"s3+{endpoint}", progress=False)
    got = sorted(line.split(" ")[1].rsplit("/", 1)[-1] for line in requests if ".dcm" in line)
    assert got == ["file-0.dcm", "file-5.dcm"]
    assert first.damaged().is_empty()


def test_a_changed_file_is_found_by_its_sum(get: Any) -> None:
    fetched = get()
    path = fetched.folder / fetched.files["path"][2]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert fetched.damaged()["path"].to_list() == [fetched.files["path"][2]]


def test_the_environment_names_a_mirror(
    server: tuple[str, Any], stored: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_S3_ENDPOINT", f"s3+{server[0]}")
    assert fetch(stored, tmp_path / "images", progress=False).n_files == 6


def test_a_bar_counts_bytes(
    get: Any, capsys: pytest.CaptureFixture[str], server: tuple[str, Any], stored: Any, tmp_path: Path
) -> None:
    fetch(stored, tmp_path / "with a bar", server=f"s3+{server[0]}")
    assert "B/s]" in capsys.readouterr().err


# ------------------------------------------------------------------ cut connections


def test_a_cut_connection_keeps_what_is_finished_and_the_same_call_goes_on(
    server: tuple[str, Any], stored: Any, images: list[bytes], tmp_path: Path
) -> None:
    target = tmp_path / "images"
    # three listings and a probe take a few kB, then two and a half files fit through
    with (
        proxy(server[0], budget=8_000 + int(2.5 * len(images[0]))) as (endpoint, _),
        pytest.raises(ConnectionError) as caught,
    ):
        fetch(stored, target, server=f"s3+{endpoint}", progress=False, workers=1)
    finished = {name for name in files_in(target) if name.endswith(".dcm")}
    assert 1 <= len(finished) < 6
    assert str(caught.value) == (
        f"The connection was cut. {len(finished)} files are finished and kept in {target}; "
        f"{len(finished) // 2} of 3 series are whole. Connect and run the same call again; it fetches only the rest."
    )
    for path in target.rglob("file-*.dcm"):
        assert path.read_bytes() == images[int(path.stem[-1])]  # nothing half-written under a final name
    with proxy(server[0]) as (endpoint, requests):
        fetched = fetch(stored, target, server=f"s3+{endpoint}", progress=False)
    asked = {line.split(" ")[1].rsplit("/", 1)[-1] for line in requests if ".dcm" in line}
    assert asked == {f"file-{number}.dcm" for number in range(6)} - finished
    assert fetched.files["sha256"].to_list() == [hashlib.sha256(image).hexdigest() for image in images]
    assert files_in(target) == {f"file-{number}.dcm" for number in range(6)}  # no part is left


@pytest.mark.slow
def test_a_large_file_goes_on_in_its_middle(server: tuple[str, Any], make_selection: Any, tmp_path: Path) -> None:
    content = os.urandom(6_000_000)
    server[1].put_object(Bucket=BUCKET, Key="large/one.dcm", Body=content, ACL="public-read")
    cohort = make_selection({"url": f"s3://{BUCKET}/large/*", "size_mb": 6.0, "n_instances": 1})
    with proxy(server[0], budget=4_000_000) as (endpoint, _), pytest.raises(ConnectionError):
        fetch(cohort, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
    [part] = list((tmp_path / "images").rglob(".*.part"))
    assert 2_000_000 < part.stat().st_size < 4_000_000
    began = part.stat().st_size
    with proxy(server[0], budget=6_000_000 - began + 20_000) as (
        endpoint,
        _,
    ):  # the rest fits through, the whole does not
        fetched = fetch(cohort, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
    assert fetched.files["sha256"].to_list() == [hashlib.sha256(content).hexdigest()]


@pytest.mark.slow
def test_a_part_of_an_older_content_is_not_continued(
    server: tuple[str, Any], make_selection: Any, tmp_path: Path
) -> None:
    cohort = make_selection({"url": f"s3://{BUCKET}/changing/*", "size_mb": 6.0, "n_instances": 1})
    server[1].put_object(Bucket=BUCKET, Key="changing/one.dcm", Body=os.urandom(6_000_000), ACL="public-read")
    with proxy(server[0], budget=3_000_000) as (endpoint, _), pytest.raises(ConnectionError):
        fetch(cohort, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
    newer = os.urandom(6_000_000)
    server[1].put_object(Bucket=BUCKET, Key="changing/one.dcm", Body=newer, ACL="public-read")
    fetched = fetch(cohort, tmp_path / "images", server=f"s3+{server[0]}", progress=False)
    assert fetched.files["sha256"].to_list() == [hashlib.sha256(newer).hexdigest()]


# ------------------------------------------------------------------ damage, absence, refusal


def test_a_damaged_object_is_tried_again_and_then_named(
    server: tuple[str, Any], stored: Any, images: list[bytes], tmp_path: Path
) -> None:
    """The proxy turns one byte of one file around each time, as a failing disk or memory would."""
    with (
        spoiling_proxy(server[0], images[3][-24:]) as (endpoint, n_spoiled),
        pytest.raises(OSError, match="damaged") as caught,
    ):
        fetch(stored, tmp_path / "images", server=f"s3+{endpoint}", progress=False)
    assert n_spoiled[0] == 3
    assert str(caught.value) == (
        "1 files arrived damaged or not at all, three times each (file-3.dcm); the others are fetched. "
        "Size and sum should be what the server announces. Run the same call again later."
    )
    assert files_in(tmp_path / "images") == {f"file-{number}.dcm" for number in (0, 1, 2, 4, 5)}


@contextmanager
def spoiling_proxy(endpoint: str, sign: bytes) -> Iterator[tuple[str, list[int]]]:
    """Forward whole answers, but turn the last bit of every answer that ends in `sign`."""
    import http.client
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    n_spoiled = [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            origin = http.client.HTTPConnection(endpoint.removeprefix("http://"))
            origin.request("GET", self.path, headers=dict(self.headers))
            answer = origin.getresponse()
            body = answer.read()
            if body.endswith(sign):
                n_spoiled[0] += 1
                body = body[:-1] + bytes([body[-1] ^ 1])
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}", n_spoiled
    finally:
        running.shutdown()
        running.server_close()


def test_a_series_that_the_server_does_not_hold_is_named_after_the_rest_arrived(
    get: Any, stored: Any, make_selection: Any, tmp_path: Path
) -> None:
    rows = [{"url": f"s3://{BUCKET}/uuid-{number}/*"} for number in (0, 7)]
    with pytest.raises(LookupError) as caught:
        get(cohort=make_selection(*rows))
    assert str(caught.value) == (
        "The server holds no file of 1 of 2 series (…1.2.3.0.1); the others are fetched. Each series of the cohort "
        "should be there. Its data version may have been withdrawn: install the newest idc-index-data and select again."
    )
    assert files_in(tmp_path / "images") == {"file-0.dcm", "file-1.dcm"}


@pytest.mark.parametrize("key", ["odd/../c.dcm", "odd//b.dcm", "odd/./d.dcm", "odd/deep//e.dcm"])
def test_an_object_whose_name_cannot_be_asked_for_is_said_after_the_rest_arrived(
    get: Any, server: tuple[str, Any], images: list[bytes], make_selection: Any, tmp_path: Path, key: str
) -> None:
    objects = {"odd/a.dcm": images[0], "odd/z + é.dcm": images[1], key: images[2]}
    for name, image in objects.items():
        server[1].put_object(Bucket=BUCKET, Key=name, Body=image, ACL="public-read")
    cohort = make_selection({"url": f"s3://{BUCKET}/odd/*"}, {"url": f"s3://{BUCKET}/uuid-0/*"})
    try:
        with pytest.raises(OSError, match="cannot be asked for") as caught:
            get(cohort=cohort)
    finally:
        for name in objects:
            server[1].delete_object(Bucket=BUCKET, Key=name)
    assert str(caught.value) == (
        "1 objects of 1 series (…1.2.3.0.0) have names that cannot be asked for; the others are fetched. Names "
        "without '//', '/./' and '/../' would be right. Ask who keeps the server to rename them."
    )
    names = files_in(tmp_path / "images")
    assert names == {"a.dcm", safe_name("z + é.dcm"), "file-0.dcm", "file-1.dcm"}


def test_fewer_files_than_promised_are_said(get: Any, stored: Any, make_selection: Any) -> None:
    fetched = get(cohort=make_selection({"url": f"s3://{BUCKET}/uuid-0/*", "n_instances": 5}))
    assert "1 series hold fewer files than the source promises." in repr(fetched)


def test_a_refusal_is_no_lost_connection(server: tuple[str, Any], make_selection: Any, tmp_path: Path) -> None:
    server[1].put_object(Bucket=BUCKET, Key="closed/one.dcm", Body=b"x")  # readable with a login only
    cohort = make_selection({"url": f"s3://{BUCKET}/closed/*"})
    with pytest.raises(PermissionError) as caught:
        fetch(cohort, tmp_path / "images", server=f"s3+{server[0]}", progress=False)
    assert str(caught.value) == (
        "The server refuses: 403 Forbidden. An address that may be read without a login would be right. "
        "Check server= and try again."
    )


def test_a_source_without_addresses_is_told_what_to_do(make_selection: Any, tmp_path: Path) -> None:
    with pytest.raises(LookupError) as caught:
        fetch(make_selection({"object_id": "dg/1"}), tmp_path / "images", progress=False)
    assert str(caught.value) == (
        "1 of 1 series of Made-up source have no public address. Addresses such as s3://bucket/folder/* would be "
        "right. Pass server='http://host/dicom-web', or take cohort.manifest('gen3') to the download program of the "
        "source."
    )


# ------------------------------------------------------------------ room


def test_more_than_the_limit_is_refused(get: Any, stored: Any, make_selection: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="limit") as caught:
        get(cohort=make_selection({"url": f"s3://{BUCKET}/uuid-0/*", "size_mb": 2500.0}), limit_gb=1)
    assert str(caught.value) == (
        "The cohort needs 2.500 GB, more than the limit of 1 GB. A limit_gb of at least 2.5 would be right. "
        "Raise it, or fetch fewer: cohort.sample(10)."
    )
    assert not (tmp_path / "images").exists()


def test_too_small_a_disk_is_found_before_anything_moves(get: Any, make_selection: Any, tmp_path: Path) -> None:
    free_gb = shutil.disk_usage(tmp_path).free / 1e9
    size_mb = (free_gb + 50) * 1000
    with pytest.raises(OSError, match="free") as caught:
        get(cohort=make_selection({"url": f"s3://{BUCKET}/uuid-0/*", "size_mb": size_mb}))
    said = str(caught.value)
    assert said.startswith(f"The cohort needs {size_mb / 1000:,.3f} GB, but the disk of {tmp_path} has ")
    assert said.endswith("Free them, choose another folder, or fetch fewer: cohort.sample(10).")
    assert not (tmp_path / "images").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of its own with room for 128 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs rights that this account lacks")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_keeps_what_is_finished(
    server: tuple[str, Any], stored: Any, images: list[bytes], small_disk: Path
) -> None:
    """Another program takes the room between the check and the writing."""
    target = small_disk / "images"
    with proxy(server[0]) as (endpoint, _), filling(small_disk, leave=int(2.5 * len(images[0]))):
        with pytest.raises(OSError, match="full") as caught:
            fetch(stored, target, server=f"s3+{endpoint}", progress=False, workers=1)
        finished = [path for path in target.rglob("*.dcm") if not path.name.startswith(".")]
        assert str(caught.value) == (
            f"The disk is full. {len(finished)} files are finished and kept in {target}; {len(finished) // 2} of 3 "
            "series are whole. Free space and run the same call again; it fetches only the rest."
        )
        assert not list(target.rglob("*.part"))
        assert all(path.read_bytes() == images[int(path.stem[-1])] for path in finished)


@contextmanager
def filling(folder: Path, *, leave: int) -> Iterator[None]:
    """Fill the disk up to `leave` bytes as soon as the check of the room is over, as another program might."""
    usage = shutil.disk_usage

    def check_then_fill(path: Any) -> Any:
        before = usage(path)
        (folder / "other program").write_bytes(b"\0" * max(0, usage(folder).free - leave))
        return before._replace(free=1 << 40)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", check_then_fill)
        yield


# ------------------------------------------------------------------ offline


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_offline_is_an_error_where_a_folder_was_named(stored: Any, tmp_path: Path) -> None:
    port = free_port()
    began = time.monotonic()
    with pytest.raises(ConnectionError) as caught:
        fetch(stored, tmp_path / "images", server=f"s3+http://127.0.0.1:{port}", progress=False)
    assert time.monotonic() - began < 5
    assert str(caught.value) == (
        f"http://127.0.0.1:{port} does not answer. A connection to it would be right; nothing was fetched by this "
        "call. Connect and run the same call again, or pass when_offline='phantom' for a made-up image."
    )
    assert not (tmp_path / "images").exists()


@pytest.mark.slow
def test_a_server_that_swallows_everything_counts_as_offline_within_five_seconds(stored: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(ConnectionError, match="does not answer"):
            fetch(stored, tmp_path / "images", server=f"s3+http://127.0.0.1:{silent.getsockname()[1]}", progress=False)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(("modality", "kind", "n_files"), [("CT", "CT", 24), ("DX", "CR", 1)])
def test_offline_without_a_folder_ends_in_a_phantom_that_says_so(
    make_selection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modality: str, kind: str, n_files: int
) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    cohort = make_selection({"url": f"s3://{BUCKET}/uuid-0/*", "modality": modality})
    fetched = fetch(cohort, server=f"s3+http://127.0.0.1:{free_port()}", progress=False)
    assert (fetched.phantom, fetched.n_files) == (True, n_files)
    assert fetched.files["modality"].unique().to_list() == [kind]
    assert repr(fetched).startswith("Phantom, not a patient: ")
    assert "Phantom, not a patient" in fetched._repr_html_()
    assert "PHANTOM" in str(pydicom.dcmread(fetched.folder / fetched.files["path"][0]).PatientName)
    assert not (tmp_path / "cache" / "images").exists()  # a phantom never lies among real images


def test_the_public_buckets_are_asked_where_nothing_else_is_named(
    make_selection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")  # no way out, whatever network there is
    monkeypatch.delenv("WORKBENCH_S3_ENDPOINT", raising=False)
    began = time.monotonic()
    with pytest.raises(ConnectionError, match=r"^s3\.amazonaws\.com does not answer\."):
        fetch(make_selection({"url": "s3://idc-open-data/uuid/*"}), tmp_path / "images", progress=False)
    assert time.monotonic() - began < 5


def test_a_synthetic_source_has_phantoms_only(
    make_selection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    assert fetch(make_selection({}, disclosure="synthetic"), progress=False).phantom


# ------------------------------------------------------------------ two at once


def test_a_fetch_leaves_a_folder_alone_that_another_writes_into(get: Any, tmp_path: Path) -> None:
    target = tmp_path / "images"
    with sole_fetch(target):
        with pytest.raises(BlockingIOError, match=r"^Another fetch is writing into .*images\."):
            get()
        assert files_in(target) == set()
    assert get().n_files == 6
    with sole_fetch(target):  # what is finished needs nobody's leave
        assert get().n_files == 6


# ------------------------------------------------------------------ names, receipts, samples


@given(st.text(max_size=300))
def test_a_name_leads_nowhere_else(text: str) -> None:
    name = safe_name(text)
    assert "/" not in name
    assert "\\" not in name
    assert "\0" not in name
    assert name not in {"", ".", ".."}
    assert not name.startswith(".")
    assert len(name.encode()) <= 200
    assert (Path("/root") / name).resolve().parent == Path("/root")


@given(st.text(max_size=40), st.text(max_size=40))
def test_different_texts_have_different_names(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


def test_identifiers_that_point_elsewhere_stay_inside(
    get: Any, stored: Any, make_selection: Any, tmp_path: Path
) -> None:
    cohort = make_selection(
        {"url": f"s3://{BUCKET}/uuid-0/*", "patient_id": "../../../escaped", "collection_id": "/etc", "study_uid": ".."}
    )
    get(cohort=cohort)
    assert {path.name for path in tmp_path.iterdir()} <= {"images", "tables"}
    assert len(list((tmp_path / "images").rglob("*.dcm"))) == 2


def test_a_receipt_passes_over_a_line_that_was_cut_short(tmp_path: Path) -> None:
    receipt = Receipt(tmp_path)
    receipt.add(Entry("1.2", "a.dcm", 3, "0" * 64))
    with (tmp_path / NAME).open("a") as stream:
        stream.write('{"series_uid": "1.2", "pa')  # the machine went down here
    again = Receipt(tmp_path)
    again.add(Entry("1.2", "b.dcm", 3, "1" * 64))
    assert list(Receipt(tmp_path).entries) == ["a.dcm", "b.dcm"]
    assert len([line for line in (tmp_path / NAME).read_text().splitlines() if line.endswith("}")]) == 2
    assert json.loads((tmp_path / NAME).read_text().splitlines()[0])["path"] == "a.dcm"


def test_the_smallest_sample_leaves_derived_objects_last(make_selection: Any) -> None:
    cohort = make_selection(*({"size_mb": size} for size in (5.0, 1.0, 3.0, None)))
    assert sample_rows(cohort, 2, smallest=True).to_list() == [1, 2]
    assert sample_rows(cohort, 9, smallest=True).to_list() == [0, 1, 2, 3]


def test_a_chance_sample_is_the_same_for_the_same_seed(make_selection: Any) -> None:
    cohort = make_selection(*({} for _ in range(40)))
    drawn = [sample_rows(cohort, 5, seed=seed).to_list() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 5


def test_a_sample_of_nothing_is_refused(make_selection: Any) -> None:
    with pytest.raises(ValueError, match="none") as caught:
        sample_rows(make_selection({}), 0)
    assert str(caught.value) == (
        "A sample of 0 series is none. A number from 1 would be right. Use for instance sample(1)."
    )
