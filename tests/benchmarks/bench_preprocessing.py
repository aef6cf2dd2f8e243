"""How fast is preprocessing on one core, beside the libraries that others use, with the same steps on the same images?

Prints Markdown. Everything runs in one process of the peers' interpreter, named by ``WORKBENCH_PEERS_PYTHON`` (made
from ``requirements_imaging.txt``), engine after engine in each round, so that every ratio comes from one run. Times are
CPU time of one thread, the best of the rounds after one round to warm up. Each peer gets the image in its own form
before the clock starts, and is asked for what it does best: float32, no antialiasing, the cheaper of two ways.

A chest CT of 300 × 512 × 512 int16: rescale to HU; resample to 1 mm, trilinear, pixels as areas; window −1000 to 400 HU
to 0 … 1; mask of −950 to −320 HU, its two largest components in 3-D; histogram of HU in the mask, 350 bins.
A chest X-ray of 2500 × 2048 uint16: percentiles 1 and 99; window between them, inverted, to 8 bits; area resize to
1024 × 1024; CLAHE, 8 × 8 tiles, clip limit 2.
"""

import os
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
SPACING_MM, SHAPE = (1.0, 360 / 512, 360 / 512), (300, 360, 360)
INTERCEPT, LOW, HIGH, LUNG, BINS = -1024, -1000, 400, (-950, -320), 350
N_ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SLOW = {"scipy, float64 and order 3", "scikit-image", "MONAI", "TorchIO"}  # measured in two rounds
# On the same grid and with the same definition, a result may be apart by what its own rounding does.
SAME = {"OpenCV with SimpleITK", "SimpleITK", "TorchIO", "scikit-image"}
MOST_HU, MOST_VOLUME, MOST_LEVELS = 1.0, 0.001, 1.0

Steps = Iterator[tuple[str, Any]]


# ---- the images: invented, with noise


def chest_ct() -> np.ndarray:
    """Return a made-up chest as stored values: HU + 1024, with noise of 20 HU."""
    from workbench.phantoms.anatomy import chest_volume

    small = chest_volume(n_slices=100, n_pixels=256)
    volume = small.repeat(3, 0).repeat(2, 1).repeat(2, 2)
    volume += np.random.default_rng(0).standard_normal(volume.shape, dtype=np.float32) * 20
    return np.rint(volume - INTERCEPT).clip(0, 4095).astype(np.int16)


def chest_radiograph(ct: np.ndarray) -> np.ndarray:
    """Return the same chest seen from the front, as stored values of 12 bits, bright where the beam came through."""
    from workbench.imaging.kernels.resampling import resample

    seen = ct[::-1].mean(axis=1, dtype=np.float32)
    seen = resample(seen, (2500, 2048), method="cubic")
    seen += np.random.default_rng(1).standard_normal(seen.shape, dtype=np.float32) * 4
    return np.rint(4095 - (seen - seen.min()) / np.ptp(seen) * 4000).astype(np.uint16)


# ---- CT recipes: each yields (step, what it made) after each step


def ours_ct(raw: np.ndarray) -> Steps:
    """Run this package."""
    from workbench.imaging.kernels.histograms import histogram
    from workbench.imaging.kernels.intensity import rescale_window
    from workbench.imaging.kernels.labeling import largest_components
    from workbench.imaging.kernels.resampling import resample

    hu = raw + np.int16(INTERCEPT)
    yield "rescale", hu
    hu = resample(hu, SHAPE)
    yield "resample", hu
    yield "window", rescale_window(hu, low=LOW, high=HIGH)
    mask = largest_components((hu > LUNG[0]) & (hu < LUNG[1]), 2)
    yield "mask", mask
    yield "histogram", histogram(hu, low=LOW, high=HIGH, bins=BINS, mask=mask)


def scipy_ct(raw: np.ndarray) -> Steps:
    """Run what is written first: float64 and the default order 3."""
    from scipy import ndimage

    hu = raw.astype(np.float64) * 1.0 + INTERCEPT
    yield "rescale", hu
    hu = ndimage.zoom(hu, np.array(SHAPE) / raw.shape, grid_mode=True, mode="nearest")
    yield "resample", hu
    yield "window", np.clip((hu - LOW) / (HIGH - LOW), 0, 1)
    labels, n = ndimage.label((hu > LUNG[0]) & (hu < LUNG[1]))
    sizes = ndimage.sum_labels(np.ones_like(labels), labels, np.arange(1, n + 1))
    mask = np.isin(labels, 1 + np.argsort(-sizes)[:2])
    yield "mask", mask
    yield "histogram", np.histogram(hu[mask], BINS, (LOW, HIGH))[0]


def skimage_ct(raw: np.ndarray) -> Steps:
    """Run scikit-image on float32."""
    from skimage import exposure, measure, transform

    hu = raw.astype(np.float32) + INTERCEPT
    yield "rescale", hu
    hu = transform.resize(hu, SHAPE, order=1, mode="edge", anti_aliasing=False, preserve_range=True)
    yield "resample", hu
    yield "window", exposure.rescale_intensity(hu, in_range=(LOW, HIGH), out_range=(0.0, 1.0))
    labels = measure.label((hu > LUNG[0]) & (hu < LUNG[1]), connectivity=1)
    mask = _two_largest(labels)
    yield "mask", mask
    yield "histogram", np.histogram(hu[mask], BINS, (LOW, HIGH))[0]


def opencv_ct(raw: np.ndarray) -> Steps:
    """Run OpenCV slice by slice, which is enough in this plane, and SimpleITK for the labels it lacks: the best mix."""
    import cv2
    import SimpleITK as sitk  # noqa: N813 - its customary name

    hu = cv2.add(raw.reshape(-1, raw.shape[-1]), INTERCEPT).reshape(raw.shape)
    yield "rescale", hu
    resized = np.empty(SHAPE, np.int16)
    for before, after in zip(hu, resized, strict=True):
        cv2.resize(before, SHAPE[:0:-1], dst=after, interpolation=cv2.INTER_LINEAR)
    yield "resample", resized
    hu = resized.reshape(-1, SHAPE[-1])
    windowed = cv2.addWeighted(hu, 1 / (HIGH - LOW), hu, 0, -LOW / (HIGH - LOW), dtype=cv2.CV_32F)
    np.clip(windowed, 0, 1, out=windowed)
    yield "window", windowed.reshape(SHAPE)
    labels = sitk.ConnectedComponent(sitk.GetImageFromArray(cv2.inRange(hu, LUNG[0] + 1, LUNG[1] - 1).reshape(SHAPE)))
    mask = _two_largest(sitk.GetArrayViewFromImage(labels))
    yield "mask", mask
    counts = cv2.calcHist([hu.astype(np.float32)], [0], mask.view(np.uint8).reshape(hu.shape), [BINS], [LOW, HIGH])
    yield "histogram", counts.ravel().astype(np.int64)


def simpleitk_ct(image: Any) -> Steps:
    """Run SimpleITK; it has no histogram of one mask, so that NumPy counts."""
    import SimpleITK as sitk  # noqa: N813 - its customary name

    hu = sitk.ShiftScale(image, INTERCEPT, 1, sitk.sitkInt16)
    yield "rescale", hu
    origin = [(1.0 - one) / 2 for one in image.GetSpacing()]
    grid = (SHAPE[::-1], sitk.Transform(), sitk.sitkLinear, origin, (1.0, 1.0, 1.0))
    hu = sitk.Resample(hu, *grid, image.GetDirection(), 0, sitk.sitkInt16, False)
    yield "resample", sitk.GetArrayViewFromImage(hu)
    windowed = sitk.IntensityWindowing(sitk.Cast(hu, sitk.sitkFloat32), LOW, HIGH, 0, 1)
    yield "window", sitk.GetArrayViewFromImage(windowed)
    labels = sitk.ConnectedComponent(sitk.BinaryThreshold(hu, LUNG[0] + 1, LUNG[1] - 1))
    kept = sitk.RelabelComponent(labels, sortByObjectSize=True)
    two = sitk.BinaryThreshold(kept, 1, 2)  # named, because a view does not keep its image alive
    mask = sitk.GetArrayViewFromImage(two).view(bool)
    yield "mask", mask
    yield "histogram", np.histogram(sitk.GetArrayViewFromImage(hu)[mask], BINS, (LOW, HIGH))[0]


def monai_ct(image: Any) -> Steps:
    """Run MONAI's transforms on float32; its grid starts at the first center, 0.15 mm beside the others."""
    import torch
    from monai import transforms

    hu = image * 1.0 + INTERCEPT
    yield "rescale", hu
    hu = transforms.Spacing((1.0, 1.0, 1.0), dtype=np.float32)(hu)
    yield "resample", hu[0].numpy()
    windowed = transforms.ScaleIntensityRange(LOW, HIGH, 0.0, 1.0, clip=True)(hu)
    yield "window", windowed[0].numpy()
    mask = transforms.KeepLargestConnectedComponent(num_components=2, connectivity=1)((hu > LUNG[0]) & (hu < LUNG[1]))
    yield "mask", mask[0].numpy().astype(bool)
    yield "histogram", torch.histc(hu.as_tensor()[mask.as_tensor().bool()], BINS, LOW, HIGH).numpy().astype(np.int64)


def torchio_ct(image: Any) -> Steps:
    """Run TorchIO; it keeps one component only, so that SimpleITK, on which it rests, keeps two."""
    import SimpleITK as sitk  # noqa: N813 - its customary name
    import torchio as tio

    hu = tio.ScalarImage(tensor=image.data.float() + INTERCEPT, affine=image.affine)
    yield "rescale", hu
    hu = tio.Resample(1)(hu)
    yield "resample", hu.numpy()[0]
    windowed = tio.RescaleIntensity((0, 1), in_min_max=(LOW, HIGH))(tio.Clamp(LOW, HIGH)(hu))
    yield "window", windowed.numpy()[0]
    values = hu.numpy()[0]
    labels = sitk.ConnectedComponent(
        sitk.BinaryThreshold(sitk.GetImageFromArray(values), LUNG[0] + 0.01, LUNG[1] - 0.01)
    )
    kept = sitk.RelabelComponent(labels, sortByObjectSize=True)
    two = sitk.BinaryThreshold(kept, 1, 2)  # named, because a view does not keep its image alive
    mask = sitk.GetArrayViewFromImage(two).view(bool)
    yield "mask", mask
    yield "histogram", np.histogram(values[mask], BINS, (LOW, HIGH))[0]


def _two_largest(labels: np.ndarray) -> np.ndarray:
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    table = np.zeros(len(sizes), bool)
    table[np.argsort(-sizes)[:2]] = True
    return table[labels]


# ---- X-ray recipes


def ours_xray(raw: np.ndarray) -> Steps:
    """Run this package."""
    from workbench.imaging.kernels.adaptive import equalize_adaptive
    from workbench.imaging.kernels.histograms import percentiles
    from workbench.imaging.kernels.intensity import rescale_window
    from workbench.imaging.kernels.resampling import resample

    low, high = percentiles(raw, (1, 99))
    yield "percentiles", np.array([low, high])
    image = rescale_window(raw, low=low, high=high, invert=True, dtype="uint8")
    yield "window", image
    image = resample(image, (1024, 1024), method="area")
    yield "resize", image
    yield "CLAHE", equalize_adaptive(image, tiles=(8, 8), clip_limit=2.0)


def opencv_xray(raw: np.ndarray) -> Steps:
    """Run OpenCV, with a histogram of its own for the percentiles it lacks."""
    import cv2

    counts = cv2.calcHist([raw], [0], None, [4096], [0, 4096]).ravel().cumsum()
    low, high = np.searchsorted(counts, [0.01 * raw.size, 0.99 * raw.size])
    yield "percentiles", np.array([low, high])
    scale = 255 / (high - low)
    image = cv2.addWeighted(raw, -scale, raw, 0, high * scale, dtype=cv2.CV_8U)
    yield "window", image
    image = cv2.resize(image, (1024, 1024), interpolation=cv2.INTER_AREA)
    yield "resize", image
    yield "CLAHE", cv2.createCLAHE(2.0, (8, 8)).apply(image)


def skimage_xray(raw: np.ndarray) -> Steps:
    """Run scikit-image as its gallery does."""
    from skimage import exposure, transform, util

    low, high = np.percentile(raw, (1, 99))
    yield "percentiles", np.array([low, high])
    image = util.invert(exposure.rescale_intensity(raw, in_range=(low, high), out_range=(0.0, 1.0)))
    yield "window", np.clip(image, 0, 1) * 255
    image = transform.resize(image, (1024, 1024), anti_aliasing=True)
    yield "resize", image * 255
    yield "CLAHE", exposure.equalize_adapthist(image.clip(0, 1), kernel_size=128, clip_limit=2 / 256) * 255


def monai_xray(image: Any) -> Steps:
    """Run MONAI up to the step that it lacks."""
    from monai import transforms

    scaled = 1 - transforms.ScaleIntensityRangePercentiles(1, 99, 0.0, 1.0, clip=True)(image)
    yield "window", scaled[0].numpy() * 255
    yield "resize", transforms.Resize((1024, 1024), mode="area")(scaled)[0].numpy() * 255


# ---- what each is given


def as_sitk(raw: np.ndarray) -> Any:
    """Return the volume as SimpleITK holds it."""
    import SimpleITK as sitk  # noqa: N813 - its customary name

    image = sitk.GetImageFromArray(raw)
    image.SetSpacing(SPACING_MM[::-1])
    return image


def as_monai(raw: np.ndarray) -> Any:
    """Return the image as MONAI holds it, channel first."""
    import torch
    from monai.data import MetaTensor

    affine = np.diag([*SPACING_MM[: raw.ndim], *[1.0] * (4 - raw.ndim)])
    return MetaTensor(torch.from_numpy(raw.astype(np.float32))[None], affine=torch.from_numpy(affine))


def as_torchio(raw: np.ndarray) -> Any:
    """Return the volume as TorchIO holds it."""
    import torch
    import torchio as tio

    return tio.ScalarImage(tensor=torch.from_numpy(raw)[None], affine=np.diag([*SPACING_MM, 1.0]))


CT = {
    "this package": (ours_ct, None, "numba"),
    "OpenCV with SimpleITK": (opencv_ct, None, "opencv-python-headless"),
    "SimpleITK": (simpleitk_ct, as_sitk, "SimpleITK"),
    "MONAI": (monai_ct, as_monai, "monai"),
    "TorchIO": (torchio_ct, as_torchio, "torchio"),
    "scikit-image": (skimage_ct, None, "scikit-image"),
    "scipy, float64 and order 3": (scipy_ct, None, "scipy"),
}
XRAY = {
    "this package": (ours_xray, None, "numba"),
    "OpenCV": (opencv_xray, None, "opencv-python-headless"),
    "MONAI": (monai_xray, as_monai, "monai"),
    "scikit-image": (skimage_xray, None, "scikit-image"),
}


# ---- measuring


def measure(engines: dict[str, Any], raw: np.ndarray, n_rounds: int, keep: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Return for each engine its best round's milliseconds by step, and what is kept of its results."""
    found: dict[str, Any] = {name: {"ms": {}, "made": {}} for name in engines}
    given = {name: prepare(raw) if prepare else raw for name, (_, prepare, _) in engines.items()}
    for number in range(n_rounds + 1):  # the first one warms up: imports, compiling, pages of memory
        for name, (recipe, _, _) in engines.items():
            if name in SLOW and engines is CT and number > 2:
                continue
            times, last = {}, time.process_time()
            for step, made in recipe(given[name]):
                times[step] = (time.process_time() - last) * 1e3
                if number == 0:
                    found[name]["made"][step] = keep(step, made)
                del made
                last = time.process_time()
            best = found[name]["ms"]
            if number and (not best or sum(times.values()) < sum(best.values())):
                found[name]["ms"] = times
    return found


def of_ct(step: str, made: Any) -> Any:
    """Return what is compared of a step: every fifth slice of the window, size of the mask, the histogram."""
    if step == "window":
        return np.array(made[::5], np.float32)
    if step == "mask":
        return int(np.count_nonzero(made))
    return np.array(made) if step == "histogram" else None


def agreement_ct(ours: Any, theirs: Any) -> tuple[str, float]:
    """Return how far apart two results are, and what share that is of what the same definition may be."""
    apart = np.abs(ours["window"] - theirs["window"])[:, 1:-1, 1:-1] * (HIGH - LOW)
    volume = theirs["mask"] / ours["mask"] - 1
    shares = [one["histogram"] / max(1, one["histogram"].sum()) for one in (ours, theirs)]
    moved = np.abs(np.cumsum(shares[0]) - np.cumsum(shares[1])).max()
    return f"{apart.mean():.2f} / {apart.max():.1f} | {volume:+.2%} | {moved:.4f}", max(
        apart.max() / MOST_HU, abs(volume) / MOST_VOLUME
    )


def agreement_xray(ours: Any, theirs: Any) -> tuple[str, float]:
    """Return the mean and largest difference of levels after the resize and CLAHE, and the share as above."""
    texts = []
    for step in ("resize", "CLAHE"):
        if step not in theirs:
            texts.append("–")
            continue
        apart = np.abs(ours[step].astype(float) - theirs[step])
        texts.append(f"{apart.mean():.2f} / {apart.max():.1f}")
    return " | ".join(texts), np.abs(ours["resize"].astype(float) - theirs["resize"]).max() / MOST_LEVELS


def report(title: str, engines: dict[str, Any], found: dict[str, Any], heads: str, agreement: Any) -> None:
    """Print one chain's table."""
    steps = list(found["this package"]["ms"])
    total = {name: sum(one["ms"].values()) for name, one in found.items()}
    print(f"\n## {title}\n\n| Engine | {' | '.join(steps)} | all, ms | ratio | {heads} |")
    print(f"|---|{'---:|' * (len(steps) + 2 + heads.count('|') + 1)}")
    for name, (_, _, package) in engines.items():
        ms, ratio = (
            found[name]["ms"],
            total[name] / sum(found["this package"]["ms"].get(s, 0) for s in found[name]["ms"]),
        )
        row = " | ".join(f"{ms[step]:.1f}" if step in ms else "–" for step in steps)
        same, apart = agreement(found["this package"]["made"], found[name]["made"])
        if name in (SAME if engines is CT else {"OpenCV"}) and apart > 1.001:
            sys.exit(f"{name} disagrees by {apart:.1f} times what rounding explains: {same}")
        shown = name if name == "this package" else f"{name} {version(package)}"
        print(f"| {shown} | {row} | **{total[name]:.1f}** | {ratio:.1f}× | {same} |", flush=True)


def one_thread_each() -> None:
    """Hold every library to one thread."""
    import cv2
    import SimpleITK as sitk  # noqa: N813 - its customary name
    import torch

    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)


def run_here_or_there(measure_all: Callable[[], None], file: str) -> None:
    """Measure in the peers' interpreter: here if this is it, else in a process of its own."""
    if sys.argv[1:] == ["here"]:
        measure_all()
        return
    python = os.environ.get("WORKBENCH_PEERS_PYTHON", str(PEERS_PYTHON))
    if not Path(python).exists():
        sys.exit(f"The peers' interpreter {python} does not exist. Run: make bench")
    # One thread for every library that reads the environment only once.
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **limits, "PYTHONPATH": str(ROOT)}
    sys.exit(subprocess.run([python, file, "here"], env=environment, check=False).returncode)


def main() -> None:
    """Measure both chains."""
    import torch

    from workbench.imaging.threads import limit_threads

    one_thread_each()
    ct = chest_ct()
    print("# Preprocessing on one core\n")
    print(
        f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, numba {version('numba')}, ",
        end="",
    )
    print(f"torch {torch.__version__}. CPU time of one thread, best of {N_ROUNDS} rounds (slow peers: of two).")
    with limit_threads(1):
        radiograph = chest_radiograph(ct)
        heads = "window, HU apart: mean / most | mask volume | histogram apart"
        report("Chest CT, 300 × 512 × 512 int16", CT, measure(CT, ct, N_ROUNDS, of_ct), heads, agreement_ct)
        found = measure(XRAY, radiograph, 5 * N_ROUNDS, lambda _, made: np.array(made))
        heads = "resize, levels apart: mean / most | CLAHE, levels apart"
        report("Chest X-ray, 2500 × 2048 uint16", XRAY, found, heads, agreement_xray)


if __name__ == "__main__":
    run_here_or_there(main, __file__)
