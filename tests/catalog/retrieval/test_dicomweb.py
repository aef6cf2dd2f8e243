"""Retrieval by DICOMweb from a real Orthanc that the test starts on this machine."""

import os
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.catalog.orthanc_server import free_port, needs_orthanc, store
from workbench.catalog.retrieval import dicomweb, fetch
from workbench.errors import MissingPackageError
from workbench.phantoms.chest import write_chest_ct, write_chest_radiograph


def cohort_of(make_selection: Any, *images: pydicom.Dataset) -> Any:
    series = {image.SeriesInstanceUID: image for image in images}
    counts = {uid: sum(image.SeriesInstanceUID == uid for image in images) for uid in series}
    return make_selection(
        *(
            {
                "patient_id": image.PatientID,
                "study_uid": image.StudyInstanceUID,
                "series_uid": uid,
                "modality": image.Modality,
                "n_instances": counts[uid],
            }
            for uid, image in series.items()
        )
    )


@needs_orthanc
@pytest.mark.slow
def test_a_series_comes_back_as_it_was_stored(orthanc: str, make_selection: Any, tmp_path: Path) -> None:
    paths = [*write_chest_ct(tmp_path / "ct", n_slices=3, n_pixels=64), write_chest_radiograph(tmp_path / "cr")]
    stored = [store(orthanc, path) for path in paths]
    fetched = fetch(
        cohort_of(make_selection, *stored), tmp_path / "images", server=f"{orthanc}/dicom-web", progress=False
    )
    assert fetched.table["n_files"].to_list() == [3, 1]
    back = {}
    for path in fetched.files["path"]:
        image = pydicom.dcmread(fetched.folder / path)
        back[image.SOPInstanceUID] = image
    for image in stored:
        assert back[image.SOPInstanceUID] == image  # every attribute and every pixel
        assert back[image.SOPInstanceUID].file_meta.TransferSyntaxUID == image.file_meta.TransferSyntaxUID


@needs_orthanc
@pytest.mark.slow
def test_a_second_call_does_without_the_server(orthanc: str, make_selection: Any, tmp_path: Path) -> None:
    stored = [store(orthanc, path) for path in write_chest_ct(tmp_path / "ct", seed=1, n_slices=2, n_pixels=64)]
    cohort = cohort_of(make_selection, *stored)
    first = fetch(cohort, tmp_path / "images", server=f"{orthanc}/dicom-web", progress=False)
    second = fetch(cohort, tmp_path / "images", server=f"http://127.0.0.1:{free_port()}/dicom-web", progress=False)
    assert second.files.equals(first.files)
    assert second.n_files == 2


@needs_orthanc
@pytest.mark.slow
def test_a_series_that_orthanc_does_not_have_is_named(orthanc: str, make_selection: Any, tmp_path: Path) -> None:
    with pytest.raises(LookupError) as caught:
        fetch(make_selection({}), tmp_path / "images", server=f"{orthanc}/dicom-web", progress=False)
    assert str(caught.value).startswith("The server holds no file of 1 of 1 series (…1.2.3.0.0); ")


@needs_orthanc
@pytest.mark.slow
def test_an_address_that_is_no_dicomweb_is_refused(orthanc: str, make_selection: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        fetch(make_selection({}), tmp_path / "images", server=f"{orthanc}/no-such-place", progress=False)
    assert str(caught.value) == (
        f"Nobody speaks DICOMweb at {orthanc}/no-such-place. "
        "An address such as http://localhost:8042/dicom-web would be right. Check server= and try again."
    )


@needs_orthanc
@pytest.mark.slow
@pytest.mark.real_data
def test_real_slices_come_back_as_they_were_stored(orthanc: str, make_selection: Any, tmp_path: Path) -> None:
    data = os.environ.get("WORKBENCH_TEST_DATA")
    if not data:
        pytest.skip("WORKBENCH_TEST_DATA does not point to downloaded images")
    paths = sorted((Path(data) / "ct_lidc_slices").rglob("*.dcm"))[:8]
    stored = [store(orthanc, path) for path in paths]
    fetched = fetch(
        cohort_of(make_selection, *stored), tmp_path / "images", server=f"{orthanc}/dicom-web", progress=False
    )
    back = [pydicom.dcmread(fetched.folder / path) for path in fetched.files["path"]]
    pixels = {image.SOPInstanceUID: image.PixelData for image in stored}
    assert {image.SOPInstanceUID: image.PixelData for image in back} == pixels


def test_a_silent_address_is_said(make_selection: Any, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}/dicom-web"
    with pytest.raises(ConnectionError) as caught:
        fetch(make_selection({}), tmp_path / "images", server=address, progress=False)
    assert str(caught.value) == (
        f"{address} does not answer. A connection to it would be right; nothing was fetched by this call. "
        "Connect and run the same call again, or pass when_offline='phantom' for a made-up image."
    )


def test_a_missing_package_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(dicomweb.importlib, "import_module", absent)
    with pytest.raises(MissingPackageError) as caught:
        dicomweb.DicomWebServer("http://localhost/dicom-web")
    assert str(caught.value) == (
        "The package dicomweb-client is not installed. It speaks DICOMweb. "
        "Install it: pip install 'imaging-workbench[dicomweb]'"
    )
