"""The static twin: the same numbers as the aggregates, light, asking nobody, whole or not at all."""

import gzip
import json
import re
from html.parser import HTMLParser

import pytest

from tests.presentation.site.small_site import HARM, write_small
from workbench.presentation.page import PageProblem, load_page
from workbench.presentation.pages import list_pages
from workbench.presentation.site import building
from workbench.presentation.site.building import build_site
from workbench.presentation.site.checks import MOST_BYTES, find_problems, weight_of


def content_of(site, key):
    (file,) = (site / "assets").glob(f"{key}-numbers-*.js")
    found = re.fullmatch(r'staticContent\("(\w+)", (.*)\);\n', file.read_text(encoding="utf-8"), re.DOTALL)
    assert found[1] == key
    return json.loads(found[2])


def bytes_of(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def shown_by(file):
    """Return the texts of an HTML file and the names of its elements, as a browser reads them."""
    texts, tags = [], []
    parser = HTMLParser()
    parser.handle_data = texts.append
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(file.read_text(encoding="utf-8"))
    return " ".join(texts), tags


def test_every_page_of_the_aggregates_stands_in_the_site_with_the_same_content(site, aggregates):
    keys = [key for key in list_pages() if (aggregates / f"{key}.json").is_file()]
    assert {"overview", "census", "data_catalog"} <= set(keys)
    for key in keys:
        page, twin = load_page(aggregates, name=key), content_of(site, key)
        added = {"identity", "pages", "home", "key"}
        assert {name: twin[name] for name in twin if name not in added} == {
            name: page[name] for name in page if name not in added
        }
        assert [each["address"] for each in twin["pages"]] == [f"{name}.html" for name in (*keys, "glossary")]
    assert all((site / f"{name}.html").is_file() for name in (*keys, "index", "glossary", "embed", "404"))


def test_every_headline_number_is_in_the_html_itself(site, aggregates):
    for key in ("overview", "census"):
        text, tags = shown_by(site / f"{key}.html")
        told = " ".join(text.split())
        tiles = [tile for group in load_page(aggregates, name=key)["groups"] for tile in group["tiles"]]
        assert tiles
        assert all(" ".join(tile["text"].split()) in told for tile in tiles)
        assert sum(tag == "svg" for tag, _ in tags) == 2  # the first chart, for a wide page and for a phone


def test_every_page_is_light_and_asks_nobody(site):
    assert find_problems(site) == []
    weights = {page.name: weight_of(page) for page in site.glob("*.html")}
    assert max(weights.values()) <= MOST_BYTES, weights


def test_every_compressed_twin_unpacks_to_its_file(site):
    packed = list(site.rglob("*.gz"))
    assert any(file.name.startswith("vega-") for file in packed)
    for file in packed:
        assert gzip.decompress(file.read_bytes()) == file.with_suffix("").read_bytes()


def test_the_same_aggregates_give_the_same_bytes_and_a_new_build_replaces_the_old(tmp_path):
    pages = write_small(tmp_path / "pages")
    first = bytes_of(build_site(pages, tmp_path / "public"))
    write_small(tmp_path / "pages", subtitle="Something else")
    second = bytes_of(build_site(pages, tmp_path / "public"))
    assert set(first) != set(second)  # the numbers of the census have another name
    write_small(tmp_path / "pages")
    assert bytes_of(build_site(pages, tmp_path / "public")) == first


def test_a_build_that_fails_leaves_the_former_site_as_it_was(tmp_path, monkeypatch):
    pages = write_small(tmp_path / "pages")
    before = bytes_of(build_site(pages, tmp_path / "public"))
    monkeypatch.setattr(building, "find_problems", lambda *_, **__: ["census.html holds a handler."])
    with pytest.raises(ValueError, match="holds a handler"):
        build_site(pages, tmp_path / "public")
    assert bytes_of(tmp_path / "public") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pages", "public"]


def test_a_page_that_is_too_heavy_is_refused(tmp_path):
    pages = write_small(tmp_path / "pages", provenance={"long": "x" * 2_200_000})
    with pytest.raises(ValueError, match="weighs") as refused:
        build_site(pages, tmp_path / "public")
    weight = re.search(r"[\d.]+ MB", str(refused.value))[0]
    assert str(refused.value) == (
        f"The site was not written: census.html weighs {weight} with what it loads, more than 3 MB. embed.html weighs "
        f"{weight} with what it loads, more than 3 MB. Every page has to be light, and to ask nobody. A smaller logo, "
        "or fewer entries of your own, makes a page lighter."
    )
    assert not (tmp_path / "public").exists()


def test_a_folder_without_aggregates_is_told(tmp_path):
    with pytest.raises(PageProblem) as refused:
        build_site(tmp_path / "nothing", tmp_path / "public")
    assert str(refused.value) == (
        f"No manifest.json in {str(tmp_path / 'nothing')!r}. A folder of aggregates has one. "
        f"Write it: workbench site aggregates --out {tmp_path / 'nothing'}"
    )


def test_numbers_that_were_changed_are_not_built(tmp_path):
    pages = write_small(tmp_path / "pages")
    (pages / "census.json").write_text("{}")
    with pytest.raises(PageProblem) as refused:
        build_site(pages, tmp_path / "public")
    assert refused.value.kind == "tampered"
    assert not (tmp_path / "public").exists()


def test_harmful_texts_are_shown_as_texts(small):
    for name in ("overview.html", "census.html", "index.html", "404.html", "glossary.html"):
        _, tags = shown_by(small / name)
        assert all(attributes.get("src") for tag, attributes in tags if tag == "script")
        assert not [
            tag for tag, attributes in tags if tag == "img" or any(each.startswith("on") for each in attributes)
        ]
    assert HARM in shown_by(small / "census.html")[0]


def test_a_site_before_live_pages_leads_to_them(tmp_path):
    site = build_site(write_small(tmp_path / "pages"), tmp_path / "public", explore="explore/", base="/commons/")
    assert content_of(site, "gallery")["explore"] == "explore/"
    assert '<a href="/commons/">' in (site / "404.html").read_text()
    assert "Disallow: /commons/explore/" in (site / "robots.txt").read_text()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.html", "<script>1</script>", "a.html holds a script of its own."),
        ("a.html", '<p class="x" onclick="f()">', "a.html holds a handler."),
        ("a.html", '<script src="https://c.example/x">', "a.html loads 'https://c.example/x' from elsewhere."),
        ("a.html", '<link rel="stylesheet" href="//c.example/x">', "a.html loads '//c.example/x' from elsewhere."),
        ("a.html", '<img src="logo.png">', "a.html loads 'logo.png', which is not there."),
        ("a.html", '<a href="lost.html#x">', "a.html links to 'lost.html#x', which is not there."),
        ("a.css", "@import 'x.css';", "a.css loads from elsewhere."),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(tmp_path, name, text, problem):
    (tmp_path / name).write_text(text)
    assert find_problems(tmp_path) == [problem]


@pytest.mark.parametrize("base", ["lake", "https://x.org/l a ke", '/"/'])
def test_a_base_that_is_no_path_of_a_host_is_told(tmp_path, base):
    with pytest.raises(ValueError, match="--base") as error:
        build_site(write_small(tmp_path / "pages"), tmp_path / "site", base=base)
    assert str(error.value) == (
        f"--base {base} came. A path from the root of the host would be right, without spaces, such as /lake/ or "
        "https://example.org/lake/. Correct it, or leave it out where the site stands at the root."
    )
    assert not (tmp_path / "site").exists()
