"""How fast are pixels decoded, beside pydicom with its default plug-ins?

Prints Markdown. Run it where the peers are, with the package on the path:

    PYTHONPATH=. .venv-bench/bin/python tests/benchmarks/bench_decode.py

Two invented series are written in each transfer syntax: CT of 512 × 512 (smooth shapes, noise of 20 HU, 16 bits) and
radiographs of 2500 × 2000 (12 of 16 bits). Each side gets the paths and fills one array, whose values have to be equal.
Times are CPU seconds of this process and of the decoding processes, the best of several runs; `first` adds
what the first call of a session costs (imports, and starting the processes). JPEG needs DCMTK's dcmcjpeg and dcmcjpls.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, generate_uid

SYNTAXES: dict[str, list[str]] = {
    "uncompressed": [],
    "RLE": [],
    "JPEG lossless SV1": ["dcmcjpeg", "+e1"],
    "JPEG-LS lossless": ["dcmcjpls", "+el"],
    "JPEG 2000 lossless": [],
}
SHAPES = {"CT 512²": (512, 512), "radiograph 2500 × 2000": (2500, 2000)}


def picture(shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return smooth shapes with noise: int16 around HU for CT, uint16 of 12 bits for radiographs."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    if shape == (512, 512):
        body = np.where(rows**2 / 0.5 + columns**2 / 0.8 < 1, 40.0, -1000.0)
        lungs = rows**2 / 0.2 + (np.abs(columns) - 0.4) ** 2 / 0.06 < 1
        return (np.where(lungs, -820.0, body) + rng.normal(0, 20, shape)).astype(np.int16)
    smooth = 2000 + 900 * np.cos(2 * rows) * np.cos(3 * columns)
    return np.clip(smooth + rng.normal(0, 15, shape), 0, 4095).astype(np.uint16)


def write_series(folder: Path, shape: tuple[int, int], syntax: str, n: int) -> list[Path]:
    """Return the files of one series in one transfer syntax."""
    folder.mkdir(parents=True)
    paths = []
    for number in range(n):
        values = picture(shape, number)
        meta = FileMetaDataset()
        meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.7"
        meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        dataset.StudyInstanceUID = dataset.SeriesInstanceUID = generate_uid()
        dataset.PatientID, dataset.PatientName, dataset.Modality = "1", "1", "OT"
        dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = *shape, 1
        dataset.PhotometricInterpretation, dataset.BitsAllocated = "MONOCHROME2", 16
        dataset.BitsStored = 16 if values.dtype == np.int16 else 12
        dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(values.dtype == np.int16)
        dataset.PixelData = values.tobytes()
        if syntax in ("RLE", "JPEG 2000 lossless"):
            dataset.compress(RLELossless if syntax == "RLE" else JPEG2000Lossless, generate_instance_uid=False)
        path = folder / f"{number:03d}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        if SYNTAXES[syntax]:
            plain = path.rename(path.with_suffix(".raw"))
            subprocess.run([*SYNTAXES[syntax], str(plain), str(path)], check=True, capture_output=True)
            plain.unlink()
        paths.append(path)
    return paths


def with_pydicom(paths: list[Path]) -> np.ndarray:
    """Return one array, a file after the other, by pydicom's own choice of plug-in."""
    first = pydicom.dcmread(paths[0]).pixel_array
    out = np.empty((len(paths), *first.shape), first.dtype)
    for place, path in zip(out, paths, strict=True):
        place[...] = pydicom.dcmread(path).pixel_array
    return out


def with_package(paths: list[Path]) -> np.ndarray:
    """Return one array: headers read in one go, then pixels."""
    from workbench.imaging.headers.reading import read_headers
    from workbench.imaging.pixels.decoding import decode_files
    from workbench.imaging.pixels.description import describe_headers

    descriptions, refused = describe_headers(read_headers(paths))
    out = np.empty((len(paths), *descriptions[0].frame_shape), descriptions[0].dtype)
    refused += decode_files(paths, descriptions, out)
    if refused:
        raise SystemExit(f"Refused: {refused}")
    return out


def cpu_seconds() -> float:
    """Return what this process and its decoding processes have used."""
    from workbench.imaging.pixels import batches

    children = [Path(f"/proc/{child.process_id}/schedstat").read_text().split()[0] for child in batches._idle]
    return time.process_time() + sum(int(nanoseconds) for nanoseconds in children) / 1e9


def measure(read: Callable[[list[Path]], np.ndarray], paths: list[Path], runs: int) -> tuple[float, float, np.ndarray]:
    """Return the CPU seconds of the first run and of the best later one, and the array."""
    seconds = []
    for _ in range(runs + 1):
        before = cpu_seconds()
        array = read(paths)
        seconds.append(cpu_seconds() - before)
    return seconds[0], min(seconds[1:]), array


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--slices", type=int, default=60)
    parser.add_argument("--radiographs", type=int, default=4)
    parser.add_argument("--only", default="", help="part of a transfer syntax's name")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, Python {sys.version.split()[0]}, pydicom {pydicom.__version__}; MB per CPU second\n")
    print("| transfer syntax | series | MB | pydicom | package | ratio | ratio, first | equal |")
    print("|---|---|---:|---:|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory() as folder:
        for syntax, tool in SYNTAXES.items():
            if arguments.only not in syntax or (tool and not shutil.which(tool[0])):
                continue
            for name, shape in SHAPES.items():
                n = arguments.slices if shape == (512, 512) else arguments.radiographs
                n = max(n // 6, 1) if syntax == "JPEG 2000 lossless" else n
                paths = write_series(Path(folder) / f"{syntax} {shape[0]}", shape, syntax, n)
                _print_row(syntax, name, paths, arguments.runs)


def _print_row(syntax: str, name: str, paths: list[Path], runs: int) -> None:
    first_theirs, theirs, expected = measure(with_pydicom, paths, runs)
    first_ours, ours, array = measure(with_package, paths, runs)
    size: Any = array.nbytes / 1e6
    equal = "yes" if np.array_equal(expected, array) else "NO"
    cells = (f"{size:.0f}", f"{size / theirs:,.0f}", f"{size / ours:,.0f}", f"{theirs / ours:.1f}")
    print(f"| {syntax} | {name} | {' | '.join(cells)} | {first_theirs / first_ours:.1f} | {equal} |", flush=True)


if __name__ == "__main__":
    main()
