"""How fast is a cohort count, beside idc-index and DuckDB on the same index?

Prints Markdown. Peers run in an interpreter of their own, named by ``WORKBENCH_PEERS_PYTHON`` (``make bench`` makes it
from ``requirements.txt``), so that nobody shares memory; the engines take turns, so that noise meets all of them.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

MODALITY, BODY_PART, MANUFACTURER = "CT", "CHEST", "GE MEDICAL SYSTEMS"  # the manufacturer of most series of chest CT
COUNTED = "SELECT count(DISTINCT (collection_id, PatientID)), count(DISTINCT StudyInstanceUID), count(*)"
WHERE = f"WHERE Modality = '{MODALITY}' AND BodyPartExamined = '{BODY_PART}' AND Manufacturer = '{MANUFACTURER}'"
N_STARTS, N_STARTS_IDC_INDEX = 7, 3
N_TURNS, N_A_TURN = 7, 7
PEERS_PYTHON = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"


def workbench_counts() -> Callable[[], list[int]]:
    """Return a function that counts a new cohort each time; loaded columns are all it keeps."""
    import workbench as wb

    commons = wb.open_catalog()

    def count() -> list[int]:
        counts = commons.where(modality=MODALITY, body_part=BODY_PART, manufacturer=MANUFACTURER).counts
        return [int(counts[unit]) for unit in ("patients", "studies", "series")]

    return count


def idc_index_counts() -> Callable[[], list[int]]:
    """Return a function that asks idc-index in SQL, as its documentation does."""
    from idc_index import IDCClient

    client = IDCClient()
    return lambda: [int(n) for n in client.sql_query(f"{COUNTED} FROM index {WHERE}").iloc[0]]


def duckdb_counts() -> Callable[[], list[int]]:
    """Return a function that asks DuckDB on the Parquet file that idc-index-data ships."""
    import duckdb
    import idc_index_data

    connection = duckdb.connect()
    query = f"{COUNTED} FROM '{idc_index_data.IDC_INDEX_PARQUET_FILEPATH}' {WHERE}"
    return lambda: list(connection.execute(query).fetchall()[0])


ENGINES = {"workbench": workbench_counts, "idc-index": idc_index_counts, "DuckDB": duckdb_counts}


def serve_counts(engine: str) -> None:
    """Answer each line of input with one timed count; the first is the warm-up."""
    count = ENGINES[engine]()
    for _ in sys.stdin:
        started = time.perf_counter()
        answer = count()
        print(json.dumps({"ms": (time.perf_counter() - started) * 1e3, "answer": answer}), flush=True)


def command(engine: str, *arguments: str) -> list[str]:
    """Return the command that runs this file for one engine, under the interpreter that has it."""
    python = sys.executable
    if engine != "workbench":
        python = os.environ.get("WORKBENCH_PEERS_PYTHON", str(PEERS_PYTHON))
    if not Path(python).exists():
        sys.exit(f"The peers' interpreter {python} does not exist. Run: make bench")
    return [python, __file__, *arguments, engine]


def start_to_count(engine: str) -> dict[str, Any]:
    """Return wall seconds, peak memory and the answer of a new process that counts once."""
    started = time.perf_counter()
    child = subprocess.Popen(command(engine, "--once"), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{engine} ended with {child.returncode}.")
    return {"s": seconds, "mb": usage.ru_maxrss / 1e3 * 1.024, "answer": json.loads(printed.splitlines()[-1])}


@contextmanager
def warm(engine: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Give a function that has a process, already warm, count once more."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command(engine, "--serve"), stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        requests, replies = child.stdin, child.stdout

        def ask() -> dict[str, Any]:
            print(file=requests, flush=True)
            reply: dict[str, Any] = json.loads(replies.readline())
            return reply

        ask()
        yield ask
        requests.close()


def build_index() -> tuple[float, float]:
    """Return seconds from process start to an open catalog in an empty cache, and megabytes then on disk."""
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"WORKBENCH_CACHE": cache}
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", "import workbench; workbench.open_catalog()"],
            env=environment,
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - started
        return seconds, sum(path.stat().st_size for path in Path(cache).rglob("*") if path.is_file()) / 1e6


def machine() -> str:
    """Return processor, cores, memory and the versions that matter, as one line."""
    models = [line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    ours = ", ".join(f"{name} {version(name)}" for name in ("imaging-workbench", "polars", "idc-index-data"))
    peers = subprocess.run(command("", "--versions"), check=True, capture_output=True, text=True).stdout.strip()
    return (
        f"{models[0] if models else platform.machine()}, {cores} cores, {memory_gb:.0f} GB; "
        f"Python {platform.python_version()}; {ours}. Peers: {peers}."
    )


def print_versions() -> None:
    """Print what the peers' interpreter has."""
    names = ("idc-index", "idc-index-data", "duckdb", "pandas")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names))


def bench() -> None:
    """Measure everything and print it; an answer that differs between engines ends the run."""
    print(f"## Cohort counts\n\n{machine()}\n", flush=True)
    built = [build_index() for _ in range(3)]
    start_to_count("workbench")  # fills the cache and the page cache
    starts: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
    for turn in range(N_STARTS):
        for engine, runs in starts.items():
            if engine != "idc-index" or turn < N_STARTS_IDC_INDEX:
                runs.append(start_to_count(engine))
    turns: dict[str, list[list[dict[str, Any]]]] = {engine: [] for engine in ENGINES}
    with ExitStack() as stack:
        asks = {engine: stack.enter_context(warm(engine)) for engine in ENGINES}
        for _ in range(N_TURNS):
            for engine, ask in asks.items():
                turns[engine].append([ask() for _ in range(N_A_TURN)])
    asked = [turn for engine in ENGINES for turn in (starts[engine], *turns[engine])]
    answers = {tuple(run["answer"]) for turn in asked for run in turn}
    if len(answers) != 1:
        sys.exit(f"The engines disagree: {sorted(answers)}. A benchmark of different answers says nothing.")
    report(built, starts, turns, next(iter(answers)))


def report(
    built: list[tuple[float, float]],
    starts: dict[str, list[dict[str, Any]]],
    turns: dict[str, list[list[dict[str, Any]]]],
    answer: tuple[int, ...],
) -> None:
    """Print the tables."""
    print(f"Filters: modality {MODALITY}, body part {BODY_PART}, manufacturer {MANUFACTURER}. Every engine", end=" ")
    print("answered {:,} patients, {:,} studies, {:,} series. Medians; the engines took turns.\n".format(*answer))
    print(
        "| Engine | process start to first count, s | peak memory, MB "
        "| warm count, ms | ratio | first of a turn, ms | ratio |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    ours: list[float] = []
    for engine, runs in starts.items():
        seconds, megabytes = (statistics.median(run[unit] for run in runs) for unit in ("s", "mb"))
        warm_ms = statistics.median(run["ms"] for turn in turns[engine] for run in turn)
        first_ms = statistics.median(turn[0]["ms"] for turn in turns[engine])
        ours = ours or [warm_ms, first_ms]
        print(
            f"| {engine} | {seconds:.2f} | {megabytes:,.0f} | {warm_ms:.1f} | {warm_ms / ours[0]:.0f}× "
            f"| {first_ms:.1f} | {first_ms / ours[1]:.0f}× |"
        )
    seconds, megabytes = (statistics.median(values) for values in zip(*built, strict=True))
    print(f"\nSlim index built in an empty cache: {seconds:.1f} s from process start, {megabytes:.1f} MB on disk.")
    print(
        f"Runs: {N_STARTS} starts ({N_STARTS_IDC_INDEX} of idc-index), {len(built)} builds, {N_TURNS} turns of "
        f"{N_A_TURN} counts. The first count of a turn finds the processor's caches filled by the engine before it.\n"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            bench()
        case ["--once", engine]:
            print(json.dumps(ENGINES[engine]()()))
        case ["--serve", engine]:
            serve_counts(engine)
        case ["--versions", _]:
            print_versions()
        case _:
            sys.exit("Run without arguments: python tests/benchmarks/bench_cohort.py")
