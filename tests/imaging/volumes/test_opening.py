"""A file is read for its pixels only as it was when its header was read, and only if it can hold what it claims."""

import os
import resource

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from workbench.imaging.headers import index_folder
from workbench.imaging.volumes.findings import SeriesError
from workbench.imaging.volumes.series import read_series

RIGHT = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."
CHANGED = (
    f"File 2 of 3 cannot be read: it has changed since its header was read. {RIGHT} "
    "Index the folder again, or leave index= and headers= away."
)


def _compressed(paths):
    for path in paths:
        image = pydicom.dcmread(path)
        image.compress(RLELossless, generate_instance_uid=False)
        image.save_as(path)
    return paths


@pytest.mark.parametrize("coded", [False, True], ids=["as they are", "compressed"])
def test_a_file_that_changed_after_it_was_indexed_is_refused(write_slices, coded):
    paths = write_slices([0, 3, 6])
    paths = _compressed(paths) if coded else paths
    index = index_folder(paths[0].parent, progress=False)
    image = pydicom.dcmread(paths[1])
    image.PatientComments = "x" * 333  # moves the pixels
    image.save_as(paths[1])
    with pytest.raises(SeriesError) as caught:
        read_series(index)
    assert str(caught.value) == CHANGED
    assert read_series(paths).shape == (3, 6, 8)


@pytest.mark.skipif("not hasattr(os, 'mkfifo')", reason="There are no pipes by name here")
@pytest.mark.parametrize("coded", [False, True], ids=["as they are", "compressed"])
def test_a_file_that_became_a_pipe_is_left_out_and_not_waited_for(write_slices, coded):
    paths = write_slices([0, 3, 6, 9, 12], Modality="MR", RescaleType=None, RescaleSlope=None, RescaleIntercept=None)
    paths = _compressed(paths) if coded else paths
    index = index_folder(paths[0].parent, progress=False)
    paths[0].unlink()
    os.mkfifo(paths[0])
    flags = read_series(index).flags
    assert flags == ("File 1 of 5 cannot be read: it is no regular file any more. Left out.",)


@pytest.mark.skipif("not hasattr(os, 'mkfifo')", reason="There are no pipes by name here")
def test_a_file_of_frames_that_became_a_pipe_is_refused(write_slices):
    (path,) = write_slices([0], NumberOfFrames=2, values=np.zeros((2, 6, 8)))
    index = index_folder(path, progress=False)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SeriesError) as caught:
        read_series(index)
    assert str(caught.value) == (
        "The file cannot be read: it is no regular file any more. It has to be as its header was read. "
        "Read or index it again."
    )


def test_what_follows_pixels_that_are_too_few_is_not_taken_for_pixels(write_slices):
    paths = write_slices([0, 3, 6, 9, 12])
    image = pydicom.dcmread(paths[2])
    image.PixelData, image.DataSetTrailingPadding = image.PixelData[:48], b"\x11\x22" * 600
    image.save_as(paths[2])
    volume = read_series(paths)
    assert volume.flags[0] == "File 3 of 5 cannot be read: its pixels end early. Left out."
    assert volume.array[2, 0, 0] == 200 - 1024  # between its neighbors


def test_a_compressed_file_that_claims_gigabytes_is_refused_before_memory_is_asked_for(write_slices):
    (path,) = _compressed(write_slices([0]))
    image = pydicom.dcmread(path)
    image.Rows = image.Columns = 65_535
    image.save_as(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SeriesError) as caught:
        read_series(path)
    assert str(caught.value).startswith("File 1 of 1 cannot be read: The header claims 8,589.7 MB of pixels")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_volume_beyond_the_memory_says_its_size(write_slices, monkeypatch):
    def none_left(*_):
        raise MemoryError

    paths = write_slices([0, 3, 6])
    monkeypatch.setattr("workbench.imaging.volumes.building._read_as", none_left)
    with pytest.raises(SeriesError) as caught:
        read_series(paths)
    assert str(caught.value) == (
        "A volume of 3 × 6 × 8 voxels takes 0.0 GB or more, which this machine does not have free. "
        "It has to fit into memory whole. Pass a list of fewer files, or read it on a machine with more memory."
    )
