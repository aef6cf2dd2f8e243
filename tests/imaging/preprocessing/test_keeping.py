"""A batch outlives any damaged file, and what is replaced is there until its successor is."""

import json
import struct
from pathlib import Path

import nibabel
import numpy as np
import polars as pl
import pytest

from workbench.imaging.images import Image, Radiograph, Volume
from workbench.imaging.preprocessing import keeping
from workbench.imaging.preprocessing.keeping import keep, preprocess_files
from workbench.imaging.volumes import files
from workbench.imaging.volumes.files import read_image


def test_a_file_that_a_library_chokes_on_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        voxels = np.random.default_rng(number).integers(-1000, 1000, (8, 8, 8)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), folder / f"{number}.nii")
    damaged = bytearray((folder / "1.nii").read_bytes())
    struct.pack_into("<h", damaged, 70, 999)  # a data type that there is not
    (folder / "1.nii").write_bytes(bytes(damaged))
    done = preprocess_files([folder], "display", tmp_path / "out", progress=False, device="cpu")
    assert done.table["file"].to_list() == ["image_0001.npz", "", "image_0003.npz"]
    assert pl.read_csv(done.folder / "preprocessed.csv").height == 3


@pytest.mark.parametrize(
    "error", [MemoryError(), RecursionError("deep"), ZeroDivisionError("x"), AttributeError("x"), RuntimeError("x")]
)
def test_what_a_library_says_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def read(self: keeping.FoundImage) -> Image:
        raise error

    (tmp_path / "one.npz").write_bytes(b"")
    monkeypatch.setattr(keeping.FoundImage, "read", read)
    done = preprocess_files([tmp_path / "one.npz"], "display", tmp_path / "out", progress=False, device="cpu")
    assert done.table["refused"].to_list() == [
        f"The image could not be read or prepared ({type(error).__name__}). A whole file that fits into memory would "
        "be right. Try it alone, or export it again where it came from."
    ]


def test_an_image_that_is_replaced_is_there_until_the_new_one_is_whole(
    tmp_path: Path, chest: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep(chest, tmp_path / "one.zarr")
    before = sorted(path.name for path in tmp_path.iterdir())

    def full(image: Image, path: Path) -> Path:
        path.mkdir()
        raise OSError(28, "No space left on device")

    newer = chest.replace(array=chest.array + 1)
    with monkeypatch.context() as context:
        context.setattr(files, "save_image", full)
        with pytest.raises(OSError, match="No space left"):
            keep(newer, path, overwrite=True)
    assert (read_image(path).array == chest.array).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == before == ["one.json", "one.zarr"]
    keep(newer, path, overwrite=True)
    assert (read_image(path).array == newer.array).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_was_done_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Radiograph(np.zeros((4, 4)), spacing_mm=None, units="0 to 1")
    keep(image, tmp_path / "one.npz")
    write = Path.write_text

    def half(self: Path, text: str, **options: str) -> int:
        write(self, text[: len(text) // 2], **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="No space left"):
        keep(image.replace(units="0 to 255"), tmp_path / "one.npz", overwrite=True)
    assert json.loads((tmp_path / "one.json").read_text())["units"] == "0 to 1"
