"""The header of a file's first compressed frame, read without the rest."""

import os
from pathlib import Path

from workbench.imaging.headers.frames import frame_offsets
from workbench.imaging.pixels.child import read_spans
from workbench.imaging.pixels.codecs import DECODERS
from workbench.imaging.pixels.codestreams import Codestream, read_codestream
from workbench.imaging.pixels.layout import PixelDescription

_HEAD = 2**20  # bytes that hold the header of a frame; our own bound


def first_codestream(path: str | Path, description: PixelDescription) -> Codestream | None:
    """Return what the first compressed frame of a file says of itself.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    description : PixelDescription
        Of its pixels.

    Returns
    -------
    Codestream or None
        None where frames of that transfer syntax say nothing, or there is none.

    Raises
    ------
    PixelDataError
        The frame does not begin as one does.
    """
    decoder = DECODERS.get(description.transfer_syntax)
    if decoder is None or not decoder.native:
        return None
    offsets, lengths = frame_offsets(path, description.pixel_offset, n_frames=description.n_frames)
    if not len(offsets[0]):
        return None
    begin, length = int(offsets[0][0]), int(lengths[0][0])
    return read_codestream(read_spans(os.fspath(path), [[begin, min(length, _HEAD)]]))
