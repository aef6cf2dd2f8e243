"""``workbench site aggregates``: one file a public page, of a controlled source suppressed with the release before."""

import json

import pytest

from workbench.catalog.commons import open_catalog
from workbench.catalog.registry import datasets
from workbench.cli import main
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation import aggregates, demo
from workbench.presentation.manifest import PAGE_SCHEMA, write_pages
from workbench.presentation.publication import publish
from workbench.presentation.site import building


@pytest.fixture
def main_says(capsys):
    """Run words, and return what is said on the side."""

    def run(*words):
        assert main(words) == 0
        return capsys.readouterr().err

    return run


@pytest.fixture
def light(monkeypatch):
    """Build small pages at once, and return the publications that they were built from."""
    seen = []

    def page(name):
        return lambda publication: seen.append(publication) or {"title": name, "groups": [], "figures": []}

    def build(named):
        key = named.partition(":")[2].removesuffix("_page")
        entries = lambda publication: {"names": [each.name for each in datasets(publication.own)]}  # noqa: E731 - one line
        return {"cohorts": lambda _: None, "data_catalog": entries}.get(key, page(key))

    monkeypatch.setattr(aggregates, "_builder", build)
    return seen


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    root = tmp_path_factory.mktemp("exports")
    return [write_gen3_export(root / str(n), n_patients=n) for n in (20, 24)]


def test_the_pages_of_a_source_are_written_with_their_list(done, exports, tmp_path, light):
    folder = str(tmp_path / "pages")
    assert done("site", "aggregates", "--source", str(exports[0]), "--out", folder).splitlines()[-1].endswith(folder)
    manifest = json.loads((tmp_path / "pages" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["pages"]) == ["overview", "census", "data_catalog"]
    assert manifest["source"]["name"] == "Gen3 export"
    assert (manifest["source"]["disclosure"], manifest["identity"]["name"]) == ("controlled", "")


def test_a_file_says_whose_pages_they_are_and_where_the_source_lies(done, exports, tmp_path, light):
    commons = exports[0].parent / "commons.toml"
    commons.write_text(f'name = "Harbor"\nsource = "{exports[0].name}"\nrefresh_days = 9\n', encoding="utf-8")
    done("site", "aggregates", "--commons", str(commons), "--out", str(tmp_path / "pages"))
    manifest = json.loads((tmp_path / "pages" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["source"]["name"], manifest["identity"]["name"]) == ("Harbor", "Harbor")
    assert manifest["good_until"]
    assert light[-1].catalog.repository.key == "gen3"
    done(
        "site", "aggregates", "--commons", str(commons), "--source", "synthetic:100", "--out", str(tmp_path / "others")
    )
    assert light[-1].catalog.repository.key == "synthetic:100"  # what is typed wins
    assert light[-1].identity.name == "Harbor"


def test_entries_of_ones_own_stand_on_the_page(done, fails, exports, tmp_path, monkeypatch, light):
    own = str(tmp_path / "mine")
    done("datasets", "add", "--name", "Scans of ours", "--modality", "CT", "--task", "detection", "--to", own)
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


@pytest.mark.parametrize(("word", "shown"), [("--own", "FOLDER"), ("--commons", "FILE")])
def test_what_was_written_already_is_not_told_whose_it_is(fails, tmp_path, word, shown):
    assert fails("serve", word, str(tmp_path), "--aggregates", str(tmp_path)) == (
        f"{word} came with --aggregates, which are written already. One of the two would be right. Write pages with "
        f"it: workbench site aggregates {word} {shown} --out PAGES; workbench serve --aggregates PAGES"
    )


def test_an_earlier_release_without_a_folder_to_write_is_refused(fails, exports, tmp_path):
    assert fails("site", "aggregates", "--source", str(exports[0]), "--earlier", str(tmp_path)) == (
        "--earlier came without --out. A release that is suppressed with the one before is written into a "
        "folder of its own, which the next release needs. Add for instance: --out pages"
    )


def test_the_pages_of_a_commons_are_suppressed_with_those_that_its_file_names(done, fails, exports, tmp_path, light):
    commons, before = exports[0].parent / "second.toml", exports[0].parent / "before"
    before.mkdir()
    packed = {"categories": {"sex": ["Male"]}, "tables": [{"by": ["sex"], "n_total": 20, "steps": [0], "n": [20]}]}
    page = {"title": "x", "groups": [], "figures": [], "published": packed, "earlier": [], "suppressed": True}
    write_pages(before, {"cohorts": {"schema": PAGE_SCHEMA, **page}}, source={}, identity={})
    commons.write_text(f'name = "Harbor"\nsource = "{exports[0].name}"\nearlier = "before"\n', encoding="utf-8")
    words = ("site", "aggregates", "--commons", str(commons))
    done(*words, "--out", str(tmp_path / "pages"))
    assert [[table.n_total for table in release] for release in light[-1].earlier] == [[20]]
    done(*words, "--source", str(exports[1]), "--out", str(tmp_path / "others"))
    assert light[-1].earlier == ()  # another source has not published that
    assert fails(*words, "--out", str(before)) == (
        f"--out {before} is the folder of the earlier release, whose pages reports and the next release need as they "
        "are. Another folder would be right. Name one with --out."
    )


def published(folder, *, source, n=20):
    packed = {"categories": {"sex": ["Male"]}, "tables": [{"by": ["sex"], "n_total": n, "steps": [0], "n": [n]}]}
    page = {"title": "x", "groups": [], "figures": [], "published": packed, "earlier": [], "suppressed": True}
    folder.mkdir(parents=True)
    manifest = {"name": source, "version": "", "disclosure": "controlled"}
    write_pages(folder, {"cohorts": {"schema": PAGE_SCHEMA, **page}}, source=manifest, identity={})


def test_a_folder_that_is_written_again_is_the_earlier_release(main_says, exports, tmp_path, light):
    name = publish(open_catalog(str(exports[0]))).catalog.repository.name
    first = (
        f"Taken as the first release of {name}. If it published another, give the folder of its "
        "numbers, or small counts can be derived from both: --earlier FOLDER"
    )
    for source, n_earlier in ((name, 1), ("Another", 0)):
        published(tmp_path / str(n_earlier), source=source)
        said = main_says("site", "aggregates", "--source", str(exports[0]), "--out", str(tmp_path / str(n_earlier)))
        assert len(light[-1].earlier) == n_earlier
        assert (first in said) == (not n_earlier)


def test_pages_and_server_take_the_earlier_release(main_says, exports, tmp_path, monkeypatch, light):
    published(tmp_path / "before", source="Gen3 export")
    monkeypatch.setattr(demo, "serve", lambda *_, **__: 0)
    monkeypatch.setattr(building, "build_site", lambda *_, **__: tmp_path)
    for words in (("serve",), ("site", "build", "--out", str(tmp_path / "public"))):
        monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / words[0]))
        for more, n_earlier in ((["--earlier", str(tmp_path / "before")], 1), ([], 0)):
            said = main_says(*words, "--source", str(exports[0]), *more)
            assert len(light[-1].earlier) == n_earlier
            assert ("Taken as the first release" in said) == (not n_earlier)


def test_an_earlier_release_of_an_open_source_is_refused(fails, tmp_path):
    words = ("site", "aggregates", "--source", "synthetic:200", "--earlier", str(tmp_path), "--out", str(tmp_path))
    said = fails(*words, exit_code=1).splitlines()[-1]
    assert said.endswith(
        "An earlier release came with Synthetic commons of 200 patients, whose counts are shown exactly: there is "
        "nothing to suppress with it. A controlled source would be right. Leave the earlier release out."
    )
