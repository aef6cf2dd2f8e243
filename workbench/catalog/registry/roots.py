"""Where the files of a data catalog lie: its folders, what belongs into them, and what a digest of them is."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.catalog.registry.entries import Kind

#: Folder of entries -> what they are.
FOLDERS: dict[str, Kind] = {"datasets": "dataset", "models": "model", "frameworks": "framework"}
LICENSES = "licenses.yaml"
_ENDING = ".yaml"
# What entries are read with, besides their own files.
_BESIDE = (LICENSES, "standing_together.yaml", "schema/entry.schema.json", "checks/idc.yaml")
_MOST_BYTES = 100_000_000  # of all files together, before anything is read


@dataclass(frozen=True)
class Root:
    """A data catalog on disk.

    Attributes
    ----------
    path : pathlib.Path
        The folder.
    name : str
        What messages call it.
    own : bool
        Whether a user named it.
    """

    path: Path
    name: str
    own: bool = False

    @property
    def argument(self) -> str:
        """What follows a command that is to read it: nothing for the shipped one."""
        return f" {self.name}" if self.own else ""

    def shown(self, path: Path) -> str:
        """Return a file as messages name it.

        Parameters
        ----------
        path : pathlib.Path
            Below the folder.

        Returns
        -------
        str
            With forward slashes.
        """
        return f"{self.name.rstrip('/')}/{path.relative_to(self.path).as_posix()}"

    def files(self) -> Iterator[tuple[Kind, Path]]:
        """Give the files of entries.

        Yields
        ------
        tuple of (kind, pathlib.Path)
            By folder and name; hidden ones are left out.
        """
        for folder, kind in FOLDERS.items():
            for path in self._listed(self.path / folder):
                if path.name.endswith(_ENDING):
                    yield kind, path

    def misplaced(self) -> Iterator[tuple[Path, str]]:
        """Give what looks like an entry and is not read as one, and folders that cannot be read.

        Yields
        ------
        tuple of (pathlib.Path, str)
            And what would be right.
        """
        for folder in FOLDERS:
            place = self.path / folder
            try:
                listed = self._listed(place) if place.exists() else []
                if place.is_dir():
                    os.scandir(place).close()
            except OSError as problem:
                yield place, f"The folder cannot be read ({problem.strerror}). Change its rights, or leave it out."
                continue
            for path in listed:
                if path.suffix.lower() in (".yml", ".json", ".yaml") and not path.name.endswith(_ENDING):
                    yield path, f"The name ends in {path.suffix}; {_ENDING} would be right. Rename the file."
        for path in self._listed(self.path) if self.own else ():
            if path.suffix.lower() in (".yaml", ".yml") and path.name != LICENSES and path.is_file():
                yield (
                    path,
                    f"An entry stands in datasets/, models/ or frameworks/. Move it to datasets/{path.stem}.yaml",
                )

    def _listed(self, folder: Path) -> list[Path]:
        try:
            return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except OSError:
            return []


def own_root(folder: Path | str) -> Root:
    """Return a folder of entries that a user named.

    Parameters
    ----------
    folder : pathlib.Path or str
        Holds ``datasets/``, ``models/`` or ``frameworks/``.

    Returns
    -------
    Root
        Its files are not read yet.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        When there is no such folder, or it is a file or holds no entries.
    """
    path = Path(folder).expanduser()
    then = f"Make one: workbench datasets add --name NAME --to {folder}"
    if not path.exists():
        raise FileNotFoundError(f"No folder {folder}. A folder with datasets/ in it would be right. {then}")
    if not path.is_dir():
        raise NotADirectoryError(f"{folder} is a file. A folder with datasets/ in it would be right. {then}")
    root = Root(path, str(folder), own=True)
    if not any((path / name).exists() for name in FOLDERS) and not list(root.misplaced()):
        raise FileNotFoundError(
            f"{folder} holds no entries. A folder with datasets/, models/ or frameworks/ in it would be right. {then}"
        )
    return root


def files_digest(roots: Sequence[Root], *rules: Path) -> str | None:
    """Return a digest of everything that entries are read from.

    Parameters
    ----------
    roots : sequence of Root
        Data catalogs.
    *rules : pathlib.Path
        Further files that change what comes out.

    Returns
    -------
    str or None
        16 hexadecimal digits; None when a file cannot be read, which the checks will tell.
    """
    digest = hashlib.sha256()
    try:
        for root in roots:
            digest.update(f"{root.name}\0{root.own}".encode())
            beside = [path for name in _BESIDE if (path := root.path / name).exists()]
            for path in [*(path for _, path in root.files()), *beside, *(path for path, _ in root.misplaced())]:
                digest.update(f"\0{path.relative_to(root.path)}\0".encode())
                digest.update(_content(path))
        for path in rules:
            digest.update(_content(path))
    except OSError:
        return None
    return digest.hexdigest()[:16]


def _content(path: Path) -> bytes:
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:  # a pipe would be waited for without end
        raise OSError
    return path.read_bytes()
