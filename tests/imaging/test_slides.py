"""Whole slides: levels, a thumbnail with its spacing, and tiles that make up the picture."""

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.errors import MissingPackageError
from workbench.imaging.slides import read_slide_thumbnail, read_slide_tiles, slide_levels
from workbench.phantoms.objects.slide import slide_picture, write_slide

UNCOMPRESSED = "1.2.840.10008.1.2.1"


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slide")
    write_slide(folder)
    return folder


def test_levels_are_listed_from_the_highest_magnification(slide: Path) -> None:
    assert slide_levels(slide).rows() == [(0, 192, 256, 0.002, 64, 64, 12), (1, 96, 128, 0.004, 64, 64, 4)]


def test_a_thumbnail_says_how_large_its_pixels_are(slide: Path) -> None:
    image = read_slide_thumbnail(slide, size=64)
    # 256 columns of 2 micrometers in 64 pixels: 8 micrometers each
    assert image.array.shape == (48, 64, 3)
    assert image.spacing_mm == pytest.approx((0.008, 0.008))
    assert (image.modality, image.units) == ("SM", "unknown units")
    assert image.flags == ("A thumbnail of a slide of 192 × 256 pixels.",)


def test_a_small_slide_is_not_enlarged(slide: Path) -> None:
    assert read_slide_thumbnail(sorted(slide.iterdir()), size=4000).array.shape == (192, 256, 3)


@pytest.mark.parametrize(("level", "step"), [(0, 1), (1, 2)])
def test_tiles_make_up_the_picture(level: int, step: int, slide: Path) -> None:
    drawn = slide_picture(0)[::step, ::step]
    whole = np.zeros(drawn.shape, dtype=np.uint8)
    for (row, column), tile in read_slide_tiles(slide, level=level):
        whole[row : row + tile.shape[0], column : column + tile.shape[1]] = tile
    assert np.abs(whole.astype(int) - drawn).mean() < 6  # baseline JPEG of noisy pixels


def test_an_unknown_level_is_refused(slide: Path) -> None:
    with pytest.raises(LookupError) as caught:
        next(read_slide_tiles(slide, level=7))
    assert str(caught.value) == "No level 7 in the slide. Levels: 0, 1. Ask for one of these."


def test_files_that_are_no_slide_are_refused(tmp_path: Path) -> None:
    (tmp_path / "1.dcm").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no slide") as caught:
        slide_levels(tmp_path)
    assert str(caught.value) == (
        "1 file of which wsidicom can make no slide (WsiDicomNotFoundError). Right would be the files of one series of "
        "modality SM. Pass the folder of one slide."
    )


def test_without_wsidicom_the_message_names_the_command(slide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "wsidicom":
            raise ImportError(name)
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackageError) as caught:
        slide_levels(slide)
    assert str(caught.value) == (
        "Reading a slide, without wsidicom. Slides are read with that package. "
        "Install it: pip install 'imaging-workbench[slides]'"
    )
