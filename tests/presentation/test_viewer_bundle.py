"""The bundle that draws volumes in 3-D: checked before it is served, put in place whole, told of in words."""

import hashlib
import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench.cli.viewer import add_viewer
from workbench.errors import MissingPackageError
from workbench.imaging.images import Radiograph, Volume
from workbench.presentation.viewer import bundle, view
from workbench.presentation.viewer.bundle import bundle_folder, check_bundle, install_bundle

needs_itkwidgets = pytest.mark.skipif(
    importlib.util.find_spec("itkwidgets") is None,
    reason="itkwidgets is not installed: pip install 'imaging-workbench[viewer]'",
)


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """Return the folder of a bundle that is known: small files of our own in the places of the real ones."""
    folder = tmp_path / "wheel"
    for name in bundle._KNOWN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    known = {name: hashlib.sha256(name.encode()).hexdigest() for name in bundle._KNOWN}
    monkeypatch.setattr(bundle, "_KNOWN", known)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: type("Found", (), {"origin": str(folder / "x.py")}))
    return folder


def test_an_installed_bundle_is_found_by_its_parts(wheel, tmp_path):
    state = install_bundle(tmp_path / "prefix", source=wheel)
    assert state.ready
    assert state.words == "itkwidgets 0.32.4 and its bundle are installed and as published."
    package = json.loads((state.folder / "package.json").read_text())
    assert (state.folder / package["jupyterlab"]["_build"]["load"]).is_file()
    assert (state.folder / "static/nbextensions/itkwidgets/index.js").read_bytes() == b"index.js"


def test_installing_twice_changes_nothing(wheel, tmp_path):
    folder = install_bundle(tmp_path, source=wheel).folder
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    assert install_bundle(tmp_path, source=wheel).ready
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    assert [each.name for each in folder.parent.iterdir()] == ["workbench-itkwidgets"]


def test_a_changed_file_is_told_of_and_mended(wheel, tmp_path):
    folder = install_bundle(tmp_path, source=wheel).folder
    (folder / "static/nbextensions/itkwidgets/index.js").write_text("changed")
    assert check_bundle(tmp_path).words == (
        "1 of 7 files of the itkwidgets bundle are missing or changed, such as "
        "static/nbextensions/itkwidgets/index.js. Install it again: workbench viewer install"
    )
    assert install_bundle(tmp_path, source=wheel).ready


def test_another_bundle_is_refused_in_three_parts_and_nothing_is_written(wheel, tmp_path):
    (wheel / "index.js").write_text("something else")
    came, known = (hashlib.sha256(text).hexdigest()[:12] for text in (b"something else", b"index.js"))
    with pytest.raises(ValueError, match="differs") as problem:
        install_bundle(tmp_path / "prefix", source=wheel)
    assert str(problem.value) == (
        f"The itkwidgets bundle differs in 1 of 5 files, first index.js: {came}. "
        f"Version 0.32.4 has SHA-256 {known}…; another is not served to browsers. "
        "Reinstall that version: pip install --force-reinstall itkwidgets==0.32.4"
    )
    assert not (tmp_path / "prefix").exists()


def test_without_the_package_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert check_bundle(tmp_path).words == (
        "itkwidgets is not installed. "
        "Install it: pip install 'imaging-workbench[viewer]', then: workbench viewer install"
    )
    with pytest.raises(MissingPackageError) as problem:
        install_bundle(tmp_path)
    assert str(problem.value) == (
        "itkwidgets was not found. Version 0.32.4 draws volumes in 3-D. "
        "Install it: pip install 'imaging-workbench[viewer]', then: workbench viewer install"
    )


def test_three_dimensions_asked_for_without_the_bundle_are_refused_in_three_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    volume = Volume(np.zeros((4, 4, 4)), spacing_mm=None)
    with pytest.raises(MissingPackageError) as problem:
        view(volume, mode="3d")
    assert str(problem.value) == (
        "The itkwidgets bundle is not installed. Install it: workbench viewer install. Volumes are drawn in 3-D by "
        "itkwidgets. Without it, show them flat: view(…, mode='slices')"
    )
    assert view(volume).scene["notes"][0] == (
        "Shown as slices: The itkwidgets bundle is not installed. Install it: workbench viewer install"
    )


def test_a_flat_image_in_three_dimensions_is_refused_in_three_parts():
    with pytest.raises(TypeError) as problem:
        view(Radiograph(np.zeros((4, 4)), spacing_mm=None), mode="3d")
    assert str(problem.value) == (
        "A Radiograph was received. Only a Volume is drawn in 3-D. Show it flat: view(…, mode='slices')"
    )


def test_a_single_slice_in_three_dimensions_is_refused_in_three_parts():
    with pytest.raises(ValueError, match="was received") as problem:
        view(Volume(np.zeros((1, 4, 4)), spacing_mm=None), mode="3d")
    assert str(problem.value) == (
        "A volume of shape (1, 4, 4) was received. At least two voxels along each of three axes are drawn in 3-D. "
        "Show it flat: view(…, mode='slices')"
    )


@needs_itkwidgets
def test_the_wheel_that_is_installed_is_the_known_one(tmp_path):
    assert install_bundle(tmp_path).ready


@needs_itkwidgets
def test_the_command_installs_and_checks(tmp_path, capsys):
    import argparse

    parser = argparse.ArgumentParser()
    add_viewer(parser.add_subparsers())
    for words, code, said in (
        ("check", 1, "The itkwidgets bundle is not installed. Install it: workbench viewer install\n"),
        ("install", 0, "itkwidgets 0.32.4 and its bundle are installed and as published.\n"),
        ("check", 0, "itkwidgets 0.32.4 and its bundle are installed and as published.\n"),
    ):
        options = parser.parse_args(["viewer", words, "--prefix", str(tmp_path)])
        assert options.run(options) == code
        assert capsys.readouterr().out.startswith(said)
    shutil.rmtree(bundle_folder(Path(tmp_path)))
