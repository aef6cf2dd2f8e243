"""Reading the data catalog: the shipped files are right, and whatever is wrong is told, all of it, with its line."""

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.registry.small_catalog import CLAIM, EVIDENCE, TERMS, dataset, model, write, write_text
from workbench.assets import asset_path
from workbench.catalog.documents.forms import form_problems
from workbench.catalog.documents.lines import MOST_BYTES, Document, parse_document
from workbench.catalog.registry import compiling
from workbench.catalog.registry.problems import CatalogError
from workbench.catalog.registry.reading import read_entries, read_notes
from workbench.catalog.registry.roots import FOLDERS

SCHEMA: dict[str, Any] = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text())
BEGINNING = """key: one
name: The set one
summary: An invented data set of chest CT that nobody has ever acquired.
modality: [CT]
body_region: [Chest]
tasks: [segmentation]
annotations: {kinds: [], by: unknown, text: none}
access: {kind: unknown}
demographics: {age: unknown, sex: unknown, race: unknown, ethnicity: unknown}
"""  # nine lines; claims and license follow
UNKNOWN = "license: {id: unknown}\n"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is read in place of the shipped data catalog, with one license."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    write_text(tmp_path / "shipped", "licenses.yaml", yaml.safe_dump({"CC-BY-4.0": {**TERMS, "spdx": True}}))
    return tmp_path / "shipped"


def problems(shipped: Path, **options: Any) -> list[str]:
    """Return what is wrong, as lines without the headline and the advice at the end."""
    with pytest.raises(CatalogError) as caught:
        read_entries(shipped=shipped, **options)
    return str(caught.value).splitlines()[1:-1]


# ------------------------------------------------------------------ the shipped catalog


def test_every_shipped_file_is_right_and_read() -> None:
    files = [path for folder in FOLDERS for path in asset_path("data_catalog", folder).glob("*.yaml")]
    entries = read_entries()
    assert sorted(each.key for each in entries) == sorted(path.stem for path in files)
    for each in entries:
        plain = yaml.safe_load(asset_path("data_catalog", f"{each.kind}s", f"{each.key}.yaml").read_text())
        assert json.dumps(each.fields, sort_keys=True) == json.dumps(plain, sort_keys=True, default=str)


FACTS: dict[str, Any] = yaml.safe_load(asset_path("data_catalog", "checks", "idc.yaml").read_text())


def _facts(folder: Path, **changed: Any) -> None:
    """Write facts of an own entry and of a shipped one, both with seven people."""
    made = {key: {**FACTS["entries"]["lidc-idri"], "people": 7, **changed} for key in ("mine", "lidc-idri")}
    write_text(folder, "checks/idc.yaml", yaml.safe_dump({"index": "25.0.5", "entries": made}))


def test_facts_of_a_folder_speak_of_its_own_entries_only(tmp_path: Path) -> None:
    own = write(tmp_path, dataset("mine", claims=[]))
    _facts(own)
    sizes = {each.key: each.idc_counts.get("patients") for each in read_entries(own)}
    assert (sizes["mine"], sizes["lidc-idri"]) == (7, FACTS["entries"]["lidc-idri"]["people"])


@pytest.mark.parametrize(
    "changed",
    [{"people": "many"}, {"people": -1}, {"people": True}, {"asked": []}, {"asked": {}}, {"claims": [7]},
     {"collections": None}, {"acquired": {"SM": "x"}}, {"invented": 1}],
)  # fmt: skip
def test_facts_that_nobody_counted_are_told(tmp_path: Path, changed: dict[str, Any]) -> None:
    own = write(tmp_path / "own", dataset("mine"))
    _facts(own, **changed)
    with pytest.raises(CatalogError) as caught:
        read_entries(own)
    then = f"Remove it, then: workbench datasets check {own} --idc"
    assert str(caught.value).splitlines()[1] == (
        f"{own}/checks/idc.yaml:1: This is not what the counting writes, whole. {then}"
    )


@pytest.mark.parametrize("text", ["", "[]", "entries: 7", "index: 1", "{entries: {}", "index: a\nentries: {7: {}}"])
def test_a_file_of_facts_that_says_something_else_is_told(tmp_path: Path, text: str) -> None:
    own = write(tmp_path / "own", dataset("mine"))
    write_text(own, "checks/idc.yaml", text)
    with pytest.raises(CatalogError, match="not what the counting writes"):
        read_entries(own)


def test_everything_that_ships_rests_on_words() -> None:
    assert read_notes() == ()


def test_a_second_reading_needs_neither_frames_nor_a_schema_nor_yaml(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from workbench.catalog.registry import datasets\n"
        "catalog = datasets()\n"
        "repr(catalog), catalog.conflicts(), catalog.where(modality='CT', commercial_use=True)\n"
        "heavy = {'polars', 'pandas', 'jsonschema', 'yaml', 'rdflib', 'mlcroissant', 'numpy'} & set(sys.modules)\n"
        "print(len(catalog), sorted(heavy))\n"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, env={"WORKBENCH_CACHE": str(tmp_path), "PATH": ""},
        ).stdout.split(maxsplit=1)
        for _ in range(2)
    )  # fmt: skip
    assert first[0] == second[0]
    assert int(first[0]) > 0
    assert "polars" not in first[1]
    assert "jsonschema" not in first[1]
    assert second[1].strip() == "[]"


def test_every_reading_but_the_first_takes_milliseconds() -> None:
    took = []
    for _ in range(8):
        begin = time.perf_counter()
        read_entries()
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.06  # 0.01 s on an idle core


def test_a_thousand_entries_are_read_in_seconds(shipped: Path) -> None:
    for n in range(1000):
        write(shipped, dataset(f"set-{n}", relations=[{"kind": "subset_of", "of": f"set-{n - 1}"}] if n else []))
    begin = time.perf_counter()
    entries = read_entries(shipped=shipped)
    assert len(entries) == 1000
    assert time.perf_counter() - begin < 10


# ------------------------------------------------------------------ the cache


def test_what_was_compiled_equals_what_was_read(shipped: Path) -> None:
    write(shipped, dataset("one"), dataset("two", relations=[{"kind": "overlaps", "of": "one"}]))
    first = read_entries(shipped=shipped)
    assert read_entries(shipped=shipped) == first
    assert [each.terms for each in read_entries(shipped=shipped)] == [each.terms for each in first]
    assert len(list((shipped.parent / "cache").iterdir())) == 1


@pytest.mark.parametrize("changed", ["datasets/one.yaml", "licenses.yaml", "standing_together.yaml", "checks/idc.yaml"])
def test_a_change_of_any_file_is_seen(shipped: Path, changed: str) -> None:
    write(shipped, dataset("one"))
    read_entries(shipped=shipped)
    path = shipped / changed
    before = "index: a\nentries: {}\n" if changed == "checks/idc.yaml" else path.read_text() if path.exists() else ""
    write_text(shipped, changed, f"{before}# changed\n")
    read_entries(shipped=shipped)
    assert len(list((shipped.parent / "cache").iterdir())) == 2


def test_a_catalog_that_is_wrong_is_not_kept(shipped: Path) -> None:
    write(shipped, dataset("one", modality=["CTT"]))
    assert problems(shipped) == problems(shipped)
    assert not [path for path in (shipped.parent / "cache").iterdir() if path.name.startswith("data-catalog")]


def test_what_changes_while_it_is_read_is_read_again(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shipped, dataset("one", name="Before"))
    parsed = compiling.read_document

    def parsed_then_changed(path: Path) -> Document:
        read = parsed(path)
        if path.name == "one.yaml" and read.value["name"] == "Before":
            write(shipped, dataset("one", name="After"))
        return read

    monkeypatch.setattr(compiling, "read_document", parsed_then_changed)
    assert [each.name for each in read_entries(shipped=shipped)] == ["After"]
    write(shipped, dataset("one", name="Before"))
    monkeypatch.undo()
    monkeypatch.setenv("WORKBENCH_CACHE", str(shipped.parent / "cache"))
    assert [each.name for each in read_entries(shipped=shipped)] == ["Before"]


def test_a_seal_without_entries_is_made_again(shipped: Path) -> None:
    write(shipped, dataset("one"))
    first = read_entries(shipped=shipped)
    (kept,) = (shipped.parent / "cache").iterdir()
    (kept / "entries.json").rename(kept / "other.json")
    (kept / "seal.json").write_text(
        json.dumps({"other.json": hashlib.sha256((kept / "other.json").read_bytes()).hexdigest()})
    )
    assert read_entries(shipped=shipped) == first
    assert (kept / "entries.json").is_file()


def test_of_many_problems_of_a_file_the_first_are_shown(shipped: Path) -> None:
    write(shipped, dataset("one", **{f"field{n}": 1 for n in range(60)}), dataset("two", modality=["CTT"]))
    with pytest.raises(CatalogError) as caught:
        read_entries(shipped=shipped)
    lines = str(caught.value).splitlines()
    assert lines[0] == "61 problems in 2 files of the data catalog:"
    assert lines[51] == "data_catalog/datasets/one.yaml: and 10 more."
    assert lines[52].startswith("data_catalog/datasets/two.yaml:5: No modality 'CTT'.")
    assert (len(lines), len(caught.value.problems)) == (54, 61)


# ------------------------------------------------------------------ a folder of one's own


def test_entries_of_a_folder_stand_beside_the_shipped_ones(shipped: Path, tmp_path: Path) -> None:
    write(shipped, dataset("one"))
    own = write(tmp_path / "own", dataset("two", relations=[{"kind": "subset_of", "of": "one"}]))
    write(own, model("three", trained_on=["two", "one"]), below="models")
    write_text(own, "licenses.yaml", yaml.safe_dump({"LicenseRef-Mine": TERMS}))
    write(own, dataset("four", license={"id": "LicenseRef-Mine", "evidence": EVIDENCE}))
    entries = read_entries(own, shipped=shipped)
    assert [(each.kind, each.key) for each in entries] == [
        ("dataset", "four"),
        ("dataset", "one"),
        ("dataset", "two"),
        ("model", "three"),
    ]
    assert entries[0].commercial_use is False
    assert read_entries(shipped, shipped=shipped) == read_entries(shipped=shipped)  # named again, it is not doubled


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (None, FileNotFoundError, "No folder my. A folder with datasets/ in it would be right. "),
        ("", NotADirectoryError, "my is a file. A folder with datasets/ in it would be right. "),
        (
            "folder",
            FileNotFoundError,
            "my holds no entries. A folder with datasets/, models/ or frameworks/ in it would be right. ",
        ),
    ],
)
def test_a_folder_that_is_none_is_told(
    shipped: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: str | None,
    error: type[Exception],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if made == "folder":
        Path("my").mkdir()
    elif made is not None:
        Path("my").write_text(made)
    with pytest.raises(error) as caught:
        read_entries("my", shipped=shipped)
    assert str(caught.value) == message + "Make one: workbench datasets add --name NAME --to my"


def test_all_problems_of_all_files_come_in_one_list(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(shipped, dataset("one", modality=["CTT"]))
    own = write(Path("own"), dataset("one"), dataset("two", access={"kind": "closed"}, licence="CC0"))
    write_text(own, "datasets/three.yml", "key: three")
    write_text(own, "loose.yaml", "key: loose")
    write_text(own, "datasets/.hidden.yaml", "nothing of ours")
    write_text(own, "datasets/README.md", "nor this")
    write_text(own, "licenses.yaml", "- CC0-1.0\n")
    with pytest.raises(CatalogError) as caught:
        read_entries(own, shipped=shipped)
    fields = ", ".join(SCHEMA["$defs"]["dataset"]["properties"])
    assert str(caught.value).splitlines() == [
        "7 problems in 6 files of the data catalog:",
        f"data_catalog/datasets/one.yaml:5: No modality 'CTT'. Did you mean 'CT'? Valid: "
        f"{', '.join(SCHEMA['$defs']['modality']['enum'])}.",
        "own/datasets/one.yaml:1: The key 'one' is taken by data_catalog/datasets/one.yaml; another would be right. "
        "Rename one.",
        "own/datasets/three.yml:1: The name ends in .yml; .yaml would be right. Rename the file.",
        "own/datasets/two.yaml:24: No kind 'closed' as kind of access. Valid: open, registration, data_use_agreement, "
        "credentialed, unknown.",
        f"own/datasets/two.yaml:37: No field 'licence' in the data set. Did you mean 'license'? Fields: {fields}.",
        "own/licenses.yaml:1: This is no list of licenses. Write one a line, such as ID: {name: …, spdx: true, …}",
        "own/loose.yaml:1: An entry stands in datasets/, models/ or frameworks/. Move it to datasets/loose.yaml",
        "Correct them, then: workbench datasets check own",
    ]
    assert caught.value.problems[0].line == 5


# ------------------------------------------------------------------ files that are no entries


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (b"", 1, "The file is empty. Fields with values would be right, such as key: my-scans"),
        (b"# only a comment\n", 1, "The file is empty. Fields with values would be right, such as key: my-scans"),
        (b"key: one\nname: caf\xe9\n", 2, "The byte 0xe9 is no text in UTF-8. Save the file in the encoding UTF-8."),
        (
            b"key: one\nname: a: b\n",
            2,
            "The file is not YAML from here on (mapping values are not allowed in this context). Text that holds a "
            "colon, a quote or # stands in quotes.",
        ),
        (
            b"key: one\nname: [a\n",
            3,
            "The file is not YAML from here on (did not find expected ',' or ']'). Text that holds a colon, a quote or "
            "# stands in quotes.",
        ),
        (
            b"key: one\nname: b\nkey: two\n",
            3,
            "The field 'key' stands twice (first on line 1); once would be right. Remove one of the two.",
        ),
        (
            b"key: one\n---\nkey: two\n",
            2,
            "A second document begins here (---). One document a file would be right. Split the file.",
        ),
        (b"a: &a {b: 1}\nc: {<<: *a}\n", 2, "A mapping is merged (<<). Fields in full would be right. Write them out."),
        (b"a: *b\n", 1, "*b refers to nothing before it. Text in full would be right."),
        (b"a: &a [*a]\n", 1, "*a stands within what it refers to. Text in full would be right."),
        (
            b"a: !!python/object/apply:os.system [ls]\n",
            1,
            "The tag tag:yaml.org,2002:python/object/apply:os.system stands here. Plain text, numbers and lists would "
            "be right.",
        ),
        (b"a: " + b"[" * 100_000, 1, "More than 20 layers lie one in the other. Fewer would be right."),
        (b"? [a]\n: b\n", 1, "The name of a field is a list or a mapping. A word would be right. Write field: value."),
        (
            b"a: 1\nb: 0750\n",
            2,
            "0750 is not a number in plain digits; such as 750 or 7.5 would be right. Text stands in quotes.",
        ),
        (
            b"a: 12:30\n",
            1,
            "12:30 is not a number in plain digits; such as 750 or 7.5 would be right. Text stands in quotes.",
        ),
        (
            b'a: 1\nname: "\\e[31mred"\n',
            2,
            "The sign U+001B is in the text, which nobody sees; text without it would be right. Remove it.",
        ),
        (
            "a: 1\nb: https://example.org/\u202egnp\n".encode(),
            2,
            "The sign U+202E is in the text, which nobody sees; text without it would be right. Remove it.",
        ),
        (b"a: .inf\n", 1, ".inf is not a number that can be counted with. Write digits."),
        (
            b"a: " + b"9" * 5000,
            1,
            f"{'9' * 79}… is not a number that can be counted with. Write digits.",
        ),
        (
            b"x" * (MOST_BYTES + 1),
            1,
            "The file has 1,000,001 bytes; at most 1,000,000 would be right. Keep images and tables elsewhere, and "
            "their address here.",
        ),
        (b"just words\n", 1, "'just words' came as the data set; a mapping with key, name, summary, modality, "
         "body_region, tasks, claims, annotations, access, license, demographics would be right."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_entry_is_told(shipped: Path, text: bytes, line: int, said: str) -> None:
    write_text(shipped, "datasets/one.yaml", text)
    assert problems(shipped) == [f"data_catalog/datasets/one.yaml:{line}: {said}"]


def test_references_that_stand_for_endless_text_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = parse_document("\n".join(lines)).problems
    assert found == ((5, "References stand for too much text. Text in full would be right."),)


def test_a_reference_stands_for_what_it_names() -> None:
    read = parse_document("a: &a {page: x, read: 2026-11-29}\nb: [*a, *a]\nc: 1_000\nd: yes\ne: null\n")
    assert not read.problems
    assert read.value["b"] == [read.value["a"]] * 2 == [{"page": "x", "read": "2026-11-29"}] * 2
    assert (read.value["c"], read.value["d"], read.value["e"]) == (1000, True, None)
    assert read.line("b", 1, "page") == 2


SEEN = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-7", -7), ("10.50", 10.5), (".5", 0.5), ("1.0e+3", 1000.0), ("1_000_000", 1_000_000), ("1e3", "1e3"),
     ("1,200", "1,200"), ("2021-03-18", "2021-03-18"), ("0", 0), ("v0750", "v0750")],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text: str, value: Any) -> None:
    read = parse_document(f"a: {text}\n")
    assert (read.value, read.problems) == ({"a": value}, ())


@pytest.mark.parametrize("text", ["0x1F", "0b11", "-012", "1_0", "1_0.5", "1:30:00", "1:30.5"])
def test_a_number_that_yaml_reads_as_another_is_refused(text: str) -> None:
    said = f"{text} is not a number in plain digits; such as 750 or 7.5 would be right. Text stands in quotes."
    assert parse_document(f"a: {text}\n").problems == ((1, said),)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(SEEN, max_size=12)
    | st.sampled_from(["yes", "1e3", "<<"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(SEEN, max_size=6), inner, max_size=3),
    max_leaves=12,
)


@given(value=PLAIN, flow=st.sampled_from([True, False, None]))
def test_what_is_written_as_yaml_is_read_as_it_was(value: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    read = parse_document(text)
    assert not [said for _, said in read.problems if "<<" not in said and "empty" not in said]
    assert read.problems or read.value == yaml.load(text, Loader=yaml.CSafeLoader)


@given(st.text(st.sampled_from("ab:{}[]&*!<>-?#|'\"\n\t ,0.\x00é"), max_size=40))
def test_no_text_stops_the_reader(text: str) -> None:
    read = parse_document(text)
    assert all(1 <= line <= text.count("\n") + 2 and said for line, said in read.problems)
    if (
        not read.problems and not set("?<") & set(text) and not re.search(r"(^|[{,\n-]) *(&\S* *)?[-\d.]*:", text)
    ):  # names that are words
        assert json.dumps(read.value) == json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), default=str)


def test_a_file_that_must_not_be_read_is_told(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(shipped, dataset("one")) / "datasets" / "one.yaml"
    read_bytes = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == one:
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert problems(shipped) == [
        "data_catalog/datasets/one.yaml:1: The file cannot be read (Permission denied). A file that you may read would "
        "be right. Change its rights."
    ]


def test_a_link_to_nothing_and_a_folder_are_no_files(shipped: Path) -> None:
    (shipped / "datasets").mkdir()
    (shipped / "datasets" / "one.yaml").symlink_to(shipped / "nowhere")
    (shipped / "datasets" / "two.yaml").mkdir()
    said = "This is no file, or a link to nothing. A YAML file would be right. Remove it."
    assert problems(shipped) == [f"data_catalog/datasets/{name}.yaml:1: {said}" for name in ("one", "two")]


def test_a_folder_that_cannot_be_read_is_told(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shipped, dataset("one"))
    scanned = Path(shipped, "models")
    scanned.mkdir()

    def refused(path: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("workbench.catalog.registry.roots.os.scandir", refused)
    assert problems(shipped) == [
        f"data_catalog/{name}:1: The folder cannot be read (Permission denied). Change its rights, or leave it out."
        for name in ("datasets", "models")
    ]


# ------------------------------------------------------------------ entries against each other


def test_a_claim_without_source_is_refused(shipped: Path) -> None:
    claim = "{quantity: patients, value: 7, qualifier: exact, where: page 1, words: seven, verdict: unchecked}"
    write_text(shipped, "datasets/one.yaml", f"{BEGINNING}claims:\n  - {claim}\n{UNKNOWN}")
    assert problems(shipped) == [
        "data_catalog/datasets/one.yaml:11: 'source' is missing from claim 1; a claim without source is refused. Say "
        "who states the number: one of guide, creator, repository, paper, registry, third_party."
    ]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (
            "{id: CC-BY-4, evidence: EVIDENCE}",
            "No license 'CC-BY-4' in licenses.yaml. Did you mean 'CC-BY-4.0'? Write an id that stands there, add the "
            "terms there, or write id: unknown.",
        ),
        (
            "{id: CC-BY-4.0}",
            "'evidence' is missing from license; a license is never guessed. Give the page and its words, or write id: "
            "unknown.",
        ),
        (
            "{id: CC-BY-4.0, evidence: {page: 'https://a.org', words: free, kind: third_party, read: 2026-11-29}}",
            "A license rests on words of a third party; words of the creator, the repository, a paper or a registry "
            "would be right. Else write id: unknown, and what third parties say as its note.",
        ),
        (
            "{id: CC-BY-4.0, evidence: {page: 'https://a.org', words: free, kind: creator, read: 2026-02-30}}",
            "'2026-02-30' came as read; a day of the calendar would be right, such as 2026-11-29.",
        ),
        (
            "{id: CC-BY-4.0, evidence: EVIDENCE, parts: [{part: masks, id: mine, evidence: EVIDENCE}]}",
            "No license 'mine' in licenses.yaml. Write an id that stands there, add the terms there, or write id: "
            "unknown.",
        ),
    ],
)
def test_a_license_that_nothing_confirms_is_refused(shipped: Path, stated: str, said: str) -> None:
    license_line = stated.replace("EVIDENCE", json.dumps(EVIDENCE))
    write_text(shipped, "datasets/one.yaml", f"{BEGINNING}claims: []\nlicense: {license_line}\n")
    assert problems(shipped) == [f"data_catalog/datasets/one.yaml:11: {said}"]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (
            {"Mine": {**TERMS, "spdx": True}},
            "'Mine' is marked spdx: true, but is no id of the SPDX License List; LicenseRef-… with spdx: false would "
            "be right for terms of your own.",
        ),
        ({"Mine": TERMS}, "'Mine' is marked spdx: false; an id such as LicenseRef-My-Terms would be right."),
        (
            {"LicenseRef-Mine": {**TERMS, "commercial_use": True}},
            "LicenseRef-Mine: True (yes or no without quotes) came as commercial use; one of yes, no, unknown would be "
            "right.",
        ),
        ({"LicenseRef-Mine": None}, "LicenseRef-Mine: Nothing came as terms; a mapping with name, spdx, "
         "commercial_use, derivatives, redistribution, attribution, url, basis would be right."),
    ],
)  # fmt: skip
def test_terms_that_are_malformed_are_told(shipped: Path, terms: dict[str, Any], said: str) -> None:
    write_text(shipped, "licenses.yaml", json.dumps(terms))
    assert problems(shipped) == [f"data_catalog/licenses.yaml:1: {said}"]


def test_own_terms_do_not_change_the_shipped_ones(shipped: Path, tmp_path: Path) -> None:
    own = write(tmp_path / "own", dataset("one"))
    write_text(own, "licenses.yaml", yaml.safe_dump({"CC-BY-4.0": {**TERMS, "spdx": True, "commercial_use": "yes"}}))
    assert [line.rpartition(":1: ")[2] for line in problems(shipped, folder=own)] == [
        "CC-BY-4.0 is in the shipped licenses.yaml; its terms stand there."
    ]


def test_relatives_have_to_exist(shipped: Path) -> None:
    relations = [
        {"kind": "subset_of", "of": "two-2"},
        {"kind": "subset_of", "of": "two", "outside": True},
        {"kind": "overlaps", "of": "one"},
        {"kind": "derived_from", "of": "Something in words", "outside": True},
    ]
    write(shipped, dataset("one", relations=relations), dataset("two"))
    write(shipped, model("three", trained_on=["two", "four"]), model("four"), below="models")
    assert [line.split(": ", 1) for line in problems(shipped)] == [
        [
            "data_catalog/datasets/one.yaml:39",
            "No entry 'two-2'. Did you mean 'two'? Write the key of an entry, or add outside: true for a name in "
            "words.",
        ],
        [
            "data_catalog/datasets/one.yaml:41",
            "'two' is the entry 'two' of the catalog; of: two without outside: true would be right.",
        ],
        [
            "data_catalog/datasets/one.yaml:44",
            "An entry stands in a relation to itself; another key would be right.",
        ],
        [
            "data_catalog/models/three.yaml:12",
            "No data set 'four'. Write the key of a data set; name others under training_data.",
        ],
    ]


@pytest.mark.parametrize("said", ["The set two", "the  SET two", "Second\u2013set", "S\u00e9cond-Set", "TWO"])
def test_what_is_an_entry_is_not_outside_by_another_name(shipped: Path, tmp_path: Path, said: str) -> None:
    relation = {"kind": "subset_of", "of": said, "outside": True}
    write(shipped, dataset("two", aliases=["Second-set"]))
    own = write(tmp_path / "own", dataset("one", relations=[relation]))
    told = [line.split(": ", 1)[1] for line in problems(shipped, folder=own)]
    assert told == [f"{said!r} is the entry 'two' of the catalog; of: two without outside: true would be right."]


def test_an_entry_of_your_own_may_be_what_the_shipped_call_outside(shipped: Path, tmp_path: Path) -> None:
    write(shipped, dataset("one", relations=[{"kind": "subset_of", "of": "The set two", "outside": True}]))
    own = write(tmp_path / "own", dataset("two"))
    assert len(read_entries(own, shipped=shipped)) == 2


def test_a_day_of_the_future_is_told_in_a_folder_of_your_own(shipped: Path, tmp_path: Path) -> None:
    late = {**EVIDENCE, "read": "2199-01-01"}
    fields = {"published": "2199", "citation": {"text": "x", "year": "2198"}, "reviewed": "2199-02"}
    made = dataset("one", license={"id": "CC-BY-4.0", "evidence": late}, **fields)
    own = write(tmp_path / "own", made)
    told = [line.split(": ", 1)[1] for line in problems(shipped, folder=own)]
    right = "a day that has been would be right."
    assert told == [
        f"'2199-01-01' came as read; {right}",
        f"'2199' came as published; {right}",
        f"'2198' came as year; {right}",
        f"'2199-02' came as reviewed; {right}",
    ]
    write(shipped, made)  # a wrong clock must not close what is shipped
    assert len(read_entries(shipped=shipped)) == 1


def test_a_relation_to_a_list_is_told(shipped: Path) -> None:
    write(shipped, dataset("one", relations=[{"kind": "subset_of", "of": ["two"]}]), dataset("two"))
    said = "A list came as of of relation 1; text (numbers, yes and no in quotes) would be right."
    assert any(each.endswith(said) for each in problems(shipped))


def test_a_text_that_breaks_off_within_a_day_is_told(shipped: Path) -> None:
    write_text(shipped, "datasets/one.yaml", "key: one\npublished: *day\n")
    assert problems(shipped) == [
        "data_catalog/datasets/one.yaml:2: *day refers to nothing before it. Text in full would be right."
    ]


def test_a_circle_of_parents_is_spelled_out(shipped: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        write(shipped, dataset(one, relations=[{"kind": "derived_from", "of": other}]))
    assert problems(shipped) == [
        "data_catalog/datasets/a.yaml:38: A family goes in a circle: a → b → c → a. Parents that lead to a root would "
        "be right. Turn one of these relations around."
    ]


def test_a_name_finds_one_entry(shipped: Path) -> None:
    write(shipped, dataset("one", aliases=["Lungs", "ONE"]), dataset("two", name="lungs", aliases=["One"]))
    write(shipped, model("one"), below="models")
    assert [line.split(": ", 1)[1] for line in problems(shipped)] == [
        "'lungs' is a name of 'one' too (data_catalog/datasets/one.yaml); a name that finds one entry would be right. "
        "Leave it with one of the two.",
        "'One' is a name of 'one' too (data_catalog/datasets/one.yaml); a name that finds one entry would be right. "
        "Leave it with one of the two.",
        "The key 'one' is taken by data_catalog/datasets/one.yaml; another would be right. Rename one.",
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [("Foo Bar", "\uff26oo Bar"), ("Foo-Bar", "Foo\u2013Bar"), ("Caf\u00e9 set", "Cafe set"), ("Foo  bar", "Foo bar")],
)
def test_names_that_look_the_same_are_the_same(shipped: Path, one: str, two: str) -> None:
    write(shipped, dataset("one", name=one), dataset("two", name=two))
    assert [line.split(": ", 1)[1] for line in problems(shipped)] == [
        f"{two!r} is a name of 'one' too (data_catalog/datasets/one.yaml); a name that finds one entry would be right. "
        "Leave it with one of the two."
    ]


def test_a_row_of_a_guide_belongs_to_one_entry(shipped: Path) -> None:
    row = {"row": "radiology:394", "name": "Lungs"}
    write(shipped, dataset("one", guide_rows=[row]), dataset("two", guide_rows=[row, {**row, "row": "radiology:395"}]))
    assert problems(shipped) == [
        "data_catalog/datasets/two.yaml:38: The guide row radiology:394 is claimed by 'one' already "
        "(data_catalog/datasets/one.yaml); one entry a row would be right. Remove one of the two."
    ]


def test_items_of_the_checklist_have_to_exist(shipped: Path) -> None:
    write_text(shipped, "standing_together.yaml", "items:\n  - {id: purpose}\n  - {id: data_origin}\n")
    answer = {"answer": "yes", "evidence": EVIDENCE}
    write(shipped, dataset("one", standing_together={"purpose": answer, "porpose": answer}))
    assert problems(shipped) == [
        "data_catalog/datasets/one.yaml:41: No item 'porpose' in standing_together.yaml. Did you mean 'purpose'? Write "
        "the id of an item."
    ]


def test_a_key_is_the_name_of_its_file(shipped: Path) -> None:
    write(shipped, dataset("one"))
    (shipped / "datasets" / "one.yaml").rename(shipped / "datasets" / "two.yaml")
    assert problems(shipped) == [
        "data_catalog/datasets/two.yaml:1: The key 'one' is not the name of the file; 'two' would be right, or the "
        "file renamed to one.yaml."
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"claims": [{**CLAIM, "value": True}]},
         "True (yes or no without quotes) came as value of claim 1; a whole number would be right."),
        ({"claims": [{**CLAIM, "value": "1,200"}]}, "'1,200' came as value of claim 1; a whole number would be right."),
        ({"claims": [{**CLAIM, "value": -1}]}, "The number -1 came as value of claim 1; 0 or more would be right."),
        ({"claims": [{**CLAIM, "value": 0.5}]},
         "The number 0.5 came as value of claim 1; a whole number would be right."),
        ({"claims": [{**CLAIM, "value": 2**53}]}, "The number 9007199254740992 came as value of claim 1; at most "
         "9,007,199,254,740,991 would be right."),
        ({"claims": [{**CLAIM, "value": 1.0e300}]},
         "The number 1e+300 came as value of claim 1; at most 9,007,199,254,740,991 would be right."),
        ({"license": {"id": "CC-BY-4.0", "evidence": {**EVIDENCE, "words": " \u00a0 "}}},
         "Only spaces came as words of evidence of license; text of 2 to 400 characters would be right."),
        ({"name": " "}, "Only spaces came as name; text (numbers, yes and no in quotes) would be right."),
        ({"published": "\u0662\u0660\u0662\u0660"}, "'\u0662\u0660\u0662\u0660' came as published; a date such as "
         "2021, 2021-03 or 2021-03-18 would be right."),
        ({"published": "2020\n"}, r"'2020\n' came as published; a date such as 2021, 2021-03 or 2021-03-18 would be "
         "right."),
        ({"claims": [7]}, "The number 7 came as claim 1; a mapping with quantity, value, qualifier, source, where, "
         "words, verdict would be right."),
        ({"claims": [{**CLAIM, "verdict": "differs"}]}, "'checked_against' is missing from claim 1; a claim that "
         "agrees or differs says with what it was compared."),
        ({"summary": "Short."}, "Summary has 6 characters; text of 30 to 700 characters would be right."),
        ({"name": ""}, "Name has 0 characters; text (numbers, yes and no in quotes) would be right."),
        ({"modality": []}, "Modality holds 0; 1 or more would be right."),
        ({"modality": ["CT", "CT"]}, "'CT' stands twice in modality; once would be right."),
        ({"tasks": "segmentation"}, "'segmentation' came as tasks; a list of one or more would be right."),
        ({"access": None}, "Nothing came as access; a mapping with kind would be right."),
        ({"url": "example.org"}, "'example.org' came as url; an address that begins with https:// would be right."),
        ({"doi": "https://doi.org/10.1/x"}, "'https://doi.org/10.1/x' came as doi; a DOI without address, such as "
         "10.7937/K9/TCIA.2015.LO9QL9SX, would be right."),
        ({"published": 2017}, "The number 2017 came as published; a date such as 2021, 2021-03 or 2021-03-18 would be "
         "right."),
        ({"citation": {"text": "x", "year": 2017}}, "The number 2017 came as year of citation; four digits in quotes, "
         'such as "2017", would be right.'),
        ({"citation": {"text": "x", "authors": [["Nobody"]]}}, "Author 1 of citation holds 1; 2 would be right."),
        ({"idc": {"relation": "same", "collections": ["LIDC"]}}, "'LIDC' came as collections 1 of idc; ids of "
         "collections, such as lidc_idri, would be right."),
        ({"demographics": {"age": "maybe", "sex": "no", "race": "no", "ethnicity": "no"}},
         "No answer 'maybe' as age of demographics. Valid: yes, partly, no, unknown."),
    ],
)  # fmt: skip
def test_the_form_of_a_field_is_told_in_words(fields: dict[str, Any], said: str) -> None:
    assert [told for _, told in form_problems(dataset("one", **fields), SCHEMA, "dataset")] == [said]
