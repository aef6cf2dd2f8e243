"""Write a cohort's images as a training program reads them: divided by person, named by number, traceable."""

import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from workbench.catalog.training.cases import CaseWriter, MaskOf
from workbench.catalog.training.layouts import (
    Case,
    Layout,
    describe_monai,
    describe_nnunet,
    image_place,
)
from workbench.catalog.training.reading import CohortImages, checked_pipeline
from workbench.errors import unknown_name
from workbench.provenance import stamp
from workbench.vocabulary.demographics import MISSING

if TYPE_CHECKING:
    from workbench.catalog.described import Described


#: What the parts of a split are called here.
PARTS = ("train", "validation", "test")

_HOLDS = "{place} holds something already. Cases go into a new folder. Name another one."


@dataclass(frozen=True)
class TrainingExport:
    """What was written; prints as a sentence a part.

    Attributes
    ----------
    folder : pathlib.Path
        Holds the images, their description, ``cases.csv`` (which case is which series: it names patients, so it
        stays with you) and ``provenance.json``.
    table : polars.DataFrame
        One row a case: ``case``, ``part``, ``image`` (relative to the folder), what describes its series, ``flags``.
    refused : polars.DataFrame
        ``image`` (its number in the cohort, from 1) and ``reason`` of those that could not be read.
    parts : tuple of str
        The parts that patients were divided into.
    label : str, optional
        What is to be learned.
    """

    folder: Path
    table: pl.DataFrame
    refused: pl.DataFrame
    parts: tuple[str, ...] = PARTS
    label: str | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be known before anything is learned from it: a part without a case, a label without a value."""
        empty = [part for part in PARTS if part in self.parts and not (self.table["part"] == part).any()]
        said = [f"No case is in the {part} part: the cohort is too small for these shares." for part in empty]
        if self.label is not None:
            values = self.table[self.label].cast(pl.String)
            missing = values.null_count() + int(values.is_in(MISSING).sum())
            if missing:
                said.append(
                    f"{self.label} is missing for {missing:,} of {self.table.height:,} cases; the datalist says so."
                )
        return tuple(said)

    def __repr__(self) -> str:
        """Say how many cases each part has."""
        parts = self.table.group_by("part", maintain_order=True).len().rows()
        said = ", ".join(f"{n:,} {part}" for part, n in parts) or "none"
        left = f"; {self.refused.height:,} could not be read (.refused says why)" if self.refused.height else ""
        return f"{self.table.height:,} cases in {self.folder}: {said}{left}"


def export_training(
    cohort: "Described",
    folder: str | Path,
    *,
    parts: pl.DataFrame,
    divided: Mapping[str, Any] | None = None,
    layout: Layout = "monai",
    images: str | Path | None = None,
    pipeline: Any = None,
    device: str = "auto",
    label: str | None = None,
    masks: MaskOf | None = None,
    labels: Mapping[str, int] | None = None,
    progress: bool = True,
) -> TrainingExport:
    """Return the folder that holds a cohort's images for training; no person is in two parts.

    Parameters
    ----------
    cohort : Described
        A cohort whose images lie on this machine.
    folder : str or pathlib.Path
        Must not exist yet, or be empty; it appears when everything is written.
    parts : polars.DataFrame
        What ``cohort.split`` gives, with parts named train, validation and test.
    divided : mapping, optional
        How the parts were made (attributes, shares, seed), for the provenance.
    layout : {"monai", "nnunet"}
        A datalist for MONAI, or the raw folder of nnU-Net version 2.
    images : str or pathlib.Path, optional
        The folder with the files; by default the one that the catalog was opened from.
    pipeline : str, pathlib.Path or Pipeline, optional
        How each image is prepared; as it was read when absent.
    device : str
        Where it is prepared.
    label : str, optional
        An attribute of patients or series to be learned, such as ``"covid19_positive"`` (MONAI).
    masks : callable, optional
        Called with each image as it was read and its row; gives its mask or None. A pipeline's geometry is applied
        to the mask too.
    labels : mapping of str to int, optional
        Structure to its value in the masks; nnU-Net asks for it.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    TrainingExport
        Images that cannot be read are listed in it, and the rest is written.

    Raises
    ------
    UnknownNameError
        For a layout, attribute or part that does not exist.
    ValueError
        When nnU-Net is asked for without masks, or no image can be read.
    FileExistsError
        When the folder holds something.
    """
    place = _checked(folder, layout, masks, labels)
    unread = CohortImages(cohort, images, parts=parts, progress=progress)
    _check_split(unread.table, layout, label)
    place.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        writer = CaseWriter(staging, layout, checked_pipeline(pipeline), device, masks, label)
        written = {row["place"]: case for image, row in unread if (case := writer.write(image, row)) is not None}
        table, refused = _table(unread.table, written, layout), _refused(unread.refused, writer.problems)
        _check_written(table, refused, layout)
        texts = _described(list(written.values()), layout, place.name, table, labels or {})
        stamped = stamp(
            source=cohort.repository.name,
            version=cohort.repository.build,
            query=cohort.definition(),
            parts=dict(divided or {}),
            pipeline=_named(writer.pipeline),
            packages=_versions(),
        )
        _write_texts(staging, texts, table, refused, stamped)
        try:
            if place.exists():
                place.rmdir()
            staging.rename(place)
        except OSError as error:
            raise FileExistsError(_HOLDS.format(place=place)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    named = tuple(part for part in PARTS if part in set(parts["part"].cast(pl.String)) | _names(parts))
    return TrainingExport(place, table, refused, named, label)


def _names(parts: pl.DataFrame) -> set[str]:
    """The parts that a split has, also those that nobody fell into."""
    kind = parts.schema["part"]
    return set(kind.categories) if isinstance(kind, pl.Enum) else set()


def _named(pipeline: Any) -> dict[str, str] | None:
    if pipeline is None:
        return None
    return {"name": pipeline.name, "version": str(pipeline.version), "sha256": pipeline.hash}


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("numpy", "numba", "pydicom", "nibabel")}


def _checked(folder: str | Path, layout: str, masks: MaskOf | None, labels: Mapping[str, int] | None) -> Path:
    if layout not in get_args(Layout):
        raise unknown_name("layout", layout, get_args(Layout), where="the workbench", then="Use one of these.")
    place = Path(folder).expanduser()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(_HOLDS.format(place=place))
    if layout == "nnunet" and (masks is None or not labels):
        raise ValueError(
            "nnU-Net was asked for without masks= or labels=. It learns from masks whose values have names: "
            "masks=function, labels={'lesion': 1}. Give both, or use layout='monai'."
        )
    return place


def _check_split(table: pl.DataFrame, layout: Layout, label: str | None) -> None:
    if label is not None and label not in table.columns:
        raise unknown_name("attribute", label, table.columns, where="the images", then="Learn one of these.")
    strangers = sorted(set(table["part"].cast(pl.String).drop_nulls()) - set(PARTS))
    if strangers:
        raise unknown_name("part", strangers[0], PARTS, where=f"the layout {layout}", then="Name parts so.")


def _check_written(table: pl.DataFrame, refused: pl.DataFrame, layout: Layout) -> None:
    if table.is_empty():
        first = refused["reason"][0] if refused.height else "The cohort has no images."
        raise ValueError(
            f"No image could be written, of {refused.height:,}. The first: {first} Images that can be read would be "
            "right. Look at cohort.images().refused after reading them."
        )
    modalities = table["modality"].unique().sort().to_list() if "modality" in table.columns else []
    if layout == "nnunet" and len(modalities) > 1:
        raise ValueError(
            f"Images of {' and '.join(map(str, modalities))} are in the cohort. One modality is a channel of nnU-Net. "
            "Select one: cohort.where(modality=…)."
        )


def _table(images: pl.DataFrame, written: Mapping[int, Case], layout: Layout) -> pl.DataFrame:
    rows = [(place, case.name, image_place(layout, case), " ".join(case.flags)) for place, case in written.items()]
    named = pl.DataFrame(
        rows,
        schema={"place": images.schema["place"], "case": pl.String, "image": pl.String, "flags": pl.String},
        orient="row",
    )
    table = named.join(images, on="place", how="left", maintain_order="left")
    first = ["case", "part", "image"]
    return table.select(*first, pl.exclude(*first, "flags", "place", "series_key", "patient_key"), "flags")


def _refused(unread: pl.DataFrame, problems: Mapping[int, str]) -> pl.DataFrame:
    rows = sorted([*unread.rows(), *problems.items()])
    return pl.DataFrame(rows, schema=unread.schema, orient="row")


def _described(
    cases: Sequence[Case], layout: Layout, name: str, table: pl.DataFrame, labels: Mapping[str, int]
) -> dict[str, str]:
    if layout == "monai":
        return describe_monai(cases, name=name)
    return describe_nnunet(cases, name=name, channel=str(table["modality"][0]), labels=labels)


def _write_texts(
    folder: Path, texts: Mapping[str, str], table: pl.DataFrame, refused: pl.DataFrame, stamped: Mapping[str, Any]
) -> None:
    for name, text in {**texts, "provenance.json": json.dumps(stamped, indent=1) + "\n"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    table.write_csv(folder / "cases.csv")
    if refused.height:
        refused.write_csv(folder / "refused.csv")
