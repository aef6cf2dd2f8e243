"""What a page writes into a CSV: numbers as they are, and no text that a spreadsheet would take for a formula."""

import re
from pathlib import Path

import pytest

from workbench.presentation import page

pytestmark = [pytest.mark.browser]

TABLE = {"columns": ["name", "n"], "rows": [['=HYPERLINK("x")', -1], ["@a", 2], ["+b", None], ["-c", 0.5], ["d", 3]]}


def test_only_texts_that_begin_like_a_formula_get_an_apostrophe(chromium):
    script = (Path(page.__file__).parent / "jupyter" / "page_parts.js").read_text(encoding="utf-8")
    found = re.search(r"^function asCsv.*?^}", script, re.DOTALL | re.MULTILINE)
    assert found
    opened = chromium.new_page()
    try:
        written = opened.evaluate(f"(table) => {{ {found[0]}; return asCsv(table); }}", TABLE)
    finally:
        opened.close()
    assert written.splitlines() == ["name,n", '"\'=HYPERLINK(""x"")",-1', "'@a,2", "'+b,", "'-c,0.5", "d,3"]
