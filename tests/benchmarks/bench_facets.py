"""How fast are seven cross-filtered facets in distinct patients, beside DuckDB and idc-index on the same index?

Prints Markdown. Every facet is counted under all filters but its own, in five states of the filters, the engines taking
turns; a second table does the same on ten million made-up rows. Six facets hold the same words in all engines and their
counts are asserted equal; sex is harmonized a patient here and read a series there, which is the same work.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from bench_cohort import command as cohort_command
from bench_cohort import machine

FACETS = {
    "collection_id": "collection_id",
    "modality": "Modality",
    "body_part": "BodyPartExamined",
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "license": "license_short_name",
    "sex": "PatientSex",
}
STATES: dict[str, dict[str, str]] = {
    "no filter": {},
    "CT": {"modality": "CT"},
    "CT and chest": {"modality": "CT", "body_part": "CHEST"},
    "CT, chest and manufacturer": {"modality": "CT", "body_part": "CHEST", "manufacturer": "GE MEDICAL SYSTEMS"},
    "CC BY 4.0": {"license": "CC BY 4.0"},
}
PATIENT = "(collection_id, PatientID)"
N_TURNS, N_A_TURN, N_A_TURN_SLOW = 5, 5, 1
N_ROWS, ROWS_A_PATIENT = 10_000_000, 8
WIDE = {"modality": 6, "region": 12, "maker": 8, "kernel": 30, "site": 20, "sex": 3, "race": 8}
WIDE_STATES: dict[str, dict[str, str]] = {
    "no filter": {},
    "one": {"modality": "modality 1"},
    "two": {"modality": "modality 1", "region": "region 1"},
    "three": {"modality": "modality 1", "region": "region 1", "sex": "sex 1"},
    "the widest": {"race": "race 0"},
}


def facet_sql(table: str, facets: dict[str, str], state: dict[str, str], patient: str) -> str:
    """Return one query for all facets, each under all filters but its own."""

    def where(skipped: str = "") -> str:
        rules = [f"{facets[name]} = '{value}'" for name, value in state.items() if name != skipped]
        return f"WHERE {' AND '.join(rules)}" if rules else ""

    parts = [
        f"SELECT '{name}' AS attribute, CAST({facets[name]} AS VARCHAR) AS value, count(DISTINCT {patient}) AS n "
        f"FROM {table} {where(name)} GROUP BY {facets[name]}"
        for name in facets
    ]
    return " UNION ALL ".join(parts)


def workbench_facets() -> Callable[[str], dict[str, Any]]:
    """Return a function that counts the facets of a new cohort each time."""
    import workbench as wb

    commons = wb.open_catalog()

    def count(state: str) -> dict[str, Any]:
        cohort = commons.where(**STATES[state]) if STATES[state] else commons.everything
        return comparable(wb.facets.count(cohort, list(FACETS)).select("attribute", "value", "n").rows())

    return count


def duckdb_facets() -> Callable[[str], dict[str, Any]]:
    """Return a function that asks DuckDB on the Parquet file that idc-index-data ships."""
    import duckdb
    import idc_index_data

    connection = duckdb.connect()
    table = f"'{idc_index_data.IDC_INDEX_PARQUET_FILEPATH}'"
    return lambda state: comparable(connection.execute(facet_sql(table, FACETS, STATES[state], PATIENT)).fetchall())


def idc_index_facets() -> Callable[[str], dict[str, Any]]:
    """Return a function that asks idc-index in SQL."""
    from idc_index import IDCClient

    client = IDCClient()

    def count(state: str) -> dict[str, Any]:
        frame = client.sql_query(facet_sql("index", FACETS, STATES[state], PATIENT))
        return comparable(list(frame.itertuples(index=False, name=None)))

    return count


def comparable(rows: list[Any]) -> dict[str, Any]:
    """Return the counts of the six facets whose words are the same everywhere, a missing value under one word."""
    counts: dict[str, int] = {}
    for attribute, value, n in rows:
        known = isinstance(value, str) and value  # pandas reads a null as a number
        if attribute != "sex":
            counts[f"{attribute}={value if known else 'Not Reported'}"] = int(n)
    return {name: n for name, n in sorted(counts.items()) if n}


ENGINES = {"workbench": workbench_facets, "idc-index": idc_index_facets, "DuckDB": duckdb_facets}


def serve(engine: str) -> None:
    """Answer each line of input, a state, with one timed count."""
    count = ENGINES[engine]()
    for line in sys.stdin:
        started = time.perf_counter()
        answer = count(line.strip())
        print(json.dumps({"ms": (time.perf_counter() - started) * 1e3, "answer": answer}), flush=True)


@contextmanager
def warm(engine: str) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Give a function that has a process count a state once more; every state was counted once before."""
    words = cohort_command(engine)
    words[1] = __file__
    words.insert(2, "--serve")
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        requests, replies = child.stdin, child.stdout

        def ask(state: str) -> dict[str, Any]:
            print(state, file=requests, flush=True)
            reply: dict[str, Any] = json.loads(replies.readline())
            return reply

        for state in STATES:
            ask(state)
        yield ask
        requests.close()


def bench_index() -> None:
    """Measure the embedded index and print the table; an answer that differs ends the run."""
    print(f"## Seven facets in distinct patients\n\n{machine()}\n", flush=True)
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        asks = {engine: stack.enter_context(warm(engine)) for engine in ENGINES}
        for _ in range(N_TURNS):
            for engine, ask in asks.items():
                for state in STATES:
                    times = N_A_TURN if engine == "workbench" else N_A_TURN_SLOW
                    runs.setdefault((engine, state), []).extend(ask(state) for _ in range(times))
    print(
        "| filters | patients | workbench, ms | slowest fifth, ms | idc-index, ms | DuckDB, ms |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    for state in STATES:
        answers = {json.dumps(run["answer"]) for engine in ENGINES for run in runs[engine, state]}
        if len(answers) != 1:
            sys.exit(f"The engines disagree under {state!r}. A benchmark of different answers says nothing.")
        ours, idc, duck = (statistics.median(run["ms"] for run in runs[engine, state]) for engine in ENGINES)
        worst = statistics.quantiles((run["ms"] for run in runs["workbench", state]), n=5)[-1]
        total = sum(n for name, n in json.loads(next(iter(answers))).items() if name.startswith("modality="))
        print(
            f"| {state} | {total:,} | {ours:.1f} | {worst:.1f} | {idc:.0f} ({idc / ours:.0f}×) "
            f"| {duck:.0f} ({duck / ours:.0f}×) |"
        )
    print("\nPatients: added up over modalities. Medians of warm counts, each of a new cohort.\n", flush=True)


def write_wide(folder: Path) -> None:
    """Write ten million made-up series of 1.25 million patients, sorted by patient, and what DuckDB reads."""
    import numpy as np
    import polars as pl

    from workbench.tables import DATA_QUALITY, PATIENTS, SERIES, STUDIES, conform

    rng = np.random.default_rng(0)
    n_patients = N_ROWS // ROWS_A_PATIENT
    patient = np.sort(rng.integers(0, n_patients, N_ROWS)).astype(np.uint32)
    patient = (np.cumsum(np.diff(patient, prepend=patient[0]) > 0)).astype(np.uint32)
    n_patients = int(patient[-1]) + 1

    def column(name: str, n: int) -> Any:
        k = WIDE[name]
        shares = 1 / np.arange(1, k + 1)
        codes = rng.choice(k, n, p=shares / shares.sum()).astype(np.uint8)
        return (
            pl.Series(name, codes)
            .cast(pl.UInt32)
            .replace_strict({code: f"{name} {code}" for code in range(k)}, return_dtype=pl.Categorical)
        )

    of_patient = {name: column(name, n_patients) for name in ("sex", "race", "site")}
    of_series = {name: column(name, N_ROWS) for name in ("modality", "region", "maker", "kernel")}
    keys = pl.DataFrame({"patient_key": patient}).with_columns(study_key=pl.col("patient_key"))
    closed = {
        "sex": pl.lit("Not Reported"),
        "body_region": pl.lit("Not Reported"),
        "body_region_source": pl.lit("none"),
    }
    texts = [pl.lit("-").alias(name) for name in ("collection_id", "body_part", "manufacturer", "model", "license")]
    series = keys.with_columns(
        *texts, *of_series.values(), **{k: v for k, v in closed.items() if k != "sex"}
    ).with_columns(derived=False, n_instances=1, size_mb=1.0, source_row=pl.int_range(pl.len()).cast(pl.UInt32))
    extra = pl.Categorical
    conform(series, SERIES, name="series", optional={"region": extra, "maker": extra, "kernel": extra}).write_parquet(
        folder / "series.parquet"
    )
    patients = pl.DataFrame({"patient_key": np.arange(n_patients, dtype=np.uint32)}).with_columns(
        person_key="patient_key",
        collection_id=pl.lit("-"),
        species=pl.lit("Human"),
        sex=pl.lit("Not Reported"),
        age_years=50.0,
        age_missing=None,
        age_over_89=False,
    )
    people = conform(patients, PATIENTS, name="patients").drop("sex").with_columns(*of_patient.values())
    people.write_parquet(folder / "patients.parquet")
    studies = patients.select(
        study_key="patient_key", patient_key="patient_key", age_at_study_years=pl.lit(50.0), age_missing=None
    )
    conform(studies, STUDIES, name="studies").write_parquet(folder / "studies.parquet")
    pl.DataFrame(schema=dict(DATA_QUALITY)).write_parquet(folder / "data_quality.parquet")
    flat = pl.DataFrame([keys["patient_key"], *of_series.values()]).with_columns(
        each.gather(patient) for each in of_patient.values()
    )
    flat.write_parquet(folder / "flat.parquet")


def wide_repository(folder: Path) -> Any:
    """Return the made-up rows as a repository."""
    from workbench.catalog.repository import Repository

    return Repository("Made-up rows", "wide", "1", "1", "synthetic", folder, folder / "flat.parquet", {})


def serve_wide(folder: str) -> None:
    """Answer each line of input, a state of the wide table, with one timed count."""
    from workbench.catalog import facets
    from workbench.catalog.cohort import Cohort

    repository = wide_repository(Path(folder))
    for line in sys.stdin:
        started = time.perf_counter()
        cohort = Cohort(repository).where(**WIDE_STATES[line.strip()])
        rows = facets.count(cohort, list(WIDE)).select("attribute", "value", "n").rows()
        ms = (time.perf_counter() - started) * 1e3
        print(json.dumps({"ms": ms, "answer": sorted(map(list, rows))}), flush=True)


def serve_wide_duckdb(folder: str) -> None:
    """Answer the same from DuckDB: in memory, with enumerated columns, as it is fastest."""
    import duckdb

    connection = duckdb.connect()
    types = ", ".join(f"CAST({name} AS {name}_t) AS {name}" for name in WIDE)
    path = f"'{folder}/flat.parquet'"
    for name in WIDE:
        connection.execute(f"CREATE TYPE {name}_t AS ENUM (SELECT DISTINCT CAST({name} AS VARCHAR) FROM {path})")
    connection.execute(f"CREATE TABLE flat AS SELECT patient_key, {types} FROM {path}")
    facets = {name: name for name in WIDE}
    for line in sys.stdin:
        started = time.perf_counter()
        query = facet_sql("flat", facets, WIDE_STATES[line.strip()], "patient_key")
        rows = [row for row in connection.execute(query).fetchall() if row[2]]
        ms = (time.perf_counter() - started) * 1e3
        print(json.dumps({"ms": ms, "answer": sorted(map(list, rows))}), flush=True)


def bench_wide() -> None:
    """Measure the ten million rows and print the table."""
    print(f"## Seven facets of {N_ROWS:,} rows in distinct patients\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        write_wide(Path(folder))
        runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for engine, flag in (("workbench", "--wide"), ("DuckDB", "--wide-duckdb")):
            words = cohort_command(engine)[:1]
            with Popen([*words, __file__, flag, folder], stdin=PIPE, stdout=PIPE, text=True) as child:
                assert child.stdin is not None
                assert child.stdout is not None
                for turn in range(6 if engine == "workbench" else 3):
                    for state in WIDE_STATES:
                        print(state, file=child.stdin, flush=True)
                        reply = json.loads(child.stdout.readline())
                        if turn:
                            runs.setdefault((engine, state), []).append(reply)
                child.stdin.close()
    print("| filters | workbench, ms | slowest, ms | DuckDB in memory, ms |\n|---|---:|---:|---:|")
    for state in WIDE_STATES:
        ours, duck = runs["workbench", state], runs["DuckDB", state]
        if ours[0]["answer"] != duck[0]["answer"]:
            sys.exit(f"The engines disagree under {state!r}. A benchmark of different answers says nothing.")
        median, peer = (statistics.median(run["ms"] for run in each) for each in (ours, duck))
        print(f"| {state} | {median:.0f} | {max(run['ms'] for run in ours):.0f} | {peer:,.0f} ({peer / median:.0f}×) |")
    print()


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            bench_index()
            bench_wide()
        case ["--serve", engine]:
            serve(engine)
        case ["--wide", folder]:
            serve_wide(folder)
        case ["--wide-duckdb", folder]:
            serve_wide_duckdb(folder)
        case _:
            sys.exit("Run without arguments: python tests/benchmarks/bench_facets.py")
