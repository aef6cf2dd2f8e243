"""Examine the installed software: Python, packages against their floors, extras, the kernel, the shipped files."""

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from pathlib import Path

from workbench.assets import asset_path
from workbench.presentation.doctor.checks import Check

DISTRIBUTION = "imaging-workbench"
REINSTALL = f"pip install --force-reinstall {DISTRIBUTION}; in a checkout: make setup"

#: What each extra is for, in the order a reader meets them; the tools for tests are not examined.
_EXTRAS = {
    "lab": "JupyterLab with SciPy",
    "viewer": "volumes in 3-D",
    "gpu": "preparing images on an NVIDIA GPU with CUDA 12",
    "gpu13": "the same with CUDA 13",
    "dask": "work over many machines",
    "slides": "whole-slide images",
    "serving": "a public server",
    "dicomweb": "DICOMweb servers",
    "catalog": "checking Croissant files",
    "models": "ONNX models",
    "monai": "MONAI",
    "ocr": "burned-in text",
    "stats": "SciPy",
}


def look_at_python() -> Check:
    """Return whether this Python is new enough for the package.

    Returns
    -------
    Check
        Needed.
    """
    from packaging.specifiers import SpecifierSet

    wanted = importlib.metadata.metadata(DISTRIBUTION)["Requires-Python"]
    found = platform.python_version()
    words = f"{found} at {sys.executable}; {wanted} is needed."
    if SpecifierSet(wanted).contains(found, prereleases=True):
        return Check("Python", "ok", words, needed=True)
    return Check("Python", "missing", words, "make setup PYTHON=python3.12 (or another that is new enough)", True)


def look_at_packages() -> Check:
    """Return whether every package that the core needs is there, at its floor or newer.

    Returns
    -------
    Check
        Needed; names those that are not.
    """
    from packaging.requirements import Requirement

    needed = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or []]
    core = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = [words for each in core if (words := _shortfall(each.name, str(each.specifier)))]
    if not wrong:
        version = importlib.metadata.version(DISTRIBUTION)
        return Check("Packages", "ok", f"{DISTRIBUTION} {version} and the {len(core)} packages it needs.", needed=True)
    return Check("Packages", "missing", f"{'; '.join(wrong)}.", REINSTALL, True)


def look_at_extras() -> list[Check]:
    """Return JupyterLab as a line of its own, and the other extras together: none of them is needed.

    Returns
    -------
    list of Check
        ``missing`` for JupyterLab alone.
    """
    lacking = {name: _lacking(name) for name in _EXTRAS}
    of_lab = [words for words in lacking["lab"] if words.startswith("jupyterlab ")]
    lab = (
        Check("JupyterLab", "missing", f"{of_lab[0]}.", _install("lab"))
        if of_lab
        else Check("JupyterLab", "ok", f"{importlib.metadata.version('jupyterlab')}.")
    )
    there = [name for name in _EXTRAS if not lacking[name]]
    absent = [f"{name} ({_EXTRAS[name]})" for name in _EXTRAS if lacking[name]]
    words = f"Installed: {', '.join(there) or 'none'}."
    return [lab, Check("Extras", "ok", f"{words} Not, or in part: {', '.join(absent)}." if absent else words)]


def look_at_kernel() -> Check:
    """Return whether the kernel that notebooks and reports name is this Python.

    Returns
    -------
    Check
        Needed, for reports run in it.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    found = shutil.which(command) or command
    # The kernel that comes with ipykernel names no folder; Jupyter then takes the Python that it runs in.
    if command in {"python", "python3"} or Path(found).resolve() == Path(sys.executable).resolve():
        return Check("Kernel", "ok", "The kernel named python3 is this Python.", needed=True)
    return Check(
        "Kernel",
        "missing",
        f"The kernel named python3 runs {found}, another Python than this one, so notebooks and reports may not find "
        "the workbench.",
        f"{sys.executable} -m ipykernel install --sys-prefix",
        True,
    )


def look_at_shipped_files() -> Check:
    """Return whether notebooks, dashboards and data catalog came with the package.

    Returns
    -------
    Check
        Needed.
    """
    found = {name: sum(path.is_file() for path in asset_path(name).rglob("*")) for name in _SHIPPED}
    empty = [name for name, n in found.items() if not n]
    if empty:
        return Check("Shipped files", "missing", f"Nothing lies in {', '.join(empty)}.", REINSTALL, True)
    return Check("Shipped files", "ok", f"{', '.join(f'{n} in {name}' for name, n in found.items())}.", needed=True)


_SHIPPED = ("notebooks", "dashboards", "data_catalog")


def _install(*extras: str) -> str:
    return f"pip install '{DISTRIBUTION}[{','.join(extras)}]'"


def _shortfall(name: str, wanted: str) -> str:
    """What is wrong with one package, or nothing."""
    from packaging.specifiers import SpecifierSet

    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is not installed ({wanted or 'any version'} is needed)"
    if not SpecifierSet(wanted).contains(found, prereleases=True):
        return f"{name} {found} is installed ({wanted} is needed)"
    return ""


def _lacking(extra: str) -> list[str]:
    """What the packages of an extra lack."""
    from packaging.requirements import Requirement

    needed = [Requirement(line) for line in importlib.metadata.requires(DISTRIBUTION) or []]
    ours = [
        each
        for each in needed
        if each.marker and each.marker.evaluate({"extra": extra}) and not each.marker.evaluate({"extra": ""})
    ]
    if not ours:
        return ["an older version of the workbench was installed, which has no such extra"]
    return [words for each in ours if (words := _shortfall(each.name, str(each.specifier)))]
