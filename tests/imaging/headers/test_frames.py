"""Fragments of encapsulated pixel data, written byte by byte, shared among frames."""

import struct
from pathlib import Path

import pytest

from tests.imaging.headers.writing import ITEM, SEQUENCE_END, UNDEFINED, explicit, implicit, write
from workbench.imaging.headers.frames import frame_offsets

HEAD = explicit(0x7FE00010, "OB", b"", length=UNDEFINED)
END = implicit(SEQUENCE_END, b"")
THEN = (
    "Encapsulated pixel data are fragments up to a delimiter, with a table that says where each frame begins "
    "(PS3.5 A.4). Ask for the file again."
)


def fragments(path: Path, *pieces: bytes, table: bytes = b"", n_frames: int, end: bytes = END) -> list[list[int]]:
    """Return the lengths of the fragments of each frame, after checking that the offsets lead to them."""
    write(path, HEAD, implicit(ITEM, table), *(implicit(ITEM, piece) for piece in pieces), end)
    offsets, lengths = frame_offsets(path, len(HEAD), n_frames=n_frames)
    contents = path.read_bytes()
    read = [
        contents[start : start + length]
        for starts, sizes in zip(offsets, lengths, strict=True)
        for start, length in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]
    assert read == list(pieces)
    return [sizes.tolist() for sizes in lengths]


def test_a_single_frame_has_all_fragments(tmp_path: Path) -> None:
    assert fragments(tmp_path / "a", b"ab", b"cdef", n_frames=1) == [[2, 4]]


def test_one_fragment_a_frame_needs_no_table(tmp_path: Path) -> None:
    assert fragments(tmp_path / "a", b"ab", b"cdef", b"gh", n_frames=3) == [[2], [4], [2]]


def test_the_basic_offset_table_says_where_frames_begin(tmp_path: Path) -> None:
    table = struct.pack("<LL", 0, 8 + 2 + 8 + 4)
    assert fragments(tmp_path / "a", b"ab", b"cdef", b"gh", b"ij", table=table, n_frames=2) == [[2, 4], [2, 2]]


def test_without_a_table_frames_end_with_the_end_of_image(tmp_path: Path) -> None:
    pieces = (b"ab", b"c\xff\xd9\0", b"de", b"fg", b"hi\xff\xd9")
    assert fragments(tmp_path / "a", *pieces, n_frames=2) == [[2, 4], [2, 2, 4]]


def test_many_small_fragments_are_found(tmp_path: Path) -> None:
    pieces = [b"%06d" % number for number in range(2_000)]
    assert fragments(tmp_path / "a", *pieces, n_frames=2_000) == [[6]] * 2_000


def test_a_missing_delimiter_at_the_end_is_survived(tmp_path: Path) -> None:
    assert fragments(tmp_path / "a", b"ab", n_frames=1, end=b"") == [[2]]


def test_a_table_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^The offsets of its frames do not fit its fragments") as caught:
        fragments(tmp_path / "a", b"ab", b"cd", table=struct.pack("<LL", 0, 999_999), n_frames=2)
    assert str(caught.value) == f"The offsets of its frames do not fit its fragments. {THEN}"


def test_fragments_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^Its 3 fragments cannot be shared among 2 frames") as caught:
        fragments(tmp_path / "a", b"ab", b"cd", b"ef", n_frames=2)
    assert str(caught.value).endswith(THEN)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (b"", "Its pixel data end in the middle of a fragment."),
        (implicit(ITEM, b"ab", length=4_000_000_000), "Its pixel data end in the middle of a fragment."),
        (b"\0" * 16, "Its pixel data are not divided into fragments."),
        (END, "Its pixel data hold no fragment."),
    ],
)
def test_damage_is_told(tmp_path: Path, after: bytes, words: str) -> None:
    with pytest.raises(ValueError, match="fragment") as caught:
        frame_offsets(write(tmp_path / "a", HEAD, after), len(HEAD))
    assert str(caught.value) == f"{words} {THEN}"
