"""``workbench site aggregates``: one file a public page, of a controlled source suppressed with the release before."""

import json

import pytest

from workbench.phantoms.commons import write_gen3_export
from workbench.presentation import aggregates, demo


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    root = tmp_path_factory.mktemp("exports")
    return [write_gen3_export(root / str(n), n_patients=n) for n in (300, 303)]


def test_a_controlled_source_gives_the_census_alone_and_the_next_carries_the_one_before(done, exports, tmp_path):
    first, second = (str(tmp_path / name) for name in ("first", "second"))
    assert done("site", "aggregates", "--source", str(exports[0]), "--out", first).splitlines()[-1].endswith(first)
    done("site", "aggregates", "--source", str(exports[1]), "--earlier", first, "--out", second)
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == ["census.json", "data_catalog.json"]
    page = json.loads((tmp_path / "second" / "census.json").read_text(encoding="utf-8"))
    assert page["published"][0] == json.loads((tmp_path / "first" / "census.json").read_text("utf-8"))["published"][0]
    assert len(page["published"]) == 2


def test_entries_of_ones_own_stand_on_the_page(done, fails, exports, tmp_path, monkeypatch):
    own = str(tmp_path / "mine")
    done("datasets", "add", "--name", "Scans of ours", "--modality", "CT", "--task", "detection", "--to", own)
    monkeypatch.setattr(aggregates, "catalog_page", lambda catalog: {"names": [each.name for each in catalog]})
    monkeypatch.setattr(aggregates, "census_page", lambda *_, **__: {})
    pages = tmp_path / "pages"
    done("site", "aggregates", "--source", str(exports[0]), "--own", own, "--out", str(pages))
    assert "Scans of ours" in (pages / "data_catalog.json").read_text("utf-8")
    served = []
    monkeypatch.setattr(demo, "serve", lambda folder, **_: served.append(folder) or 0)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    for words in (["--own", own], []):
        done("serve", "--source", str(exports[0]), *words)
    told = ["Scans of ours" in (folder / "data_catalog.json").read_text("utf-8") for folder in served]
    assert told == [True, False]
    assert fails("serve", "--own", own, "--aggregates", str(pages)) == (
        "--own came with --aggregates, which are written already. One of the two would be right. Write pages with your "
        "entries: workbench site aggregates --own FOLDER --out PAGES; workbench serve --aggregates PAGES"
    )


def test_an_earlier_release_without_a_folder_to_write_is_refused(fails, exports, tmp_path):
    assert fails("site", "aggregates", "--source", str(exports[0]), "--earlier", str(tmp_path)) == (
        "--earlier came without --out. A release that is suppressed with the one before is written into a "
        "folder of its own, which the next release needs. Add for instance: --out pages"
    )


def test_an_earlier_release_of_an_open_source_is_refused(fails, tmp_path):
    words = ("site", "aggregates", "--source", "synthetic:200", "--earlier", str(tmp_path), "--out", str(tmp_path))
    said = fails(*words, exit_code=1).splitlines()[-1]
    assert said.endswith(
        "An earlier release came with Synthetic commons of 200 patients, whose counts are shown exactly: there is "
        "nothing to suppress with it. A controlled source would be right. Leave the earlier release out."
    )
