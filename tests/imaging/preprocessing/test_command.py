"""``workbench preprocess`` on phantoms: one image, many, and what is refused."""

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.cli.preprocess import add_preprocess
from workbench.cli.steps import WordsError
from workbench.imaging.images import Image, Radiograph, Volume
from workbench.imaging.preprocessing import keeping
from workbench.imaging.volumes.files import read_image, save_image


def _run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    add_preprocess(parser.add_subparsers())
    options = parser.parse_args(["preprocess", *map(str, words)])
    return int(options.run(options) or 0)


@pytest.fixture
def kept(tmp_path: Path, chest: Volume, radiograph: Radiograph) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    save_image(chest, folder / "chest.npz")
    save_image(radiograph, folder / "radiograph.npz")
    return folder


def test_the_list_and_the_explanation_need_no_image(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--list") == 0
    assert "chest_ct         CT         chest CT for models" in capsys.readouterr().out
    assert _run("--pipeline", "chest_ct", "--explain") == 0
    assert "Values below −1000 HU become 0" in capsys.readouterr().out


def test_one_image_becomes_one_file_with_what_was_done_beside_it(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ct.nii.gz"
    assert _run(kept / "chest.npz", "--pipeline", "chest_ct", "--device", "cpu", "--out", out) == 0
    assert f"Image: {out}" in capsys.readouterr().out
    assert sorted(read_image(out).shape) == [20, 24, 24]
    told = json.loads((tmp_path / "ct.json").read_text())
    assert (told["pipeline"], told["units"], told["device"]) == ("chest_ct", "0 to 1", "cpu")
    assert [step["step"] for step in told["steps"]] == ["orient", "resample", "window"]


def test_what_exists_is_replaced_only_when_asked(kept: Path, tmp_path: Path) -> None:
    words = (kept / "radiograph.npz", "--pipeline", "display", "--device", "cpu", "--out", tmp_path / "one.png")
    assert _run(*words) == 0
    with pytest.raises(FileExistsError) as error:
        _run(*words)
    assert str(error.value) == (
        f"{tmp_path / 'one.png'} and 1 more exists already. A new name would be right. Pass "
        "overwrite=True (--overwrite), or another name."
    )
    assert _run(*words, "--overwrite") == 0


def test_a_batch_goes_on_and_reports_what_was_refused_together(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept / "broken.png").write_bytes(b"no picture")
    code = _run(kept, "--pipeline", "chest_ct", "--device", "cpu", "--out", tmp_path / "prepared")
    said = capsys.readouterr().out
    assert code == 1
    assert "1 of 3 images prepared" in said
    assert "Refused, image 3 of 3: Received a radiograph (read_radiograph). The pipeline chest_ct takes" in said
    table = pl.read_csv(tmp_path / "prepared" / "preprocessed.csv")
    assert table["file"].to_list() == ["", "image_0002.npz", ""]
    assert table["shape"].to_list()[1] == "24 20 24"
    assert (tmp_path / "prepared" / "image_0002.json").is_file()


def test_a_volume_is_no_picture(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"An image of 12 × 20 × 24 pixels is no single picture, which a \.png holds"):
        _run(kept / "chest.npz", "--pipeline", "display", "--device", "cpu", "--out", tmp_path / "one.png")


def test_words_that_are_missing_are_asked_for(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="preprocess came without --pipeline"):
        _run(kept)
    with pytest.raises(WordsError, match="preprocess needs images and --out"):
        _run(kept, "--pipeline", "chest_ct")
    with pytest.raises(WordsError, match=r"2 images and --out one\.npz were received. A folder would be right"):
        _run(kept, "--pipeline", "chest_ct", "--out", tmp_path / "one.npz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LookupError, match="There is no image here"):
        _run(tmp_path / "empty", "--pipeline", "chest_ct", "--out", tmp_path / "out")


def test_a_float_picture_is_written_with_its_whole_scale(tmp_path: Path) -> None:
    image = Radiograph(np.arange(400, dtype=np.uint16).reshape(20, 20), spacing_mm=None)
    save_image(image, tmp_path / "one.npz")
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nversion: 1\nsteps:\n  - percentile_window: {lower: 0, upper: 100}\n")
    assert _run(tmp_path / "one.npz", "--pipeline", recipe, "--device", "cpu", "--out", tmp_path / "one.png") == 0
    picture = read_image(tmp_path / "one.png")
    assert (int(picture.array.min()), int(picture.array.max())) == (0, 255)


def test_a_batch_that_is_stopped_leaves_its_table(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, calls = keeping.FoundImage.read, []

    def read_once(self: keeping.FoundImage) -> Image:
        calls.append(self)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return read(self)

    monkeypatch.setattr(keeping.FoundImage, "read", read_once)
    with pytest.raises(KeyboardInterrupt):
        keeping.preprocess_files([kept], "display", tmp_path / "out", device="cpu", progress=False)
    assert pl.read_csv(tmp_path / "out" / "preprocessed.csv").height == 1


def test_the_result_of_a_batch_says_how_many_and_which(kept: Path, tmp_path: Path) -> None:
    done = keeping.preprocess_files([kept], "chest_ct", tmp_path / "out", device="cpu", progress=False)
    assert repr(done) == f"1 of 2 images prepared: {tmp_path / 'out'}"
    assert done.refused["number"].to_list() == [2]
    with pytest.raises(FileExistsError):
        keeping.preprocess_files([kept], "chest_ct", tmp_path / "out", device="cpu", progress=False)
    again = keeping.preprocess_files(
        [kept], "chest_ct", tmp_path / "out", ending=".zarr", device="cpu", overwrite=True, progress=False
    )
    assert (tmp_path / "out" / "image_0001.zarr").is_dir()
    assert again.table["file"].to_list()[0] == "image_0001.zarr"


def test_an_ending_that_nothing_is_written_in_is_refused_and_makes_no_folder(tmp_path: Path) -> None:
    out = tmp_path / "x.tif"
    with pytest.raises(WordsError) as error:
        _run(tmp_path, "--pipeline", "display", "--out", out)
    assert str(error.value) == (
        "--out x.tif was received. A new folder's name without an ending, or a file that ends in .nii.gz, .nii, .npz, "
        ".zarr, .png, would be right. Rename it."
    )
    assert not out.exists()
