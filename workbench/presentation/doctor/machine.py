"""Examine the machine: disk, memory, GPU, and the programs and fonts that stand beside Python."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.cache import wanted_folder
from workbench.presentation.doctor.checks import Check
from workbench.presentation.offline import find_chromium

_SECONDS = 20
# The slim index, the pages and a few reports take less than the first; the second leaves no room for the index alone.
_DISK_LOW_MB, _DISK_NEEDED_MB = 1_000, 100
# A kernel with the embedded commons and a chart takes less than this.
_MEMORY_LOW_MB = 700
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_CGROUP_USED = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")
# Debian keeps servers in folders that are not on everybody's search path.
_SERVER_FOLDERS = ("/usr/local/sbin", "/usr/sbin")
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def look_at_disk() -> Check:
    """Return how much room there is where the workbench writes.

    Returns
    -------
    Check
        Needed.
    """
    folder = next(each for each in [wanted_folder(), *wanted_folder().parents] if each.exists())
    free = shutil.disk_usage(folder).free / 1e6
    words = f"{free / 1000:,.1f} GB free at {folder}."
    mend = "Free some room, or move the cache to another disk: export WORKBENCH_CACHE=FOLDER"
    if free < _DISK_NEEDED_MB:
        return Check("Disk", "missing", f"{words} The index alone takes {_DISK_NEEDED_MB} MB to make.", mend, True)
    if free < _DISK_LOW_MB:
        return Check("Disk", "warning", f"{words} Images soon take more.", mend, True)
    return Check("Disk", "ok", words, needed=True)


def look_at_memory() -> Check:
    """Return how much memory a new kernel finds, within the limit of a container where there is one.

    Returns
    -------
    Check
        Never ``missing``.
    """
    free = _free_memory_mb()
    if free is None:
        return Check("Memory", "ok", "This system does not say how much is free.")
    words = f"{free / 1000:,.1f} GB free for new kernels; one with the whole index takes less than {_MEMORY_LOW_MB} MB."
    if free < _MEMORY_LOW_MB:
        return Check("Memory", "warning", words, "Shut down kernels that nobody uses: JupyterLab, Running, Kernels")
    return Check("Memory", "ok", words)


def look_at_gpu() -> Check:
    """Return whether images are prepared on a GPU, after computing something there; having none is a normal state.

    Returns
    -------
    Check
        ``warning`` where a GPU is there and lies idle.
    """
    from workbench.imaging.arrays import choose_device, to_device

    device = choose_device("auto")
    if device.is_gpu:
        import numpy as np

        total = float(to_device(np.ones(1000, dtype=np.float32), device).sum())
        if total == 1000:
            return Check("GPU", "ok", f"{device.label}; it computes.")
        return Check("GPU", "warning", f"{device.label} adds 1,000 ones to {total:g}.", "Use the CPU: device='cpu'")
    card = any(Path("/dev").glob("nvidia[0-9]*")) or shutil.which("nvidia-smi") is not None
    if not card:
        return Check("GPU", "ok", f"None, which is usual: images are prepared on the CPU ({device.label}).")
    return Check(
        "GPU",
        "warning",
        f"An NVIDIA GPU or its tools are here, and CuPy cannot use them; images are prepared on {device.label}.",
        "pip install 'imaging-workbench[gpu]' (of CUDA 13: [gpu13]); nvidia-smi shows whether the driver runs",
    )


def look_at_chromium() -> Check:
    """Return the browser that prints reports and runs the browser tests.

    Returns
    -------
    Check
        Not needed.
    """
    mend = "apt-get install chromium; or name another browser: export WORKBENCH_CHROMIUM=COMMAND"
    command = find_chromium()
    said = command and _version_of(command, "--version")
    if not said:
        there = f"{command} does not start" if command else "Not installed"
        return Check("Chromium", "missing", f"{there}: reports have no PDF, and browser tests are skipped.", mend)
    return Check("Chromium", "ok", f"{said} at {command}.")


def look_at_servers() -> list[Check]:
    """Return what the recipe for a public server stands on; the development server needs neither.

    Returns
    -------
    list of Check
        nginx and Supervisor.
    """
    found = []
    for name, command, option in (("nginx", "nginx", "-v"), ("Supervisor", "supervisord", "--version")):
        path = os.pathsep.join([os.environ.get("PATH", ""), *_SERVER_FOLDERS])
        program = shutil.which(command, path=path)
        said = program and _version_of(program, option)
        if said and command == "supervisord" and not _has_superlance():
            words = f"{said} at {program}, without superlance, which asks each page process whether it is well."
            found.append(Check(name, "warning", words, "pip install 'imaging-workbench[serving]'"))
        elif said:
            found.append(Check(name, "ok", f"{said.rpartition('/')[2]} at {program}."))  # nginx says nginx/1.22.1
        else:
            words = "Not installed. A public server needs it; workbench serve on this machine does not."
            found.append(Check(name, "missing", words, f"apt-get install {name.lower()}"))
    return found


def look_at_fonts() -> Check:
    """Return whether Chromium finds letters to print with.

    Returns
    -------
    Check
        Not needed.
    """
    if sys.platform != "linux":
        return Check("Fonts", "ok", "Those of the system.")
    listed = shutil.which("fc-list") and _output_of("fc-list", ":", "family")
    if listed:
        return Check("Fonts", "ok", f"{len(set(listed.splitlines()))} families.")
    files = (path for folder in _FONT_FOLDERS for path in Path(folder).expanduser().rglob("*.[ot]tf"))
    if next(files, None):
        return Check("Fonts", "ok", "Some are there; fc-list, which would count them, is not.")
    return Check(
        "Fonts", "missing", "None: a printed report would show no letters.", "apt-get install fontconfig fonts-dejavu"
    )


def _has_superlance() -> bool:
    """Whether its program for the health check stands where the recipe looks for it, beside our Python."""
    return (Path(sys.executable).parent / "httpok").is_file()


def _free_memory_mb() -> float | None:
    """What the system says is available, or what is left of a container's limit where that is less."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    available = re.search(r"MemAvailable:\s+(\d+) kB", text)
    found = [int(available[1]) / 1000] if available else []
    for limit, used in zip(_CGROUP_LIMITS, _CGROUP_USED, strict=True):
        try:
            found.append((int(Path(limit).read_text()) - int(Path(used).read_text())) / 1e6)
        except (OSError, ValueError):  # no such file, or the word "max"
            continue
    return min(found, default=None)


def _version_of(command: str, option: str) -> str:
    """The first line with a digit that a program says of itself, or nothing."""
    lines = [line.strip() for line in _output_of(command, option).splitlines()]
    return next((line for line in lines if re.search(r"\d+\.\d", line)), "")


def _output_of(*command: str) -> str:
    """What a program prints, errors after results; nothing where it does not start."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace")
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"{done.stdout}\n{done.stderr}".strip() if done.returncode == 0 else ""
