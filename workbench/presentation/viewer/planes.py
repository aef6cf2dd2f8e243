"""Which planes an image is cut in, how each lies on the page, and the letters at its edges."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Cine, Image, Radiograph, Volume

# PS3.3 2025c C.7.6.1.1.1: A anterior, P posterior, R right, L left, H head, F foot; along x, y and z of C.7.6.2.1.1.
_LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))
_OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "H": "F", "F": "H"}
# A second letter is written where the axis leans by more than this, so that a tilt of a few degrees reads as none.
_LEANING = np.sin(np.radians(10))


@dataclass(frozen=True)
class Plane:
    """A family of parallel slices as it lies on the page.

    Attributes
    ----------
    key : str
        ``"axial"``, ``"coronal"``, ``"sagittal"``, ``"frames"`` or ``"image"``.
    step : int
        The array axis that is stepped through; -1 of a single picture.
    down, right : int
        The array axes drawn downward and to the right.
    flipped : tuple of bool
        Whether (step, down, right) run against the index, so that the patient's right is on the left, the front or
        the head at the top, and the first slice is the one nearest the head, the front or the right.
    letters : tuple of str
        At the left, right, top and bottom edge; empty where the orientation is unknown.
    oblique_degrees : float
        Angle between the slices' normal and the patient's axis.
    """

    key: str
    step: int
    down: int
    right: int
    flipped: tuple[bool, bool, bool] = (False, False, False)
    letters: tuple[str, str, str, str] = ("", "", "", "")
    oblique_degrees: float = 0.0


def planes_of(image: Image) -> tuple[Plane, ...]:
    """Return the planes of an image, the one to look at first in front.

    Each plane of a volume is one of the array's own, named after the nearest plane of the patient. In front is the one
    whose shorter side has the most pixels: of thick slices the plane that was acquired, of a single slice the slice.

    Parameters
    ----------
    image : Volume, Radiograph or Cine
        Its direction or patient orientation says how it lies.

    Returns
    -------
    tuple of Plane
        Three of a volume, in the usual order where sides are equal; one of anything else.

    Raises
    ------
    TypeError
        When something else than an image came.

    Examples
    --------
    >>> volume = Volume(np.zeros((2, 3, 4)), spacing_mm=(5.0, 1.0, 1.0))
    >>> [(plane.key, plane.letters) for plane in planes_of(volume)][:2]
    [('axial', ('R', 'L', 'A', 'P')), ('coronal', ('R', 'L', 'H', 'F'))]
    """
    if isinstance(image, Volume):
        planes = _volume_planes(np.asarray(image.direction, dtype=np.float64))
        if len(image.shape) != len(planes):
            return planes
        # The shorter side: a coronal slice of a long series of small axial ones has more pixels than they have.
        return tuple(sorted(planes, key=lambda plane: -min(image.shape[plane.down], image.shape[plane.right])))
    if isinstance(image, Radiograph):
        return (Plane("image", -1, 0, 1, letters=_edges(image.patient_orientation)),)
    if isinstance(image, Cine):
        return (Plane("frames", 0, 1, 2),)
    raise TypeError(
        f"A {type(image).__name__} was received. A Volume, a Radiograph or a Cine can be shown. "
        "Read one, for instance wb.read_series(folder), or wrap an array: Volume(array, spacing_mm=(5, 0.7, 0.7))."
    )


def pixel_mm(image: Image, plane: Plane) -> tuple[float, float] | None:
    """Return how far apart the pixels of a plane are, downward and to the right.

    Parameters
    ----------
    image : Image
        Its spacing names all axes of space, or of a cine rows and columns only.
    plane : Plane
        One of its planes.

    Returns
    -------
    tuple of float or None
        In mm; None when the image's spacing is unknown, or no length.

    Examples
    --------
    >>> volume = Volume(np.zeros((2, 3, 4)), spacing_mm=(5.0, 1.0, 2.0))
    >>> [pixel_mm(volume, plane) for plane in planes_of(volume)]
    [(1.0, 2.0), (5.0, 2.0), (5.0, 1.0)]
    """
    if not image.spacing_mm or not all(0 < step < np.inf for step in image.spacing_mm):
        return None
    without = 1 if plane.step == 0 and len(image.spacing_mm) == 2 else 0
    down, right = (float(image.spacing_mm[axis - without]) for axis in (plane.down, plane.right))
    return down, right


def letters_along(vector: Sequence[float]) -> str:
    """Return where a direction leads in the patient, the strongest letter first.

    Parameters
    ----------
    vector : sequence of float
        x, y, z in the patient's coordinates (LPS).

    Returns
    -------
    str
        One to three letters, such as ``"L"`` or ``"PF"`` (PS3.3 2025c C.7.6.1.1.1).

    Examples
    --------
    >>> letters_along((0.0, 0.9, -0.44)), letters_along((0.0, 1.0, 0.02))
    ('PF', 'P')
    """
    strengths = sorted(enumerate(vector), key=lambda pair: -abs(pair[1]))
    return "".join(_LETTERS[axis][int(value > 0)] for axis, value in strengths if abs(value) > _LEANING)


def opposite(letters: str) -> str:
    """Return the letters of the other end.

    Parameters
    ----------
    letters : str
        Such as ``"LF"``.

    Returns
    -------
    str
        Such as ``"RH"``; empty for letters that are none of the patient's.

    Examples
    --------
    >>> opposite("LF"), opposite("MEDIAL")
    ('RH', '')
    """
    return "".join(_OPPOSITE[letter] for letter in letters) if set(letters) <= set(_OPPOSITE) else ""


def _volume_planes(direction: npt.NDArray[np.float64]) -> tuple[Plane, ...]:
    # The array axis nearest to x, y and z of the patient, each used once.
    x, y, z = max(permutations(range(3)), key=lambda axes: sum(abs(direction[axes[k], k]) for k in range(3)))
    toward = {axis: bool(direction[axis, k] > 0) for k, axis in enumerate((x, y, z))}
    # On the page: from the patient's right to the left, from front to back, from head to feet.
    flip = {x: not toward[x], y: not toward[y], z: toward[z]}

    def plane(key: str, step: int, down: int, right: int, normal: int) -> Plane:
        sides = {axis: direction[axis] * (-1 if flip[axis] else 1) for axis in (down, right)}
        across, along = letters_along(sides[right]), letters_along(sides[down])
        cosine = min(1.0, abs(float(direction[step, normal])))
        return Plane(
            key,
            step,
            down,
            right,
            (flip[step], flip[down], flip[right]),
            (opposite(across), across, opposite(along), along),
            float(np.degrees(np.arccos(cosine))),
        )

    return (plane("axial", z, y, x, 2), plane("coronal", y, z, x, 1), plane("sagittal", x, z, y, 0))


def _edges(orientation: tuple[str, ...]) -> tuple[str, str, str, str]:
    if len(orientation) != 2:
        return ("", "", "", "")
    across, along = orientation
    left, top = opposite(across), opposite(along)
    return (left, across if left else "", top, along if top else "")
