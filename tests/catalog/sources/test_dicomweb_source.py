"""A catalog of what a real Orthanc lists."""

from pathlib import Path

import pydicom
import pytest

from tests.catalog.orthanc_server import free_port, needs_orthanc, store
from workbench.catalog.commons import open_catalog
from workbench.catalog.retrieval.dicomweb import DicomWebServer
from workbench.phantoms.chest import write_chest_ct, write_chest_radiograph

pytestmark = [needs_orthanc, pytest.mark.slow]


@pytest.fixture(scope="module")
def stored(orthanc: str, tmp_path_factory: pytest.TempPathFactory) -> list[pydicom.Dataset]:
    """Return what was sent to Orthanc: a CT series of two patients each and one radiograph."""
    folder = tmp_path_factory.mktemp("sent")
    paths = [path for seed in (1, 2) for path in write_chest_ct(folder / str(seed), seed=seed, n_slices=2, n_pixels=64)]
    return [store(orthanc, path) for path in [*paths, write_chest_radiograph(folder / "cr", seed=2)]]


def test_the_server_gives_the_same_tables_as_the_files(orthanc: str, stored: list[pydicom.Dataset]) -> None:
    commons = open_catalog(f"dicomweb+{orthanc}/dicom-web")
    assert commons.counts["patients"] == len({image.PatientID for image in stored}) == 2
    assert commons.counts["series"] == len({image.SeriesInstanceUID for image in stored}) == 3
    assert commons.counts["instances"] == len(stored) == 5
    listed = commons.where(modality="CT").series()
    assert set(listed["series_uid"]) == {image.SeriesInstanceUID for image in stored if image.Modality == "CT"}
    assert commons.repository.disclosure == "controlled"
    assert commons.where(body_region="Chest").counts["series"] == 3


def test_files_and_server_give_the_same_census(orthanc: str, stored: list[pydicom.Dataset], tmp_path: Path) -> None:
    for number, image in enumerate(stored):
        image.save_as(tmp_path / f"{number}.dcm")
    sources = [open_catalog(f"dicomweb+{orthanc}/dicom-web"), open_catalog(tmp_path)]
    by = ["modality", "body_region", "sex", "manufacturer"]
    first, second = (commons.everything.census(by=by).table.sort(by) for commons in sources)
    assert first.equals(second)


def test_pages_are_put_together(orthanc: str, stored: list[pydicom.Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.catalog.retrieval.dicomweb._PAGE", 1)
    said: list[int] = []
    found = DicomWebServer(f"{orthanc}/dicom-web").search("series", fields=["Modality"], on_page=said.append)
    assert len(found) == 3
    assert said == [1, 2, 3]


def test_the_images_come_from_the_server_that_was_opened(
    orthanc: str, stored: list[pydicom.Dataset], tmp_path: Path
) -> None:
    fetched = open_catalog(f"dicomweb+{orthanc}/dicom-web").where(modality="CR").fetch(tmp_path, progress=False)
    assert fetched.n_files == 1
    back = pydicom.dcmread(tmp_path / fetched.files["path"][0])
    assert back.PixelData == stored[-1].PixelData


def test_a_server_that_is_not_there_is_named() -> None:
    port = free_port()
    with pytest.raises(ConnectionError) as error:
        open_catalog(f"dicomweb+http://127.0.0.1:{port}/dicom-web")
    assert str(error.value) == (
        f"http://127.0.0.1:{port}/dicom-web does not answer. A DICOMweb server such as "
        "dicomweb+http://localhost:8042/dicom-web would be right. Start it, or check the address."
    )


def test_a_login_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match=r"names no server that can be asked") as error:
        open_catalog("dicomweb+http://user:secret@127.0.0.1/dicom-web")
    assert "secret" not in str(error.value)
