"""An index of a small tree: what the tables say, what is refused, and what a second run reads."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import UID_dictionary

from tests.imaging.headers.writing import EXPLICIT, PIXELS, explicit, meta, uid, write
from workbench.errors import UnknownNameError
from workbench.imaging.headers import DicomIndex, index_folder, tables
from workbench.imaging.headers import index as module
from workbench.imaging.headers.folders import list_files

CT, SEG = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.66.4"
STATED = {0x00100020: b"p1", 0x00080020: b"20200131", 0x00080060: b"CT"}
KINDS = {0x00100020: "LO", 0x00080020: "DA", 0x00080060: "CS", 0x00100040: "CS", 0x00101010: "AS", 0x00100030: "DA"}
KINDS |= {0x00180015: "CS", 0x00081030: "LO", 0x0008103E: "LO", 0x00180050: "DS"}


def instance(path: Path, series: str, number: int, *, sop_class: str = CT, study: str = "1.1", **more: bytes) -> Path:
    """Write an instance; further elements by their tag in hexadecimal digits: ``t00100040=b"F"``."""
    stated = STATED | {int(tag[1:], 16): value for tag, value in more.items()}
    values = {tag: (KINDS[tag], value + b" " * (len(value) % 2)) for tag, value in stated.items() if value}
    values |= {0x00080016: ("UI", uid(sop_class)), 0x00080018: ("UI", uid(f"{series}.{number}"))}
    values |= {0x0020000D: ("UI", uid(study)), 0x0020000E: ("UI", uid(series))}
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, meta(EXPLICIT), *(explicit(tag, *values[tag]) for tag in sorted(values)), PIXELS)


def indexed(*paths: Path) -> DicomIndex:
    """Return the index of the folder of some files."""
    return index_folder(paths[0].parent, progress=False)


def rows(table: pl.DataFrame, *columns: str) -> Sequence[tuple[object, ...]]:
    """Return some columns as tuples."""
    return table.select(columns).rows()


def test_instances_are_counted_into_series_studies_and_patients(tmp_path: Path) -> None:
    for number in range(3):
        instance(tmp_path / "a" / str(number), "1.1.1", number)
    instance(tmp_path / "b", "1.1.2", 0)
    instance(tmp_path / "c", "1.2.1", 0, study="1.2")
    instance(tmp_path / "d", "2.1.1", 0, study="2.1", t00100020=b"p2")
    index = index_folder(tmp_path, progress=False)
    assert rows(index["patients"], "patient_id", "n_studies", "n_series", "n_instances") == [
        ("p1", 2, 3, 5),
        ("p2", 1, 1, 1),
    ]
    assert rows(index["studies"], "study_uid", "n_series", "n_instances") == [
        ("1.1", 2, 4),
        ("1.2", 1, 1),
        ("2.1", 1, 1),
    ]
    assert index["series"]["n_instances"].to_list() == [3, 1, 1, 1]
    assert index["instances"].height == 6
    assert index["refused"].height == 0
    assert index["patients"]["collection_id"].unique().to_list() == [tmp_path.name]


def test_a_file_that_lies_there_twice_is_one_instance(tmp_path: Path) -> None:
    path = instance(tmp_path / "a", "1.1.1", 0)
    shutil.copy(path, tmp_path / "copy")
    assert rows(index_folder(tmp_path, progress=False)["series"], "n_instances", "n_files") == [(1, 2)]


def test_the_age_of_a_study_is_the_smallest_of_its_acquired_series(tmp_path: Path) -> None:
    instance(tmp_path / "a", "1.1.1", 0, t00101010=b"061Y")
    instance(tmp_path / "b", "1.1.2", 0, t00101010=b"060Y")
    instance(tmp_path / "c", "1.1.3", 0, t00101010=b"010Y", sop_class=SEG, t00080060=b"SEG")
    index = index_folder(tmp_path, progress=False)
    assert rows(index["studies"], "age_at_study_years", "age_missing") == [(60.0, None)]
    assert index["series"]["derived"].to_list() == [False, False, True]


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ({"t00101010": b"095Y"}, (90.0, None, True)),
        ({"t00101010": b"N-A"}, (None, "Unknown", None)),
        ({}, (None, "Not Reported", None)),
        ({"t00100030": b"19500131"}, (pytest.approx(70, abs=0.01), None, False)),
    ],
)
def test_the_age_of_a_patient_says_why_it_is_missing(
    tmp_path: Path, elements: dict[str, bytes], wanted: tuple[object, ...]
) -> None:
    index = indexed(instance(tmp_path / "a", "1.1.1", 0, **elements))
    assert rows(index["patients"], "age_years", "age_missing", "age_over_89") == [wanted]


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (b"F", b"F", "Female"),
        (b"F", b"M", "Conflicting"),
        (b"F", b"", "Female"),
        (b"", b"", "Not Reported"),
        (b"0000", b"", "Unknown"),
    ],
)
def test_sexes_that_disagree_are_conflicting(tmp_path: Path, first: bytes, second: bytes, wanted: str) -> None:
    instance(tmp_path / "a", "1.1.1", 0, t00100040=first)
    instance(tmp_path / "b", "1.1.2", 0, t00100040=second)
    assert index_folder(tmp_path, progress=False)["patients"]["sex"].to_list() == [wanted]


def test_the_body_region_is_read_from_the_header_then_from_descriptions(tmp_path: Path) -> None:
    instance(tmp_path / "a", "1.1.1", 0, t00180015=b"LUNG")
    instance(tmp_path / "b", "1.1.2", 0, t00081030=b"CT ABDOMEN")
    instance(tmp_path / "c", "1.1.3", 0)
    assert rows(index_folder(tmp_path, progress=False)["series"], "body_region", "body_region_source") == [
        ("Chest", "BodyPartExamined"),
        ("Abdomen", "StudyDescription"),
        ("Not Reported", "none"),
    ]


def test_files_without_patient_id_are_a_patient_for_each_study(tmp_path: Path) -> None:
    instance(tmp_path / "a", "1.1.1", 0, t00100020=b"")
    instance(tmp_path / "b", "1.2.1", 0, t00100020=b"", study="1.2")
    patients = index_folder(tmp_path, progress=False)["patients"]
    assert rows(patients, "patient_id", "patient_id_missing") == [("study 1.1", True), ("study 1.2", True)]


def test_hidden_files_dicomdir_and_whatever_else_are_refused_with_the_reason(tmp_path: Path) -> None:
    instance(tmp_path / "a", "1.1.1", 0)
    (tmp_path / ".hidden").touch()
    (tmp_path / "DICOMDIR").touch()
    (tmp_path / "notes.txt").write_text("Dear colleague")
    (tmp_path / "link").symlink_to(tmp_path)
    shutil.copy(get_testdata_file("DICOMDIR"), tmp_path / "renamed")
    refused = index_folder(tmp_path, progress=False)["refused"]
    assert {Path(url).name: reason for url, reason in refused.rows()} == {
        ".hidden": "Its name begins with a dot.",
        "DICOMDIR": "It is a DICOMDIR, a list of other files.",
        "renamed": "It is a DICOMDIR, a list of other files.",
        "link": "It is a link to a folder; links are not followed.",
        "notes.txt": "It does not begin as a DICOM file does.",
    }


def test_frames_of_encapsulated_files_are_found() -> None:
    index = index_folder(get_testdata_file("SC_rgb_rle_2frame.dcm"), progress=False)
    pixel_offset, offsets, n_frames = index["instances"].select("pixel_offset", "frame_offsets", "n_frames").row(0)
    assert offsets == [pixel_offset + 8 + 8 + 8, pixel_offset + 8 + 8 + 8 + 664 + 8]
    assert n_frames == 2


def test_an_index_is_written_and_read_again(tmp_path: Path) -> None:
    instance(tmp_path / "images" / "a", "1.1.1", 0)
    (tmp_path / "images" / "notes.txt").write_text("Dear colleague")
    index = index_folder(tmp_path / "images", progress=False)
    again = DicomIndex.read(index.write(tmp_path / "index"))
    assert all(again[table].equals(index[table]) for table in module.TABLES)
    assert again.headers.text("Modality") == ["CT"]
    assert [refused.reason for refused in again.headers.refused] == ["It does not begin as a DICOM file does."]
    assert repr(again) == "1 patients, 1 studies, 1 series, 1 files, 0.000 GB (read 1 by walker); 1 files refused"


def test_a_second_run_reads_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = tmp_path / "images"
    same, changed, gone = (instance(images / name, "1.1.1", number) for number, name in enumerate("abc"))
    folder = index_folder(images, progress=False).write(tmp_path / "index")
    gone.unlink()
    instance(changed, "1.1.2", 7)
    new = instance(images / "d", "1.1.3", 0)
    read: list[str] = []
    original = module.read_headers
    monkeypatch.setattr(
        module, "read_headers", lambda names, **options: read.extend(names) or original(names, **options)
    )
    index = index_folder(images, known=folder, progress=False)
    assert read == [str(changed), str(new)]
    fresh = index_folder(images, progress=False)
    assert all(index[table].equals(fresh[table]) for table in module.TABLES)
    assert index["instances"]["url"].to_list() == [str(same), str(changed), str(new)]


def test_a_list_of_files_is_indexed(tmp_path: Path) -> None:
    paths = [instance(tmp_path / name, "1.1.1", number) for number, name in enumerate("ab")]
    assert index_folder([*paths, paths[0]], progress=False)["instances"].height == 2


def test_an_empty_folder_gives_empty_tables(tmp_path: Path) -> None:
    index = index_folder(tmp_path, progress=False)
    assert {table: index[table].height for table in index} == dict.fromkeys(module.TABLES, 0)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        index_folder(tmp_path / "absent")
    assert str(caught.value) == (
        f"{tmp_path / 'absent'} was received, and nothing lies there. A folder of DICOM files, or one file, would be "
        "right. Check the path."
    )


def test_an_unknown_table_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"^No table 'serie' in a DICOM index\. Did you mean 'series'\?"):
        index_folder(tmp_path, progress=False)["serie"]


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        DicomIndex.read(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} was received, which holds no index of DICOM files. A folder that `workbench index … --out` "
        "wrote would be right. Index the images first."
    )


@pytest.mark.parametrize("damaged", ["series.parquet", "headers.npz", "index.json"])
def test_a_damaged_index_is_refused(tmp_path: Path, damaged: str) -> None:
    path = instance(tmp_path / "images" / "a", "1.1.1", 0)
    folder = indexed(path).write(tmp_path / "index")
    file = folder / damaged
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(ValueError, match="is damaged") as caught:
        DicomIndex.read(folder)
    assert str(caught.value) == (
        f"The index in {folder} is damaged. One that this version wrote would be right. Index the images again, "
        "without --known."
    )


def test_a_link_that_leads_to_itself_is_one_refused_file(tmp_path: Path) -> None:
    instance(tmp_path / "a", "1.1.1", 0)
    (tmp_path / "loop").symlink_to("loop")
    index = index_folder(tmp_path, progress=False)
    assert index["instances"].height == 1
    assert index["refused"]["reason"].to_list() == ["It cannot be read: Too many levels of symbolic links."]


def test_a_name_that_is_no_utf_8_is_written_out(tmp_path: Path) -> None:
    path = instance(tmp_path / os.fsdecode(b"\xff") / os.fsdecode(b"a\xfe"), "1.1.1", 0)
    (path.parent / os.fsdecode(b"b\xfe")).touch()
    index = index_folder(path.parent, progress=False)
    assert index["instances"]["url"].to_list() == [rf"{tmp_path}/\xff/a\xfe"]
    assert index["refused"]["url"].to_list() == [rf"{tmp_path}/\xff/b\xfe"]
    assert index.headers.paths == [path]
    again = DicomIndex.read(index.write(tmp_path / "index"))
    assert again.headers.paths == [path]
    assert again.collection_id == r"\xff"


def test_the_names_of_classes_are_those_of_pydicom(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables._uid_dictionary() == UID_dictionary
    tables._uid_dictionary.cache_clear()
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    assert tables._uid_dictionary() is UID_dictionary
    tables._uid_dictionary.cache_clear()


def test_files_are_listed_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", ".hidden", "b/dicomdir"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(path.relative_to(tmp_path)) for path in list_files(tmp_path)] == [
        "a",
        str(Path("b", "1")),
        str(Path("b", "2")),
    ]
