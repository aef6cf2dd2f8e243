"""Make the tables in data_catalog from the files they are published in; running it again gives the same bytes.

    python tests/assessment/build_references.py FOLDER [OUT]

FOLDER holds us_acs_population/ and us_decia_2020_territory_population/ (github SatcherInstitute/health-equity-tracker,
commit 2a2fe82, python/ingestion), midrc_react/ (github MIDRC/MIDRC-REACT, commit b70ab4a, data), un_wpp2019/ (github
PPgp/wpp2019, commit d0c446d) and topojson/ (npm world-atlas 2.0.2). OUT is data_catalog of the checkout. A sum that
does not come out stops the script: nothing is written from tables that contradict each other.
"""

import csv
import datetime
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.demographics import ETHNICITY, MISSING, RACE, RACE_ETHNICITY
from workbench.vocabulary.geography import STATES

Rows = list[list[object]]
Cells = Counter[tuple[str, ...]]

_AIAN, _ASIAN, _BLACK, _NHPI, _WHITE, _OTHER = RACE[:6]
_HISPANIC, _NOT_HISPANIC = ETHNICITY[:2]
_RACES = {"AIAN": _AIAN, "ASIAN": _ASIAN, "BLACK": _BLACK, "NHPI": _NHPI, "WHITE": _WHITE, "OTHER_STANDARD": _OTHER}
_RACES |= {"MULTI": _OTHER}
_NON_HISPANIC = {"AIAN_NH": _AIAN, "ASIAN_NH": _ASIAN, "BLACK_NH": _BLACK, "NHPI_NH": _NHPI, "WHITE_NH": _WHITE}
_NON_HISPANIC |= {"MULTI_OR_OTHER_STANDARD_NH": _OTHER}
# Bands of the ACS that only some race groups have, and the bands that all have.
_OF_ALL = {"20-20": "20–24", "21-21": "20–24", "22-24": "20–24", "60-61": "60–64", "62-64": "60–64"}
_OF_ALL |= {"65-66": "65–69", "67-69": "65–69"}
_OF_RACE: tuple[str, ...] = (
    "0-4",
    "5-9",
    "10-14",
    "15-17",
    "18-19",
    "20-24",
    "25-29",
    "30-34",
    "35-44",
    "45-54",
    "55-64",
)
_OF_RACE += ("65-74", "75-84", "85+")
_SHEETS = {"Age at Index": "age_group", "Sex": "sex", "Race": "race", "Ethnicity": "ethnicity"}
_SHEETS |= {"Race and Ethnicity": "race_ethnicity", "Covid-19 Positive": "covid19_positive"}
_FIPS = {state.fips: state.code for state in STATES.values()}


def build_acs(folder: Path, out: Path) -> None:
    """Write the four tables of the American Community Survey: by age, by race, by ethnicity, by both."""
    n = {
        (_FIPS[row["state_fips"]], row["sex"], row["race_category_id"], row["age"]): _whole(row["population"])
        for row in _read(folder / "us_acs_population/multi_sex_age_race_state_current.csv")
    }
    by_age, by_race, by_ethnicity = _crossed(n)
    states = sorted({key[0] for key in n})
    pairs = [(state, sex) for state in states for sex in ("Female", "Male")]
    for pair in pairs:
        for name, counts in (("ages", by_age), ("races", by_race), ("ethnicities", by_ethnicity)):
            _same(f"{pair}, {name}", n[*pair, "ALL", "All"], _total(counts, *pair))
    totals = {state: n[state, "All", "ALL", "All"] for state in states}
    for state, total in totals.items():
        _same(f"{state}, sexes", total, _total(by_age, state))
    ages = _bands({key[2] for key in by_age})
    coarse = [_dash(age) for age in _OF_RACE]
    _write(out / "us_acs_age.csv", ["state", "sex", *ages], ([*p, *(by_age[*p, age] for age in ages)] for p in pairs))
    for name, counts, categories in (("race", by_race, RACE[:6]), ("ethnicity", by_ethnicity, ETHNICITY[:2])):
        cells = [(*pair, category) for pair in pairs for category in categories]
        table = ([*cell, *(counts[*cell, age] for age in coarse)] for cell in cells)
        _write(out / f"us_acs_{name}.csv", ["state", "sex", name, *coarse], table)
    _write_race_ethnicity(folder, out, totals)
    _check_year(folder, {race: sum(n[state, "All", race, "All"] for state in states) for race in (*_RACES, "HISP")})


def _crossed(n: dict[tuple[str, str, str, str], int]) -> tuple[Cells, Cells, Cells]:
    """The persons by age; by race and age; by ethnicity and age; each in a state and of a sex."""
    by_age, by_race, by_ethnicity = Cells(), Cells(), Cells()
    for (state, sex, race, age), number in n.items():
        if sex == "All" or age == "All":
            continue
        if race == "ALL":
            by_age[state, sex, _OF_ALL.get(age, _dash(age))] += number
        if race in _RACES:
            by_race[state, sex, _RACES[race], _dash(age)] += number
            by_ethnicity[state, sex, _NOT_HISPANIC, _dash(age)] += number  # everybody, less Hispanic or Latino
        if race == "HISP":
            by_ethnicity[state, sex, _HISPANIC, _dash(age)] += number
            by_ethnicity[state, sex, _NOT_HISPANIC, _dash(age)] -= number
    return by_age, by_race, by_ethnicity


def _write_race_ethnicity(folder: Path, out: Path, totals: dict[str, int]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for row in _read(folder / "us_acs_population/race_state_current.csv"):
        state, group = _FIPS[row["state_fips"]], row["race_category_id"]
        if group == "HISP":
            counts[state, _HISPANIC] = _whole(row["population"])
        elif group in _NON_HISPANIC:
            counts[state, f"{_NON_HISPANIC[group]}, {_NOT_HISPANIC}"] = _whole(row["population"])
    categories = [category for category in RACE_ETHNICITY if category not in MISSING]
    for state, total in totals.items():
        _same(f"{state}, races and ethnicities", total, sum(counts[state, category] for category in categories))
    table = ([state, *(counts[state, category] for category in categories)] for state in totals)
    _write(out / "us_acs_race_ethnicity.csv", ["state", *categories], table)


def _check_year(folder: Path, national: dict[str, int]) -> None:
    """The file of cells says no year; its sibling does, and to the person gives these numbers for 2022 alone."""
    history = _read(folder / "us_acs_population/race_national_historical.csv")
    for group, number in national.items():
        years = [row["time_period"] for row in history if row["race_category_id"] == group]
        equal = [
            row["time_period"]
            for row in history
            if row["race_category_id"] == group and _whole(row["population"]) == number
        ]
        if equal != ["2022"] or len(years) < 2:
            sys.exit(f"{group}: {number} is the figure of {equal or 'no year'}")


def build_islands(folder: Path, out: Path) -> None:
    """Write the two tables of the island areas, by sex and by age: their census did not cross them."""
    source = folder / "us_decia_2020_territory_population"
    sexes = {
        (_FIPS[r["state_fips"]], r["sex"]): _whole(r["population"]) for r in _read(source / "sex_state_current.csv")
    }
    ages = {
        (_FIPS[r["state_fips"]], r["age"]): _whole(r["population"]) for r in _read(source / "age_state_current.csv")
    }
    bands = [*(f"{low}-{low + 4}" for low in range(0, 85, 5)), "85+"]
    areas = sorted({area for area, _ in sexes})
    for area in areas:
        _same(f"{area}, sexes", sexes[area, "All"], sexes[area, "Female"] + sexes[area, "Male"])
        _same(f"{area}, ages", ages[area, "All"], sum(ages[area, band] for band in bands))
        _same(f"{area}, both tables", ages[area, "All"], sexes[area, "All"])
    table = ([area, sexes[area, "Female"], sexes[area, "Male"]] for area in areas)
    _write(out / "us_islands_sex.csv", ["state", "Female", "Male"], table)
    by_age = ([area, *(ages[area, band] for band in bands)] for area in areas)
    _write(out / "us_islands_age.csv", ["state", *map(_dash, bands)], by_age)


def build_un(folder: Path, out: Path) -> None:
    """Write the world and its countries by sex and age; thousands with three decimals become persons."""
    places = {row["country_code"]: row for row in _read(folder / "un_wpp2019/UNlocations.txt", "\t")}
    tables: dict[str, dict[tuple[str, str], int]] = {}
    for sex, name in (("Female", "popF"), ("Male", "popM")):
        rows = _read(folder / f"un_wpp2019/{name}.txt", "\t")
        tables[sex] = {(row["country_code"], row["age"]): round(float(row["2020"]) * 1000) for row in rows}
    codes = list(dict.fromkeys(code for code, _ in tables["Male"]))
    ages = _bands({_dash(age) for _, age in tables["Male"]})
    # Location type 4 is a country or area; 830, the Channel Islands, has no code of its own in ISO 3166-1.
    countries = [code for code in codes if places.get(code, {}).get("location_type") == "4" and code != "830"]
    world = ([sex, *_of(tables[sex], "900", ages)] for sex in tables)
    _write(out / "un_wpp_world.csv", ["sex", *ages], world)
    named = sorted((COUNTRIES[code.zfill(3)].name, code) for code in countries)
    table = ([name, sex, *_of(tables[sex], code, ages)] for name, code in named for sex in tables)
    _write(out / "un_wpp_countries.csv", ["country", "sex", *ages], table)


def _of(table: dict[tuple[str, str], int], code: str, ages: Sequence[str]) -> list[int]:
    return [table[code, age.replace("–", "-")] for age in ages]


def build_react(folder: Path, out: Path) -> None:
    """Write MIDRC's and the CDC's cumulative counts: a row a category in published order, a column a date."""
    files = {
        "midrc_open": "MIDRC Open A1 and R1 - cumulative by batch.xlsx",
        "midrc_open_covid_positive": "MIDRC Open A1 and R1 COVIDpos only - cumulative by batch.xlsx",
        "cdc_covid": "CDC_COVIDpos - cumulative by month.xlsx",
    }
    for name, file in files.items():
        sheets = _workbook(folder / "midrc_react" / file)
        dates: list[str] = []
        table: Rows = []
        for sheet, attribute in _SHEETS.items():
            if sheet not in sheets:
                continue
            head, *rows = sheets[sheet]
            days = [_date(row[0]) for row in rows]
            _same(f"{name}, dates of {sheet}", dates or days, days)
            dates = days
            for i, column in enumerate(head):
                if i and column and "(%)" not in column:
                    table.append([attribute, _category(column), *(_whole(row[i]) for row in rows)])
        _write(out / f"{name}.csv", ["attribute", "category", *dates], table)


def _category(column: str) -> str:
    """The vocabulary's spelling of a column; the bounds of an age band stay as published."""
    text = column.replace("(CUSUM)", "").strip()
    text = text.removesuffix("years").strip().replace(" - ", "–").replace(" to ", "–").replace("-", "–", 1)
    if text[0].isdigit():
        return text
    text = column.replace("(CUSUM)", "").strip().replace("Other Pacific", "other Pacific")
    if text.startswith("Black"):
        return text.replace("Black", _BLACK, 1)
    return MISSING[1] if text.casefold() == "not reported" else text


def build_map(folder: Path, out: Path) -> None:
    """Write the world map without land outlines and names: those are in the vocabulary, by the same codes."""
    world = json.loads((folder / "topojson/world-atlas-2.0.2/countries-110m.json").read_text("utf-8"))
    countries = world["objects"]["countries"]
    for shape in countries["geometries"]:
        name = shape.pop("properties")["name"]
        if name == "Kosovo":
            shape["id"] = "983"
    world["objects"] = {"countries": countries}
    (out / "countries-110m.json").write_text(json.dumps(world, separators=(",", ":")) + "\n", "utf-8")


def _workbook(path: Path) -> dict[str, list[list[str]]]:
    """Sheet name to its rows of texts, as the zipped XML holds them; an empty cell is an empty text."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    with zipfile.ZipFile(path) as file:
        shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
        texts = ["".join(t.text or "" for t in item.iter(f"{main}t")) for item in shared]
        links = ElementTree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): str(link.get("Target")).removeprefix("/xl/") for link in links}
        sheets = {}
        for sheet in ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{main}sheet"):
            root = ElementTree.fromstring(file.read(f"xl/{targets[sheet.get(key)]}"))
            rows = [[_cell(cell, texts, main) for cell in row] for row in root.iter(f"{main}row")]
            sheets[str(sheet.get("name"))] = [row for row in rows if any(row)]
    return sheets


def _cell(cell: ElementTree.Element, texts: Sequence[str], main: str) -> str:
    value = cell.findtext(f"{main}v") or "".join(t.text or "" for t in cell.iter(f"{main}t"))
    return texts[int(value)] if cell.get("t") == "s" else value


def _date(text: str) -> str:
    """A day that a workbook holds as a number since 1899-12-30 or as a text."""
    if text.replace(".", "").isdigit():
        return str(datetime.date(1899, 12, 30) + datetime.timedelta(days=int(float(text))))
    return str(datetime.datetime.strptime(text, "%d-%b-%Y").replace(tzinfo=datetime.UTC).date())


def _read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _whole(text: str) -> int:
    number = float(text)
    if number != int(number) or number < 0:
        sys.exit(f"{text} is no number of persons")
    return int(number)


def _dash(band: str) -> str:
    return band.replace("-", "–")


def _bands(bands: Iterable[str]) -> list[str]:
    return sorted(bands, key=lambda band: int(band.split("–")[0].rstrip("+")))


def _total(counts: Cells, *key: str) -> int:
    return sum(number for cell, number in counts.items() if cell[: len(key)] == key)


def _same(what: str, expected: object, got: object) -> None:
    if expected != got:
        sys.exit(f"{what}: {got} instead of {expected}")


def main(arguments: Sequence[str]) -> None:
    """Write every table."""
    folder = Path(arguments[0])
    out = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parents[2] / "data_catalog"
    for build, name in (
        (build_acs, "reference_populations"),
        (build_islands, "reference_populations"),
        (build_un, "reference_populations"),
        (build_react, "reference_populations"),
        (build_map, "geography"),
    ):
        (out / name).mkdir(parents=True, exist_ok=True)
        build(folder, out / name)


if __name__ == "__main__":
    main(sys.argv[1:])
