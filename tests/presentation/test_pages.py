"""The pages are a list in a file; what draws each is there, and a further one joins by one line."""

import json
import re

import pytest

from workbench.assets import asset_path
from workbench.presentation.frontend import house_script, own_script, whole_script, whole_style
from workbench.presentation.pages import GALLERY, GLOSSARY, list_pages, pages_beside

ENTRIES = {**list_pages(), GALLERY.key: GALLERY, GLOSSARY.key: GLOSSARY}


def test_the_order_of_the_file_is_that_of_the_navigation():
    assert list(list_pages()) == ["overview", "census", "cohorts", "data_catalog"]
    lines = asset_path("dashboards", "pages.toml").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) == len(list_pages())


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_what_a_page_names_is_there(entry):
    assert entry.title
    assert entry.question.endswith("?")
    script = own_script(entry)
    assert script.count("\nexport ") == 1, "a page exports once"
    assert script.rstrip().endswith("export default { render };")
    assert not re.search(r"^import\b", whole_script(entry), re.MULTILINE)
    assert "url(" not in whole_style(entry)
    if entry.notebook:
        assert asset_path("dashboards", entry.notebook).is_file()


def test_no_name_of_the_house_meets_one_of_a_page():
    def names(text: str) -> set[str]:
        found = re.findall(
            r"^(?:async )?(?:function|const|let|class) (?:(\w+)|\{([^}]*)\}|\[([^\]]*)\])", text, re.MULTILINE
        )
        return {each.strip() for parts in found for part in parts for each in part.split(",") if each.strip()}

    house = names(house_script())
    assert {"shell", "make", "hashState"} <= house
    assert [(key, name) for key, entry in ENTRIES.items() for name in house & names(own_script(entry))] == []


def test_a_page_alone_has_nothing_beside_it_and_the_server_names_what_is(monkeypatch):
    monkeypatch.delenv("WORKBENCH_PAGES", raising=False)
    assert pages_beside() == {"pages": [], "home": ""}
    census = {"key": "census", "title": "Census", "address": "census", "live": True}
    monkeypatch.setenv("WORKBENCH_PAGES", json.dumps({"home": "../", "pages": [census]}))
    glossary = {"key": "glossary", "title": "Glossary", "address": "../glossary.html", "live": False}
    assert pages_beside() == {"home": "../", "pages": [census, glossary]}
    told = {"home": "../", "pages": [census, glossary | {"address": "elsewhere.html"}]}
    monkeypatch.setenv("WORKBENCH_PAGES", json.dumps(told))
    assert pages_beside() == told
