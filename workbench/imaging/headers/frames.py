"""Where the frames of encapsulated pixel data lie."""

from os import PathLike

import numpy as np
import numpy.typing as npt


def frame_offsets(
    path: str | PathLike[str], offset: int, *, n_frames: int = 1
) -> tuple[list[npt.NDArray[np.int64]], list[npt.NDArray[np.int64]]]:
    """Return for each frame the offsets in the file, and the lengths, of its fragments."""
    raise NotImplementedError
