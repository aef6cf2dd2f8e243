"""The shipped tables are what the script makes of the published files, byte for byte."""

import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workbench.assets import asset_path

DOWNLOADED = os.environ.get("WORKBENCH_TEST_DATA")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DOWNLOADED, reason="WORKBENCH_TEST_DATA names no folder with downloaded data"),
]


def test_the_tables_are_made_anew_with_the_same_bytes(tmp_path: Path) -> None:
    script = Path(__file__).with_name("build_references.py")
    folder = Path(DOWNLOADED or "") / "reference_population"
    subprocess.run([sys.executable, str(script), str(folder), str(tmp_path)], check=True)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) == 12
    for path in made:
        assert path.read_bytes() == asset_path("data_catalog", *path.relative_to(tmp_path).parts).read_bytes()


def test_the_published_files_are_those_whose_digests_are_kept() -> None:
    folder = Path(DOWNLOADED or "") / "reference_population"
    files = [path for path in folder.rglob("*") if path.is_file()]
    held = {(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}
    text = asset_path("data_catalog", "reference_populations", "sources.toml").read_text(encoding="utf-8")
    for source in tomllib.loads(text).values():
        assert {(file["name"], file["sha256"]) for file in source["files"]} <= held
