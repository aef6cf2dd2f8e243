"""What the doctor finds, part by part, where something is missing, old or changed."""

import json
import os
import shutil
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.imaging.emulated_cuda import COMPILER, WITHOUT_COMPILER, emulated
from workbench.cache import CACHE_VARIABLE, sealed_folder
from workbench.presentation import doctor
from workbench.presentation.doctor import machine, pages, software, stored
from workbench.presentation.doctor.checks import Check, examine_part


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache folder of our own, empty."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    monkeypatch.delenv("WORKBENCH_AGGREGATES", raising=False)
    return folder


def put(folder: Path, megabytes: int, *, days_old: float = 0) -> Path:
    """Make a folder that seems to hold so much, written so long ago."""
    folder.mkdir(parents=True)
    with (folder / "table").open("wb") as file:
        file.truncate(megabytes * 1_000_000)
    then = time.time() - days_old * 86_400
    os.utime(folder, (then, then))
    return folder


# ------------------------------------------------------------------ looking itself


def test_a_look_that_fails_is_a_finding_and_says_how_to_mend_it() -> None:
    def broken() -> Check:
        raise ImportError("libcuda.so.1: cannot open\nshared object file")

    words = "It could not be examined. ImportError: libcuda.so.1: cannot open shared object file."
    assert examine_part("GPU", broken, mend="Try this", needed=False) == [Check("GPU", "warning", words, "Try this")]
    (needed,) = examine_part("GPU", broken, mend="Try this", needed=True)
    assert needed.state == "missing"
    assert needed.is_broken


def test_every_part_has_a_look_that_can_be_found() -> None:
    for name, place, mend, _ in doctor._PARTS:
        assert callable(getattr({"machine": machine, "pages": pages, "software": software, "stored": stored}[
            place.partition(":")[0]
        ], place.partition(":")[2])), name  # fmt: skip
        assert mend


# ------------------------------------------------------------------ software


def test_a_package_below_its_floor_and_one_that_is_absent_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = software.importlib.metadata.version

    def version(name: str) -> str:
        if name == "anywidget":
            raise software.importlib.metadata.PackageNotFoundError(name)
        return "1.2" if name == "polars" else real(name)

    monkeypatch.setattr(software.importlib.metadata, "version", version)
    found = software.look_at_packages()
    assert (found.name, found.state, found.needed) == ("Packages", "missing", True)
    assert found.words == (
        "anywidget is not installed (>=0.9.21 is needed); polars 1.2 is installed (>=1.36 is needed)."
    )
    assert found.mend == "pip install --force-reinstall imaging-workbench; in a checkout: make setup"


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software.platform, "python_version", lambda: "3.10.4")
    found = software.look_at_python()
    assert found.is_broken
    assert found.words == f"3.10.4 at {sys.executable}; >=3.11 is needed."


def test_a_kernel_of_another_python_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    command = ["/opt/other/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = software.look_at_kernel()
    assert found.is_broken
    assert found.words == (
        "The kernel named python3 runs /opt/other/bin/python, another Python than this one, so notebooks and reports "
        "may not find the workbench."
    )


def test_without_jupyterlab_there_is_one_line_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "_shortfall", lambda name, wanted: f"{name} is not installed ({wanted} is needed)")
    lab, extras = software.look_at_extras()
    assert (lab.state, lab.needed) == ("missing", False)
    assert lab.words == "jupyterlab is not installed (>=4.5 is needed)."
    assert lab.mend == "pip install 'imaging-workbench[lab]'"
    assert extras.words.startswith(
        "Installed: none. Not, or in part: lab (JupyterLab with SciPy), viewer (volumes in 3-D), gpu"
    )


# ------------------------------------------------------------------ machine


def test_a_full_disk_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def free(bytes_free: int) -> Check:
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, bytes_free))
        return machine.look_at_disk()

    assert free(2_000_000_000).state == "ok"
    assert free(999_000_000).words == f"1.0 GB free at {cache}. Images soon take more."
    assert free(99_000_000).is_broken


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "limit").write_text("1073741824\n")
    (tmp_path / "used").write_text("573741824\n")
    monkeypatch.setattr(machine, "_CGROUP_LIMITS", (str(tmp_path / "limit"),))
    monkeypatch.setattr(machine, "_CGROUP_USED", (str(tmp_path / "used"),))
    found = machine.look_at_memory()
    assert found.state == "warning"
    assert found.words.startswith("0.5 GB free for new kernels")
    (tmp_path / "limit").write_text("max\n")  # no limit
    assert not machine.look_at_memory().words.startswith("0.5 GB")


def test_a_gpu_is_used_before_it_is_praised() -> None:
    if COMPILER is None:
        pytest.skip(WITHOUT_COMPILER)
    with emulated():
        found = machine.look_at_gpu()
    assert found.state == "ok"
    assert found.words.endswith("; it computes.")


def test_a_gpu_that_lies_idle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = type("Cpu", (), {"is_gpu": False, "label": "a CPU, 2 threads"})
    monkeypatch.setattr("workbench.imaging.arrays.choose_device", lambda _: cpu)
    monkeypatch.setattr(machine.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    found = machine.look_at_gpu()
    assert (found.state, found.needed) == ("warning", False)
    assert found.mend.startswith("pip install 'imaging-workbench[gpu]' (of CUDA 13: [gpu13])")


def test_a_browser_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CHROMIUM", "/nowhere/chromium")
    assert machine.look_at_chromium() == Check(
        "Chromium",
        "missing",
        "/nowhere/chromium does not start: reports have no PDF, and browser tests are skipped.",
        "apt-get install chromium; or name another browser: export WORKBENCH_CHROMIUM=COMMAND",
    )


def test_servers_and_fonts_that_are_missing_are_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "_SERVER_FOLDERS", ())
    monkeypatch.setattr(machine, "_FONT_FOLDERS", (str(tmp_path),))
    found = [*machine.look_at_servers(), machine.look_at_fonts()]
    assert [check.state for check in found] == ["missing"] * 3
    assert [check.mend for check in found] == [
        "apt-get install nginx",
        "apt-get install supervisor",
        "apt-get install fontconfig fonts-dejavu",
    ]
    assert not any(check.is_broken for check in found)


def test_supervisor_without_superlance_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(machine, "_version_of", lambda *_: "4.2.5")
    monkeypatch.setattr(machine.sys, "executable", str(tmp_path / "python"))
    assert machine.look_at_servers()[1] == Check(
        "Supervisor",
        "warning",
        "4.2.5 at /usr/bin/supervisord, without superlance, which asks each page process whether it is well.",
        "pip install 'imaging-workbench[serving]'",
    )
    (tmp_path / "httpok").touch()
    assert machine.look_at_servers()[1].state == "ok"


# ------------------------------------------------------------------ pages


def test_a_bundle_that_jupyter_does_not_find_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path)])
    found = pages.look_at_widgets()
    assert found.is_broken
    assert found.words == "Those of anywidget, jupyterlab_widgets, voila are missing: widgets would stay empty."
    (tmp_path / "labextensions" / "anywidget").mkdir(parents=True)
    (tmp_path / "labextensions" / "anywidget" / "package.json").touch()
    assert pages.look_at_widgets().words.startswith("Those of jupyterlab_widgets, voila are missing")


def test_a_template_of_another_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "voila" / "templates" / "workbench"
    shutil.copytree(pages._JUPYTER.joinpath(*pages._TEMPLATE), copy)
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path)])
    assert pages.look_at_template() == Check("Voila template", "ok", f"Installed in {copy}.", needed=True)
    (copy / "conf.json").write_text("{}")
    found = pages.look_at_template()
    assert (found.state, found.words) == ("warning", f"conf.json in {copy} is of another version.")
    shutil.rmtree(copy)
    assert pages.look_at_template().words.startswith("Not where Voila looks; workbench serve finds it all the same")


def test_a_changed_vega_bundle_is_told_and_an_absent_one_is_fine(cache: Path) -> None:
    assert pages.look_at_vega().words == "Not made yet; the first chart makes it, in about two seconds."
    name = f"vega-{version('vl-convert-python')}"
    bundle = sealed_folder(name, lambda folder: (folder / "vega-embed.js").touch()) / "vega-embed.js"
    assert pages.look_at_vega().state == "ok"
    bundle.write_text("alert(1)")
    found = pages.look_at_vega()
    assert (found.state, found.is_broken) == ("warning", False)
    assert found.words == f"What lies in {bundle.parent} was changed; the next chart makes it anew."


# ------------------------------------------------------------------ stored


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    found = stored.look_at_cache()
    assert (found.state, found.mend) == ("warning", "export WORKBENCH_CACHE=FOLDER (one that you may write to)")
    assert found.words == (
        f"{tmp_path / 'file' / 'cache'} cannot be written; each session makes its tables anew in a temporary folder."
    )


def test_what_nothing_uses_any_more_is_counted_and_the_rest_left_alone(cache: Path) -> None:
    put(cache / "idc-24.0.1-0123456789ab", 150, days_old=9)
    put(cache / "vega-1.0 b", 100, days_old=9)
    put(cache / ".idc-25.0.5-x", 30, days_old=2)  # an interrupted run
    for name in ("idc-25.0.5-0123456789ab", "vega-1.9.0", "gen3-aaaaaaaaaaaa-b", "gen3-cccccccccccc-b", ".now"):
        put(cache / name, 1)
    found = stored.look_at_cache()
    assert found.state == "warning"
    assert found.words == f"285 MB in {cache}, of which nothing uses 280 MB any more."
    assert found.mend == f"rm -r {cache}/.idc-25.0.5-x {cache}/idc-24.0.1-0123456789ab '{cache}/vega-1.0 b'"


def test_an_index_that_was_changed_is_told(cache: Path) -> None:
    from workbench.catalog.sources.idc_package import package_version

    assert stored.look_at_index().words.endswith("; the first use prepares it, in about ten seconds.")
    put(cache / f"idc-{package_version()}-0123456789ab", 1)
    found = stored.look_at_index()
    assert (found.state, found.mend) == ("warning", "workbench catalog")


def test_pages_that_are_absent_or_wrong_are_told(cache: Path) -> None:
    found = stored.look_at_aggregates()
    assert (found.state, found.needed, found.mend) == ("missing", False, "workbench site aggregates")
    place = put(cache / "pages-idc-25.0.5-0123456789ab", 0)
    assert stored.look_at_aggregates().words == f"No page lies in {place}."
    (place / "census.json").write_text("{}")
    found = stored.look_at_aggregates()
    assert found.state == "warning"
    assert found.words.startswith("census: ")
