"""The script that is carried to a machine with a GPU runs, and fails loudly where a result differs."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.imaging.emulated_cuda import COMPILER, WITHOUT_COMPILER
from workbench.imaging.kernels import adaptive

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(COMPILER is None, reason=WITHOUT_COMPILER),
]


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module, its arguments set."""
    spec = importlib.util.spec_from_file_location("gpu_benchmark", Path(__file__).parents[1] / "benchmarks" / "gpu.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "gpu_benchmark", module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["gpu.py", "--emulate"])
    spec.loader.exec_module(module)
    return module


def test_it_runs_in_emulation_and_says_so(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main() == 0
    printed = capsys.readouterr().out
    assert "the times below mean nothing" in printed
    assert printed.endswith("\nAll results agree.\n")
    assert printed.count("**end to end, from pinned memory and back**") == 2


def test_a_difference_ends_it_with_status_one(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_gpu = adaptive._on_gpu
    monkeypatch.setattr(adaptive, "_on_gpu", lambda *arguments: on_gpu(*arguments) + 1)
    assert benchmark.main() == 1
    printed = capsys.readouterr().out
    assert "equalize_adaptive uint8: Emulated device, CuPy 0 (emulated) differs from the CPU" in printed
    assert printed.endswith("\nFAILED: 3 differ.\n")
