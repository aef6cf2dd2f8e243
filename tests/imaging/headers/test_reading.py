"""Headers of files written byte by byte: encodings, nesting, oddities and damage."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from tests.imaging.headers.writing import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    FIRST,
    IMPLICIT,
    ITEM,
    ITEM_END,
    JPEG,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
    explicit,
    implicit,
    meta,
    uid,
    write,
)
from workbench.errors import UnknownNameError
from workbench.imaging.headers import Headers, read_headers

ROWS = explicit(0x00280010, "US", struct.pack("<H", 512))


def one(path: Path) -> Headers:
    """Return the headers of one file, which is read."""
    headers = read_headers([path])
    assert headers.refused == []
    assert len(headers) == 1
    return headers


def refusal(path: Path) -> str:
    """Return why one file is refused."""
    headers = read_headers([path])
    assert len(headers) == 0
    return headers.refused[0].reason


def test_pixel_data_are_located_and_not_read(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, ROWS, PIXELS))
    before = len(meta(EXPLICIT) + FIRST + ROWS)
    assert headers.pixel_offset.tolist() == [before + 12]
    assert headers.pixel_length.tolist() == [4]
    assert headers.size_bytes.tolist() == [before + 16]
    assert headers.transfer_syntax == [EXPLICIT]
    assert headers.readers == ["walker"]


def test_encapsulated_pixel_data_have_no_length(tmp_path: Path) -> None:
    pixels = explicit(0x7FE00010, "OB", b"", length=UNDEFINED)
    assert one(write(tmp_path / "a", meta(JPEG), FIRST, pixels)).pixel_length.tolist() == [-1]


def test_a_file_without_pixel_data_has_no_offset(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST))
    assert headers.pixel_offset.tolist() == [-1]


def test_implicit_encoding_is_read_by_the_dictionary(tmp_path: Path) -> None:
    elements = [
        implicit(0x00080016, uid("1.2.840.10008.5.1.4.1.1.2")),
        implicit(0x00280010, struct.pack("<H", 300)),
        implicit(0x00280103, struct.pack("<H", 1)),
        implicit(0x00280120, struct.pack("<h", -2000)),
        implicit(0x00281050, b"40\\-600 "),
    ]
    headers = one(write(tmp_path / "a", meta(IMPLICIT), *elements))
    assert headers.numbers("Rows").tolist() == [[300.0]]
    assert headers.numbers("PixelPaddingValue").tolist() == [[-2000.0]]
    assert headers.numbers("WindowCenter")[0, :2].tolist() == [40.0, -600.0]


def test_a_padding_value_of_unsigned_pixels_is_unsigned(tmp_path: Path) -> None:
    value = implicit(0x00280103, struct.pack("<H", 0)) + implicit(0x00280120, struct.pack("<H", 63536))
    first = implicit(0x00080016, uid("1.2"))
    assert one(write(tmp_path / "a", meta(IMPLICIT), first, value)).numbers("PixelPaddingValue").tolist() == [[63536]]


def test_big_endian_is_read(tmp_path: Path) -> None:
    first = explicit(0x00080016, "UI", uid("1.2.3"), order=">")
    rows = explicit(0x00280010, "US", struct.pack(">H", 700), order=">")
    headers = one(write(tmp_path / "a", meta(BIG_ENDIAN), first, rows))
    assert headers.numbers("Rows").tolist() == [[700.0]]
    assert headers.readers == ["walker"]


def test_a_deflated_file_is_inflated_and_its_pixels_counted_inflated(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(FIRST + ROWS + PIXELS) + packer.flush()
    headers = one(write(tmp_path / "a", meta(DEFLATED), packed))
    assert headers.numbers("Rows").tolist() == [[512.0]]
    assert headers.pixel_offset.tolist() == [len(meta(DEFLATED) + FIRST + ROWS) + 12]
    assert headers.readers == ["walker"]


def test_a_deflated_file_that_claims_gigabytes_is_read_within_bounds(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(FIRST + ROWS + explicit(0x7FE00010, "OW", bytes(1 << 26))) + packer.flush()
    assert one(write(tmp_path / "a", meta(DEFLATED), packed)).pixel_length.tolist() == [1 << 26]


def test_without_preamble_and_meta_information_the_encoding_is_found(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", FIRST, ROWS, PIXELS))
    assert headers.transfer_syntax == [EXPLICIT]
    assert headers.text("TransferSyntaxUID") == [None]
    assert headers.pixel_offset.tolist() == [len(FIRST + ROWS) + 12]


@pytest.mark.parametrize("length", [UNDEFINED, None], ids=["undefined", "defined"])
@pytest.mark.parametrize("item_length", [UNDEFINED, None], ids=["item undefined", "item defined"])
def test_what_sequences_hold_is_passed_over(tmp_path: Path, length: int | None, item_length: int | None) -> None:
    inner = explicit(0x00080060, "CS", b"MR") + explicit(0x7FE00010, "OW", b"\0\0")
    item = implicit(ITEM, inner + (implicit(ITEM_END, b"") if item_length else b""), length=item_length)
    value = item * 2 + (implicit(SEQUENCE_END, b"") if length else b"")
    sequence = explicit(0x00081140, "SQ", value, length=length)
    nested = explicit(0x00082112, "SQ", implicit(ITEM, sequence + implicit(ITEM_END, b""), length=UNDEFINED))
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, nested, ROWS, PIXELS))
    assert headers.text("Modality") == ["CT"]
    assert headers.numbers("Rows").tolist() == [[512.0]]
    assert headers.readers == ["walker"]


def test_an_unknown_sequence_may_be_implicit_within_explicit(tmp_path: Path) -> None:
    item = implicit(ITEM, implicit(0x00091002, b"AB") + implicit(ITEM_END, b""), length=UNDEFINED)
    sequence = explicit(0x00091001, "UN", item + implicit(SEQUENCE_END, b""), length=UNDEFINED)
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, sequence, ROWS))
    assert headers.numbers("Rows").tolist() == [[512.0]]
    assert headers.readers == ["walker"]


def test_a_header_longer_than_what_is_read_first_is_read_on(tmp_path: Path) -> None:
    private = explicit(0x00091001, "OB", bytes(300_000))
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, private, ROWS, PIXELS))
    assert headers.numbers("Rows").tolist() == [[512.0]]
    assert headers.readers == ["walker"]


def test_a_header_longer_than_32_mib_is_left_to_pydicom_which_passes_over_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    head = meta(EXPLICIT) + FIRST + explicit(0x00091001, "OB", b"", length=1 << 26)
    with path.open("wb") as file:
        file.write(head)
        file.seek(1 << 26, os.SEEK_CUR)
        file.write(ROWS + PIXELS)
    headers = one(path)
    assert headers.numbers("Rows").tolist() == [[512.0]]
    assert headers.pixel_offset.tolist() == [len(head) + (1 << 26) + len(ROWS) + 12]
    assert headers.readers == ["pydicom"]


def test_a_truncated_header_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, explicit(0x00091001, "OB", b"ab", length=4_000_000_000)))
    assert headers.text("Modality") == ["CT"]
    assert headers.readers == ["pydicom"]


def test_an_absent_attribute_is_none_and_an_empty_one_an_empty_text(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, explicit(0x00100040, "CS", b"")))
    assert headers.text("PatientSex") == [""]
    assert headers.text("PatientAge") == [None]
    assert np.isnan(headers.numbers("SliceThickness")).all()


def test_padding_is_stripped_from_every_value(tmp_path: Path) -> None:
    value = explicit(0x00080008, "CS", b"ORIGINAL \\PRIMARY\0")
    assert one(write(tmp_path / "a", meta(EXPLICIT), FIRST, value)).text("ImageType") == ["ORIGINAL\\PRIMARY"]


@pytest.mark.parametrize(
    ("charset", "value", "wanted"),
    [
        (b"ISO_IR 100", b"Thorax nativ f\xfcr", "Thorax nativ für"),
        (b"ISO_IR 192", "胸部".encode(), "胸部"),
        (b"GB18030 ", "\u4e30\u5e7b a".encode("gb18030"), "\u4e30\u5e7b a"),
        (b"\\ISO 2022 IR 87", b"\x1b$B6;It\x1b(B CT ", "胸部 CT"),
        (b"", b"Thorax f\xfcr ", "Thorax für"),
    ],
)
def test_text_is_decoded_by_the_character_set_of_the_file(
    tmp_path: Path, charset: bytes, value: bytes, wanted: str
) -> None:
    stated = explicit(0x00080005, "CS", charset)
    first = stated + FIRST + explicit(0x0008103E, "LO", value)
    assert one(write(tmp_path / "a", meta(EXPLICIT), first)).text("SeriesDescription") == [wanted]


def test_of_an_attribute_that_comes_twice_the_last_counts(tmp_path: Path) -> None:
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, explicit(0x00080060, "CS", b"MR"), PIXELS))
    assert headers.text("Modality") == ["MR"]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (b" 1.25", 1.25),
        (b"-0.000001 ", -1e-06),
        (b"+12", 12.0),
        (b"1.E-2", 0.01),
        (b"6.0221e23", 6.0221e23),
        (b"0.1234567890123456", 0.1234567890123456),
        (b"12345678901234567890", 12345678901234567890.0),
        (b"1,5 ", float("nan")),
        (b"", float("nan")),
        (b"-", float("nan")),
    ],
)
def test_decimal_strings_are_read_as_python_reads_them(tmp_path: Path, written: bytes, wanted: float) -> None:
    path = write(tmp_path / "a", meta(EXPLICIT), FIRST, explicit(0x00180050, "DS", written))
    assert one(path).numbers("SliceThickness")[0, 0] == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)


def test_numbers_of_a_binary_representation_are_read_as_the_file_states_it(tmp_path: Path) -> None:
    parts = [
        explicit(0x00180050, "FD", struct.pack("<d", 2.5)),
        explicit(0x00280010, "UL", struct.pack("<L", 70_000)),
        explicit(0x00280106, "SS", struct.pack("<h", -5)),
    ]
    headers = one(write(tmp_path / "a", meta(EXPLICIT), FIRST, *parts))
    assert headers.numbers("SliceThickness").tolist() == [[2.5]]
    assert headers.numbers("Rows").tolist() == [[70_000.0]]
    assert headers.numbers("SmallestImagePixelValue").tolist() == [[-5.0]]
    assert headers.text("Rows") == ["70000"]


def test_rows_are_selected_in_the_order_asked_for(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / str(number), meta(EXPLICIT), FIRST, explicit(0x00200013, "IS", str(number).encode()))
        for number in range(10, 13)
    ]
    headers = read_headers(paths)
    assert headers.select(np.array([False, True, False])).names == [str(paths[1])]
    chosen = headers.select([2, 0])
    assert chosen.numbers("InstanceNumber")[:, 0].tolist() == [12.0, 10.0]
    assert [path.name for path in chosen.paths] == ["12", "10"]


def test_several_hundred_files_keep_their_order_whoever_reads_them(tmp_path: Path) -> None:
    truncated = explicit(0x00091001, "OB", b"ab", length=1_000)
    paths = [
        write(
            tmp_path / f"{number:03d}",
            meta(EXPLICIT),
            FIRST,
            explicit(0x00200013, "IS", f"{number:03d} ".encode()),
            truncated if number % 7 == 0 else PIXELS,
        )
        for number in range(300)
    ]
    headers = read_headers(paths)
    assert headers.numbers("InstanceNumber")[:, 0].tolist() == list(range(300))
    assert headers.readers.count("pydicom") == 43


def test_no_files_give_empty_columns() -> None:
    headers = read_headers([])
    assert len(headers) == 0
    assert headers.text("Modality") == []
    assert headers.numbers("ImagePositionPatient").shape == (0, 3)


def test_an_attribute_that_is_not_kept_is_refused_by_name() -> None:
    with pytest.raises(
        UnknownNameError, match=r"^No attribute 'Modalty' in the kept attributes\. Did you mean 'Modality'"
    ):
        read_headers([]).text("Modalty")


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"", "It is empty."),
        (b"Dear colleague,", "It does not begin as a DICOM file does."),
        (bytes(2_000), "It does not begin as a DICOM file does."),
        (bytes(128) + b"DICM", "It ends in the middle of its header."),
        (meta(EXPLICIT)[:170], "Its header cannot be read as DICOM."),
        (meta(EXPLICIT)[:150], "It ends in the middle of its header."),
        (
            meta(EXPLICIT) + FIRST + explicit(0x0008103E, "UT", b"a" * 20_000),
            "A value of its header is longer than any that an index keeps.",
        ),
    ],
)
def test_what_is_no_dicom_file_is_refused_with_the_reason(tmp_path: Path, contents: bytes, reason: str) -> None:
    assert refusal(write(tmp_path / "a", contents)) == reason


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    headers = read_headers([tmp_path / "absent", tmp_path, tmp_path / "pipe"])
    assert [refused.reason for refused in headers.refused] == [
        "It cannot be read: No such file or directory.",
        "It is no regular file.",
        "It is no regular file.",
    ]


@pytest.mark.slow
def test_processes_give_the_same_as_one(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / str(number), meta(EXPLICIT), FIRST, explicit(0x00200013, "IS", b"%d " % number))
        for number in range(10, 60)
    ]
    alone, together = read_headers(paths), read_headers(paths, workers=2)
    assert together.paths == alone.paths
    assert together.text("InstanceNumber") == alone.text("InstanceNumber")


def test_changing_a_column_that_was_given_changes_no_other() -> None:
    headers = read_headers([get_testdata_file("CT_small.dcm")])
    headers.numbers("Rows")[:] = 1
    headers.text("Modality")[0] = "XX"
    assert headers.numbers("Rows").tolist() == [[128.0]]
    assert headers.text("Modality") == ["CT"]
