"""One picture of what was fetched: the middle image of the largest series, windowed as a radiologist would.

References
----------
DICOM PS3.3 2025c: C.11.1 (rescale slope and intercept), C.11.2.1.2 and C.11.2.1.3 (windows and their functions),
C.7.6.3.1.2 (MONOCHROME1 shows its lowest value white), C.7.6.2.1.1 (positions along the normal of the slices).
"""

import base64
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import polars as pl
import pydicom
from pydicom.errors import InvalidDicomError

from workbench.catalog.retrieval.fetched import PHANTOM, Fetched
from workbench.errors import MissingPackageError
from workbench.presentation.figure import Figure

# Center and width in HU, as chest CT is commonly read (Webb, Müller & Naidich, High-Resolution CT of the Lung, 2014,
# for the lungs; the soft-tissue window is the usual mediastinal one).
_CT_WINDOWS = (("Lung window", -600.0, 1500.0), ("Soft-tissue window", 40.0, 400.0))
_LONGEST_SIDE = 768  # pixels; more would only make the notebook heavy
_WIDTH = 640
_HEADER = ["ImagePositionPatient", "ImageOrientationPatient", "InstanceNumber", "Rows"]

_Values = npt.NDArray[Any]


def picture(fetched: Fetched) -> Figure:
    """Return the middle image of the largest series, or of a phantom, which the title then says.

    Parameters
    ----------
    fetched : Fetched
        What `cohort.fetch` returned.

    Returns
    -------
    Figure
        CT in a lung and a soft-tissue window, side by side; everything else in the window its header names. The
        image is part of the figure; the table twin says what is shown.

    Raises
    ------
    LookupError
        When no file holds an image.
    MissingPackageError
        When the image is compressed and no installed package decodes it.
    """
    series, paths = _largest(fetched)
    number, image = _middle(paths)
    panels = _panels(image)
    what = f"{series['modality'] or 'Image'}: {series['series_description'] or 'no description'}"
    title = f"{PHANTOM} ({what})" if fetched.phantom else f"{series['collection_id']}, {what}"
    windows = " and ".join(name.lower() for name, _ in panels)
    spacing = image.get("PixelSpacing") or image.get("ImagerPixelSpacing")
    subtitle = f"Image {number} of {len(paths)}, {image.Rows} × {image.Columns} pixels" + (
        f" of {float(spacing[0]):.2f} mm" if spacing else ""
    )
    table = pl.DataFrame(
        {
            "collection_id": [series["collection_id"]],
            "modality": [series["modality"]],
            "series_description": [series["series_description"]],
            "image": [number],
            "n_images": [len(paths)],
            "shown": [windows],
        }
    )
    return Figure(
        key="picture",
        title=title,
        subtitle=subtitle,
        description=_words(fetched, series, number, len(paths), windows),
        footnote="Made up by the workbench; it shows no patient." if fetched.phantom else "Not for diagnosis.",
        chart=_chart(panels, spacing),
        table=table,
    )


def _words(fetched: Fetched, series: dict[str, Any], number: int, n_images: int, windows: str) -> str:
    whose = "a made-up phantom, not a patient" if fetched.phantom else f"the collection {series['collection_id']}"
    return (
        f"A {series['modality'] or 'picture'} from {whose}: image {number} of {n_images} in the largest series, "
        f"shown in the {windows}."
    )


def _largest(fetched: Fetched) -> tuple[dict[str, Any], list[Path]]:
    """Return the series with most files that holds images, and those files."""
    by = ("collection_id", "series_uid", "modality", "series_description")
    counted = fetched.files.group_by(by, maintain_order=True).agg("path", n=pl.len(), size=pl.col("size_bytes").sum())
    for row in counted.sort("n", "size", descending=True).iter_rows(named=True):
        paths = [fetched.folder / path for path in row["path"]]
        if "Rows" in _read(paths[0], stop_before_pixels=True, specific_tags=_HEADER):
            return row, paths
    raise LookupError(
        f"None of the {fetched.n_files:,} fetched files holds an image. A series of images would be right. "
        "Select one, for instance with cohort.where(derived=False)."
    )


def _read(path: Path, **options: Any) -> pydicom.Dataset:
    try:
        return pydicom.dcmread(path, **options)
    except InvalidDicomError:
        return pydicom.Dataset()  # fetched as it was published, and no DICOM


def _middle(paths: Sequence[Path]) -> tuple[int, pydicom.Dataset]:
    """Return the image in the middle of the stack, and its place from 1."""
    headers = [_read(path, stop_before_pixels=True, specific_tags=_HEADER) for path in paths]
    order = sorted(range(len(paths)), key=lambda index: _height(headers[index], index))
    middle = len(order) // 2
    return middle + 1, _read(paths[order[middle]])


def _height(header: pydicom.Dataset, index: int) -> tuple[float, int]:
    position, orientation = header.get("ImagePositionPatient"), header.get("ImageOrientationPatient")
    if position and orientation:
        row, column = np.array(orientation, dtype=float).reshape(2, 3)
        return float(np.dot(np.cross(row, column), np.array(position, dtype=float))), index
    return float(header.get("InstanceNumber") or index), index


def _panels(image: pydicom.Dataset) -> list[tuple[str, _Values]]:
    """Return name and brightness, 0 to 255, of each view."""
    stored = _decode(image)
    if int(image.get("SamplesPerPixel", 1)) == 3:
        return [("Color", _reduce(stored[stored.shape[0] // 2] if stored.ndim == 4 else stored).astype(np.uint8))]
    plane = stored[stored.shape[0] // 2] if stored.ndim == 3 else stored
    values = _reduce(plane) * float(image.get("RescaleSlope") or 1) + float(image.get("RescaleIntercept") or 0)
    if image.get("Modality") == "CT" and "RescaleSlope" in image:
        return [(name, _shade(values, center, width)) for name, center, width in _CT_WINDOWS]
    name, shown = _own_window(image, values)
    if image.get("PhotometricInterpretation") == "MONOCHROME1":
        shown = 255 - shown
    return [(name, shown)]


def _decode(image: pydicom.Dataset) -> _Values:
    syntax = image.file_meta.TransferSyntaxUID
    try:
        return image.pixel_array
    except (RuntimeError, NotImplementedError) as error:
        if not syntax.is_compressed:
            raise
        raise MissingPackageError(
            f"The image is compressed ({syntax.name}) and no installed package decodes that. "
            "A decoder for pydicom would be right. Install it: pip install 'pylibjpeg[all]'"
        ) from error


def _own_window(image: pydicom.Dataset, values: _Values) -> tuple[str, _Values]:
    """Return the first window of the header; without one, everything between the 1st and the 99th percentile."""
    center, width = image.get("WindowCenter"), image.get("WindowWidth")
    if center is None or width is None:
        low, high = np.percentile(values, [1, 99])
        return "Window from the image itself", _shade(values, (low + high) / 2, max(high - low, 1e-6), "LINEAR_EXACT")
    center, width = (float(value[0] if isinstance(value, Sequence) else value) for value in (center, width))
    return "Window of the header", _shade(values, center, width, str(image.get("VOILUTFunction", "LINEAR")))


def _shade(values: _Values, center: float, width: float, function: str = "LINEAR") -> _Values:
    """Return brightness from 0 to 255 by the window functions of C.11.2.1.2.1 and C.11.2.1.3."""
    if function == "SIGMOID":
        share = 1 / (1 + np.exp(-4 * (values - center) / width))
    elif function == "LINEAR_EXACT":
        share = (values - center) / width + 0.5
    else:
        share = (values - (center - 0.5)) / max(width - 1, 1e-6) + 0.5
    return np.round(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _reduce(plane: _Values) -> _Values:
    """Return the plane with both sides at most `_LONGEST_SIDE`, as means of square blocks."""
    step = -(-max(plane.shape[:2]) // _LONGEST_SIDE)
    rows, columns = plane.shape[0] // step * step, plane.shape[1] // step * step
    cut = plane[:rows, :columns].astype(np.float32)
    blocks: _Values = cut.reshape(rows // step, step, columns // step, step, *plane.shape[2:]).mean(axis=(1, 3))
    return blocks


def _chart(panels: Sequence[tuple[str, _Values]], spacing: Any) -> Any:
    names, views = zip(*panels, strict=True)
    rows, columns = views[0].shape[:2]
    tall = float(spacing[0]) / float(spacing[1]) if spacing else 1.0
    width = len(views)  # each view is one unit wide
    source = pl.DataFrame(
        {
            "left": list(range(width)),
            "right": [place + 0.99 for place in range(width)],
            "low": [0.0] * width,
            "high": [1.0] * width,
            "name": list(names),
            "url": [_data_address(view) for view in views],
        }
    )
    across = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, width - 0.01], nice=False))
    up = alt.Y("low:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    base = alt.Chart(source)
    shown = base.mark_image(aspect=False).encode(x=across, x2=alt.X2("right:Q"), y=up, y2=alt.Y2("high:Q"), url="url:N")
    placed: dict[str, Any] = {"align": "left", "baseline": "bottom", "dx": 8, "dy": -8, "fontSize": 13}
    words = base.encode(x=across, y=up, text=alt.Text("name:N"))
    edge = words.mark_text(**placed, stroke="#000000", strokeWidth=3, strokeOpacity=0.6)
    label = words.mark_text(**placed, color="#ffffff")
    return alt.layer(shown, edge, label).properties(height=round(_WIDTH / width * rows / columns * tall))


def _data_address(view: _Values) -> str:
    return "data:image/png;base64," + base64.b64encode(_png(view)).decode()


def _png(view: _Values) -> bytes:
    """Return a gray or color PNG (ISO/IEC 15948: signature, IHDR, IDAT, IEND)."""
    rows, columns = view.shape[:2]
    kind = 2 if view.ndim == 3 else 0
    filtered = np.concatenate([np.zeros((rows, 1), np.uint8), view.reshape(rows, -1)], axis=1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 9)), (b"IEND", b""))
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
