"""Which images lie in a folder."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench.imaging.images import Radiograph
from workbench.imaging.preprocessing.finding import find_images
from workbench.imaging.volumes.files import save_image
from workbench.phantoms.chest import write_chest_ct


def test_a_series_of_slices_is_one_image_and_every_other_file_one_of_its_own(tmp_path: Path) -> None:
    write_chest_ct(tmp_path / "ct", n_slices=3, n_pixels=32)
    for name in ("one.npz", "two.zarr"):
        save_image(Radiograph(np.arange(20.0).reshape(4, 5), spacing_mm=None), tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    found, n_others = find_images([tmp_path])
    assert [image.n_files for image in found] == [3, 1, 1]
    assert [image.read().shape for image in found] == [(3, 32, 32), (4, 5), (4, 5)]
    assert n_others == 1


def test_a_file_and_several_paths_are_taken_in_their_order(tmp_path: Path) -> None:
    first = write_chest_ct(tmp_path / "ct", n_slices=3, n_pixels=32)[0]
    single = tmp_path / "single.dcm"
    shutil.copy(first, single)
    found, n_others = find_images([single, tmp_path / "ct"])
    assert ([image.n_files for image in found], n_others) == ([1, 3], 0)


def test_a_path_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"An image file or a folder would be right. Check the path\."):
        find_images([tmp_path / "none"])
