"""How fast are MIDRC-REACT's distances and a bootstrap, beside an independent loop over scipy?

Prints Markdown. MIDRC-REACT is on no index, so its rule is written out in `loop_distances`: a search for the row, the
first source's categories, and one call of ``scipy.spatial.distance.jensenshannon`` a date. Both sides read the same
shipped tables, outside the measured time, and have to agree to 1e-9.
"""

import bisect
import datetime
import itertools
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from scipy.spatial.distance import jensenshannon

from workbench.assessment.react import REACT_SOURCES, react_distances
from workbench.assessment.references import read_reference, reference_periods
from workbench.assessment.representativeness import compare_to_reference

N_RUNS = 7
N_PATIENTS = 100_000
REPLICATES = 1_000
AGES = ("0–17", "18–49", "50–64", "65+")
Rows = dict[datetime.date, dict[str, float]]


def read_tables() -> dict[str, dict[str, Rows]]:
    """Return each source's numbers by attribute, date and category; one row at the first day where it has no dates."""
    tables: dict[str, dict[str, Rows]] = {}
    for name in REACT_SOURCES:
        attributes = tables.setdefault(name, {})
        for day in reference_periods(name) or [None]:
            published = read_reference(name, period=day).published
            for attribute, category, n, percent in published.select(
                "attribute", "category", "n", "percent"
            ).iter_rows():
                if attribute == "age_group" and category[0].isdigit():
                    start = int(category.rstrip("+").split("–")[0])
                    category = AGES[bisect.bisect_right([18, 50, 65], start)]  # noqa: PLW2901 - the summed band
                row = attributes.setdefault(attribute, {}).setdefault(day or datetime.date.min, {})
                row[category] = row.get(category, 0.0) + (percent if n is None else n)
    return tables


def loop_distances(tables: dict[str, dict[str, Rows]]) -> list[float]:
    """Return every distance of every ordered pair, one call of scipy each."""
    distances = []
    for first, second in itertools.permutations(REACT_SOURCES, 2):
        for attribute in (name for name in tables[first] if name in tables[second]):
            sides = [tables[name][attribute] for name in (first, second)]
            days = [sorted(side) for side in sides]
            categories = list(dict.fromkeys([*sides[0][days[0][0]], "Not Reported"]))
            begun = max(first_day for first_day, *_ in days)
            for day in sorted({*days[0], *days[1]} - {datetime.date.min}):
                if day >= begun:
                    rows = [
                        side[dates[bisect.bisect_right(dates, day) - 1]]
                        for side, dates in zip(sides, days, strict=True)
                    ]
                    vectors = [[row.get(category, 0.0) for category in categories] for row in rows]
                    distances.append(float(jensenshannon(*vectors, base=2)))
    return distances


def our_distances() -> list[float]:
    """Return the same distances from the workbench."""
    pairs = itertools.permutations(REACT_SOURCES, 2)
    return [distance for pair in pairs for distance in react_distances(*pair)["jsd"]]


def make_patients() -> pl.DataFrame:
    """Return patients with five attributes, a twentieth of each missing, far enough from the Census for percentiles."""
    rng = np.random.default_rng(1)
    census = read_reference("us_census")
    columns = {}
    for attribute in census.attributes:
        rows = census.table.filter(attribute=attribute)
        names = [*rows["category"], "Not Reported"]
        skewed = rows["fraction"].to_numpy() ** 2
        shares = np.append(0.95 * skewed / skewed.sum(), 0.05)
        drawn = rng.choice(len(names), N_PATIENTS, p=shares / shares.sum())
        columns[attribute] = pl.Series(np.array(names)[drawn]).cast(pl.Enum(names))
    return pl.DataFrame(columns)


def loop_bootstrap(patients: pl.DataFrame, *, by_row: bool) -> list[tuple[float, float]]:
    """Return the 95 % interval of each attribute's distance: rows or counts are drawn again and given to scipy."""
    rng = np.random.default_rng(1)
    census = read_reference("us_census")
    bounds = []
    for attribute in census.attributes:
        goal = census.table.filter(attribute=attribute)["fraction"].to_numpy()
        codes = patients[attribute].to_physical().to_numpy()
        known = codes[codes < len(goal)]
        counts = np.bincount(known, minlength=len(goal))
        distances = []
        for _ in range(REPLICATES):
            if by_row:
                drawn = np.bincount(known[rng.integers(0, len(known), len(known))], minlength=len(goal))
            else:
                drawn = rng.multinomial(len(known), counts / len(known))
            distances.append(jensenshannon(drawn, goal, base=2))
        bounds.append(tuple(np.percentile(distances, [2.5, 97.5])))
    return bounds


def our_bootstrap(patients: pl.DataFrame) -> list[tuple[float, float]]:
    """Return the same intervals; counts both policies, both distances and the null as well."""
    compared = compare_to_reference(patients, read_reference("us_census"), replicates=REPLICATES)
    return compared.table.filter(missing="excluded").select("jsd_low", "jsd_high").rows()


def timed(make: Callable[[], Any], runs: int = N_RUNS) -> tuple[float, Any]:
    """Return the median milliseconds after a first run, and the answer."""
    answer = make()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        answer = make()
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times), answer


def main() -> int:
    """Measure both and print; different distances end the run."""
    tables, patients = read_tables(), make_patients()
    ours, distances = timed(our_distances)
    loops, by_loop = timed(lambda: loop_distances(tables), 3)
    if len(distances) != len(by_loop) or np.abs(np.subtract(distances, by_loop)).max() > 1e-9:
        print("The distances differ.")
        return 1
    drawn, bounds = timed(lambda: our_bootstrap(patients))
    by_rows, bounds_by_rows = timed(lambda: loop_bootstrap(patients, by_row=True), 1)
    by_counts, bounds_by_counts = timed(lambda: loop_bootstrap(patients, by_row=False), 3)
    if max(np.abs(np.subtract(bounds, each)).max() for each in (bounds_by_rows, bounds_by_counts)) > 2e-3:
        print("The intervals differ by more than two draws of one interval do.")
        return 1
    print(f"## Distances\n\n{platform.machine()}, {len(os.sched_getaffinity(0))} cores, scipy {version('scipy')}.\n")
    print("| Task | workbench, ms | loop over scipy, ms | ratio |\n|---|---:|---:|---:|")
    print(f"| {len(distances):,} distances as in MIDRC-REACT | {ours:.0f} | {loops:.0f} | {loops / ours:.0f}× |")
    task = f"{REPLICATES:,} bootstrap replicates, {len(bounds)} attributes, {N_PATIENTS:,} patients"
    for name, loop in (("rows drawn", by_rows), ("counts drawn", by_counts)):
        print(f"| {task}; loop: {name} | {drawn:.0f} | {loop:,.0f} | {loop / drawn:.0f}× |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
