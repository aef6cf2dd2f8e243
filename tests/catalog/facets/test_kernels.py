"""Compiled code that is kept on disk: what was cut short there is compiled again, and every count runs so."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.catalog.facets import kernels

# A loop that is compiled in a moment, kept where those of the facets are and run as they are.
PROGRAM = """
import numba

@numba.njit(cache=True)
def double(numbers):
    return numbers * 2
"""


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_machine_code_is_compiled_again(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled = tmp_path / "compiled"
    monkeypatch.setattr(kernels.numba.config, "CACHE_DIR", str(compiled))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def run() -> tuple[list[int], int, str]:
        """What it gives, whether it was read from disk, and what is said: each time as in a new process."""
        spec = importlib.util.spec_from_file_location("program", program)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        given = kernels._healed(module.double, np.arange(3)).tolist()
        return given, sum(module.double.stats.cache_hits.values()), capsys.readouterr().err

    assert run() == ([0, 2, 4], 0, "")
    files = list(compiled.rglob(f"*.{kind}"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:50])
    given, _, said = run()
    assert given == [0, 2, 4]
    assert said == f"The compiled facets in {compiled} are damaged; compiling them again.\n"
    assert run() == ([0, 2, 4], 1, "")


def test_every_count_runs_so(commons: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def healed(kernel: object, *arguments: object) -> np.ndarray:
        ran.append(kernel)
        return whole(kernel, *arguments)

    whole = kernels._healed
    monkeypatch.setattr(kernels, "_healed", healed)
    wb.facets.count(commons.where(modality="MG", size_mb=(0.123, None)), ["sex"])
    assert set(ran) == {kernels._count}
    assert kernels._count.stats.cache_path.startswith(str(kernels.numba.config.CACHE_DIR))
