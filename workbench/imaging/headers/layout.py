"""What a walk over headers reports, in which places, and the codes it writes."""

import numpy as np

from workbench.imaging.headers.tags import KEPT

#: How a walk ended. All but `WHOLE` and `MORE` are left to another reader.
WHOLE, MORE, DEFLATED, UNKNOWN_START, TRUNCATED, IRREGULAR, TOO_LONG = range(7)
#: Places in the (n, 7) array that a walk fills: how it ended; bytes needed (for `MORE`), or where the data set begins
#: (for `DEFLATED`); offset and length of the pixel data; whether big endian; which encoding was found where none is
#: stated (1 implicit, 2 explicit); bytes of all kept values.
STATE, NEEDED, PIXEL_OFFSET, PIXEL_LENGTH, BIG, GUESSED, KEPT_BYTES = range(7)
#: Bytes of one and of all kept values of a file; a limit of ours.
LONGEST_VALUE, LONGEST_KEPT = 16_384, 65_535
#: How deep sequences may be nested; a limit of ours, deeper ones are left to another reader.
DEEPEST = 32
#: Tags in the order of the columns, and the column of the transfer syntax.
TAGS = np.array([kept.tag for kept in KEPT.values()], np.int64)
SYNTAX = list(KEPT).index("TransferSyntaxUID")

#: Value representation to its code; 0 where the file states none, `TEXT` for all others.
VR_CODES = {vr: code for code, vr in enumerate(("DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", "UV", "SV"), start=1)}
TEXT = 11
# PS3.5 7.1.2: these have 2 reserved bytes and a length of 4 bytes.
LONG_VRS = ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")


def code_of(vr: str) -> int:
    """Return the code of a value representation.

    Parameters
    ----------
    vr : str
        Two capital letters.

    Returns
    -------
    int
        0 for UN, which tells nothing.

    Examples
    --------
    >>> code_of("DS"), code_of("UN"), code_of("LO")
    (1, 0, 11)
    """
    return 0 if vr == "UN" else VR_CODES.get(vr, TEXT)
