"""Volumes go to NIfTI and back with the same voxels at the same places in the patient."""

import gzip
import os
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.volumes.geometry import axes_of
from workbench.imaging.volumes.nifti import ras_affine, read_nifti, write_nifti

# Columns lead to (2, 1, 2)/3, rows to (−2, 2, 1)/3: perpendicular unit vectors; the normal is (−1, −2, 2)/3.
OBLIQUE = axes_of(np.array([2, 1, 2, -2, 2, 1]) / 3)


def _oblique(**changes) -> Volume:
    array = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4) - 1000
    held = {"spacing_mm": (5.0, 2.0, 1.0), "units": "HU", "modality": "CT", "origin_mm": (10.0, 20.0, 30.0)}
    return Volume(array, **{**held, "direction": OBLIQUE, **changes})


def test_an_oblique_volume_comes_back_the_same(tmp_path):
    volume = _oblique()
    again = read_nifti(write_nifti(volume, tmp_path / "one.nii.gz"))
    assert again.array.dtype == np.int16
    assert (again.array == volume.array).all()
    assert again.spacing_mm == pytest.approx(volume.spacing_mm, rel=1e-6)
    assert again.origin_mm == pytest.approx(volume.origin_mm, rel=1e-6)
    assert np.abs(np.array(again.direction) - np.array(volume.direction)).max() < 1e-6
    assert (again.units, again.modality) == ("HU", "CT")


def test_a_voxel_lies_where_dicom_says_with_x_and_y_turned(tmp_path):
    # Slice 1, row 2, column 3: (10, 20, 30) + 5·(−1, −2, 2)/3 + 2·2·(−2, 2, 1)/3 + 3·(2, 1, 2)/3 mm.
    written = nib.load(write_nifti(_oblique(), tmp_path / "one.nii"))
    ras = written.affine @ [3, 2, 1, 1]
    assert ras[:3] == pytest.approx(
        [-(10 + (-5 - 8 + 6) / 3), -(20 + (-10 + 8 + 3) / 3), 30 + (10 + 4 + 6) / 3], rel=1e-6
    )
    assert written.dataobj[3, 2, 1] == _oblique().array[1, 2, 3]
    assert np.abs(written.affine - ras_affine(_oblique())).max() < 1e-5
    assert (int(written.header["sform_code"]), int(written.header["qform_code"])) == (1, 1)


def test_an_axial_ct_is_left_posterior_superior_in_nifti_too(tmp_path):
    volume = Volume(np.zeros((2, 3, 4), np.int16), (5.0, 2.0, 1.0))
    assert nib.aff2axcodes(nib.load(write_nifti(volume, tmp_path / "one.nii")).affine) == ("L", "P", "S")


@pytest.mark.parametrize(
    ("slope", "intercept", "kind"), [(1, -1024, np.int16), (0.5, 3, np.float32), (1, 40000, np.float32)]
)
def test_the_file_s_slope_and_intercept_are_applied(tmp_path, slope, intercept, kind):
    stored = np.array([[[0, 1000, 3000]]], dtype=np.int16)
    nib.save(nib.Nifti1Image(stored, np.eye(4)), tmp_path / "one.nii")
    raw = bytearray((tmp_path / "one.nii").read_bytes())
    raw[112:120] = np.array([slope, intercept], "<f4").tobytes()  # scl_slope and scl_inter of nifti1.h
    (tmp_path / "one.nii").write_bytes(raw)
    volume = read_nifti(tmp_path / "one.nii")
    assert volume.array.dtype == kind
    assert volume.array.ravel() == pytest.approx(slope * stored.ravel().astype(float) + intercept)


def test_a_mask_is_written_as_bytes_and_half_precision_as_single(tmp_path):
    mask = _oblique().replace(array=np.ones((2, 3, 4), bool))
    assert read_nifti(write_nifti(mask, tmp_path / "mask.nii")).array.dtype == np.uint8
    half = _oblique().replace(array=np.full((2, 3, 4), 0.5, np.float16))
    assert (read_nifti(write_nifti(half, tmp_path / "half.nii")).array == np.float32(0.5)).all()


def test_a_file_of_several_volumes_asks_which(tmp_path):
    nib.save(nib.Nifti1Image(np.arange(16, dtype=np.int16).reshape(2, 2, 2, 2), np.eye(4)), tmp_path / "four.nii")
    with pytest.raises(ValueError, match="three axes") as caught:
        read_nifti(tmp_path / "four.nii")
    assert str(caught.value) == (
        "The file holds an array of 2 × 2 × 2 × 2, where one volume of three axes would be right. "
        "Pass read_nifti(path, nth=…) with a number from 0 for one of several."
    )
    assert read_nifti(tmp_path / "four.nii", nth=1).array[0, 0].tolist() == [1, 9]


def test_a_damaged_file_says_so(tmp_path):
    path = write_nifti(_oblique(), tmp_path / "one.nii")
    path.write_bytes(path.read_bytes()[:360])
    with pytest.raises(ValueError, match="NIfTI") as caught:
        read_nifti(path)
    assert str(caught.value).endswith("Right would be a whole .nii or .nii.gz file. Fetch or write it again.")


def test_a_file_that_states_no_orientation_or_an_absurd_spacing_is_flagged(tmp_path):
    bare = nib.Nifti1Image(np.zeros((2, 2, 2), np.int16), None)
    bare.header["pixdim"][1:4] = 2
    bare.header.set_xyzt_units("mm")
    nib.save(bare, tmp_path / "bare.nii")
    assert read_nifti(tmp_path / "bare.nii").flags == (
        "The file states no orientation; its axes are taken as right, anterior and superior.",
    )
    nib.save(nib.Nifti1Image(np.zeros((2, 2, 2), np.int16), np.diag([1e9, 1, 1, 1])), tmp_path / "huge.nii")
    huge = read_nifti(tmp_path / "huge.nii")
    assert huge.spacing_mm is None
    assert huge.flags == (
        "The file states a spacing that no volume can have; spacing and orientation are left unknown.",
    )


def test_axes_that_are_not_at_right_angles_are_flagged(tmp_path):
    sheared = np.eye(4)
    sheared[0, 1] = 0.5
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.int16), sheared)
    image.header.set_xyzt_units("mm")
    nib.save(image, tmp_path / "sheared.nii")
    assert read_nifti(tmp_path / "sheared.nii").flags == (
        "The file's axes are not at right angles; resample it before measuring along them.",
    )


def test_color_voxels_are_refused(tmp_path):
    colors = np.zeros((2, 2, 2), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    nib.save(nib.Nifti1Image(colors, np.eye(4)), tmp_path / "color.nii")
    with pytest.raises(ValueError, match="color") as caught:
        read_nifti(tmp_path / "color.nii")
    assert str(caught.value) == (
        "The voxels of the file are 'V' (color or complex), where numbers would be right. "
        "Write one file for each channel."
    )


def test_what_nifti_cannot_hold_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="spacing") as caught:
        write_nifti(_oblique(spacing_mm=None), tmp_path / "one.nii")
    assert str(caught.value) == (
        "The volume's spacing is unknown, and a NIfTI file has to state it. "
        "Set it with volume.replace(spacing_mm=(slices, rows, columns)), or save as .npz."
    )
    with pytest.raises(ValueError, match="radiograph") as caught:
        write_nifti(Radiograph(np.zeros((2, 2)), (1.0, 1.0)), tmp_path / "one.nii")
    assert str(caught.value) == (
        "A radiograph was to be written as NIfTI, which holds volumes of slices. Save it as .npz or .zarr."
    )
    with pytest.raises(ValueError, match="axis") as caught:
        write_nifti(Volume(np.zeros((1, 1, 32_768), np.uint8), (1.0, 1.0, 1.0)), tmp_path / "one.nii")
    assert str(caught.value) == (
        "An axis of the volume has 32,768 voxels, and NIfTI-1 holds 32,767 at most. Save it as .npz or .zarr."
    )
    assert list(Path(tmp_path).iterdir()) == []


@pytest.mark.parametrize(
    ("unit", "step", "flags"),
    [
        ("meter", 0.002, ()),
        ("mm", 2.0, ()),
        ("micron", 2000.0, ()),
        ("unknown", 2.0, ("The file states no unit of length; millimeters are assumed.",)),
    ],
)
def test_lengths_are_brought_to_millimeters(tmp_path, unit, step, flags):
    affine = np.diag([-step, -step, step, 1])
    affine[:3, 3] = 5 * step
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.int16), affine)
    image.header.set_xyzt_units(unit)
    nib.save(image, tmp_path / "one.nii")
    volume = read_nifti(tmp_path / "one.nii")
    assert volume.spacing_mm == pytest.approx((2, 2, 2))
    assert volume.origin_mm == pytest.approx((-10, -10, 10))  # LPS: x and y change sign
    assert volume.flags == flags


@pytest.mark.parametrize("units", ["HU", "Bq/ml", "0 to 1", "-1024 to 1e3", "standard deviations", "unknown units"])
def test_known_units_come_back(tmp_path, units):
    again = read_nifti(write_nifti(_oblique(units=units), tmp_path / "one.nii"))
    assert (again.units, again.flags) == (units, ())


def test_free_text_in_the_description_is_left_out(tmp_path):
    again = read_nifti(write_nifti(_oblique(units="SMITH^ANNA", modality="SMITH"), tmp_path / "one.nii"))
    assert (again.units, again.modality) == ("unknown units", "")
    assert again.flags == ("The file's description names units that are not known here; they were left out.",)


def _changed(path: Path, at: int, *values: object, kind: str) -> Path:
    raw = bytearray(path.read_bytes())
    raw[at : at + np.dtype(kind).itemsize * len(values)] = np.array(values, kind).tobytes()
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("at", "values", "kind"),
    [
        (40, (3, -3, 3, 3), "<i2"),  # dim
        (40, (3, 0, 3, 3), "<i2"),
        (70, (999,), "<i2"),  # datatype
        (108, (np.nan,), "<f4"),  # vox_offset
        (116, (np.inf,), "<f4"),  # scl_inter
    ],
)
def test_what_a_damaged_header_states_is_a_value_error(tmp_path, at, values, kind):
    path = _changed(write_nifti(_oblique(), tmp_path / "one.nii"), at, *values, kind=kind)
    if at == 116:
        _changed(path, 112, 1, kind="<f4")
    with pytest.raises(ValueError, match=r"Right would be|would be right|Fetch the file again"):
        read_nifti(path)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_claim_of_terabytes_is_refused_before_memory_is_taken(tmp_path, ending):
    path = _changed(write_nifti(_oblique(), tmp_path / "one.nii"), 40, 3, 32767, 32767, 32767, kind="<i2")
    if ending == ".nii.gz":
        path = tmp_path / "one.nii.gz"
        path.write_bytes(gzip.compress((tmp_path / "one.nii").read_bytes()))
    with pytest.raises(ValueError, match="claims an array") as caught:
        read_nifti(path)
    believed = {
        ".nii": "A whole file holds as many bytes as it claims.",
        ".nii.gz": "Of a compressed file, 4 GiB or 100 times its size are believed.",
    }
    assert str(caught.value) == (
        "The file claims an array of 32,767 × 32,767 × 32,767 (70,362,301,923,326 bytes), but has "
        f"{path.stat().st_size:,} bytes. {believed[ending]} Fetch the file again, or write it anew uncompressed."
    )


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.nii")
    with pytest.raises(ValueError, match="pipe") as caught:
        read_nifti(tmp_path / "pipe.nii")
    assert str(caught.value) == (
        "A pipe, a device or a folder lies where a file was expected. Right would be a regular file. Fetch or write "
        "the image again."
    )
