"""The itkwidgets bundle for JupyterLab 4 and Voila: the wheel's own files, checked, beside our bridge."""

import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import MissingPackageError

#: The version whose bundle is known; later ones do not go with ipywidgets 8.
ITKWIDGETS_VERSION = "0.32.4"
_INSTALL = "Install it: pip install 'imaging-workbench[viewer]', then: workbench viewer install"
_NAME = "workbench-itkwidgets"
_BRIDGE = Path(__file__).resolve().parent.parent / "jupyter" / "itkwidgets"
_OURS = ("package.json", "static/remoteEntry.js")
_WITHIN = "static/nbextensions/itkwidgets"

# SHA-256 of the files of itkwidgets 0.32.4 that a browser asks for, from the RECORD of its wheel on PyPI.
_KNOWN = {
    "index.js": "be6650f10b9ecd2dd8c2d18e4a2c57379d32076f8f3578ef877ecc02b51c5b8e",
    "itk/Pipelines/ZstdDecompress.js": "5d7fae81334b87beb1b515e0a3668cd30d63ce4b620e31fc84d649e2f285bbde",
    "itk/Pipelines/ZstdDecompressWasm.js": "69a0c26679cef48e8cba3e8590078807ff811797030f6ab8c1618dccef270e3d",
    "itk/Pipelines/ZstdDecompressWasm.wasm": "1c08299471ed761a49a35bcf08e8e4487b7c653bc8585cd179a73c5ddbd31755",
    "itk/WebWorkers/Pipeline.worker.js": "d096b7ee41024190307024fc240e6f48cdb8d177832e6789c415642ec8ebccdf",
}


@dataclass(frozen=True)
class BundleState:
    """Whether 3-D can be drawn here.

    Attributes
    ----------
    ready : bool
        The package and its checked bundle are installed.
    words : str
        What is there or missing, and what to do next, in one sentence or two.
    folder : pathlib.Path
        Where the bundle is, or would be.
    """

    ready: bool
    words: str
    folder: Path


def bundle_folder(prefix: Path | None = None) -> Path:
    """Return where JupyterLab and Voila look for the bundle.

    Parameters
    ----------
    prefix : pathlib.Path, optional
        Of the environment; by default that of this interpreter.

    Returns
    -------
    pathlib.Path
        Perhaps not there yet.
    """
    return Path(prefix or sys.prefix) / "share" / "jupyter" / "labextensions" / _NAME


def check_bundle(prefix: Path | None = None) -> BundleState:
    """Return whether 3-D can be drawn here, after hashing what is installed.

    Parameters
    ----------
    prefix : pathlib.Path, optional
        Of the environment; by default that of this interpreter.

    Returns
    -------
    BundleState
        Says in words what is missing.
    """
    folder = bundle_folder(prefix)
    if importlib.util.find_spec("itkwidgets") is None:
        return BundleState(False, f"itkwidgets is not installed. {_INSTALL}", folder)
    if not folder.is_dir():
        return BundleState(
            False, "The itkwidgets bundle is not installed. Install it: workbench viewer install", folder
        )
    wrong = _differing(folder)
    if wrong:
        words = f"{len(wrong)} of {len(_KNOWN) + len(_OURS)} files of the itkwidgets bundle are missing or changed"
        return BundleState(False, f"{words}, such as {wrong[0]}. Install it again: workbench viewer install", folder)
    return BundleState(True, f"itkwidgets {ITKWIDGETS_VERSION} and its bundle are installed and as published.", folder)


def install_bundle(prefix: Path | None = None, *, source: Path | None = None) -> BundleState:
    """Copy the bundle out of the installed wheel, joined with our bridge, to where JupyterLab and Voila find it.

    A second call changes nothing. The folder is put together beside its place and moved there whole.

    Parameters
    ----------
    prefix : pathlib.Path, optional
        Of the environment; by default that of this interpreter.
    source : pathlib.Path, optional
        Folder of the bundle; by default the one in the installed package.

    Returns
    -------
    BundleState
        Ready.

    Raises
    ------
    MissingPackageError
        When itkwidgets is not installed.
    ValueError
        When its bundle is another than the known one.
    """
    state = check_bundle(prefix)
    if state.ready:
        return state
    files = _verified(source or _wheel_folder())
    folder = state.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{_NAME}-", dir=folder.parent))
    try:
        for name in _OURS:
            _put(staging / name, (_BRIDGE / name).read_bytes())
        for name, content in files.items():
            _put(staging / _WITHIN / name, content)
        staging.chmod(0o755)  # a temporary folder is its owner's alone; a server may run as someone else
        _replace(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return check_bundle(prefix)


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("itkwidgets")  # without importing it: that takes seconds
    if found is None or found.origin is None:
        raise MissingPackageError(
            f"itkwidgets was not found. Version {ITKWIDGETS_VERSION} draws volumes in 3-D. {_INSTALL}"
        )
    return Path(found.origin).parent / "static"


def _verified(source: Path) -> dict[str, bytes]:
    """The files of the known bundle, each read once, so that what was checked is what is written."""
    files = {name: _read(source / name) for name in _KNOWN}
    wrong = [name for name, content in files.items() if hashlib.sha256(content).hexdigest() != _KNOWN[name]]
    if wrong:
        came = hashlib.sha256(files[wrong[0]]).hexdigest()[:12] if files[wrong[0]] else "no such file"
        raise ValueError(
            f"The itkwidgets bundle differs in {len(wrong)} of {len(_KNOWN)} files, first {wrong[0]}: {came}. "
            f"Version {ITKWIDGETS_VERSION} has SHA-256 {_KNOWN[wrong[0]][:12]}…; another is not served to browsers. "
            f"Reinstall that version: pip install --force-reinstall itkwidgets=={ITKWIDGETS_VERSION}"
        )
    return files


def _differing(folder: Path) -> list[str]:
    ours = {name: hashlib.sha256((_BRIDGE / name).read_bytes()).hexdigest() for name in _OURS}
    wanted = ours | {f"{_WITHIN}/{name}": digest for name, digest in _KNOWN.items()}
    return [name for name, digest in wanted.items() if hashlib.sha256(_read(folder / name)).hexdigest() != digest]


def _read(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _replace(staging: Path, folder: Path) -> None:
    """Move a finished folder to its place; what was there before goes only when the new one is ready."""
    before = folder.with_name(f".{folder.name}-before-{os.getpid()}")
    if folder.exists():
        folder.replace(before)
    staging.replace(folder)
    shutil.rmtree(before, ignore_errors=True)
