"""One small valid object of every modality, as phantoms: for tables, tests and first tries."""

from pathlib import Path

from pydicom.uid import JPEGBaseline8Bit

from workbench.phantoms.ct_series import write_ct_series
from workbench.phantoms.objects.breast import write_mammogram
from workbench.phantoms.objects.heads import write_enhanced_mr, write_head_mr
from workbench.phantoms.objects.multiframe import write_enhanced_ct
from workbench.phantoms.objects.nuclear import write_chest_pet, write_scintigram
from workbench.phantoms.objects.slide import write_slide
from workbench.phantoms.objects.ultrasound import write_ultrasound
from workbench.phantoms.radiographs import Exposure, write_radiograph
from workbench.phantoms.thorax import Chest, Finding, make_chest

_DISEASE = (Finding("ground-glass", "right lower", 150.0), Finding("consolidation", "left lower", 80.0))


def write_every_modality(folder: Path, chest: Chest | None = None, *, seed: int = 0) -> dict[str, Path]:
    """Write one small object of every modality and return where each lies.

    Parameters
    ----------
    folder : pathlib.Path
        Made when absent; a subfolder for each.
    chest : Chest, optional
        What CT, radiographs and scintigram show; a small one with disease when left out.
    seed : int
        The same seed gives the same files.

    Returns
    -------
    dict of str to pathlib.Path
        The subfolders, named ``"CT"``, ``"CT enhanced"``, ``"CR"``, ``"DX"``, ``"MG"``, ``"MR"`` (a spin echo),
        ``"MR enhanced"``, ``"US"`` (a loop in color, YBR), ``"PT"``, ``"NM"`` and ``"SM"`` (two levels).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     where = write_every_modality(Path(folder))
    ...     sum(len(list(each.iterdir())) for each in where.values())
    85
    """
    chest = chest or make_chest(seed=seed, findings=_DISEASE)
    where = {name: folder / name.lower().replace(" ", "_") for name in _NAMES}
    write_ct_series(where["CT"], chest)
    write_enhanced_ct(where["CT enhanced"] / "1.dcm", chest)
    write_radiograph(where["CR"] / "1.dcm", chest, exposure=Exposure(modality="CR", photometric="MONOCHROME1"))
    write_radiograph(where["DX"] / "1.dcm", chest)
    write_mammogram(where["MG"] / "1.dcm", seed=seed)
    write_head_mr(where["MR"], seed=seed)
    write_enhanced_mr(where["MR enhanced"] / "1.dcm", seed=seed)
    write_ultrasound(where["US"] / "1.dcm", seed=seed, transfer_syntax=str(JPEGBaseline8Bit))
    write_chest_pet(where["PT"], make_chest(seed=seed, n_slices=20, n_pixels=48, findings=_DISEASE))
    write_scintigram(where["NM"] / "1.dcm", chest)
    write_slide(where["SM"], seed=seed)
    return where


_NAMES = ("CT", "CT enhanced", "CR", "DX", "MG", "MR", "MR enhanced", "US", "PT", "NM", "SM")
