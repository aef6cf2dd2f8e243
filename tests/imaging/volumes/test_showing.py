"""Messages hold numbers and known codes, never what somebody may have typed into a header."""

import pytest

from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series
from workbench.imaging.volumes.showing import known_modality, listed, may_be_shown

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."


@pytest.mark.parametrize(
    "keyword",
    ["PatientName", "PatientID", "StudyDate", "SeriesDescription", "SOPInstanceUID", "PatientAge", "AccessionNumber"],
)
def test_values_that_may_say_who_the_patient_is_are_counted_only(write_slices, keyword):
    each = {1: {"PatientID": "SECRET-2", "SOPInstanceUID": "1.2.3.4.77", "SeriesDescription": "SECRET 2"}}
    paths = write_slices([0, 3], StudyDate="20200229", PatientAge="057Y", AccessionNumber="SECRET", each=each)
    n = 2 if keyword in ("PatientID", "SeriesDescription", "SOPInstanceUID") else 1
    with pytest.raises(LookupError) as caught:
        read_series(paths, where={keyword: "SOMEBODY"})
    assert str(caught.value) == (
        f"No image has the {keyword} that was asked for. The {n} value{'s' * (n > 1)} there may say who the patient is "
        f"and {'are' if n > 1 else 'is'} not shown. "
        "Pass where= with a value that the headers state: `read_headers` gives them."
    )


def test_an_attribute_without_a_value_is_said_to_have_none(write_slices):
    with pytest.raises(LookupError) as caught:
        read_series(write_slices([0]), where={"EchoTime": 5})
    assert str(caught.value) == (
        "No image has a value of EchoTime. Pass where= with an attribute that the images state."
    )


def test_a_modality_that_is_no_code_is_not_shown(write_slices):
    write_slices([0], folder="both", Modality="SMITH ANNA")
    paths = write_slices([0], folder="both/second", SeriesInstanceUID="1.2.3.9")
    with pytest.raises(SeriesError) as caught:
        read_series(paths[0].parents[1])
    assert "1: unknown modality, 1 file, 6 × 8; 2: CT, 1 file, 6 × 8" in str(caught.value)
    assert "SMITH" not in str(caught.value)
    assert read_series(paths[0].parents[1], series=1).modality == ""


def test_kernels_that_are_no_names_of_kernels_are_counted_only(write_slices):
    each = {nth: {"ConvolutionKernel": f"Dr SMITH {nth // 2}", "InstanceNumber": 1} for nth in range(4)}
    with pytest.raises(SeriesError) as caught:
        read_series(write_slices([0, 3, 0, 3], each=each))
    assert str(caught.value) == (
        "Up to 2 different images lie at 2 of 2 places. They differ in ConvolutionKernel (2 values that are not shown)."
        f" {RIGHT} Choose with where= and values of ConvolutionKernel, which `read_headers` gives."
    )


def test_numbers_and_codes_are_shown_and_text_is_not():
    assert known_modality("MR") == "MR"
    assert known_modality(None) == known_modality("ANNA") == ""
    assert listed("EchoTime", ["5.0", None, "30"]) == "5.0, None, 30"
    assert listed("ImageType", ["ORIGINAL\\PRIMARY\\M"]) == "'ORIGINAL\\\\PRIMARY\\\\M'"
    assert listed("ConvolutionKernel", ["I31f\\3", "FC51", "STANDARD"]) == "'I31f\\\\3', 'FC51', 'STANDARD'"
    assert not may_be_shown("ImageType", ["ORIGINAL\\JANE"])
    assert not may_be_shown("EchoTime", ["SMITH"])
