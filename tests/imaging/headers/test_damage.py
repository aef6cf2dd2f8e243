"""Files cut, overwritten and claiming gigabytes: refused or read, and never more than an ordinary error."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.imaging.headers.writing import EXPLICIT, FIRST, IMPLICIT, UNDEFINED, explicit, implicit, meta, write
from workbench.imaging.headers import index_folder, read_headers
from workbench.imaging.headers.tags import KEPT

FILES = [
    path for path in sorted((Path(pydicom.__file__).parent / "data").rglob("*.dcm")) if path.stat().st_size < 60_000
]
LENGTHS = (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0", b"\x00\x00\x00\xf0")


def damaged(contents: bytes, rng: np.random.Generator) -> bytes:
    """Return the contents cut, overwritten, shortened or lengthened somewhere in the header."""
    end = min(len(contents), 5_000)
    place, kind = int(rng.integers(end)), int(rng.integers(4))
    if kind == 0:
        return contents[:place]
    if kind == 1:
        return contents[:place] + LENGTHS[rng.integers(len(LENGTHS))] + contents[place + 4 :]
    if kind == 2:
        return contents[:place] + contents[place + int(rng.integers(1, 300)) :]
    return contents[:place] + rng.integers(0, 256, int(rng.integers(1, 40)), np.uint8).tobytes() + contents[place:]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_damaged_file_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for number in range(150):
        contents = FILES[rng.integers(len(FILES))].read_bytes()
        (tmp_path / f"{number:03d}").write_bytes(damaged(contents, rng))
    headers = read_headers(sorted(tmp_path.iterdir()))
    assert len(headers) + len(headers.refused) == 150
    for keyword, kept in KEPT.items():
        column = headers.numbers(keyword) if kept.kind == "numbers" else headers.text(keyword)
        assert len(column) == len(headers)
    index = index_folder(tmp_path, progress=False)
    assert index["instances"].height + index["refused"].height == 150


@pytest.mark.parametrize(
    "claim",
    [
        explicit(0x00091001, "OB", b"abcd", length=0xFFFFFFF0),
        explicit(0x0008103E, "UT", b"abcd", length=0xFFFFFFF0),
        explicit(0x00081140, "SQ", implicit(0xFFFEE000, b"", length=0xFFFFFFF0), length=UNDEFINED),
        explicit(0x00081140, "SQ", implicit(0xFFFEE000, b"", length=UNDEFINED) * 100, length=UNDEFINED),
        explicit(0x00081140, "SQ", b"abcd", length=0xFFFFFFF0),
    ],
)
def test_four_gigabytes_claimed_are_not_believed(tmp_path: Path, claim: bytes) -> None:
    headers = read_headers([write(tmp_path / "a", meta(EXPLICIT), FIRST, claim)])
    assert headers.text("Modality") in (["CT"], [])
    assert headers.pixel_offset.tolist() in ([-1], [])


def test_what_pixel_data_claim_is_passed_on(tmp_path: Path) -> None:
    first = implicit(0x00080016, b"1.2 ")
    headers = read_headers([write(tmp_path / "a", meta(IMPLICIT), first, implicit(0x7FE00010, b"", length=0xFFFFFFF0))])
    assert headers.pixel_length.tolist() == [0xFFFFFFF0]
    assert headers.size_bytes.tolist() == [len(meta(IMPLICIT) + first) + 8]
