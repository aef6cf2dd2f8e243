"""Write a small synthetic Gen3 export in the manner of MIDRC, with every quirk such exports have.

Nobody in it exists and every identifier says so. Sex, age, race and ethnicity follow MIDRC's published counts
(open releases A1 and R1 by 2024-03-04, 70,261 patients; MIDRC-REACT, commit b70ab4a); dates, tests and images are
invented: the index event of a patient with COVID-19 is the first positive test, and some are imaged again up to a
year later.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workbench.phantoms.commons_images import draw_series, draw_studies
from workbench.phantoms.commons_tests import draw_measurements, with_days_to_tests
from workbench.vocabulary.demographics import AGE_GROUPS, ETHNICITY, MISSING, RACE

_FEWEST = 20
_NOT_REPORTED = MISSING[1]
_PROJECTS = ("synthetic-Open-A1", "synthetic-Open-R1")
_ZIP3 = {"synthetic-site-1": 606, "synthetic-site-2": 21, "synthetic-site-3": 941, "synthetic-site-4": 303}
_DATASETS = ("synthetic-dataset-20220301", "synthetic-dataset-20230915")

_SEXES = {"Female": 36201, "Male": 34036, _NOT_REPORTED: 24}
_AGES = (630, 383, 244, 221, 4992, 7174, 8433, 19313, 13553, 9442, 5756)  # patients in each of AGE_GROUPS
_COVID = {"Yes": 33336, "No": 36925}
# Patients of each race, and those of them who are not Hispanic or Latino; the published tables cross no further.
_RACES = {
    "American Indian or Alaska Native": (185, 144),
    "Asian": (3673, 3427),
    "Black or African American": (21548, 19340),
    "Native Hawaiian or other Pacific Islander": (158, 131),
    "White": (36815, 32516),
    "Multiple or Other": (2440, 868),
    _NOT_REPORTED: (5442, 2359),
}
_HISPANIC, _ETHNICITY_NOT_REPORTED = 6056, 5420


def write_gen3_export(folder: str | Path, *, n_patients: int = 600, seed: int = 0) -> Path:
    """Write the files of a synthetic export and return their folder.

    Two files of cases, studies, CR, DX and CT series (CT as JSON), measurements and datasets. Planted a few times
    each: dataset ids in either order, ages over 89 by flag and as 890, columns without values, a case in two
    projects, a case listed twice, lists written as text in three ways, studies without series, cases without studies.

    Parameters
    ----------
    folder : str or pathlib.Path
        Made when absent; files of the same names are replaced.
    n_patients : int
        How many patients, at least 20.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    pathlib.Path
        The folder, for `workbench.catalog.sources.gen3.open_gen3`.

    Raises
    ------
    ValueError
        When there are too few patients to plant every quirk in.

    Examples
    --------
    >>> import tempfile
    >>> export = write_gen3_export(tempfile.mkdtemp(), n_patients=20)
    >>> sorted(path.name for path in export.iterdir())[:3]
    ['case_1.tsv', 'case_2.tsv', 'cr_series_file.tsv']
    """
    if n_patients < _FEWEST:
        raise ValueError(
            f"n_patients is {n_patients}; every quirk of an export needs at least {_FEWEST}. "
            f"Use n_patients={_FEWEST} or more."
        )
    rng = np.random.default_rng(seed)
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    cases = draw_cases(n_patients, rng=rng)
    measurements = draw_measurements(cases, rng=rng)
    studies = with_days_to_tests(draw_studies(cases, rng=rng), measurements, rng=rng)
    series = draw_series(studies, rng=rng)
    first, second = _with_quirks(cases)
    _write_tsv(first, place / "case_1.tsv")
    _write_tsv(second, place / "case_2.tsv")
    _write_tsv(_lists_as_text(studies), place / "imaging_study.tsv")
    for node in ("cr_series_file", "dx_series_file"):
        _write_tsv(series.filter(type=node), place / f"{node}.tsv")
    ct = [_nested(row) for row in series.filter(type="ct_series_file").rows(named=True)]
    (place / "ct_series_file.json").write_text(json.dumps({"data": ct}, indent=1), encoding="utf-8")
    # The tests of every tenth patient are known from the studies alone.
    listed = measurements.filter(~pl.col("cases.submitter_id").str.contains("0$"))
    _write_tsv(listed, place / "measurement.tsv")
    _write_tsv(pl.DataFrame({"type": ["dataset"] * 2, "submitter_id": _DATASETS}), place / "dataset.tsv")
    return place


def draw_cases(n_patients: int, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented cases, clean, one row a patient.

    Parameters
    ----------
    n_patients : int
        How many.
    rng : numpy.random.Generator
        Decides who is who; shares follow the published counts as closely as whole patients can.

    Returns
    -------
    polars.DataFrame
        The columns of a Gen3 ``case`` node; ``age_at_index`` is not top-coded.
    """
    people = _shuffled(_race_and_ethnicity(), n_patients, rng)
    bands = _shuffled(dict(zip(AGE_GROUPS, _AGES, strict=True)), n_patients, rng)
    lowest = np.array([AGE_GROUPS[band] for band in bands])
    starts = np.array([*AGE_GROUPS.values(), 96.0])
    highest = starts[np.searchsorted(starts, lowest) + 1]
    sites = rng.choice(list(_ZIP3), n_patients)
    covid = _shuffled(_COVID, n_patients, rng)
    return pl.DataFrame(
        {
            "type": "case",
            "project_id": np.where(np.isin(sites, list(_ZIP3)[:2]), _PROJECTS[0], _PROJECTS[1]),
            "submitter_id": [f"synthetic-case-{number:06}" for number in range(n_patients)],
            "datasets.submitter_id": _DATASETS[0],
            "sex": _shuffled(_SEXES, n_patients, rng),
            "race": [race for race, _ in people],
            "ethnicity": [ethnicity for _, ethnicity in people],
            "age_at_index": np.floor(rng.uniform(lowest, highest)).astype(int),
            "covid19_positive": covid,
            "index_event": np.where(np.array(covid) == "Yes", "First Positive Test", "Imaging Encounter"),
            "site_id": sites,
            "zip": [_ZIP3[site] for site in sites],
            "icu_indicator": ["Yes" if draw < 0.1 else None for draw in rng.random(n_patients)],
        }
    )


def _race_and_ethnicity() -> dict[tuple[str, str], float]:
    """Share out those of a race who are not known to be non-Hispanic in proportion to the published totals."""
    hispanic = _HISPANIC / (_HISPANIC + _ETHNICITY_NOT_REPORTED)
    joint: dict[tuple[str, str], float] = {}
    for race in (race for race in RACE if race in _RACES):
        n, not_hispanic = _RACES[race]
        joint[race, ETHNICITY[1]] = not_hispanic
        joint[race, ETHNICITY[0]] = (n - not_hispanic) * hispanic
        joint[race, _NOT_REPORTED] = (n - not_hispanic) * (1 - hispanic)
    return joint


def _shuffled(counts: Mapping[Any, float], n: int, rng: np.random.Generator) -> list[Any]:
    """Return n categories in the shares of `counts` (largest remainders), in random order."""
    exact = np.array(list(counts.values())) / sum(counts.values()) * n
    whole = np.floor(exact).astype(int)
    largest = np.argsort(-(exact - whole), kind="stable")[: n - whole.sum()]
    whole[largest] += 1
    names = [name for name, times in zip(counts, whole, strict=True) for _ in range(times)]
    return [names[i] for i in rng.permutation(n)]


def _with_quirks(cases: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spell the cases as exports do, spread them over two files and list some of them again."""
    n, row = cases.height, pl.int_range(pl.len())
    old, old_as_number = pl.col("age_at_index") > 89, (row >= pl.len() // 2)
    both, reversed_ = ", ".join(_DATASETS), ", ".join(_DATASETS[::-1])
    written = cases.with_columns(
        pl.when(row % 5 == 0)
        .then(pl.lit(both))
        .when(row % 5 == 1)
        .then(pl.lit(reversed_))
        .otherwise(pl.col("datasets.submitter_id"))
        .alias("datasets.submitter_id"),
        race=pl.col("race").replace({RACE[5]: "Other"}),
        age_at_index_gt89=pl.when(old & ~old_as_number).then(pl.lit("Yes")).otherwise(pl.lit("No")),
        age_at_index=pl.when(old & old_as_number).then(890).when(~old).then("age_at_index"),
        linked_external_data=pl.lit(None, pl.String),
        token_record_id=pl.lit(None, pl.String),
    )
    written = written.with_columns(age_at_index=pl.when(row % 97 != 13).then("age_at_index"))
    first, second = written[: n // 2], written[n // 2 :]
    elsewhere = first[:3].with_columns(
        project_id=pl.col("project_id").replace(dict(zip(_PROJECTS, _PROJECTS[::-1], strict=True)))
    )
    return pl.concat([first, first[5:7]]), pl.concat([second, elsewhere])


def _lists_as_text(studies: pl.DataFrame) -> pl.DataFrame:
    """Write each list in one of the three ways in which exports do."""
    spelled = studies.to_dict(as_series=False)
    for name, dtype in studies.schema.items():
        if isinstance(dtype, pl.List):
            spelled[name] = [_spelled(items, way % 3) for way, items in enumerate(spelled[name])]
    return pl.DataFrame(spelled)


def _spelled(items: Sequence[Any] | None, way: int) -> str | None:
    if not items:
        return None
    return (str(list(items)), ", ".join(map(str, items)), json.dumps(list(items)))[way]


def _nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as the portal writes JSON: links are lists of objects."""
    link = "imaging_studies.submitter_id"
    flat = {name: value for name, value in row.items() if name != link and value is not None}
    return {**flat, "imaging_studies": [{"submitter_id": row[link]}]}


def _write_tsv(table: pl.DataFrame, path: Path) -> None:
    table.write_csv(path, separator="\t")
