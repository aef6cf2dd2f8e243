"""How many headers a second are read by the walk and by `index_folder`, beside dicomsdl and pydicom, on the same files?

Prints Markdown. The files are 2,400 made-up CT slices of 512² with headers of about 5 KB (sequences of both lengths,
private elements), their pixel data sparse. Times are CPU seconds of the process and its children, the best of several
turns, with warm file caches; every reader gives the same 32 attributes as values, and ours are asserted equal.

    python tests/benchmarks/bench_headers.py [n_files]
"""

import os
import platform
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dicomsdl
import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from workbench.imaging.headers import index_folder, read_headers

KEYWORDS = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "PatientID"),
    *("PatientSex", "PatientAge", "StudyDate", "StudyDescription", "SeriesDescription", "Modality", "BodyPartExamined"),
    *("Manufacturer", "ManufacturerModelName", "ConvolutionKernel", "SliceThickness", "SeriesNumber", "InstanceNumber"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "PatientPosition", "SamplesPerPixel"),
    *("PhotometricInterpretation", "Rows", "Columns", "BitsAllocated", "PixelRepresentation", "RescaleIntercept"),
    *("RescaleSlope", "WindowCenter"),
)
N_FILES, A_SERIES, TURNS, TURNS_SLOW = 2_400, 120, 7, 2


def write_tree(folder: Path, n_files: int) -> list[str]:
    """Write the slices, and return their paths."""
    study, frame = generate_uid(entropy_srcs=["study"]), generate_uid(entropy_srcs=["frame"])
    names = []
    for number in range(n_files):
        series, slice_ = divmod(number, A_SERIES)
        dataset = _slice(series, slice_, study, frame)
        path = folder / f"series{series:03d}" / f"slice{slice_:04d}.dcm"
        path.parent.mkdir(exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
        with path.open("r+b") as file:
            file.seek(0, 2)
            file.write(bytes.fromhex("e07f10004f57000000000800"))  # OW, 524,288 bytes: 512 × 512 × 2
            file.truncate(file.tell() + 512 * 512 * 2)
        names.append(str(path))
    return names


def _slice(series: int, slice_: int, study: str, frame: str) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    uid = generate_uid(entropy_srcs=[str(series), str(slice_)])
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = uid
    dataset.SpecificCharacterSet, dataset.ImageType = "ISO_IR 100", ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.StudyInstanceUID, dataset.FrameOfReferenceUID = study, frame
    dataset.SeriesInstanceUID = generate_uid(entropy_srcs=["series", str(series)])
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = "20200131"
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = "101112.131415"
    dataset.AccessionNumber, dataset.Modality, dataset.Manufacturer = "A000001", "CT", "PHANTOM MEDICAL SYSTEMS"
    dataset.StudyDescription, dataset.SeriesDescription = "CT CHEST WITHOUT CONTRAST", f"LUNG {series} 1.25 MM"
    dataset.ManufacturerModelName, dataset.PatientID, dataset.PatientSex = "PHANTOM 64", f"P{series // 4:05d}", "F"
    dataset.PatientName, dataset.PatientBirthDate, dataset.PatientAge = "PHANTOM^CT", "19600101", "060Y"
    dataset.BodyPartExamined, dataset.SliceThickness, dataset.KVP = "CHEST", 1.25, 120
    dataset.ConvolutionKernel, dataset.PatientPosition = "LUNG", "HFS"
    dataset.SeriesNumber, dataset.AcquisitionNumber, dataset.InstanceNumber = series + 1, 1, slice_ + 1
    dataset.ImagePositionPatient = [-175.658203, -180.5, round(-300.25 + 1.25 * slice_, 3)]
    dataset.ImageOrientationPatient, dataset.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.703125, 0.703125]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows = dataset.Columns = 512
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.PixelPaddingValue, dataset.RescaleIntercept, dataset.RescaleSlope = -2000, -1024, 1
    dataset.WindowCenter, dataset.WindowWidth, dataset.RescaleType = [-600, 40], [1500, 400], "HU"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "P5-08000", "SRT", "CT of the chest"
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = dataset.SOPClassUID, uid
    source.PurposeOfReferenceCodeSequence = Sequence([code])
    dataset.ProcedureCodeSequence, dataset.SourceImageSequence = Sequence([code]), Sequence([source] * 4)
    dataset["SourceImageSequence"].is_undefined_length = True
    dataset.RequestAttributesSequence = Sequence([code] * 2)
    for group in (0x0009, 0x0019, 0x0043):
        block = dataset.private_block(group, "PHANTOM_PRIVATE", create=True)
        for element in range(18):
            block.add_new(element, "DS", str(element * 1.5))
        block.add_new(0x40, "OB", bytes(700))
    return dataset


def machine() -> str:
    """Return processor, cores and the versions that matter, as one line."""
    models = [line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    packages = ", ".join(f"{name} {version(name)}" for name in ("imaging-workbench", "numba", "dicomsdl", "pydicom"))
    processor = models[0] if models else platform.machine()
    return f"{processor}, {os.cpu_count()} cores; Python {platform.python_version()}; {packages}."


def cpu_seconds() -> float:
    """Return the user and system time of this process and its finished children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def best(task: Callable[[], Any], turns: int) -> tuple[float, Any]:
    """Return the least CPU time of several turns, and what the last gave."""
    times, result = [], None
    for _ in range(turns):
        begun = cpu_seconds()
        result = task()
        times.append(cpu_seconds() - begun)
    return min(times), result


def by_walk(names: list[str]) -> dict[str, Any]:
    """Return the attributes as columns."""
    headers = read_headers(names)
    return {each: headers.numbers(each) if _is_number(each) else headers.text(each) for each in KEYWORDS}


def by_pydicom(names: list[str]) -> dict[str, Any]:
    """Return the attributes as columns of pydicom's values."""
    return _columns([dataset.get(each) for each in KEYWORDS] for dataset in _opened(names))


def _opened(names: list[str]) -> Iterator[Dataset]:
    return (dcmread(name, stop_before_pixels=True) for name in names)


def by_dicomsdl(names: list[str]) -> dict[str, Any]:
    """Return the attributes as columns of dicomsdl's values."""
    # Its quickest way: attribute by attribute takes four times as long.
    return _columns(dicomsdl.open_file(name, 0x7FE0000F, True).getValues(list(KEYWORDS)) for name in names)


def _columns(rows: Iterator[list[Any]]) -> dict[str, Any]:
    return dict(zip(KEYWORDS, zip(*rows, strict=True), strict=True))


def _is_number(keyword: str) -> bool:
    from workbench.imaging.headers.tags import KEPT

    return KEPT[keyword].kind == "numbers"


def assert_equal(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Compare all values with pydicom's."""
    for keyword in KEYWORDS:
        for our, their in zip(ours[keyword], theirs[keyword], strict=True):
            if _is_number(keyword):
                wanted = np.atleast_1d(np.array(their, float))
                assert np.array_equal(our[: len(wanted)], wanted), (keyword, our, their)
            else:
                many = not isinstance(their, str) and hasattr(their, "__len__")
                assert our == ("\\".join(their) if many else str(their)), (keyword, our, their)


def main() -> None:
    """Print the table."""
    n_files = int(sys.argv[1]) if len(sys.argv) > 1 else N_FILES
    with tempfile.TemporaryDirectory() as folder:
        names = write_tree(Path(folder), n_files)
        header = dcmread(names[0], stop_before_pixels=True)
        header_bytes = Path(names[0]).stat().st_size - 512 * 512 * 2
        by_walk(names[:300]), index_folder(folder, progress=False), by_dicomsdl(names[:50])  # compiled, imported
        slow, theirs = best(lambda: by_pydicom(names), TURNS_SLOW)
        sdl, _ = best(lambda: by_dicomsdl(names), TURNS)
        walk, ours = best(lambda: by_walk(names), TURNS)
        columns, _ = best(lambda: read_headers(names), TURNS)
        index, _ = best(lambda: index_folder(folder, progress=False), TURNS)
        assert_equal(ours, theirs)
    print(f"{n_files:,} CT slices, {len(header)} elements at the top, headers of {header_bytes:,} bytes. {machine()}\n")
    print("| reader | files / CPU-s | × pydicom | × dicomsdl |\n|---|---:|---:|---:|")
    for name, seconds in (
        ("`read_headers`, columns not yet converted", columns),
        ("`read_headers` and 32 attributes as columns", walk),
        ("`index_folder`: listing, headers, five tables", index),
        ("dicomsdl `open_file(…, 0x7FE0000F).getValues(…)`, 32 attributes", sdl),
        ("pydicom `dcmread(stop_before_pixels=True)` and 32 attributes", slow),
    ):
        print(f"| {name} | {n_files / seconds:,.0f} | {slow / seconds:.1f} | {sdl / seconds:.1f} |")
    print(f"\nAll {n_files * len(KEYWORDS):,} values are equal to pydicom's.")


if __name__ == "__main__":
    main()
