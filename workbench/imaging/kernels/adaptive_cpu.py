"""The loops of adaptive equalization for the CPU; adaptive.cu rounds as they do."""

import numpy as np

from workbench.imaging.kernels.compiled import compiled

_HALF, _ONE = np.float32(0.5), np.float32(1)


@compiled
def _make_tables(images, tables, size, limit, scale, begin, end):  # type: ignore[no-untyped-def]  # compiled
    """Write the tables of some tiles: clipped, redistributed, summed up and scaled."""
    _, tiles_y, tiles_x, n_values = tables.shape
    rows, columns = images.shape[1:]
    height, width = size
    counts = np.empty(n_values, np.int32)
    for tile in range(begin, end):
        image, top, left = tile // (tiles_x * tiles_y), tile // tiles_x % tiles_y, tile % tiles_x
        counts[:] = 0
        for y in range(top * height, (top + 1) * height):
            row = images[image, y if y < rows else 2 * (rows - 1) - y]
            for x in range(left * width, min((left + 1) * width, columns)):
                counts[row[x]] += 1
            for x in range(max(left * width, columns), (left + 1) * width):
                counts[row[2 * (columns - 1) - x]] += 1
        if limit > 0:
            _clip(counts, limit)
        total = 0
        for value in range(n_values):
            total += counts[value]
            found = np.rint(np.float32(total) * scale)
            tables[image, top, left, value] = min(int(found), n_values - 1)


@compiled
def _clip(counts, limit):  # type: ignore[no-untyped-def]  # compiled
    """Cut counts at the limit and hand out what was cut: to all alike, the rest at even distances from the first on."""
    n_values = counts.size
    over = 0
    for value in range(n_values):
        if counts[value] > limit:
            over += counts[value] - limit
            counts[value] = limit
    batch = over // n_values
    residual = over - batch * n_values
    counts += batch
    step = max(n_values // residual, 1) if residual else 1
    for place in range(residual):
        counts[place * step] += 1


@compiled
def _blend(images, taken, tables, per, begin, end):  # type: ignore[no-untyped-def]  # compiled
    """Write the pixels of some rows, each between the tables of the four tiles whose centers are around it."""
    _, tiles_y, tiles_x, n_values = tables.shape
    rows, columns = images.shape[1:]
    per_height, per_width = per
    lefts = np.empty(columns, np.int64)
    to_rights = np.empty(columns, np.float32)
    for x in range(columns):
        place = np.float32(x) * per_width - _HALF
        lefts[x] = int(np.floor(place))
        to_rights[x] = place - np.float32(lefts[x])
    for line in range(begin, end):
        image, y = line // rows, line % rows
        place = np.float32(y) * per_height - _HALF
        top = int(np.floor(place))
        to_bottom = place - np.float32(top)
        to_top = _ONE - to_bottom
        above, below = tables[image, max(top, 0)], tables[image, min(top + 1, tiles_y - 1)]
        given, target = images[image, y], taken[image, y]
        start = 0
        while start < columns:
            left = lefts[start]
            stop = start
            while stop < columns and lefts[stop] == left:
                stop += 1
            nw, ne = above[max(left, 0)], above[min(left + 1, tiles_x - 1)]
            sw, se = below[max(left, 0)], below[min(left + 1, tiles_x - 1)]
            for x in range(start, stop):
                value = given[x]
                to_right = to_rights[x]
                to_left = _ONE - to_right
                up = np.float32(nw[value]) * to_left + np.float32(ne[value]) * to_right
                down = np.float32(sw[value]) * to_left + np.float32(se[value]) * to_right
                target[x] = min(int(np.rint(up * to_top + down * to_bottom)), n_values - 1)
            start = stop


LOOPS = {"make_tables": _make_tables, "blend": _blend}
