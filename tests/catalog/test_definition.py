"""Definitions: what is saved comes back equal, and what a hand or another program wrote is read or refused in words."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalog import by_hand
from tests.catalog.tiny import entities, make_repository
from tests.thorough import examples
from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.groups import all_of, any_of, none_of
from workbench.catalog.definition import content_hash
from workbench.errors import UnknownNameError

LAWS = settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
SOURCE = {"key": "made_up", "version": "1.0"}
HEAD = {"schema": "workbench-cohort/2", "source": SOURCE}
WINDOW = {"near_test": "Positive", "days": [-3, None], "which": "first"}


def definition(*entries: Any) -> dict[str, Any]:
    return {**HEAD, "criteria": list(entries)}


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Three patients of three kinds."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("tables"),
            [{"sex": "Female", "bmi": 25.0}, {"sex": "Male", "bmi": 31.5}, {"sex": "Unknown"}],
            [{"patient_key": 0}, {"patient_key": 1}, {"patient_key": 2}],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT"},
                {"patient_key": 1, "study_key": 1, "modality": "MR", "series_description": "T1 'sag'"},
                {"patient_key": 2, "study_key": 2, "modality": "CT"},
            ],
            [{"patient_key": 0, "study_key": 0, "days_from_study": -1}],
        )
    )


def refusal(commons: Catalog, tmp_path: Path, text: str | bytes, *, name: str = "bad.yaml") -> str:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((ValueError, LookupError, TypeError)) as caught:
        commons.read_cohort(path)
    return str(caught.value)


# ------------------------------------------------------------------ laws


@LAWS
@given(data=st.data(), ending=st.sampled_from(["yaml", "yml", "json", "JSON", ""]))
def test_a_saved_cohort_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, ending: str
) -> None:
    folder = tmp_path_factory.mktemp("saved")
    rows = data.draw(entities(tested=True))
    rows["measurements"].append({"patient_key": 0, "study_key": 0, "days_from_study": -1})  # at least one Positive
    made = make_repository(folder / "tables", **rows)
    entries = data.draw(by_hand.definitions(by_hand.rows_of(made), others=[WINDOW]))
    cohort = Catalog(made).cohort_from(definition(*entries))
    path = cohort.save(folder / f"cohort.{ending}")
    again = Catalog(made).read_cohort(path)
    assert again == cohort
    assert (again.mask == cohort.mask).all()
    assert again.sha256 == cohort.sha256
    assert [condition.entry() for condition in again.conditions] == cohort.definition()["criteria"]
    assert Catalog(made).cohort_from(cohort.definition()) == cohort


@given(st.recursive(st.sampled_from([1, 0.5, "CT", None, True]), lambda inner: st.dictionaries(st.text(), inner)))
def test_the_order_of_keys_does_not_change_the_hash(value: Any) -> None:
    def turned(part: Any) -> Any:
        return {key: turned(each) for key, each in reversed(part.items())} if isinstance(part, dict) else part

    body = definition({"column": "x", "values": [value]})
    assert content_hash(turned(body)) == content_hash(body)
    assert content_hash({**body, "counts": {"patients": 3}, "sha256": "other"}) == content_hash(body)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"n_instances": 7.0}, {"n_instances": 7}),
        ({"bmi": (18.0, None)}, {"bmi": (18, None)}),
        ({"bmi": [25.0, 25]}, {"bmi": 25}),
        ({"modality": ["CT", "CT"]}, {"modality": "CT"}),
        ({"modality": {"MR", "CT"}}, {"modality": {"CT", "MR"}}),
        ({"bmi": -0.0}, {"bmi": 0}),
    ],
)
def test_equal_questions_are_one_definition(commons: Catalog, one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = commons.where(**one), commons.where(**other)
    assert first == second
    assert first.sha256 == second.sha256
    assert first.to_python() == second.to_python()


def test_the_hash_stays_what_it_was(commons: Catalog) -> None:
    # SHA-256 of the JSON {"criteria": [...], "schema": ..., "source": ...}, keys sorted; a change breaks every file.
    text = (
        '{"criteria": [{"column": "modality", "missing": "exclude", "values": ["CT"]}], '
        '"schema": "workbench-cohort/2", "source": {"key": "made_up", "version": "1.0"}}'
    )
    assert commons.where(modality="CT").sha256 == hashlib.sha256(text.encode()).hexdigest()


# ------------------------------------------------------------------ read as it was meant


@pytest.mark.parametrize("number", [1e-05, 1e22, 2.5e-7, 1e16, 123456789.125])
@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_numbers_of_any_size_come_back_as_numbers(commons: Catalog, tmp_path: Path, number: float, ending: str) -> None:
    cohort = commons.where(size_mb=(number, None))
    assert commons.read_cohort(cohort.save(tmp_path / f"cohort.{ending}")) == cohort


@pytest.mark.parametrize("words", ["yes", "null", "1e3", "2024-01-01", "a: b", "日本 🫁", "a\u2028b\x85c\td", "'\"\\"])
@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_any_words_come_back_as_words(commons: Catalog, tmp_path: Path, words: str, ending: str) -> None:
    cohort = commons.where(series_description=[words, "x"])
    assert commons.read_cohort(cohort.save(tmp_path / f"cohort.{ending}")) == cohort


def test_json_of_another_program_is_read_as_json(commons: Catalog, tmp_path: Path) -> None:
    body = definition({"column": "series_description", "values": ["🫁"], "missing": "exclude"})
    text = json.dumps(body, indent="\t")  # tabs, and signs beyond the first plane as two escapes
    (tmp_path / "theirs.yaml").write_text("\ufeff" + text, encoding="utf-8")
    assert commons.read_cohort(tmp_path / "theirs.yaml") == commons.where(series_description="🫁")


def test_a_flow_of_yaml_may_begin_with_a_brace(commons: Catalog, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{schema: workbench-cohort/2, source: {key: made_up}, criteria: []}")
    assert commons.read_cohort(tmp_path / "mine.json") == commons.everything


def test_what_is_left_out_means_what_it_means_in_where_and_exclude(commons: Catalog) -> None:
    taken = commons.cohort_from(definition({"column": "sex", "values": ["Female"]}))
    assert taken == commons.where(sex="Female")
    left = commons.cohort_from(definition({"column": "sex", "values": ["Female"], "exclude": True}))
    assert left == commons.exclude(sex="Female")
    assert left.counts["patients"] == 2  # a missing sex is nothing known against the patient


def test_a_long_definition_is_read(commons: Catalog, tmp_path: Path) -> None:
    entries = [{"column": "n_instances", "range": [0, 10 + n], "missing": "exclude"} for n in range(10_000)]
    path = tmp_path / "long.yaml"
    path.write_text(yaml.dump(definition(*entries), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))
    assert len(commons.read_cohort(path).conditions) == 10_000


# ------------------------------------------------------------------ refused, whole messages

NO_DEFINITION = (
    "bad.yaml is not a cohort definition. It should be YAML or JSON whose schema is 'workbench-cohort/2'. "
    "Make one: workbench cohort new --where modality=CT --save cohort.yaml"
)
TOO_DEEP = (
    "bad.yaml holds more than 20 groups within each other. Groups side by side would be right: "
    "(A and B) and C is A and B and C. Write several where(…) after one another."
)


@pytest.mark.parametrize(
    "text",
    [
        f"a: {'1' * 5000}",  # more digits than Python reads
        f"{yaml.safe_dump(HEAD)}criteria: [{{column: n_instances, values: [0x{'f' * 5000}]}}]",  # more than it writes
        f"{yaml.safe_dump(HEAD)}criteria: [{{column: n_instances, values: [!!int '0x{'f' * 5000}']}}]",
        f"{yaml.safe_dump(HEAD)}criteria: [{{column: n_instances, values: [1{':59' * 5000}]}}]",
        "a: 2024-13-45",
        "a: !!timestamp soon",
        "a: !!bool maybe",
        "a: !!int ''",
        "a: !!python/object/apply:os.system ['true']",
        "? [a, b]\n: c",
        "? {a: b}\n: c",
        "schema: [workbench-cohort/2]",
        "schema: {a: b}",
        "--- 1\n--- 2",
        "null",
        "{",
        '{"schema": ',
    ],
)
def test_weird_yaml_is_no_definition(commons: Catalog, tmp_path: Path, text: str) -> None:
    assert refusal(commons, tmp_path, text) == NO_DEFINITION


def nested(depth: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"column": "sex", "values": ["Female"]}
    for _ in range(depth):
        entry = {"any": [entry]}
    return entry


@pytest.mark.parametrize("depth", [21, 100, 3_000, 30_000])
@pytest.mark.parametrize("form", ["json", "flow"])
def test_groups_without_end_are_refused_in_words(commons: Catalog, tmp_path: Path, depth: int, form: str) -> None:
    opened, closed = ('{"any": [', "]}") if form == "json" else ("{any: [", "]}")
    inner = '{"column": "sex", "values": ["Female"]}'
    entry = opened * depth + inner + closed * depth
    head = '"schema": "workbench-cohort/2", "source": {"key": "made_up", "version": "1.0"}, "criteria": ['
    assert refusal(commons, tmp_path, f"{{{head}{entry}]}}") == TOO_DEEP


def test_twenty_groups_within_each_other_are_read(commons: Catalog) -> None:
    assert commons.cohort_from(definition(nested(20))).counts["patients"] == 1
    with pytest.raises(ValueError, match="more than 20 groups"):
        commons.cohort_from(definition(nested(21)))
    asked = any_of(sex="Female")
    for _ in range(19):
        asked = all_of(asked)
    assert commons.where(asked).counts["patients"] == 1
    with pytest.raises(ValueError, match=r"^The cohort holds more than 20 groups within each other"):
        commons.where(none_of(asked))


@pytest.mark.parametrize(
    "text",
    [
        "criteria:\n- &again\n  any: [*again]\n",
        "criteria: &again [*again]\n",
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{n}: &{n} [{', '.join([f'*{chr(ord(n) - 1)}'] * 10)}]\n" for n in "bcdefghijk")
        + "criteria: [*k]\n",
    ],
    ids=["group in itself", "list in itself", "ten to the eleventh"],
)
def test_yaml_that_repeats_itself_is_refused_at_once(commons: Catalog, tmp_path: Path, text: str) -> None:
    assert refusal(commons, tmp_path, yaml.safe_dump(HEAD) + text) == TOO_DEEP


MERGES = "bad.yaml merges another mapping with <<. Each field spelled out would be right. Write the fields out."
ELSEWHERE = "bad.yaml has a key that stands elsewhere. Each key spelled out would be right. Write it out."


def merged(times: int) -> str:
    later = (f"k{n + 1}: &k{n + 1} {{<<: [{', '.join([f'*k{n}'] * 10)}]}}\n" for n in range(times))
    return "k0: &k0 {modality: CT}\n" + "".join(later)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (merged(9), MERGES),
        ("a: &a {x: 1}\nb:\n- {<<: *a}\n", MERGES),
        ("a: {'<<': 1}\n", MERGES),
        ("a: &a {x: 1}\nb: {!!merge x: *a}\n", ELSEWHERE),
        ("a: &a criteria\n*a : []\n", ELSEWHERE),
    ],
)
def test_keys_that_stand_elsewhere_are_refused_at_once(
    commons: Catalog, tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(commons, tmp_path, yaml.safe_dump(HEAD) + text) == message


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (yaml.safe_dump(definition({"column": "sex", "values": ["Female"]})) + "criteria: []\n", "criteria"),
        (yaml.safe_dump(definition()) + '"criteria": []\n', "criteria"),
        (yaml.safe_dump(HEAD) + "criteria:\n- {column: sex, values: [Male], column: bmi}\n", "column"),
        (yaml.safe_dump(HEAD) + "criteria:\n- {column: {a: 1}, any: [1, [2]], column: bmi}\n", "column"),
        (json.dumps(definition())[:-1] + ', "criteria": []}', "criteria"),
        (json.dumps(definition())[:-1] + ', "source": {"key": 1, "key": 2}}', "key"),
        (f"{'x' * 1000}: 1\n{'x' * 1000}: 2\n", "x" * 79 + "…"),
    ],
)
def test_a_field_written_twice_is_refused(commons: Catalog, tmp_path: Path, text: str, field: str) -> None:
    assert refusal(commons, tmp_path, text) == (
        f"bad.yaml has the field {field!r} twice. Once would be right. Remove one of the lines."
    )


def test_equal_words_that_are_no_keys_of_one_mapping_are_read(commons: Catalog, tmp_path: Path) -> None:
    entries = "- {column: sex, values: [Female, Female]}\n- {column: modality, values: &two [CT, '<<']}\n"
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(HEAD) + "criteria:\n" + entries.replace("'<<'", "MR") + "counts: {}\n")
    assert len(commons.read_cohort(path).conditions) == 2


@pytest.mark.parametrize("version", ["9" * 100_000, 10**399])
def test_a_message_shows_no_more_than_a_line_of_what_a_file_holds(
    commons: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: Any
) -> None:
    long = {**definition(), "source": {"key": "made_up", "version": version}, "counts": {"patients": 10**399}}
    body = {**long, "sha256": content_hash(long)}
    (tmp_path / "mine.json").write_text(json.dumps(body))
    assert commons.read_cohort(tmp_path / "mine.json") == commons.everything
    assert len(capsys.readouterr().err) < 700
    joined = {**body, "source": {"key": "made_up", "version": f"{version}+join.1"}}
    schema = {**body, "schema": f"workbench-cohort/{version}"}
    source = {**body, "source": {"key": f"{version}"}}
    numbered = {**body, "criteria": [{"sql": "select series_key from series where series_key = 1"}]}
    for wrong in (joined, schema, source, numbered, {**body, f"{version}": 1}):
        with pytest.raises((ValueError, LookupError)) as caught:
            commons.cohort_from(wrong)
        assert len(str(caught.value)) < 500


def test_a_later_format_asks_for_a_newer_workbench(commons: Catalog, tmp_path: Path) -> None:
    assert refusal(commons, tmp_path, yaml.safe_dump({**HEAD, "schema": "workbench-cohort/3", "unheard": 1})) == (
        "bad.yaml has the format 'workbench-cohort/3', which this version does not know. It reads workbench-cohort/1 "
        "and workbench-cohort/2. Install a newer workbench: pip install --upgrade imaging-workbench"
    )


@pytest.mark.parametrize(
    "counts", [[1, 2], "3", {"patients": "3"}, {"patients": 2.5}, {"series": -1}, {"studies": True}]
)
def test_counts_that_are_no_counts_are_refused(commons: Catalog, tmp_path: Path, counts: Any) -> None:
    assert refusal(commons, tmp_path, yaml.safe_dump({**definition(), "counts": counts})) == (
        f"bad.yaml holds counts: {counts!r}. Whole numbers of patients, studies and series would be right. "
        "Save the cohort again, or remove the counts."
    )


def test_a_source_described_in_numbers_is_read_by_its_key(commons: Catalog, tmp_path: Path) -> None:
    body = {**definition(), "source": {"key": "made_up", "version": 1.0, 5: "five", "note": None}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(body, sort_keys=False))
    assert commons.read_cohort(tmp_path / "mine.yaml") == commons.everything


def test_another_source_is_named(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        commons.cohort_from({**definition(), "source": {"key": "idc", "version": "25.0.5"}})
    assert str(caught.value) == "No source 'idc' in this catalog. Valid: made_up. Open it: open_catalog('idc')."


def test_a_folder_is_no_file(commons: Catalog, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        commons.everything.save(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} is a folder. A file name would be right. Write for instance {tmp_path / 'cohort.yaml'}"
    )


@pytest.mark.parametrize("wrong", [None, 5, "schema: workbench-cohort/2", ["schema"], {}])
def test_what_is_no_mapping_is_no_definition(commons: Catalog, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^The definition is not a cohort definition\. It should be"):
        commons.cohort_from(wrong)
