"""A made-up chest in Hounsfield units: body, lungs with vessels, heart, airways, spine and ribs, seeded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Point = tuple[float, float, float]

#: Width and depth of the imaged field, in mm; the chest fills about nine tenths of it.
FIELD_MM = 360.0
#: Height of the chest from the lung bases to the apices, in mm.
HEIGHT_MM = 300.0

_THICKEST_MM = 9.5  # above and below a slice, from where it still shows vessels

# Attenuation in HU (air -1000, water 0), chosen within published ranges: lung, fat and liver of
# radclass.mudr.org/content/hounsfield-units-scale-hu-ct-numbers (which names Prokop, Spiral and Multislice Computed
# Tomography of the Body, 2003), blood and bone of radgray.com/ct/general-ct/hounsfield-scale, muscle as soft tissue
# (25 to 60) of uvm.edu/~rchawla/series_home/ct/ct3.html.
_AIR, _LUNG, _FAT, _MUSCLE, _BLOOD, _LIVER, _SPONGY, _CORTICAL = -1000, -860, -100, 50, 42, 60, 190, 620


@dataclass(frozen=True)
class _Grid:
    """Positions of the voxel centers in mm: z up, y to the back, x to the patient's left; the center is zero."""

    z: Image
    y: Image
    x: Image

    def ellipsoid(self, center: Point, radii: Point) -> Image:
        """Return 0 at the center, 1 on the surface, more outside."""
        parts = [
            ((axis - middle) / radius) ** 2
            for axis, middle, radius in zip((self.z, self.y, self.x), center, radii, strict=True)
        ]
        squared: Image = np.sqrt(parts[0] + parts[1] + parts[2], dtype=np.float32)
        return squared

    def column(self, center: tuple[float, float], radii: tuple[float, float], *, power: float = 2.0) -> Image:
        """Return 0 on the axis, 1 on the surface of an upright (super)elliptic column."""
        across = np.abs((self.y - center[0]) / radii[0]) ** power + np.abs((self.x - center[1]) / radii[1]) ** power
        shape: Image = (across ** (1 / power) + 0 * self.z).astype(np.float32)
        return shape


@dataclass(frozen=True, eq=False)
class Parts:
    """A chest and what its voxels belong to, all ``(slices, rows, columns)``.

    Attributes
    ----------
    hu : numpy.ndarray
        Float32, HU.
    lungs, airways, vessels : numpy.ndarray
        Masks; the lungs hold the vessels inside them, and neither airways nor wall.
    above_mm, behind_mm, left_mm : numpy.ndarray
        Where the voxel centers are, measured from the center in a body of average size, one axis each.
    """

    hu: Image
    lungs: Mask
    airways: Mask
    vessels: Mask
    above_mm: Image
    behind_mm: Image
    left_mm: Image


def chest_volume(*, seed: int = 0, n_slices: int = 24, n_pixels: int = 256) -> Image:
    """Return a made-up chest, the top slice last.

    Parameters
    ----------
    seed : int
        Changes size, heart, vessels and noise.
    n_slices : int
        Evenly spaced over the whole chest, 300 mm.
    n_pixels : int
        Rows and columns of a slice; the field is 360 mm.

    Returns
    -------
    numpy.ndarray
        ``(slices, rows, columns)``, float32, HU; rows run from front to back, columns from the patient's right.

    Examples
    --------
    >>> volume = chest_volume(n_slices=3, n_pixels=64)
    >>> volume.shape, bool(volume[1].min() < -900 < 300 < volume[1].max())
    ((3, 64, 64), True)
    """
    return chest_parts(seed=seed, n_slices=n_slices, n_pixels=n_pixels).hu


def chest_parts(*, seed: int, n_slices: int, n_pixels: int) -> Parts:
    """Return a made-up chest with the masks of its parts.

    Parameters
    ----------
    seed, n_slices, n_pixels : int
        As for `chest_volume`, which gives the same voxels.

    Returns
    -------
    Parts
        Voxels and masks.
    """
    random = np.random.default_rng(seed)
    scale = float(random.uniform(0.95, 1.05))
    across = (((np.arange(n_pixels) + 0.5) / n_pixels - 0.5) * FIELD_MM / scale).astype(np.float32)
    up = (((np.arange(n_slices) + 0.5) / n_slices - 0.5) * HEIGHT_MM).astype(np.float32)
    grid = _Grid(up[:, None, None], across[None, :, None], across[None, None, :])
    volume = np.full((n_slices, n_pixels, n_pixels), _AIR, dtype=np.float32)
    _fill_body(volume, grid)
    heart = grid.ellipsoid((-58.0, -22.0, 24.0), (66.0, 44.0, 56.0 * float(random.uniform(0.92, 1.1))))
    lungs = _fill_lungs(volume, grid, heart)
    airways = _fill_mediastinum(volume, grid, heart)
    aerated = lungs & ~airways & (volume < _LUNG + 200)
    vessels = _add_vessels(volume, grid, lungs, random)
    _fill_bones(volume, grid)
    aerated &= volume <= _BLOOD  # not bone
    _add_texture(volume, lungs, random)
    return Parts(volume, aerated, airways, vessels & aerated, grid.z, grid.y, grid.x)


def _fill_body(volume: Image, grid: _Grid) -> None:
    shoulders = 1 + 0.10 * np.clip((grid.z - 60) / 90, 0, 1)
    skin = grid.column((4, 0), (112, 158), power=2.4) / shoulders
    volume[skin < 1] = _FAT
    volume[skin < 0.91] = _MUSCLE
    cage = grid.column((4, 0), (96, 138), power=2.3)
    volume[(cage < 0.97) & (skin < 1)] = _FAT + 20


def _fill_lungs(volume: Image, grid: _Grid, heart: Image) -> Mask:
    """Fill both lungs: broad at the base, narrow at the apex, hollowed by the heart, the right lifted by the liver."""
    height = np.clip((grid.z + 150) / 290, 0.001, 1)
    width = np.sqrt(np.clip(1.06 - height**2.6, 0.02, 1))
    right = grid.column((6, -69), (86, 60), power=2.3) / width
    left = grid.column((6, 70), (86, 57), power=2.3) / width
    inside = ((right < 1) | (left < 1)) & (np.abs(grid.z) < 143)
    spared = grid.column((4, 0), (92, 134), power=2.3) > 0.99
    liver = grid.ellipsoid((-150, -2, -66), (64, 92, 82))
    spleen = grid.ellipsoid((-150, 10, 76), (52, 84, 64))
    behind_heart = heart < 1.04
    lungs: Mask = inside & ~spared & ~behind_heart & (liver > 1.02) & (spleen > 1.02)
    volume[(liver < 1) & (volume > _AIR)] = _LIVER
    volume[(spleen < 1) & (volume > _AIR)] = _LIVER - 10
    dependent = 55 * np.clip(grid.y / 90, -1, 1)  # gravity: a lying patient's lung is denser at the back
    volume[lungs] = np.broadcast_to(_LUNG + dependent, volume.shape)[lungs]
    return lungs


def _fill_mediastinum(volume: Image, grid: _Grid, heart: Image) -> Mask:
    volume[heart < 1.05] = _FAT
    volume[heart < 1] = _BLOOD
    chamber = grid.ellipsoid((-60.0, -20.0, 34.0), (40.0, 24.0, 28.0))
    volume[chamber < 1] = _BLOOD + 6
    above_heart = np.clip((grid.z + 40) / 30, 0, 1) * np.clip((125 - grid.z) / 20, 0, 1)
    for center, radius in (((-14.0, 8.0), 15.0), ((-12.0, -14.0), 11.0), ((34.0, 20.0), 12.0)):
        reach = above_heart if center[0] < 0 else np.ones_like(above_heart)
        volume[(grid.column(center, (radius, radius)) < 1) & (reach > 0.5)] = _BLOOD
    gullet = grid.column((34, 3), (6, 8))
    volume[gullet < 1] = _MUSCLE - 15
    spread = np.clip((28 - grid.z) / 80, 0, 1)  # the carina at z = 28 mm; below it the main bronchi part
    airways = np.zeros(volume.shape, dtype=bool)
    for side in (-1, 1):  # above the carina both are one: the windpipe
        tube = np.hypot(grid.y - 14 - 12 * spread, grid.x - side * 66 * spread) / (9 - 3 * spread)
        volume[(tube < 1.25) & (grid.z > -22)] = _MUSCLE - 10
        volume[(tube < 1) & (grid.z > -22)] = _AIR + 15
        airways |= (tube < 1) & (grid.z > -22)
    return airways


def _add_vessels(volume: Image, grid: _Grid, lungs: Mask, random: np.random.Generator) -> Mask:
    """Grow two trees from the hila, draw every branch as a soft-edged tube inside the lungs, return where they are."""
    steps = [
        step
        for side in (-1.0, 1.0)
        for _ in range(11)
        for step in _grow((float(random.uniform(-20, 25)), 14.0, 30.0 * side), side, random)
    ]
    pitch = _pitch(grid.x)
    spacing = np.array([_pitch(grid.z) if len(grid.z) > 1 else HEIGHT_MM, pitch, pitch])
    axes = (grid.z.ravel(), grid.y.ravel(), grid.x.ravel())
    centers, radii = np.array([center for center, _ in steps]), np.array([radius for _, radius in steps])
    reach = np.maximum(radii[:, None] + 2 * pitch, np.minimum(0.75 * spacing, _THICKEST_MM))
    first, last = (
        np.stack([np.searchsorted(axis, ends[:, n]) for n, axis in enumerate(axes)], axis=1).tolist()
        for ends in (centers - reach, centers + reach)
    )
    drawn = np.zeros(volume.shape, dtype=bool)
    for (center, radius), low, high in zip(steps, first, last, strict=True):
        cut = (slice(low[0], high[0]), slice(low[1], high[1]), slice(low[2], high[2]))
        block, kept = volume[cut], lungs[cut]
        if not block.size or not kept.any():
            continue
        flat = np.hypot((axes[1][cut[1]] - center[1])[:, None], (axes[2][cut[2]] - center[2])[None, :])[None]
        share = np.clip((radius - flat) / pitch + 0.5, 0, 1) * np.ones_like(block)
        blended = _LUNG + share * (_BLOOD - _LUNG)
        block[kept] = np.maximum(block, blended)[kept]
        drawn[cut] |= kept & (share > 0.5)
    return drawn


def _grow(start: Point, side: float, random: np.random.Generator) -> list[tuple[Point, float]]:
    """Return centers and radii along one branch and its daughters, walking away from the hilum."""
    grown: list[tuple[Point, float]] = []
    heading = np.array([random.normal(0, 0.9), random.normal(0, 0.8), side * abs(random.normal(0.9, 0.4))])
    waiting = [(np.array(start), heading / np.linalg.norm(heading), float(random.uniform(3.2, 5.2)))]
    while waiting and len(grown) < 900:
        place, heading, radius = waiting.pop()
        for _ in range(int(random.integers(8, 18))):
            place = place + 2.2 * heading
            heading = heading + random.normal(0, 0.10, 3)
            heading = heading / np.linalg.norm(heading)
            grown.append(((float(place[0]), float(place[1]), float(place[2])), radius))
        if radius > 0.8:
            for share in (0.80, 0.66):
                turned = heading + random.normal(0, 0.55, 3)
                waiting.append((place, turned / np.linalg.norm(turned), radius * share))
    return grown


def _fill_bones(volume: Image, grid: _Grid) -> None:
    disc = np.cos(2 * np.pi * grid.z / 26) > 0.82  # a vertebra and its disc every 26 mm
    body = grid.column((62, 0), (17, 20))
    volume[(body < 1) & ~disc] = _CORTICAL - 150
    volume[(body < 0.86) & ~disc] = _SPONGY
    volume[(body < 0.98) & disc] = _MUSCLE + 30
    arch = grid.column((84, 0), (15, 16))
    volume[(arch < 1) & (arch > 0.62) & (grid.y > 76) & ~disc] = _CORTICAL - 100
    volume[arch < 0.6] = 18  # the canal
    spine = (np.abs(grid.x) < 3.5) & (grid.y > 96) & (grid.y < 108 + 0 * grid.z) & ~disc
    volume[spine] = _CORTICAL - 200
    wings = grid.column((78, 0), (6, 34))
    volume[(wings < 1) & (arch > 0.7) & (np.cos(2 * np.pi * grid.z / 26) < -0.5)] = _SPONGY + 120
    plate = grid.column((-86, 0), (6, 17))
    volume[(plate < 1) & (grid.z > -70) & (grid.z < 110)] = _SPONGY + 60
    _fill_ribs(volume, grid)


def _fill_ribs(volume: Image, grid: _Grid) -> None:
    """Fill twelve pairs of ribs, high at the back and low in front, on the wall of the cage."""
    wall = grid.column((4, 0), (97, 140), power=2.3)
    front = np.arctan2(np.abs(grid.x), grid.y - 4) / np.pi  # 0 at the spine, 1 at the sternum
    phase = np.mod(grid.z + 78 * front + 6, 25.0) - 12.5
    across = np.hypot((wall - 0.995) * 105, phase * 0.95)
    reach = (np.abs(grid.x) > 16) & (grid.y > -84)
    volume[(across < 6.2) & reach & (volume > _AIR + 20)] = _CORTICAL
    volume[(across < 3.6) & reach & (volume > _AIR + 20)] = _SPONGY + 40


def _add_texture(volume: Image, lungs: Mask, random: np.random.Generator) -> None:
    """Add what makes tissue look like tissue: slow variation in the lungs, correlated noise everywhere."""
    volume[lungs] += 26 * _noise(volume.shape, 2.2, random)[lungs]
    inside = volume > _AIR + 40
    volume += np.where(inside, 16.0, 7.0) * _noise(volume.shape, 0.9, random)
    np.clip(volume, -1024, 3071, out=volume)


def _noise(shape: tuple[int, ...], sigma: float, random: np.random.Generator) -> Image:
    """Return noise of unit variance, correlated within a slice over `sigma` pixels, by a Gaussian in frequency."""
    white = random.standard_normal(shape, dtype=np.float32)
    rows, columns = np.fft.fftfreq(shape[1])[:, None], np.fft.rfftfreq(shape[2])[None, :]
    low = np.exp(-2 * (np.pi * sigma) ** 2 * (rows**2 + columns**2)).astype(np.float32)
    smooth = np.fft.irfft2(np.fft.rfft2(white, axes=(1, 2)) * low, s=shape[1:], axes=(1, 2))
    unit: Image = (smooth / smooth.std()).astype(np.float32)
    return unit


def _pitch(axis: Image) -> float:
    values = axis.ravel()
    return float(values[1] - values[0])
