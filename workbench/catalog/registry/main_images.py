"""Which quantity counts the images that a data set is mainly about."""

from collections.abc import Sequence

_SCANS = ("CT", "MR", "PT", "NM", "XA", "RF")  # in volumes
_SLIDES = ("SM", "GM")
_NO_IMAGES = ("TEXT", "EEG", "MEG")


def image_quantities(modality: Sequence[str]) -> tuple[str, ...]:
    """Return which quantities count the images of the main modality, the most telling first.

    Parameters
    ----------
    modality : sequence of str
        DICOM terms, the main one first.

    Returns
    -------
    tuple of str
        A scan is a volume or a study, not its files; slides stand for a set only where they are its main images.

    Examples
    --------
    >>> image_quantities(["CT", "SM"])[:3], image_quantities(["SM"])[:2], image_quantities(["DX"])[:2]
    (('volumes', 'studies', 'series'), ('images', 'slides'), ('images', 'studies'))
    """
    main = next((term for term in modality if term not in _NO_IMAGES), "")
    if main in _SCANS:
        return ("volumes", "studies", "series", "images", "videos", "slides", "patches", "regions")
    if main in _SLIDES:
        return ("images", "slides", "volumes", "patches", "regions", "studies", "series", "videos")
    return ("images", "studies", "volumes", "series", "videos", "patches", "regions", "slides")
