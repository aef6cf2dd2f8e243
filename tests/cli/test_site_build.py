"""``workbench site build``: the public pages as HTML, from numbers that are written or counted anew."""

import pytest

from tests.presentation.site.small_site import write_small
from workbench.presentation import aggregates


def test_written_numbers_become_pages(done, tmp_path):
    write_small(tmp_path / "pages")
    said = done("site", "build", "--aggregates", "pages", "--out", "public", "--base", "/commons/")
    assert said == f"Pages: public\nOpen: {(tmp_path / 'public' / 'index.html').as_uri()}\n"
    assert '<a href="/commons/">' in (tmp_path / "public" / "404.html").read_text(encoding="utf-8")


def test_without_written_numbers_those_of_the_source_are_counted(done, tmp_path, monkeypatch):
    counted = []

    def cached(publication):
        counted.append(publication.catalog.repository.key)
        return write_small(tmp_path / "pages")

    monkeypatch.setattr(aggregates, "cached_aggregates", cached)
    done("site", "build", "--source", "synthetic:100", "--out", "public")
    assert counted == ["synthetic:100"]
    assert (tmp_path / "public" / "census.html").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            (),
            "site build came without --out. A folder for the pages would be right. Add for instance: --out public",
        ),
        (
            ("--out", "public", "--aggregates", "pages", "--source", "idc"),
            "--aggregates came with words about the source, whose numbers are written already. One of the two would be "
            "right. To count anew, leave --aggregates out",
        ),
    ],
)
def test_words_that_are_off_are_told(fails, words, message):
    assert fails("site", "build", *words) == message


def test_a_folder_with_other_files_is_left_alone(fails, tmp_path):
    write_small(tmp_path / "pages")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "thesis.txt").write_text("mine")
    said = fails("site", "build", "--aggregates", "pages", "--out", "public", exit_code=1)
    assert "holds other files: thesis.txt." in said
    assert [path.name for path in (tmp_path / "public").iterdir()] == ["thesis.txt"]
