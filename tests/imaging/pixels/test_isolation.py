"""A decoder that crashes, hangs or is fed rubbish refuses its file, and nothing else."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.imaging.pixels.batches import decode_jobs
from workbench.imaging.pixels.decoding import decode_frames
from workbench.imaging.pixels.files import open_dataset
from workbench.imaging.pixels.isolation import DecodingProcess, Job
from workbench.imaging.pixels.layout import PixelDataError, Refusal

Bundled = Callable[[str], Path]
# Children that misbehave at the frame of which the first value is asked to be in file 2.
CRASHING = """
import os, signal
from workbench.imaging.pixels import child
store = child.store_frame
def crash(encoded, description, out):
    if encoded.endswith(b"crash"): os.kill(os.getpid(), signal.SIGSEGV)
    store(encoded, description, out)
child.store_frame = crash
child.serve()
"""
HANGING = CRASHING.replace("os.kill(os.getpid(), signal.SIGSEGV)", "exec('while True: pass')")


def _jobs(path: Path, tmp_path: Path, *, n: int, bad: int) -> tuple[list[Job], np.ndarray]:
    description = open_dataset(path)[1]
    poisoned = tmp_path / "poisoned.dcm"
    poisoned.write_bytes(path.read_bytes() + b"crash")
    start, size = (
        description.pixel_offset + 16,
        path.stat().st_size,
    )  # behind an empty offset table and an item's header
    out = np.zeros((n, *description.frame_shape), description.dtype)
    jobs = []
    for index in range(n):
        spans = [[start, size - start + (5 if index == bad else 0)]]
        source = poisoned if index == bad else path
        jobs.append(Job(index, f"file {index + 1} of {n}", str(source), spans, description, out[index]))
    return jobs, out


def test_a_crash_is_blamed_on_its_file_and_the_others_are_decoded(bundled: Bundled, tmp_path: Path) -> None:
    path = bundled("MR_small_jp2klossless.dcm")
    jobs, out = _jobs(path, tmp_path, n=6, bad=2)
    refusals = decode_jobs(jobs, workers=1, program=CRASHING)
    assert refusals == [
        Refusal(
            2,
            "The decoder of transfer syntax 1.2.840.10008.1.2.4.90 ended the decoding process (SIGSEGV) at file 3 of "
            "6. A whole "
            "frame of that syntax was expected. Fetch the file again, or leave it out.",
        )
    ]
    expected = decode_frames(path, jobs[0].description)[0]
    assert all(np.array_equal(out[index], expected) for index in (0, 1, 3, 4, 5))


def test_a_hang_ends_at_the_time_limit(bundled: Bundled, tmp_path: Path) -> None:
    jobs, _ = _jobs(bundled("MR_small_jp2klossless.dcm"), tmp_path, n=1, bad=0)
    process = DecodingProcess(HANGING, limit_s=0.2)
    try:
        process.fit(jobs[0].description.frame_bytes)
        process.send(jobs[0])
        while process.receive() is not None:
            pass
        assert process.why_ended() == "took longer than its time limit"
    finally:
        process.end()


def test_a_process_that_does_not_start_says_how_to_see_why(bundled: Bundled, tmp_path: Path) -> None:
    jobs, _ = _jobs(bundled("MR_small_jp2klossless.dcm"), tmp_path, n=1, bad=-1)
    with pytest.raises(RuntimeError) as raised:
        decode_jobs(jobs, workers=1, program="import nothing_of_this_name")
    assert str(raised.value) == (
        "The decoding process did not start (exit code 1). It needs the package, NumPy, dicomsdl and OpenJPEG. "
        f'Run {sys.executable} -c "import nothing_of_this_name" to see why, or pass isolated=False.'
    )


def test_a_script_without_a_main_guard_decodes_and_leaves_no_process_behind(bundled: Bundled) -> None:
    script = f"""
    from workbench.imaging.pixels import batches
    from workbench.imaging.pixels.decoding import decode_frames
    from workbench.imaging.pixels.files import open_dataset
    path = {str(bundled("MR_small_jp2klossless.dcm"))!r}
    print(decode_frames(path, open_dataset(path)[1]).shape, batches._idle[0].process_id)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert (ran.stdout.split(")")[0], ran.stderr) == ("(1, 64, 64", "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(ran.stdout.split()[-1]), 0)


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm", "SC_rgb_rle_32bit_2frame.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm",
        "SC_rgb_jpeg_gdcm.dcm", "JPGExtended.dcm", "SC_rgb_small_odd_jpeg.dcm", "image_dfl.dcm", "MR_small.dcm",
    ],
)  # fmt: skip
def test_bytes_turned_at_random_give_values_or_a_refusal(bundled: Bundled, tmp_path: Path, name: str) -> None:
    whole = np.frombuffer(bundled(name).read_bytes(), np.uint8)
    rng = np.random.default_rng(11)
    refused: list[str] = []
    for trial in range(8):
        changed = whole.copy()
        if trial % 4 == 3:
            changed = changed[: rng.integers(200, len(changed))]
        else:
            places = rng.integers(len(changed) // 3, len(changed), 4 ** (trial % 4))
            changed[places] ^= (1 << rng.integers(0, 8, len(places))).astype(np.uint8)
        path = tmp_path / "changed.dcm"
        path.write_bytes(changed.tobytes())
        try:
            _, description = open_dataset(path)
            array = decode_frames(path, description)
            assert array.shape == (description.n_frames, *description.frame_shape)
        except PixelDataError as error:
            refused.append(str(error))
    assert refused
    assert all(reason.count(". ") >= 2 for reason in refused)
