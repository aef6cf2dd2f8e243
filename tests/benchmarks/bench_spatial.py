"""How fast is each spatial step alone on one core, beside the libraries that have it?

Prints Markdown; runs as ``bench_preprocessing.py`` does, on its chest CT of 300 × 512 × 512: CPU time of one thread,
the best of the rounds after one to warm up, in one process of the peers' interpreter. What the two make is compared
voxel by voxel. The mask is HU above −500, noise and all.
"""

import sys
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from bench_preprocessing import INTERCEPT, SHAPE, chest_ct, one_thread_each, run_here_or_there

N_ROUNDS = 2
RADIUS, TURN = 5, np.deg2rad(10)


def steps(hu: np.ndarray, mask: np.ndarray) -> dict[str, dict[str, Any]]:
    """Return for each step the functions that do it, ours first."""
    import cv2
    import SimpleITK as sitk  # noqa: N813 - its customary name
    from scipy import ndimage
    from skimage import measure

    from workbench.imaging.kernels import labeling, morphology
    from workbench.imaging.kernels.affine import transform
    from workbench.imaging.kernels.resampling import resample

    image, label_image = sitk.GetImageFromArray(hu), sitk.GetImageFromArray(mask.view(np.uint8))
    span = np.arange(-RADIUS, RADIUS + 1)
    disc = (span[:, None] ** 2 + span**2 <= RADIUS**2).astype(np.uint8)
    turn = np.array([[1, 0, 0], [0, np.cos(TURN), -np.sin(TURN)], [0, np.sin(TURN), np.cos(TURN)]])
    shift = (np.eye(3) - turn) @ ((np.array(hu.shape) - 1) / 2)
    pull = np.c_[turn, shift]

    def by_sitk(made: Any) -> np.ndarray:
        return sitk.GetArrayFromImage(made)

    def turned_by_sitk() -> np.ndarray:
        # Its coordinates run x, y, z.
        moved = sitk.AffineTransform(turn[::-1, ::-1].ravel().tolist(), shift[::-1].tolist())
        return by_sitk(sitk.Resample(image, image, moved, sitk.sitkLinear, -1024))

    def each(function: Any) -> np.ndarray:
        return np.stack([function(one) for one in mask.view(np.uint8)])

    return {
        "resample to 360², area": {
            "ours": lambda: resample(hu, SHAPE, method="area"),
            "opencv-python-headless": lambda: np.stack(
                [cv2.resize(one, SHAPE[:0:-1], interpolation=cv2.INTER_AREA) for one in hu]
            ),
        },
        "turn by 10°, linear": {
            "ours": lambda: transform(hu, pull, hu.shape, fill=-1024),
            "SimpleITK": turned_by_sitk,
            "scipy": lambda: ndimage.affine_transform(hu, turn, shift, order=1, cval=-1024),
        },
        "label, 3-D": {
            "ours": lambda: labeling.label(mask),
            "SimpleITK": lambda: by_sitk(sitk.ConnectedComponent(label_image)),
            "scikit-image": lambda: measure.label(mask, connectivity=1),
            "scipy": lambda: ndimage.label(mask)[0],
        },
        "close, disc of 5, per slice": {
            "ours": lambda: morphology.close(mask, RADIUS),
            "opencv-python-headless": lambda: each(lambda one: cv2.morphologyEx(one, cv2.MORPH_CLOSE, disc)),
        },
        "close, ball of 5": {
            "ours": lambda: morphology.close(mask, RADIUS, per_slice=False),
            "SimpleITK": lambda: by_sitk(sitk.BinaryMorphologicalClosing(label_image, [RADIUS] * 3, sitk.sitkBall)),
        },
        "fill holes, per slice": {
            "ours": lambda: morphology.fill_holes(mask),
            "scipy": lambda: each(ndimage.binary_fill_holes),
        },
        "fill holes, 3-D": {
            "ours": lambda: morphology.fill_holes(mask, per_slice=False),
            "SimpleITK": lambda: by_sitk(sitk.BinaryFillhole(label_image)),
            "scipy": lambda: ndimage.binary_fill_holes(mask),
        },
    }


def compare(ours: np.ndarray, theirs: np.ndarray, *, inner: bool) -> str:
    """Return the share of voxels that differ, for numbers by more than 1; away from the border where outside counts."""
    if inner:
        ours, theirs = (one[1:-1, 60:-60, 60:-60] for one in (ours, theirs))
    apart = np.abs(ours.astype(np.float32) - theirs.astype(np.float32)) > (1 if ours.dtype == np.int16 else 0)
    return f"{apart.mean():.4%}"


def main() -> None:
    """Measure every step and print the table."""
    from workbench.imaging.threads import limit_threads

    one_thread_each()
    hu = chest_ct() + np.int16(INTERCEPT)
    mask = hu > -500
    print("# Spatial steps on one core, 300 × 512 × 512\n\n| Step | engine | ms | ratio | voxels that differ |")
    print("|---|---|---:|---:|---:|")
    with limit_threads(1):
        for step, engines in steps(hu, mask).items():
            made, best = {}, {}
            for name, function in engines.items():
                made[name] = function()
                times = []
                for _ in range(N_ROUNDS):
                    last = process_time()
                    function()
                    times.append((process_time() - last) * 1e3)
                best[name] = min(times)
                shown = "this package" if name == "ours" else f"{name} {version(name)}"
                apart = compare(made["ours"], made[name], inner=step.startswith("turn"))
                print(
                    f"| {step} | {shown} | {best[name]:.0f} | {best[name] / best['ours']:.1f}× | {apart} |", flush=True
                )


if __name__ == "__main__":
    run_here_or_there(main, __file__)
