"""Keep derived tables in the user's cache folder: written whole or not at all, checked on every opening."""

import contextlib
import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

CACHE_VARIABLE = "WORKBENCH_CACHE"
_SEAL = "seal.json"


def cache_folder() -> Path:
    """Return the folder for everything the workbench can make again; ``WORKBENCH_CACHE`` moves it.

    Returns
    -------
    pathlib.Path
        Writable; a temporary folder, with one line said, when the wanted one cannot be written.
    """
    wanted = wanted_folder()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError:
        fallback = _own_temporary_folder()
        say(f"The cache folder {wanted} cannot be written; using {fallback}. Set {CACHE_VARIABLE} to move it.")
        return fallback


def wanted_folder() -> Path:
    """Return where the cache folder should be, whether or not it can be written.

    Returns
    -------
    pathlib.Path
        Absolute; perhaps not there.
    """
    chosen = os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "imaging-workbench"
    return Path(chosen).expanduser().absolute()


def sealed_folder(name: str, build: Callable[[Path], None]) -> Path:
    """Return the cached folder `name`, made by `build` when it is absent or does not match its seal.

    The folder is built beside its final place and moved there in one step, so that a reader never
    sees half of it; a seal of SHA-256 sums shows a file that was cut short or changed.

    Parameters
    ----------
    name : str
        Folder name; holds everything the contents depend on (source version, rules).
    build : callable
        Writes the files into the empty folder it is given.

    Returns
    -------
    pathlib.Path
        Holds the files of `build` and the seal.
    """
    ready = wanted_folder() / name
    if ready.exists() and is_sealed(ready):
        return ready  # it need not be writable, as where a server of public pages reads it
    root = cache_folder()
    final = root / name
    if final.exists():
        if is_sealed(final):
            return final
        say(f"The cached tables in {final} are damaged; building them again.")
    staging = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root))
    try:
        build(staging)
        seal = {path.name: _digest(path) for path in sorted(staging.iterdir())}
        (staging / _SEAL).write_text(json.dumps(seal, indent=1))
        _replace_folder(staging, final)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return final


def is_sealed(folder: Path) -> bool:
    """Return whether a folder holds what was once written there, every file unchanged.

    Parameters
    ----------
    folder : pathlib.Path
        Of the cache.

    Returns
    -------
    bool
        False for a folder that is not there or has no seal.
    """
    try:
        seal = json.loads((folder / _SEAL).read_text())
        return bool(seal) and all(_digest(folder / name) == digest for name, digest in seal.items())
    except (OSError, ValueError, AttributeError):
        return False


def rules_digest(*texts: Iterable[str]) -> str:
    """Return a short digest of the rules a derived table depends on.

    Parameters
    ----------
    *texts : iterable of str
        Source text, constants: whatever changes the result.

    Returns
    -------
    str
        Twelve hexadecimal digits.

    Examples
    --------
    >>> rules_digest(["a"]) == rules_digest(["b"])
    False
    """
    return hashlib.sha256("\0".join(part for text in texts for part in text).encode()).hexdigest()[:12]


def say(line: str) -> None:
    """Print one line to the error stream, where it does not mix with results.

    Parameters
    ----------
    line : str
        A whole sentence.
    """
    print(line, file=sys.stderr, flush=True)


def _own_temporary_folder() -> Path:
    """Return a temporary folder that nobody else can have filled: ours and private, or a new one."""
    owner = os.getuid() if hasattr(os, "getuid") else 0
    shared = Path(tempfile.gettempdir()) / f"imaging-workbench-{owner}"
    try:
        shared.mkdir(mode=0o700, exist_ok=True)
        found = shared.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077:
            return shared
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="imaging-workbench-"))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _replace_folder(staging: Path, final: Path) -> None:
    """Move `staging` to `final`; another process that was faster with a sound folder wins."""
    for _ in range(2):
        try:
            staging.rename(final)
            return
        except OSError:
            if is_sealed(final):
                return
            doomed = Path(tempfile.mkdtemp(prefix=".damaged-", dir=final.parent))
            with contextlib.suppress(FileNotFoundError):  # another process was faster to move it away
                final.rename(doomed / final.name)
            shutil.rmtree(doomed, ignore_errors=True)
    staging.rename(final)
