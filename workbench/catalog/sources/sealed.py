"""What all sources that make their own tables share: digests of what went in, and the repository that comes out."""

import hashlib
import inspect
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from workbench.cache import rules_digest
from workbench.catalog.repository import Disclosure, Repository
from workbench.catalog.sources.assemble import original_columns

_BREAKING = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, line and paragraph separators


def repository_of(
    folder: Path, *, name: str, key: str, build: str, disclosure: Disclosure = "controlled"
) -> Repository:
    """Return the repository whose tables and original lie in a sealed folder.

    Parameters
    ----------
    folder : pathlib.Path
        What `workbench.catalog.sources.assemble.write_entities` filled.
    name, key, build : str
        For titles; for file names and saved cohorts; the exact version of what was read.
    disclosure : {"public_rows", "synthetic", "controlled"}
        How openly rows may be shown.

    Returns
    -------
    Repository
        Its version is the beginning of its build.
    """
    return Repository(
        name=one_line(name),
        key=key,
        version=build[:7],
        build=build,
        disclosure=disclosure,
        folder=folder,
        original=folder / "original.parquet",
        original_columns=original_columns(folder),
    )


def one_line(name: str) -> str:
    """Return a name with a space for each run of line breaks and control characters, as it stands in code and comments.

    Parameters
    ----------
    name : str
        Such as that of a file.

    Returns
    -------
    str
        Can be written as UTF-8; "unnamed" where nothing is left.

    Examples
    --------
    >>> one_line("ward 3\\nimport os")
    'ward 3 import os'
    """
    kept = (" " if unicodedata.category(letter) in _BREAKING else letter for letter in name)
    return " ".join("".join(kept).split()) or "unnamed"


def content_digest(root: Path, paths: Iterable[Path]) -> str:
    """Return a digest of files: their bytes, and their places below `root`.

    Parameters
    ----------
    root : pathlib.Path
        A folder above all of them.
    paths : iterable of pathlib.Path
        The files.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def rules_of(modules: Iterable[ModuleType]) -> str:
    """Return a digest of the source text of modules, so that a changed rule means new tables.

    Parameters
    ----------
    modules : iterable of module
        Whatever the tables depend on.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    return rules_digest(inspect.getsource(module) for module in modules)
