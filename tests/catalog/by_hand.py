"""What a definition selects, worked out row by row in plain Python: the ground for expectations about cohorts."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.catalog.tiny import entities, make_repository
from tests.thorough import examples
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.definition import SCHEMA
from workbench.catalog.repository import Repository
from workbench.vocabulary.anatomy import regions_covering
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS

LAWS = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
UNKNOWN = ("Unknown", "Not Reported", "Not Applicable")
CATEGORIES = ("modality", "body_region", "manufacturer", "kernel", "sex", "smoker", "loinc_name", "reader")
BANDS = {"age_decade": AGE_DECADES, "age_group": AGE_GROUPS}
FLAGS = ("derived", "usable")
NUMBERS = ("bmi", "age_years", "days_to_study", "n_instances", "size_mb", "slice_thickness_mm")
QUERIES: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "select patient_key from patients where sex = 'Female'": lambda row: row["sex"] == "Female",
    "select study_key from series where modality = 'CT' and study_key is not null": lambda row: row["study has CT"],
    "select series_key from series where n_instances > 1": lambda row: row["n_instances"] > 1,
    "select patient_key from patients where false": lambda _: False,
}

Selected = set[int]


def rows_of(repository: Repository) -> list[dict[str, Any]]:
    """Return every row of ``series`` with all that is known of its study and patient."""
    tables = {name: pl.read_parquet(repository.folder / f"{name}.parquet").to_dicts() for name in _TABLES}
    original = pl.read_parquet(repository.original).to_dicts()
    rows = []
    no_study_age = all(study["age_at_study_years"] is None for study in tables["studies"])
    for number, series in enumerate(tables["series"]):
        study = {} if series["study_key"] is None else tables["studies"][series["study_key"]]
        patient = tables["patients"][series["patient_key"]]
        described = {name: original[series["source_row"]][name] for name in ("study_description", "series_description")}
        age, why = study.get("age_at_study_years"), study.get("age_missing")
        if no_study_age:  # a source that knows its patients' ages only
            age, why = patient["age_years"], patient["age_missing"]
        row = {**study, **patient, **series, **described, "number": number, "age_years": age}
        row |= {name: _band(age, why, bands) for name, bands in BANDS.items()}
        row |= {name: row.get(name) or "Not Reported" for name in CATEGORIES}
        rows.append(row)
    for row in rows:
        same = [other for other in rows if other["study_key"] is not None and other["study_key"] == row["study_key"]]
        row["study has CT"] = any(other["modality"] == "CT" for other in same)
    return rows


_TABLES = ("patients", "studies", "series")


def _band(age: float | None, why: str | None, bands: Mapping[str, float]) -> str:
    if age is None:
        return why or "Not Reported"
    return max((lower, name) for name, lower in bands.items() if lower <= age)[1]


def selected(repository: Repository, rows: list[dict[str, Any]], entry: Mapping[str, Any]) -> Selected:
    """Return the numbers of the rows that an entry of a definition selects."""
    if "sql" in entry:
        return {row["number"] for row in rows if QUERIES[entry["sql"]](row)}
    if "near_test" in entry:
        return near_test(repository, rows, entry)
    if "column" in entry:
        found = _criterion(rows, entry)
    else:
        (mode,) = {"any", "all"} & set(entry)
        members = [selected(repository, rows, member) for member in entry[mode]]
        joined = set.union(*members) if mode == "any" else set.intersection(*members)
        found = _lift(rows, joined, entry.get("level", "series"), any)
    return {row["number"] for row in rows} - found if entry.get("exclude") else found


def with_missing(entry: Mapping[str, Any], *, met: bool = True) -> dict[str, Any]:
    """Return the entry as if every missing value met it (or none did): who then stays was lost for that only."""
    changed = dict(entry)
    if changed.get("missing") == ("exclude" if met else "keep"):
        changed["missing"] = "keep" if met else "exclude"
    if "near_test" in entry and met:
        changed["undated"] = True
    for mode in {"any", "all"} & set(entry):
        changed[mode] = [with_missing(member, met=met != bool(entry.get("exclude"))) for member in entry[mode]]
    return changed


def _criterion(rows: list[dict[str, Any]], entry: Mapping[str, Any]) -> Selected:
    """Which rows meet it, before what meets it is left out."""
    name, policy = entry["column"], entry["missing"]
    if entry.get("exclude"):  # whoever keeps the missing does not count them as met
        policy = {"keep": "exclude", "exclude": "keep", "only": "only"}[policy]

    def meets(wanted: Iterable[Any], row: dict[str, Any]) -> bool:
        value = row.get(name)
        unknown = value is None or value in UNKNOWN
        if policy == "only":
            return unknown
        return _holds(name, value, entry.get("range"), wanted) or (unknown and policy == "keep")

    how = all if entry.get("match") == "all" else any
    each = [[value] for value in entry["values"]] if entry.get("match") == "each" else [entry.get("values", [])]
    lifted = [
        _lift(rows, {row["number"] for row in rows if meets(wanted, row)}, entry.get("level", "series"), how)
        for wanted in each
    ]
    return set.intersection(*lifted)


def _holds(name: str, value: Any, bounds: list[Any] | None, wanted: Iterable[Any]) -> bool:
    if value is None:
        return False
    if bounds is not None:
        low, high = bounds
        return (low is None or value >= low) and (high is None or value <= high)
    if name.endswith("_description"):
        return any(word.lower() in value.lower() for word in wanted)
    if name == "body_region":
        return any(value in regions_covering(region) for region in wanted)
    return value in list(wanted)


def _lift(rows: list[dict[str, Any]], met: Selected, level: str, how: Callable[[Iterable[bool]], bool]) -> Selected:
    if level == "series":
        return met
    groups: dict[Any, list[int]] = {}
    for row in rows:
        groups.setdefault(unit_of(row, level), []).append(row["number"])
    return {number for group in groups.values() if how(other in met for other in group) for number in group}


def unit_of(row: Mapping[str, Any], level: str) -> Any:
    """Return the study or patient a row belongs to; a row without a study is a study of its own."""
    if level == "patient":
        return row["patient_key"]
    return ("alone", row["number"]) if row["study_key"] is None else row["study_key"]


def near_test(repository: Repository, rows: list[dict[str, Any]], entry: Mapping[str, Any]) -> Selected:
    """The row loop of a notebook: for each test, each study of the patient, the days between them."""
    studies = pl.read_parquet(repository.folder / "studies.parquet").to_dicts()
    tests = pl.read_parquet(repository.folder / "measurements.parquet").to_dicts()
    low, high = entry["days"]
    inside: list[tuple[int, int, int]] = []
    dated, tested = set(), set()
    for test in tests:
        if test["test_result"] != entry["near_test"] or entry.get("test") not in (None, test["test_name"]):
            continue
        tested.add(test["patient_key"])
        for key, study in enumerate(studies):
            day, after = study.get("days_to_study"), []
            if study["patient_key"] == test["patient_key"] and None not in (day, test["days_from_index"]):
                after.append((day, day - test["days_from_index"]))
            if key == test["study_key"] and test["days_from_study"] is not None:
                after.append((-test["days_from_study"] if day is None else day, -test["days_from_study"]))
            for on, days in after:
                dated.add(key)
                if (low is None or days >= low) and (high is None or days <= high):
                    inside.append((study["patient_key"], on, key))
    wanted = {key for *_, key in inside}
    if entry.get("which", "all") != "all":
        pick = min if entry["which"] == "first" else max
        wanted = {pick(visit for visit in inside if visit[0] == patient)[2] for patient, *_ in inside}
    if entry.get("undated"):
        undated = {key for key, study in enumerate(studies) if study["patient_key"] in tested} - dated
        wanted |= undated
    found = {row["number"] for row in rows if row["study_key"] in wanted}
    return _lift(rows, found, "patient" if entry.get("level") == "patient" else "series", any)


def drawn(
    data: st.DataObject, folders: pytest.TempPathFactory, **kinds: Any
) -> tuple[Repository, list[dict[str, Any]]]:
    """Draw a small source; return it with its rows as they are read by hand."""
    made = make_repository(folders.mktemp("tiny"), **data.draw(entities(**kinds), label="entities"))
    return made, rows_of(made)


def cohort_of(repository: Repository, entries: Iterable[Mapping[str, Any]]) -> Cohort:
    """Return the cohort that the entries of a definition describe."""
    source = {"key": repository.key, "version": repository.build}
    return Catalog(repository).cohort_from({"schema": SCHEMA, "source": source, "criteria": list(entries)})


def numbers(cohort: Cohort) -> Selected:
    """Return the numbers of the rows of a cohort, those included that only hold a place."""
    return {int(number) for number in cohort.mask.nonzero()[0]}


def together(repository: Repository, rows: list[dict[str, Any]], entries: Iterable[Mapping[str, Any]]) -> Selected:
    """Return the rows that meet every entry."""
    return {row["number"] for row in rows}.intersection(*(selected(repository, rows, entry) for entry in entries))


def counts_of(rows: list[dict[str, Any]], met: Selected) -> dict[str, int]:
    """Return how many patients, studies, series and instances some rows make."""
    chosen = [row for row in rows if row["number"] in met]
    return {
        "patients": len({row["patient_key"] for row in chosen}),
        "studies": len({row["study_key"] for row in chosen} - {None}),
        "series": sum(row["listed"] for row in chosen),
        "instances": sum(row["n_instances"] for row in chosen if row["listed"]),
    }


# ------------------------------------------------------------------ random definitions


def windows(*, tests: Iterable[str | None] = (None, "PCR", "Antigen")) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a window around a positive test."""
    ends = st.tuples(st.sampled_from([None, -40, -5, 0, 3]), st.sampled_from([3, 7, 50, None]))
    days = ends.filter(lambda pair: pair != (None, None)).map(list)
    return st.fixed_dictionaries(
        {"near_test": st.just("Positive"), "days": days},
        optional={
            "test": st.sampled_from([name for name in tests if name]),
            "which": st.sampled_from(["first", "last"]),
            "level": st.just("patient"),
        },
    )


def criteria(rows: list[dict[str, Any]], *, inside: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an entry on one attribute, of values that occur."""
    return st.sampled_from([*CATEGORIES, *BANDS, *FLAGS, *NUMBERS, "series_description"]).flatmap(
        partial(_on, rows, inside=inside)
    )


def _on(rows: list[dict[str, Any]], name: str, *, inside: bool) -> st.SearchStrategy[dict[str, Any]]:
    occurring = sorted({row.get(name) for row in rows} - {None}, key=str)
    one = st.sampled_from(occurring) if occurring else st.nothing()
    options: list[st.SearchStrategy[dict[str, Any]]] = [st.just({"values": [], "missing": "only"})]
    policies = st.sampled_from(["exclude", "keep", "only"])
    if name == "series_description":
        words = st.lists(
            st.sampled_from(["lung", "LUNG W", ".*", "(b70f)", "scout", "1.0", "nothing"]),
            min_size=1,
            max_size=2,
            unique=True,
        )
        options.append(st.fixed_dictionaries({"values": words, "missing": policies}))
    elif occurring:
        values = st.lists(one, min_size=1, max_size=3, unique=True)
        options += [st.fixed_dictionaries({"values": values, "missing": policies})] * 3
    if name in NUMBERS:
        ends = st.tuples(st.sampled_from([None, -5, 0, 1.5]), st.sampled_from([3, 50.5, 1000, None]))
        bounds = ends.filter(lambda pair: pair != (None, None)).map(list)
        options.append(st.fixed_dictionaries({"range": bounds, "missing": policies}))
    drawn = st.one_of(options).map(lambda entry: {"column": name, **entry})
    return drawn if inside else st.tuples(drawn, _MORE).map(lambda pair: _leveled(*pair))


_MORE = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["study", "patient"]),
        "match": st.sampled_from(["all", "each"]),
        "exclude": st.just(True),
    },
)


def _leveled(entry: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    if "level" not in more or (more.get("match") == "each" and len(entry.get("values", [])) < 2):
        more = {name: value for name, value in more.items() if name != "match"}
    return {**entry, **more}


def groups(rows: list[dict[str, Any]], *, others: Iterable[dict[str, Any]] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a group of entries, nested."""
    leaves: st.SearchStrategy[Any] = criteria(rows, inside=True)
    if others:
        leaves = st.one_of(leaves, st.sampled_from(list(others)))
    more = st.fixed_dictionaries(
        {}, optional={"level": st.sampled_from(["study", "patient"]), "exclude": st.just(True)}
    )

    def group(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        parts = st.tuples(st.sampled_from(["any", "all"]), st.lists(members, min_size=1, max_size=3), more)
        return parts.map(lambda part: {part[0]: part[1], **part[2]})

    return group(st.one_of(leaves, group(leaves)))


def definitions(
    rows: list[dict[str, Any]], *, others: Iterable[dict[str, Any]] = ()
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw the criteria of a whole definition."""
    others = [{"sql": query} for query in QUERIES] + list(others)
    one = st.one_of(criteria(rows), criteria(rows), groups(rows, others=others), st.sampled_from(others))
    return st.lists(one, max_size=4)
