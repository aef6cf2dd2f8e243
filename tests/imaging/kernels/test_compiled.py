"""Compiled loops call each other and heal: machine code cut short on disk is made again."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numba
import pytest

LOOPS = """
from workbench.imaging.kernels.compiled import compiled

@compiled
def double(value):
    return 2 * value

@compiled
def total(n):
    result = 0
    for value in range(n):
        result += double(value)
    return result
"""


def load(script: Path) -> ModuleType:
    """Return the script as a new module, as another process would load it."""
    spec = importlib.util.spec_from_file_location("loops", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_machine_code_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "machine code"))
    script = tmp_path / "loops.py"
    script.write_text(LOOPS)
    assert load(script).total(4) == 12  # twice 0 + 1 + 2 + 3
    files = list((tmp_path / "machine code").rglob(f"*total*.{kind}"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:50])
    assert load(script).total(4) == 12
    assert capsys.readouterr().err == (
        f"The compiled code of total in {files[0].parent} is damaged; compiling it again.\n"
    )
    again = load(script)
    assert again.total(4) == 12
    assert sum(again.total.stats.cache_hits.values()) == 1
    assert capsys.readouterr().err == ""
