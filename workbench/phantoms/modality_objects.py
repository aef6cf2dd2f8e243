"""One small valid object of every modality, as phantoms: for tables, tests and first tries."""

from pathlib import Path


def write_every_modality(folder: Path, *, seed: int = 0) -> dict[str, Path]:
    """Write one small object of every modality and return where each lies.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent; a subfolder for each.
    seed : int
        The same seed gives the same pixels.

    Returns
    -------
    dict of str to pathlib.Path
        ``"CT"`` (a folder with a series), ``"CT enhanced"``, ``"CR"``, ``"DX"``, ``"MG"``, ``"MR"`` (a folder),
        ``"MR enhanced"``, ``"US"`` (multi-frame, RGB), ``"PT"`` (a folder), ``"NM"``, ``"SM"`` (tiled).
    """
    raise NotImplementedError
