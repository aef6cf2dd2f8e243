"""Write a prepared image with what was done to it beside it, one by one or a whole batch that survives a bad file."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.imaging.arrays import to_host
from workbench.imaging.images import Image
from workbench.imaging.preprocessing.contrast import cast
from workbench.imaging.preprocessing.finding import FoundImage, find_images
from workbench.imaging.preprocessing.pipelines import Pipeline, read_pipeline
from workbench.imaging.preprocessing.scales import SCALES

if TYPE_CHECKING:
    import polars as pl

#: Endings of files that an image can be kept in.
ENDINGS = (".nii.gz", ".nii", ".npz", ".zarr", ".png")

_TABLE = "preprocessed.csv"


@dataclass(frozen=True)
class PreparedFiles:
    """What became of a batch.

    Attributes
    ----------
    folder : pathlib.Path
        Where the images lie, with ``preprocessed.csv``.
    table : polars.DataFrame
        A row an image: ``number``, ``source``, ``n_files``, ``file``, ``shape``, ``units``, ``spacing_mm``,
        ``seconds``, ``backend``, ``flags``, ``refused`` (why; empty where it was prepared).
    n_others : int
        Files that are no images.
    """

    folder: Path
    table: "pl.DataFrame"
    n_others: int

    @property
    def refused(self) -> "pl.DataFrame":
        """The rows of images that were not prepared."""
        return self.table.filter(self.table["refused"] != "")

    def __repr__(self) -> str:
        n_refused = self.refused.height
        return f"{self.table.height - n_refused:,} of {self.table.height:,} images prepared: {self.folder}"


def preprocess_files(
    paths: Iterable[str | Path],
    pipeline: str | Path | Pipeline,
    folder: str | Path,
    *,
    ending: str = ".npz",
    device: str = "auto",
    overwrite: bool = False,
    progress: bool = True,
) -> PreparedFiles:
    """Return what became of all images at some paths, each prepared and kept in a folder.

    What is refused does not stop the others, whatever a library says of a damaged file; it stands in the table with its
    reason.

    Parameters
    ----------
    paths : iterable of str or path
        Files, and folders that are searched with their subfolders.
    pipeline : str, path or Pipeline
        As for `workbench.imaging.preprocessing.preprocess`.
    folder : str or path
        Where to write; made when absent.
    ending : {".npz", ".nii.gz", ".nii", ".zarr", ".png"}
        What each image is kept in.
    device : str
        ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
    overwrite : bool
        Whether files of the same names are replaced.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    PreparedFiles
        With a row for each image; also in ``preprocessed.csv``.

    Raises
    ------
    LookupError
        When there is no image at all.
    FileExistsError
        When something would be replaced unasked.
    """
    from tqdm.auto import tqdm

    chosen, target = read_pipeline(pipeline), Path(folder)
    found, n_others = find_images(paths)
    if not found:
        raise LookupError(
            "There is no image here. A folder with DICOM, NIfTI, NumPy, PNG or JPEG files would be right. "
            "Look what lies there: workbench index FOLDER --out index"
        )
    digits = max(4, len(str(len(found))))
    places = [target / f"image_{number:0{digits}d}{ending}" for number in range(1, len(found) + 1)]
    check_free([target / _TABLE, *places], overwrite=overwrite)
    target.mkdir(parents=True, exist_ok=True)
    bar = tqdm(found, unit=" images", desc=chosen.name, disable=not progress)
    rows: list[dict[str, Any]] = []
    try:
        for number, (image, place) in enumerate(zip(bar, places, strict=True), start=1):
            rows.append(_row(number, image, place, (chosen, device, overwrite)))
    finally:  # who is stopped half-way finds what was done
        table = _written(rows, target / _TABLE)
    return PreparedFiles(target, table, n_others)


def keep(image: Image, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write an image, and beside it as JSON its units, its flags and what was done to it.

    Parameters
    ----------
    image : Image
        What `preprocess` returned.
    path : str or path
        Ends with one of `ENDINGS`; ``.png`` for a single picture, whose scale is then 0 to 255.
    overwrite : bool
        Whether files of these names are replaced.

    Returns
    -------
    pathlib.Path
        The image's file.

    Raises
    ------
    FileExistsError
        When something would be replaced unasked.
    ValueError
        When the ending names no form, or the form does not hold the image.
    """
    from workbench.imaging.volumes.files import save_image

    file = Path(path)
    check_free([file, told_beside(file)], overwrite=overwrite)
    file.parent.mkdir(parents=True, exist_ok=True)
    image = image.replace(array=to_host(image.array))
    if ending_of(file) == ".png":
        _write_png(image, file)
    elif file.is_dir():
        _replace_store(image, file)
    else:
        save_image(image, file)
    done = image.provenance.get("preprocessing", {})
    told = {"units": image.units, "spacing_mm": image.spacing_mm, "flags": image.flags, **done}
    text = json.dumps(told, indent=1, default=_plain, ensure_ascii=False)
    beside = told_beside(file)
    staging = beside.with_name(f".{beside.name}.part")
    staging.write_text(text + "\n", encoding="utf-8")
    staging.replace(beside)
    return file


def told_beside(path: Path) -> Path:
    """Return where what was done to an image is written.

    Parameters
    ----------
    path : pathlib.Path
        The image's file.

    Returns
    -------
    pathlib.Path
        Of the same name, ending with ``.json``.
    """
    return path.with_name(path.name.removesuffix(ending_of(path)) + ".json")


def ending_of(path: Path) -> str:
    """Return which of `ENDINGS` a name has.

    Parameters
    ----------
    path : pathlib.Path
        Any.

    Returns
    -------
    str
        Empty for another.
    """
    return next((end for end in ENDINGS if path.name.lower().endswith(end)), "")


def check_free(paths: Sequence[Path], *, overwrite: bool) -> None:
    """Raise when something would be replaced unasked.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        What is going to be written.
    overwrite : bool
        Whether it was asked for.

    Raises
    ------
    FileExistsError
        Naming the first, and how many more.
    """
    there = [path for path in paths if path.exists()]
    if there and not overwrite:
        first = f"{there[0]}{f' and {len(there) - 1} more' if len(there) > 1 else ''}"
        raise FileExistsError(
            f"{first} exists already. A new name would be right. Pass overwrite=True (--overwrite), or another name."
        )


def _row(number: int, found: FoundImage, place: Path, how: tuple[Pipeline, str, bool]) -> dict[str, Any]:
    """Return what became of one image."""
    pipeline, device, overwrite = how
    row: dict[str, Any] = {"number": number, "source": str(found.path), "n_files": found.n_files, "file": ""}
    row |= {"shape": "", "units": "", "spacing_mm": "", "seconds": None, "backend": "", "flags": "", "refused": ""}
    try:
        image = pipeline.apply(found.read(), device=device)
        keep(image, place, overwrite=overwrite)
    except Exception as error:  # noqa: BLE001 - one damaged file of a batch, in the words of any library
        return {**row, "refused": _reason(error)}
    done = image.provenance["preprocessing"]
    return row | {
        "file": place.name,
        "shape": " ".join(map(str, image.shape)),
        "units": image.units,
        "spacing_mm": " ".join(f"{value:g}" for value in image.spacing_mm or ()),
        "seconds": done["seconds"],
        "backend": done["backend"],
        "flags": " ".join(image.flags),
    }


def _reason(error: Exception) -> str:
    """Return why an image was refused: our words, or the name of a library's error, whose words may quote the file."""
    if isinstance(error, ValueError | TypeError | LookupError | OSError | ImportError) and str(error):
        return str(error)
    return (
        f"The image could not be read or prepared ({type(error).__name__}). A whole file that fits into memory would "
        "be right. Try it alone, or export it again where it came from."
    )


def _written(rows: list[dict[str, Any]], path: Path) -> "pl.DataFrame":
    import polars as pl

    table = pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"seconds": pl.Float64})
    staging = path.with_name(f".{path.name}.part")
    table.write_csv(staging)
    staging.replace(path)
    return table


def _write_png(image: Image, path: Path) -> None:
    from PIL import Image as Picture

    if len(image.shape) == 3 and image.shape[0] == 1:
        image = image.replace(array=image.array[0])
    if len(image.shape) != 2:
        raise ValueError(
            f"An image of {' × '.join(map(str, image.shape))} pixels is no single picture, which a .png holds. A "
            "radiograph would be right. Write a .nii.gz, .npz or .zarr."
        )
    array = image.array if image.units == SCALES["uint8"] else cast(image, to="uint8").array
    staging = path.with_name(f".{path.name}.part")
    Picture.fromarray(array).save(staging, format="PNG")
    staging.replace(path)


def _replace_store(image: Image, path: Path) -> None:
    """Write a folder of arrays anew; the earlier one goes when this one is whole."""
    from workbench.imaging.volumes.files import save_image

    staging, earlier = (path.with_name(f".{path.name}.{word}{path.suffix}") for word in ("new", "earlier"))
    for left in (staging, earlier):  # of a run that was stopped
        shutil.rmtree(left, ignore_errors=True)
    try:
        save_image(image, staging)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    path.rename(earlier)
    staging.rename(path)
    shutil.rmtree(earlier)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
