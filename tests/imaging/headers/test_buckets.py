"""An index of files behind an address: a folder by URL, and an S3 server of our own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.imaging.headers.test_index import instance
from workbench.imaging.headers import buckets, index_folder


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of an S3 server."""
    running = ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a bucket with three instances, a note and a hidden file; one instance is not public."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    client: Any = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket="images")
    for number in range(3):
        contents = instance(tmp_path / str(number), "1.1.1", number).read_bytes()
        acl = "private" if number == 2 else "public-read"
        client.put_object(Bucket="images", Key=f"ct/{number}.dcm", Body=contents, ACL=acl)
    client.put_object(Bucket="images", Key="ct/notes.txt", Body=b"Dear colleague", ACL="public-read")
    client.put_object(Bucket="images", Key="ct/.hidden", Body=b"", ACL="public-read")
    return "s3://images/ct"


def test_a_bucket_is_indexed_and_what_it_does_not_give_is_refused(bucket: str) -> None:
    index = index_folder(bucket, progress=False)
    assert index["series"]["n_instances"].to_list() == [2]
    assert index["instances"]["url"].to_list() == [f"{bucket}/0.dcm", f"{bucket}/1.dcm"]
    assert dict(index["refused"].rows()) == {
        f"{bucket}/.hidden": "Its name begins with a dot.",
        f"{bucket}/2.dcm": "It cannot be read: the server refuses it.",
        f"{bucket}/notes.txt": "It does not begin as a DICOM file does.",
    }


def test_what_has_not_changed_is_not_fetched_again(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = index_folder(bucket, progress=False)
    fetched: list[str] = []
    original = buckets.Bucket.fill
    monkeypatch.setattr(
        buckets.Bucket, "fill", lambda self, names, views: fetched.extend(names) or original(self, names, views)
    )
    second = index_folder(bucket, known=first, progress=False)
    assert fetched == [f"{bucket}/2.dcm", f"{bucket}/notes.txt"]
    assert all(second[table].equals(first[table]) for table in first)


def test_a_bucket_that_is_not_there_is_said(bucket: str) -> None:
    with pytest.raises(ConnectionError) as caught:
        index_folder("s3://nowhere/ct")
    assert str(caught.value) == (
        "s3://nowhere/ct was received, and the server does not list it. A bucket that can be read would be right: "
        "without a login, or with keys in the environment. Check the address, the keys and the network."
    )


def test_an_address_under_which_nothing_lies_is_said(bucket: str) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        index_folder("s3://images/mr")
    assert str(caught.value) == (
        "s3://images/mr was received, and nothing lies there. The address of a folder of DICOM files would be right. "
        "Check its spelling."
    )


def test_an_address_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^An address that begins with 'ftp'") as caught:
        index_folder("ftp://host/ct")
    assert str(caught.value) == (
        "An address that begins with 'ftp' was received. s3://, gs://, az://, https:// or file:// would be right. "
        "Pass one of these, or the path of a folder."
    )


def test_the_url_of_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = (tmp_path / "absent").as_uri()
    with pytest.raises(FileNotFoundError) as caught:
        index_folder(url)
    assert str(caught.value) == (
        f"{url} was received, and nothing lies there. The address of a folder of DICOM files would be right. Check its "
        "spelling."
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:s3cr3t@127.0.0.1:1/x/", "https://127.0.0.1:1/x/"),
        ("s3://AKIA:s3cr3t@bucket/x", "s3://bucket/x"),
        ("s3://bucket/x?X-Amz-Signature=s3cr3t", "s3://bucket/x"),
        ("https://host/x?mail=a@b&sig=s3cr3t", "https://…"),
        ("https://host/x#token=s3cr3t", "https://host/x"),
        ("https://[host/x?sig=s3cr3t", "https://[host/x"),
    ],
)
def test_an_address_with_a_login_is_refused_and_not_repeated(url: str, shown: str) -> None:
    with pytest.raises(ValueError, match="with a login") as caught:
        index_folder(url)
    assert str(caught.value) == (
        f"The address {shown} was received with a login, a query or a fragment in it, which are not repeated here. The "
        "plain address of a folder would be right. Put keys into the environment, as the provider's own tools name "
        "them."
    )


def test_a_folder_by_its_url_gives_what_its_path_gives(tmp_path: Path) -> None:
    instance(tmp_path / "a" / "1", "1.1.1", 1, t00180050=b"1.25")
    by_url, by_path = index_folder(tmp_path.as_uri(), progress=False), index_folder(tmp_path, progress=False)
    columns = ["series_uid", "modality", "slice_thickness_mm", "n_instances"]
    assert by_url["series"].select(columns).equals(by_path["series"].select(columns))
    assert by_url["instances"]["pixel_offset"].to_list() == by_path["instances"]["pixel_offset"].to_list()
