"""Measure how a series of slices becomes one array of HU, beside pydicom and, where it can be imported, SimpleITK.

Writes its own series into a temporary folder, checks that every reader gives the same values, and prints CPU and wall
times with their ratios. Run ``python tests/benchmarks/bench_series.py``; with the peers' environment,
``.venv-bench/bin/python tests/benchmarks/bench_series.py``.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

sys.path.insert(0, str(Path(__file__).parents[2]))

from workbench.imaging.headers import index_folder, read_headers
from workbench.imaging.headers.folders import list_files
from workbench.imaging.volumes.series import read_series

_TAGS = 100  # elements beside the necessary ones, as scanners write


def write_series(folder: Path, n_slices: int, n_pixels: int) -> None:
    """Write a CT series in a shuffled order of names, as archives deliver it."""
    draw = np.random.default_rng(7)
    names = draw.permutation(n_slices)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for nth in range(n_slices):
        image = Dataset()
        image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, generate_uid()
        image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = study, series, frame
        image.ImageType, image.Modality = ["ORIGINAL", "PRIMARY", "AXIAL"], "CT"
        image.PatientName = image.PatientID = "PHANTOM"
        image.InstanceNumber, image.SeriesNumber = nth + 1, 1
        image.ImagePositionPatient = [-180, -180, round(-100 + 1.25 * nth, 3)]
        image.ImageOrientationPatient, image.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.703125, 0.703125]
        image.SliceThickness, image.RescaleIntercept, image.RescaleSlope = 1.25, -1024, 1
        image.WindowCenter, image.WindowWidth = 40, 400
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.Rows = image.Columns = n_pixels
        image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
        block = image.private_block(0x0009, "MADE UP", create=True)
        for element in range(_TAGS):
            block.add_new(element, "LO", f"value {element}")
        image.PixelData = draw.integers(0, 3000, (n_pixels, n_pixels)).astype("<u2").tobytes()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.save_as(folder / f"IM{names[nth]:04d}", enforce_file_format=True)


def with_pydicom(folder: Path) -> np.ndarray[Any, Any]:
    """Return the series as most notebooks read it."""
    slices = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    slices.sort(key=lambda image: float(image.ImagePositionPatient[2]))
    stack = np.stack([image.pixel_array for image in slices]).astype(np.int16)
    return stack * np.int16(slices[0].RescaleSlope) + np.int16(slices[0].RescaleIntercept)


def with_simpleitk(folder: Path) -> np.ndarray[Any, Any]:
    """Return the series as SimpleITK's documentation reads it."""
    import SimpleITK as sitk  # noqa: N813 - its own name

    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return sitk.GetArrayFromImage(reader.Execute())


def measure(readers: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    """Return the least CPU and wall milliseconds of each reader; they take turns, so that a busy moment hits all."""
    cpu, wall = ({words: float("inf") for words in readers} for _ in range(2))
    for _ in range(rounds):
        for words, read in readers.items():
            before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
            result = read()
            after, ended = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
            del result
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            cpu[words], wall[words] = min(cpu[words], used), min(wall[words], ended - began)
    return {words: (1000 * cpu[words], 1000 * wall[words]) for words in readers}


def main() -> None:
    """Write, check, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=100)
    parser.add_argument("--pixels", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_series(folder, asked.slices, asked.pixels)
        headers, index = read_headers(list_files(folder)), index_folder(folder, progress=False)
        readers: dict[str, Callable[[], Any]] = {
            "pydicom: dcmread, sort, stack, rescale": lambda: with_pydicom(folder),
            "workbench: folder in": lambda: read_series(folder).array,
            "workbench: folder in, one thread": lambda: read_series(folder, workers=1).array,
            "workbench: from headers": lambda: read_series(folder, headers=headers).array,
            "workbench: from an index": lambda: read_series(folder, index=index).array,
            "workbench: from an index, one thread": lambda: read_series(folder, index=index, workers=1).array,
        }
        try:
            import SimpleITK  # noqa: F401
        except ImportError:
            print("SimpleITK is not installed here; its row is left out.")
        else:
            readers["SimpleITK: ImageSeriesReader"] = lambda: with_simpleitk(folder)
        expected = with_pydicom(folder)
        for words, read in readers.items():
            assert np.array_equal(read(), expected), words
        times = measure(readers, asked.rounds)
    base_cpu, base_wall = times["pydicom: dcmread, sort, stack, rescale"]
    print(
        f"{asked.slices} slices of {asked.pixels} × {asked.pixels}, int16, uncompressed; least of {asked.rounds} rounds"
    )
    print(f"{'':40} {'CPU ms':>8} {'ratio':>7} {'wall ms':>8} {'ratio':>7}")
    for words, (cpu, wall) in times.items():
        print(f"{words:40} {cpu:8.1f} {base_cpu / cpu:6.1f}× {wall:8.1f} {base_wall / wall:6.1f}×")


if __name__ == "__main__":
    main()
