"""Walk over the data elements of many headers at once: compiled, without an object for any value.

Only what is well formed passes; whatever the walk does not know it leaves to a slower reader. Values are copied as they
stand in the file; what they mean is decided when a column is asked for.

References
----------
DICOM PS3.5 2025c, section 7.1 (data elements), 7.5 (nested data sets), A.1 to A.3 and A.5 (transfer syntaxes);
PS3.10 2025c, section 7.1 (preamble, prefix and file meta information).
"""

from string import ascii_uppercase

import numpy as np

from workbench.imaging.headers.layout import (
    BIG,
    DEEPEST,
    DEFLATED,
    GUESSED,
    IRREGULAR,
    KEPT_BYTES,
    LONG_VRS,
    LONGEST_KEPT,
    LONGEST_VALUE,
    MORE,
    NEEDED,
    PIXEL_LENGTH,
    PIXEL_OFFSET,
    STATE,
    TOO_LONG,
    TRUNCATED,
    UNKNOWN_START,
    WHOLE,
    code_of,
)
from workbench.imaging.kernels.compiled import compiled

_UNDEFINED = 0xFFFFFFFF
_IS_LONG = np.array([first + second in LONG_VRS for first in ascii_uppercase for second in ascii_uppercase])
_CODE = np.array([code_of(first + second) for first in ascii_uppercase for second in ascii_uppercase], np.uint8)
_IMPLICIT, _BIG_ENDIAN, _DEFLATED = (
    np.frombuffer(uid, np.uint8).copy()
    for uid in (b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99")
)


@compiled
def walk_batch(  # type: ignore[no-untyped-def]  # compiled
    buffer, rows, n_bytes, sizes, inflated, tags, syntax, starts, lengths, codes, ends
):  # numpydoc ignore=PR01
    """Walk over the headers of a batch of files.

    Parameters
    ----------
    buffer : numpy.ndarray
        (n, capacity) uint8: the first bytes of each file.
    rows : numpy.ndarray
        (m,) int64: which rows to walk over.
    n_bytes, sizes : numpy.ndarray
        (n,) int64: how many bytes of each row are filled, and how many the file has.
    inflated : bool
        Whether deflated data sets have been inflated already.
    tags : numpy.ndarray
        (n_tags,) int64, ascending: what is kept. Passed, so that machine code kept from an earlier list is not wrong.
    syntax : int
        Which of them is the transfer syntax.
    starts, lengths, codes : numpy.ndarray
        (n, n_tags) int32, int16 and uint8: where each value begins in its row, its bytes (−1 where absent), and the
        code of its value representation; filled.
    ends : numpy.ndarray
        (n, 7) int64; filled.
    """
    stack = np.empty(DEEPEST, np.int64)
    for row in rows:
        for place in range(lengths.shape[1]):
            lengths[row, place] = -1
        end = ends[row]
        end[:] = 0
        end[PIXEL_OFFSET], end[PIXEL_LENGTH] = -1, -1
        end[STATE] = _walk(
            buffer[row],
            n_bytes[row],
            sizes[row],
            inflated,
            tags,
            syntax,
            starts[row],
            lengths[row],
            codes[row],
            end,
            stack,
        )


@compiled
def _u16(at, position, big):  # type: ignore[no-untyped-def]
    first, second = np.int64(at[position]), np.int64(at[position + 1])
    return first << 8 | second if big else second << 8 | first


@compiled
def _u32(at, position, big):  # type: ignore[no-untyped-def]
    first, second = _u16(at, position, big), _u16(at, position + 2, big)
    return first << 16 | second if big else second << 16 | first


@compiled
def _vr(at, position):  # type: ignore[no-untyped-def]
    """The two letters as one number, or −1 where they are no capital letters."""
    first, second = np.int64(at[position]) - 65, np.int64(at[position + 1]) - 65
    return first * 26 + second if 0 <= first < 26 and 0 <= second < 26 else np.int64(-1)


@compiled
def _element(at, position, n, implicit, big):  # type: ignore[no-untyped-def]
    """Return where the value begins, its length and its VR; a negative start says why there is none."""
    if implicit:
        return position + 8, _u32(at, position + 4, big), np.int64(-1)
    vr = _vr(at, position + 4)
    if vr < 0:
        return np.int64(-IRREGULAR), np.int64(0), vr
    if not _IS_LONG[vr]:
        return position + 8, _u16(at, position + 6, big), vr
    if position + 12 > n:
        return np.int64(-MORE), np.int64(0), vr
    return position + 12, _u32(at, position + 8, big), vr


@compiled
def _skip(at, position, n, implicit, big, stack):  # type: ignore[no-untyped-def]
    """Return where a value of undefined length (a sequence, or fragments) ends, or why that cannot be told.

    The stack holds −1 for a sequence, and 0 or 1 for an item of explicit or implicit encoding.
    """
    depth = 1
    stack[0] = -1
    while depth:
        if position + 8 > n:
            return np.int64(-MORE), position + 8
        group, element = _u16(at, position, big), _u16(at, position + 2, big)
        if stack[depth - 1] < 0:
            length = _u32(at, position + 4, big)
            if group != 0xFFFE or (element != 0xE000 and element != 0xE0DD):
                return np.int64(-IRREGULAR), position
            position += 8
            if element == 0xE0DD:
                depth -= 1
            elif length != _UNDEFINED:
                position += length
            else:
                if depth == DEEPEST:
                    return np.int64(-IRREGULAR), position
                if position + 8 > n:
                    return np.int64(-MORE), position + 8
                # PS3.5 6.2.2 note: an item may be implicit within an explicit data set, never the reverse.
                stack[depth] = 1 if implicit or _vr(at, position + 4) < 0 else 0
                depth += 1
        elif group == 0xFFFE and element == 0xE00D:
            position += 8
            depth -= 1
        else:
            start, length, _ = _element(at, position, n, stack[depth - 1] == 1, big)
            if start < 0:
                return start, position + 12
            if length != _UNDEFINED:
                position = start + length
            elif depth == DEEPEST:
                return np.int64(-IRREGULAR), position
            else:
                position = start
                stack[depth] = -1
                depth += 1
    return position, position


@compiled
def _is(at, start, length, uid):  # type: ignore[no-untyped-def]
    while length and (at[start + length - 1] == 0 or at[start + length - 1] == 32):
        length -= 1
    if length != uid.size:
        return False
    for place in range(length):  # noqa: SIM110 - a generator is not compiled
        if at[start + place] != uid[place]:
            return False
    return True


@compiled
def _keep(start, length, vr, place, starts, lengths, codes, end):  # type: ignore[no-untyped-def]
    before = max(lengths[place], 0)  # of a tag that comes twice the last is kept
    end[KEPT_BYTES] += length - before
    if length > LONGEST_VALUE or end[KEPT_BYTES] > LONGEST_KEPT:
        return False
    starts[place], lengths[place] = start, length
    codes[place] = _CODE[vr] if vr >= 0 else 0
    return True


@compiled
def _meta(at, n, size, tags, starts, lengths, codes, end):  # type: ignore[no-untyped-def]
    """Walk over the file meta information; return where the data set begins, or why it cannot be told."""
    position = np.int64(0)
    if n >= 132 and at[128] == 68 and at[129] == 73 and at[130] == 67 and at[131] == 77:  # DICM
        position = np.int64(132)
    elif n < 8 or at[1] != 0 or (at[0] != 2 and at[0] != 8) or (at[3] != 0 and at[0] == 2):
        return np.int64(-UNKNOWN_START)
    place, last = 0, np.int64(-1)
    while True:
        if position + 8 > n:
            end[NEEDED] = position + 12
            return np.int64(-MORE) if n < size else np.int64(-TRUNCATED)
        if _u16(at, position, False) != 2:
            return position
        tag = np.int64(2) << 16 | _u16(at, position + 2, False)
        start, length, vr = _element(at, position, n, False, False)
        if start < 0 or length == _UNDEFINED or start + length > n:
            end[NEEDED] = position + 12 if start < 0 else start + length + 8
            more = start == -MORE or (start >= 0 and length != _UNDEFINED)
            return np.int64(-MORE) if more and n < size else np.int64(-IRREGULAR)
        place, last = 0 if tag < last else place, tag
        while place < tags.size and tags[place] < tag:
            place += 1
        if place < tags.size and tags[place] == tag:
            _keep(start, length, vr, place, starts, lengths, codes, end)
        position = start + length


@compiled
def _encoding(at, position, inflated, syntax, starts, lengths, end):  # type: ignore[no-untyped-def]
    """Return 0 for explicit, 1 for implicit, 2 for big endian, or why it cannot be told."""
    start, length = np.int64(starts[syntax]), np.int64(lengths[syntax])
    explicit = _vr(at, position + 4) >= 0
    if length <= 0:
        end[GUESSED] = 2 if explicit else 1
        return np.int64(-IRREGULAR) if explicit and at[position + 1] >= 4 else np.int64(0 if explicit else 1)
    if _is(at, start, length, _DEFLATED) and not inflated:
        end[NEEDED] = position
        return np.int64(-DEFLATED)
    implicit = _is(at, start, length, _IMPLICIT)
    if implicit == explicit:  # not what the transfer syntax says
        return np.int64(-IRREGULAR)
    return np.int64(1) if implicit else np.int64(2) if _is(at, start, length, _BIG_ENDIAN) else np.int64(0)


@compiled
def _walk(at, n, size, inflated, tags, syntax, starts, lengths, codes, end, stack):  # type: ignore[no-untyped-def]
    position = _meta(at, n, size, tags, starts, lengths, codes, end)
    if position < 0:
        return -position
    encoding = _encoding(at, position, inflated, syntax, starts, lengths, end)
    if encoding < 0:
        return -encoding
    implicit, big = encoding == 1, encoding == 2
    end[BIG] = 1 if big else 0
    place, last = 0, np.int64(-1)
    while position + 8 <= n:
        tag = _u16(at, position, big) << 16 | _u16(at, position + 2, big)
        start, length, vr = _element(at, position, n, implicit, big)
        if start < 0:
            end[NEEDED] = position + 12
            return -start if start != -MORE or n < size else np.int64(TRUNCATED)
        if tag >> 16 == 0xFFFE or tag >> 16 <= 2:
            return np.int64(IRREGULAR)
        # PS3.3 C.7.6.3, C.7.6.24 and C.7.6.25: pixel data, float and double float pixel data
        if tag == 0x7FE00010 or tag == 0x7FE00008 or tag == 0x7FE00009:
            end[PIXEL_OFFSET], end[PIXEL_LENGTH] = start, length if length != _UNDEFINED else -1
            return np.int64(WHOLE)
        place, last = 0 if tag < last else place, tag
        while place < tags.size and tags[place] < tag:
            place += 1
        wanted = place < tags.size and tags[place] == tag
        if length == _UNDEFINED:
            if wanted:
                return np.int64(IRREGULAR)
            position, end[NEEDED] = _skip(at, start, n, implicit, big, stack)
            if position < 0:
                return -position if position != -MORE or n < size else np.int64(TRUNCATED)
            continue
        position = start + length
        if position > size:
            return np.int64(TRUNCATED)
        if wanted:
            if position > n:
                end[NEEDED] = position + 8
                return np.int64(MORE) if length <= LONGEST_VALUE else np.int64(TOO_LONG)
            if not _keep(start, length, vr, place, starts, lengths, codes, end):
                return np.int64(TOO_LONG)
    end[NEEDED] = position + 8
    # Fewer than eight bytes after the last element are padding, as pydicom takes them.
    return np.int64(WHOLE) if position + 8 > size else np.int64(MORE)
