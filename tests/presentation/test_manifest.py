"""The list of a folder of pages: what it names can be checked, and says until when it is good."""

import datetime as dt
import hashlib
import json

from workbench.presentation.manifest import write_pages

PAGES = {"overview": {"title": "Größe", "n": 1}, "census": {"title": "B"}}


def listed(folder, **more):
    folder.mkdir()
    path = write_pages(folder, PAGES, source={"name": "A", "version": "1"}, identity={"name": "Harbor"}, **more)
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_list_names_every_file_with_its_sum(tmp_path):
    manifest = listed(tmp_path / "a")
    assert list(manifest) == ["schema", "created", "package", "identity", "source", "good_until", "pages", "seal"]
    assert (manifest["schema"], manifest["identity"], manifest["good_until"]) == (
        "workbench-site/1", {"name": "Harbor"}, None,
    )  # fmt: skip
    assert list(manifest["pages"]) == ["overview", "census"]  # the order of the navigation
    for page in manifest["pages"].values():
        content = (tmp_path / "a" / page["file"]).read_bytes()
        assert (page["sha256"], page["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))


def test_two_runs_write_the_same_but_for_the_stamp(tmp_path):
    first, second = listed(tmp_path / "a"), listed(tmp_path / "b")
    assert {**first, "created": "", "seal": ""} == {**second, "created": "", "seal": ""}


def test_numbers_are_good_for_as_many_days_as_was_promised(tmp_path):
    manifest = listed(tmp_path / "a", refresh_days=30)
    made = dt.datetime.fromisoformat(manifest["created"]).date()
    assert dt.date.fromisoformat(manifest["good_until"]) - made == dt.timedelta(days=30)
