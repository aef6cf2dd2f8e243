"""Pipelines are data: read, checked, hashed and told in words."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import UnknownNameError
from workbench.imaging.preprocessing.pipelines import pipeline_names, pipeline_table, read_pipeline
from workbench.imaging.preprocessing.steps import STEPS, read_step

_MINE = {"name": "mine", "version": 1, "steps": [{"window": {"low": -1000, "high": 400, "units": "HU"}}]}


@pytest.mark.parametrize("name", pipeline_names())
def test_each_shipped_pipeline_names_its_source_and_explains_every_step(name: str) -> None:
    pipeline = read_pipeline(name)
    assert pipeline.name == name
    assert pipeline.source
    lines = pipeline.explain().splitlines()
    numbered = [line for line in lines if re.match(r"\d+\. ", line)]
    assert len(numbered) == len(pipeline.steps)
    assert all(line.endswith(".") for line in numbered)
    assert not re.search(r"[{_]|\b(None|nan)\b", " ".join(numbered))


@pytest.mark.parametrize("name", STEPS)
def test_each_step_can_be_told(name: str) -> None:
    given = {
        "window": {"low": 0, "high": 1, "units": "0 to 1", "invert": True},
        "clip": {"low": 0, "high": 1, "units": "HU"},
        "standardize": {"mean": 0, "deviation": 1, "units": "HU"},
        "scale_to": {"low": -1, "high": 1},
        "cast": {"to": "uint8"},
        "crop": {"shape": [4, None]},
        "pad": {"shape": [4, 4]},
        "resize": {"shape": [4, 4]},
        "resample": {"spacing_mm": [1, None]},
        "percentile_window": {"lower": 1, "upper": 99},
        "percentile_clip": {"lower": 1, "upper": 99},
        "match_histogram": {"reference": "one.npy"},
    }.get(name, {})
    sentence = read_step({name: given} if given else name).sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_chest_ct_is_told_in_a_radiologist_s_words() -> None:
    assert read_pipeline("chest_ct").explain().splitlines()[1:4] == [
        "1. Axes are swapped or turned around, without interpolation, so that columns run towards the left, rows "
        "towards "
        "the back and slices towards the head of the patient (LPS).",
        "2. Voxels become 1 × 1 × 1 mm in size, or as near as whole ones over the same part of the patient can be, "
        "which the result states; values between pixels are interpolated linearly.",
        "3. Values below −1000 HU become 0 and values above 400 HU become 1; between them the scale is even.",
    ]


def test_the_hash_depends_on_what_decides_the_result_and_on_nothing_else() -> None:
    one = read_pipeline(_MINE)
    defaults = {"window": {"units": "HU", "low": -1000, "high": 400, "invert": False, "to": "float32"}}
    assert read_pipeline({**_MINE, "steps": [defaults], "purpose": "another", "source": ["a paper"]}).hash == one.hash
    assert read_pipeline({**_MINE, "version": 2}).hash != one.hash
    changed = [{"window": {"low": -1000, "high": 300, "units": "HU"}}]
    assert read_pipeline({**_MINE, "steps": changed}).hash != one.hash
    assert re.fullmatch(r"[0-9a-f]{64}", one.hash)


def test_a_pipeline_shows_itself_in_a_line_and_prints_in_words() -> None:
    pipeline = read_pipeline(_MINE)
    assert repr(pipeline) == f"Pipeline(mine 1, 1 steps, sha256 {pipeline.hash[:8]}…)"
    assert str(pipeline) == pipeline.explain()


def test_a_file_of_your_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nversion: 1\nsteps:\n  - window: {low: -1000, high: 400, units: HU}\n")
    assert read_pipeline(file).hash == read_pipeline(_MINE).hash
    assert read_pipeline(str(file)).name == "mine"
    assert read_pipeline(read_pipeline(file)).name == "mine"


def test_the_table_has_a_row_for_each() -> None:
    table = pipeline_table()
    assert table["pipeline"].to_list() == pipeline_names()
    assert table.filter(table["pipeline"] == "display")["modalities"].item() == "any"


def _endless() -> list[Any]:
    """Return a list that, written out, has 9¹² items."""
    items: list[Any] = ["x"] * 9
    for _ in range(11):
        items = [items] * 9
    return items


_ENDLESS = _endless()


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        (
            {"steps": [{"windw": {}}]},
            UnknownNameError,
            "No step 'windw' in the steps of preprocessing. Did you mean 'window'",
        ),
        (
            {"steps": [{"resample": {"spacing_cm": [1, 1, 1]}}]},
            UnknownNameError,
            "No parameter 'spacing_cm' in the step resample. Did you mean 'spacing_mm'? Valid: spacing_mm, method. "
            "Correct the pipeline.",
        ),
        (
            {"steps": [{"window": {"low": 0, "high": 1, "units": "hu"}}]},
            UnknownNameError,
            "No units 'hu' in the units that steps know. Did you mean 'HU'?",
        ),
        (
            {"steps": [{"resize": {"shape": [1, 1], "method": "cubik"}}]},
            UnknownNameError,
            "No method 'cubik' in the step resize. Did you mean 'cubic'? Valid: area, linear, cubic, nearest. "
            "Correct the "
            "pipeline.",
        ),
        (
            {"steps": [{"window": {"low": 0, "high": 1}}]},
            ValueError,
            "The step window came without units. Units, such as HU, would be right. Add 'units: …' to the step.",
        ),
        (
            {"steps": [{"window": {"low": 400, "high": -1000, "units": "HU"}}]},
            ValueError,
            "The step window came with low 400 and high -1000. A low below the high would be right. Exchange them.",
        ),
        (
            {"steps": [{"percentile_window": {"lower": -1, "upper": 99}}]},
            ValueError,
            "The step percentile_window came with lower: -1. A number from 0 to 100 would be right. Correct the "
            "pipeline.",
        ),
        (
            {"steps": [{"resample": {"spacing_mm": [0, 1, 1]}}]},
            ValueError,
            "The step resample came with spacing_mm: [0, 1, 1]. A list of numbers from 0.001 to 1000, one for each "
            "axis of "
            "space would be right. Correct the pipeline.",
        ),
        (
            {"steps": [{"orient": {"to": "LRS"}}]},
            ValueError,
            "The step orient came with to: 'LRS'. Three letters, one each of L or R, P or A, S or I, such as LPS, "
            "would be "
            "right. Correct the pipeline.",
        ),
        (
            {"steps": [["window", "crop"]]},
            ValueError,
            "Received the step ['window', 'crop']. A name with its parameters would be right. Write for instance '- "
            "window: {low: -1000, high: 400, units: HU}'.",
        ),
        (
            {"step": []},
            UnknownNameError,
            "No field 'step' in a pipeline. Did you mean 'steps'?",
        ),
        (
            {"images": ["volumes"]},
            UnknownNameError,
            "No kind of image 'volumes' in images of a pipeline. Did you mean 'volume'? Valid: volume, radiograph, "
            "cine. "
            "Correct it.",
        ),
        (
            {"steps": "window"},
            ValueError,
            "Received steps: 'window'. A list would be right. Begin each step with a dash.",
        ),
        (
            {"steps": []},
            ValueError,
            "Received a pipeline of {'name': 'mine', 'version': 1, 'steps': []}. A name, a version and steps would "
            "be right. "
            "Write for instance {'name': 'mine', 'version': 1, 'steps': ['to_gray']}.",
        ),
        (
            {"steps": [{"percentile_window": {"lower": 99, "upper": 1}}]},
            ValueError,
            "The step percentile_window came with lower 99 and upper 1. A lower below the upper would be right. "
            "Exchange them.",
        ),
        (
            {"steps": [{"window": {"low": 0, "high": 10**400, "units": "HU"}}]},
            ValueError,
            "The step window came with high: a number of hundreds of digits. A number would be right. Correct the "
            "pipeline.",
        ),
        (
            {"steps": [{"clip": {"low": 0, "high": 1, "units": ["HU"]}}]},
            UnknownNameError,
            "No units \"['HU']\" in the units that steps know.",
        ),
        (
            {"modalities": {"CT": 5}},
            ValueError,
            "Received modalities: {'CT': 5}. A text would be right. Put it in quotation marks, or correct it.",
        ),
        (
            {"steps": [{"scale_to": {"low": 0, "high": 1}}, _ENDLESS]},
            ValueError,
            "Received the step [[[…, …, …, …, …], […, …, …, …, …], […, …, …, …, …]",
        ),
        (
            {"name": _ENDLESS},
            ValueError,
            "Received name: [[[…, …, …, …, …], […, …, …, …, …], […, …, …, …, …]",
        ),
    ],
)
def test_what_is_wrong_with_a_pipeline_is_said(changes: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as error:
        read_pipeline({**_MINE, **changes})
    assert str(error.value).startswith(message)


def test_an_unknown_name_a_missing_file_and_a_broken_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as unknown:
        read_pipeline("chest_tc")
    assert str(unknown.value).startswith("No pipeline 'chest_tc' in the shipped pipelines. Did you mean 'chest_ct'")
    assert str(unknown.value).endswith("For one of your own give a .yaml file.")
    with pytest.raises(FileNotFoundError) as missing:
        read_pipeline(tmp_path / "none.yaml")
    assert str(missing.value) == (
        "There is no file 'none.yaml'. A YAML file with a pipeline would be right. Check the path, or take a shipped "
        "one: "
        "workbench preprocess --list"
    )
    (tmp_path / "broken.yaml").write_text("name: mine\nsteps: [\n")
    with pytest.raises(ValueError, match="would be right") as broken:
        read_pipeline(tmp_path / "broken.yaml")
    assert str(broken.value) == (
        "'broken.yaml' is no readable YAML (line 3). A name, a version and steps would be right. Compare with a "
        "shipped "
        "one: workbench preprocess --explain --pipeline chest_ct"
    )


@pytest.mark.parametrize("text", ["[" * 20_000, f"name: {'9' * 5000}", "{[a]: b}"])
def test_a_file_that_no_reader_gets_through_is_no_readable_yaml(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"'deep\.yaml' is no readable YAML"):
        read_pipeline(tmp_path / "deep.yaml")


def test_a_file_whose_parts_refer_to_one_another_is_refused(tmp_path: Path) -> None:
    bomb = "\n".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghi"))
    (tmp_path / "bomb.yaml").write_text(f"a: &a [x]\n{bomb}\nname: *i\nversion: 1\nsteps: [to_gray]\n")
    with pytest.raises(ValueError, match="refers") as error:
        read_pipeline(tmp_path / "bomb.yaml")
    assert str(error.value) == (
        "A pipeline refers to its own parts (*name). Steps that are written out would be right. Write each value where "
        "it stands."
    )


def test_one_modality_needs_no_list() -> None:
    assert read_pipeline({**_MINE, "modalities": "CT"}).modalities == ("CT",)
