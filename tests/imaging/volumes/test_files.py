"""Images are kept in several forms, and what lies at a path decides what is read."""

import builtins
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from pydicom.data import get_testdata_file

from workbench.errors import MissingPackageError
from workbench.imaging.images import Cine, Radiograph, Source, Volume
from workbench.imaging.volumes import claimed
from workbench.imaging.volumes.arrays_on_disk import read_numpy, read_zarr, write_numpy, write_zarr
from workbench.imaging.volumes.beside import written_beside
from workbench.imaging.volumes.files import read_image, save_image
from workbench.imaging.volumes.series import read_series

SOURCE = Source("1.2", "1.3", ("1.4", "1.5"), "somewhere", (2, 3, 4))


def _images():
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    about = {"units": "HU", "flags": ("a flag",), "source": SOURCE, "provenance": {"reader": "made", "n": np.int64(3)}}
    placed = {"windows": ((40.0, 400.0),), "index_to_source": np.eye(4), "origin_mm": (1.0, 2.0, 3.0)}
    return [
        Volume(array, (5.0, 2.0, 1.0), **placed, **about),
        Radiograph(array[0], (0.1, 0.1), view_position="PA", patient_orientation=("L", "F"), **about),
        Cine(array.astype(np.float32), None, frame_times_ms=(0.0, 33.3), **about),
    ]


@pytest.mark.parametrize("image", _images(), ids=lambda image: type(image).__name__)
@pytest.mark.parametrize("ending", [".npz", ".zarr"])
def test_an_image_comes_back_with_all_that_is_known_of_it(tmp_path, image, ending):
    again = read_image(save_image(image, tmp_path / f"one{ending}"))
    assert type(again) is type(image)
    assert again.array.dtype == image.array.dtype
    assert (again.array == image.array).all()
    assert again.provenance == {"reader": "made", "n": 3}
    if image.index_to_source is not None:
        assert (again.index_to_source == image.index_to_source).all()
    plain = {"array": None, "index_to_source": None, "provenance": {}}
    assert vars(again.replace(**plain)) == vars(image.replace(**plain))


def test_saving_again_replaces_the_file_or_folder_and_leaves_nothing_beside(tmp_path):
    first, _, _ = _images()
    for ending in (".npz", ".zarr", ".nii.gz"):
        save_image(first, tmp_path / f"one{ending}")
        save_image(first.replace(array=first.array + 1), tmp_path / f"one{ending}")
        assert read_image(tmp_path / f"one{ending}").array[0, 0, 0] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.nii.gz", "one.npz", "one.zarr"]


def test_a_write_that_fails_leaves_the_old_file_as_it_was(tmp_path):
    def fail(_: int) -> None:
        raise OSError("full")

    path = tmp_path / "kept.txt"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), written_beside(path) as staging:
        fail(staging.write_text("half"))
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("kept.txt", "old")]


@pytest.mark.parametrize("ending", [".nii", ".npz", ".zarr"])
def test_a_place_that_cannot_be_written_to_is_not_repeated(tmp_path, ending):
    (tmp_path / "SECRET^NAME").write_text("a file, not a folder")
    with pytest.raises(OSError, match="written") as caught:
        save_image(_images()[0], tmp_path / "SECRET^NAME" / f"one{ending}")
    assert str(caught.value) == (
        "The image could not be written (File exists). A folder that may be written to, with space, was expected. "
        "Save it elsewhere."
    )


def test_a_zarr_array_is_version_3_and_chunked_by_slabs(tmp_path):
    volume = Volume(np.zeros((40, 512, 512), np.int16), None)
    kept = zarr.open_array(write_zarr(volume, tmp_path / "one.zarr"), mode="r")
    # 512 · 512 · 2 bytes a slice: 16 of them are 8 MiB.
    assert (kept.metadata.zarr_format, kept.chunks) == (3, (16, 512, 512))


def test_a_bare_array_is_a_volume_or_radiograph_of_unknown_units(tmp_path):
    np.save(tmp_path / "bare.npy", np.zeros((2, 3, 4)))
    np.savez(tmp_path / "bare.npz", picture=np.zeros((3, 4)))
    volume, picture = read_image(tmp_path / "bare.npy"), read_image(tmp_path / "bare.npz")
    assert (type(volume), type(picture)) == (Volume, Radiograph)
    assert (volume.spacing_mm, volume.units) == (None, "unknown units")
    assert volume.flags == ("Only numbers were read: units, spacing and orientation are unknown.",)


def test_archives_that_hold_no_image_are_refused(tmp_path):
    np.savez(tmp_path / "two.npz", a=np.zeros((2, 2)), b=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="arrays") as caught:
        read_numpy(tmp_path / "two.npz")
    assert str(caught.value) == (
        "The archive holds 2 arrays, and which is the image is not said. "
        "Right would be one array, or what save_image writes. Load it with numpy.load and pick one."
    )
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "empty.zarr").mkdir()
    for name, read in (("objects.npy", read_numpy), ("broken.npz", read_numpy), ("empty.zarr", read_zarr)):
        with pytest.raises(ValueError, match="no image") as caught:
            read(tmp_path / name)
        assert str(caught.value) == (
            f"The {name[-4:] if name[-5] != '.' else name[-5:]} holds no image that can be read. Right would be what "
            "save_image writes, or an array of two or three axes. Write it again with save_image."
        )


@pytest.mark.parametrize(
    "about",
    [
        {"format": "another"},
        ["workbench image 1"],
        "text",
    ],
)
def test_what_another_program_says_of_an_array_is_not_understood(tmp_path, about):
    told = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(tmp_path / "one.npz", array=np.zeros((2, 3, 4)), about=told)
    zarr.create_array(tmp_path / "one.zarr", data=np.ones((2, 3, 4)), attributes={"about": about})
    for name in ("one.npz", "one.zarr"):
        with pytest.raises(ValueError, match="not of the form") as caught:
            read_image(tmp_path / name)
        assert str(caught.value) == (
            "What is said of the array is not of the form 'workbench image 1'. Right would be what save_image writes. "
            "Write the image again with save_image, or load the numbers with NumPy or Zarr and make a Volume of them."
        )


_SAID = {"format": "workbench image 1", "class": "Volume", "image": {"spacing_mm": [1, 1, 1]}, "source": {}}


@pytest.mark.parametrize(
    "told",
    [
        json.dumps({**_SAID, "image": [1]}).encode(),
        json.dumps({**_SAID, "image": {"another": 1}}).encode(),
        json.dumps({**_SAID, "image": {"spacing_mm": ["a", "b", "c"]}}).encode(),
        json.dumps({**_SAID, "image": {"spacing_mm": [1, 1]}}).encode(),
        json.dumps({**_SAID, "source": {"another": 1}}).encode(),
        json.dumps({**_SAID, "class": ["Volume"]}).encode(),
        b"[" * 100_000 + b"]" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_damaged_description_of_an_array_is_a_value_error(tmp_path, told):
    np.savez(tmp_path / "one.npz", array=np.zeros((2, 3, 4)), about=np.frombuffer(told, np.uint8))
    with pytest.raises(ValueError, match="Right would be what save_image writes"):
        read_image(tmp_path / "one.npz")


def _claiming(shape: tuple[int, ...]) -> bytes:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return header.getvalue()


def test_a_claim_of_terabytes_is_refused_before_memory_is_taken(tmp_path):
    claim = _claiming((1 << 20, 1 << 15, 1 << 15))
    (tmp_path / "one.npy").write_bytes(claim)
    with zipfile.ZipFile(tmp_path / "one.npz", "w") as archive:
        archive.writestr("array.npy", claim)
    write_zarr(_images()[0], tmp_path / "one.zarr")
    told = json.loads((tmp_path / "one.zarr" / "zarr.json").read_text())
    (tmp_path / "one.zarr" / "zarr.json").write_text(json.dumps(told | {"shape": [1 << 20, 1 << 15, 1 << 15]}))
    for ending in (".npy", ".npz", ".zarr"):
        with pytest.raises(ValueError, match=r"claims an array of 1,048,576 × 32,768 × 32,768 .*Fetch the file again"):
            read_image(tmp_path / f"one{ending}")


@pytest.mark.parametrize(("old", "new"), [(b"(2, 3, 4)", b"((2, 3, 4"), (b"'|u1'", b"'|u1\n"), (b"{", b" ")])
def test_a_damaged_header_of_numbers_is_a_value_error(tmp_path, old, new):
    (tmp_path / "one.npy").write_bytes(_claiming((2, 3, 4)).replace(old, new) + bytes(24))
    with pytest.raises(ValueError, match="holds no image that can be read"):
        read_image(tmp_path / "one.npy")


def test_an_archive_that_inflates_beyond_belief_is_refused(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "one.npz", array=np.zeros((100, 100, 100)))
    assert read_image(tmp_path / "one.npz").shape == (100, 100, 100)
    monkeypatch.setattr(claimed, "_ALWAYS_BELIEVED", 2**20)
    with pytest.raises(ValueError, match="claims an array of 8,000,128"):
        read_image(tmp_path / "one.npz")


def test_a_chunk_that_was_lost_is_not_read_as_zeros(tmp_path):
    volume = Volume(np.zeros((40, 512, 512), np.int16), None)  # three chunks, all of the fill value
    path = write_zarr(volume, tmp_path / "one.zarr")
    assert read_zarr(path).flags == ()
    (path / "c" / "1" / "0" / "0").rename(path / "another")
    with pytest.raises(ValueError, match="chunks") as caught:
        read_zarr(path)
    assert str(caught.value) == (
        "The .zarr holds 2 of 3 chunks. All of them were written, and would be right. Fetch the folder again, or write "
        "it again with save_image."
    )


def test_a_chunk_that_another_program_did_not_write_is_flagged(tmp_path):
    kept = zarr.create_array(tmp_path / "one.zarr", shape=(4, 2, 2), chunks=(1, 2, 2), dtype="i2", fill_value=0)
    kept[:3] = 7
    volume = read_zarr(tmp_path / "one.zarr")
    assert volume.array[:, 0, 0].tolist() == [7, 7, 7, 0]
    assert volume.flags[-1] == "1 of 4 chunks are absent; Zarr reads them as its fill value."


def test_a_damaged_chunk_is_a_value_error(tmp_path):
    path = write_zarr(_images()[0], tmp_path / "one.zarr")
    (path / "c" / "0" / "0" / "0").write_bytes(b"damaged")
    with pytest.raises(ValueError, match="holds no image that can be read"):
        read_zarr(path)


@pytest.mark.parametrize("name", ["pipe.npy", "pipe.npz", "pipe.png", "pipe.dcm"])
def test_a_pipe_is_refused_without_waiting(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match="pipe"):
        read_image(tmp_path / name)


def test_without_zarr_the_install_line_is_named(tmp_path, monkeypatch):
    found = builtins.__import__

    def without_zarr(name, *rest, **more):
        if name == "zarr":
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_zarr)
    with pytest.raises(MissingPackageError) as caught:
        save_image(Volume(np.zeros((1, 2, 2)), None), tmp_path / "one.zarr")
    assert str(caught.value) == (
        "Zarr arrays need the package zarr, which is not installed. "
        "Install it with `pip install 'imaging-workbench[dask]'`, or save as .npz."
    )


def test_an_unknown_ending_names_the_valid_ones(tmp_path):
    with pytest.raises(ValueError, match="ends with") as caught:
        save_image(Volume(np.zeros((1, 2, 2)), None), tmp_path / "one.mha")
    assert str(caught.value) == (
        "The name ends with '.mha'. Valid endings: .nii, .nii.gz, .npz, .zarr. Give the file one of these."
    )


def test_a_volume_that_was_kept_is_read_by_read_series_too(tmp_path):
    first, second, _ = _images()
    assert read_series(write_numpy(first, tmp_path / "one.npz")).shape == (2, 3, 4)
    with pytest.raises(ValueError, match="radiograph") as caught:
        read_series(write_numpy(second, tmp_path / "two.npz"))
    assert str(caught.value) == (
        "The file holds a radiograph, where a volume of slices was asked for. Read it with read_image."
    )


def test_a_file_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        read_image(tmp_path / "none.npz")
    assert str(caught.value) == "There is no such .npz here. Right would be an existing one. Check its path."
    with pytest.raises(FileNotFoundError) as caught:
        read_image(tmp_path / "none")
    assert str(caught.value) == (
        "There is nothing at this path. Right would be an image file or a folder of one series. Check its spelling."
    )


def test_what_lies_at_a_path_decides_what_comes_back(write_slices, tmp_path):
    from PIL import Image as Picture

    folder = write_slices([0, 3])[0].parent
    Picture.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / "one.png")
    assert type(read_image(folder)) is Volume
    assert read_image(folder / "000.dcm").shape == (1, 6, 8)
    assert type(read_image(get_testdata_file("SC_rgb_small_odd.dcm"))) is Radiograph
    assert type(read_image(tmp_path / "one.png")) is Radiograph
    assert type(read_image(get_testdata_file("examples_ybr_color.dcm"))) is Cine


def test_a_folder_of_radiographs_is_no_volume(write_slices):
    folder = write_slices([0, 3], Modality="CR", ImagePositionPatient=None)[0].parent
    with pytest.raises(ValueError, match="no slices") as caught:
        read_image(folder)
    assert str(caught.value) == (
        "The folder holds 2 images (CR) that are no slices of one volume. "
        "Right would be one image, or slices that state where they lie. Pass the path of one file."
    )


@pytest.mark.real_data
@pytest.mark.skipif("WORKBENCH_TEST_DATA" not in os.environ, reason="WORKBENCH_TEST_DATA names no folder of images")
@pytest.mark.parametrize(
    ("path", "kind", "shape"),
    [
        ("dicom_edge/mr_ge", Volume, (4, 256, 256)),
        ("dicom_edge/geometry_slicecount", Volume, (2, 256, 256)),
        ("dicom_edge/pylibjpeg_data/rtdose.dcm", Volume, (15, 10, 10)),
        ("dicom_edge/pylibjpeg_data/emri_small.dcm", Cine, (10, 64, 64)),
        ("dicom_edge/pylibjpeg_data/SC_rgb_2frame.dcm", Cine, (2, 100, 100, 3)),
    ],
)
def test_real_files_are_what_they_are(path, kind, shape):
    image = read_image(Path(os.environ["WORKBENCH_TEST_DATA"]) / path)
    assert (type(image), image.shape) == (kind, shape)
