"""How long the data catalog takes to load, to be indexed, and to answer: searches with and without typos, questions.

Run ``python tests/benchmarks/bench_registry.py``. The bar is 20 ms an answer, over the curated entries and the
collections of the Imaging Data Commons together.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.idc.collections import collection_entries
from workbench.catalog.registry.ranking.recommending import recommend
from workbench.catalog.registry.ranking.searching import SearchIndex
from workbench.catalog.registry.reading import read_entries

QUESTIONS = Path(__file__).parents[1] / "catalog" / "registry" / "questions.yaml"
N_TYPOS = 1_000


def main() -> None:
    """Print load times, then median, 95th percentile and slowest answer of each kind of query."""
    print(f"load and index in a fresh process: {fresh():.0f} ms")
    entries, reading = timed(lambda: (*read_entries(), *collection_entries()))
    index, indexing = timed(lambda: SearchIndex(entries))
    print(f"{len(entries)} entries read again in {reading:.0f} ms, indexed in {indexing:.0f} ms")
    names = [name for entry in entries for name in (entry.name, entry.key, *entry.aliases)]
    tell("search for a name", [timed(lambda text=name: index.search(text))[1] for name in names])
    tell("search with a typo", [timed(lambda text=name: index.search(text))[1] for name in misspelled(names)])
    tell(
        "search while typing", [timed(lambda text=name[:n]: index.search(text))[1] for name in names for n in (1, 2, 4)]
    )
    questions = [each["question"] for each in yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))]
    tell("search for a whole question", [timed(lambda text=each: index.search(text))[1] for each in questions])
    curated = [entry for entry in entries if entry.kind != "collection"]
    ours, share = SearchIndex(curated), Families(curated).leakage
    tell(
        "read a question and recommend",
        [
            timed(lambda text=each: recommend(curated, read_question(text), index=ours, leakage=share))[1]
            for each in questions * 4
        ],
    )


def fresh() -> float:
    """Return the milliseconds from the import to the first answer in a process of its own, less an empty process."""
    program = "import workbench as wb\nwb.datasets().search('chexprt')"
    return run(program) - run("pass")


def run(program: str) -> float:
    """Return the milliseconds of a program, the best of three."""
    return min(_wall(program) for _ in range(3))


def _wall(program: str) -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return (time.perf_counter() - before) * 1000


def misspelled(names: list[str]) -> Iterable[str]:
    """Return names with one letter left out or replaced."""
    random = np.random.default_rng(20)
    for name in random.choice(names, N_TYPOS):
        place = int(random.integers(len(name)))
        yield f"{name[:place]}{'' if random.random() < 0.5 else 'q'}{name[place + 1 :]}"


def timed(do: Callable[[], Any]) -> tuple[Any, float]:
    """Return what was done, and the milliseconds of processor time it took, so that neighbors do not count."""
    before = time.process_time()
    done = do()
    return done, (time.process_time() - before) * 1000


def tell(what: str, times: list[float]) -> None:
    """Print one line."""
    middle, nearly = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{what}: median {middle:.1f} ms, 95 % {nearly:.1f} ms, max {max(times):.1f} ms, {len(times)} asked")


if __name__ == "__main__":
    main()
