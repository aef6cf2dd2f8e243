"""Table 1 set for print: everything that was counted, nothing fetched, nothing leaked into the page around it."""

import re

import polars as pl

from workbench.assessment.table_one import count_table_one
from workbench.presentation.charts.table_one import table_one

PATIENTS = pl.DataFrame(
    {
        "site": ["A", "A", "B"],
        "sex": ["Female", "<script>alert(1)</script>", "Female"],
        "age_years": [30.0, 40.0, None],
        "size_mb": [1.0, 2.0, 3.0],
    }
)


def test_every_cell_and_note_is_shown_and_numbers_take_one_line() -> None:
    counted = count_table_one(PATIENTS, by="site", attributes=["sex", "age_years", "size_mb"], tests=True)
    shown = table_one(counted, title="Patients <by> site")
    assert shown.table["characteristic"].to_list() == [
        "Sex, n (%)",
        "Female",
        "<script>alert(1)</script>",
        "Age, years, median [IQR]",
        "Not Reported, n (%)",
        "Size, MB, median [IQR]",
    ]
    cells = {cell for row in counted.display.select(pl.nth(range(2, 8))).iter_rows() for cell in row if cell}
    assert all(f">{cell}</td>" in shown.html.replace("&#x27;", "'") for cell in cells)
    assert all(note.split(":")[0] in shown.html for note in counted.notes)
    assert "Patients &lt;by&gt; site" in shown.html
    assert shown._repr_html_() == shown.html
    assert repr(shown).startswith("Patients <by> site")


def test_it_needs_no_script_and_no_network_and_styles_only_itself() -> None:
    page = table_one(count_table_one(PATIENTS, by="site", attributes=["sex"])).html
    assert "<script" not in page
    assert not re.search(r"https?:|@import|url\(", page)
    name = re.findall(r'id="(table-one-\w+)"', page)[0]
    selectors = [part for rule in re.findall(r"^\s*([^{}<>]+) \{", page, re.MULTILINE) for part in [rule.strip()]]
    assert selectors
    assert all(selector.startswith(f"#{name} ") for selector in selectors)
    assert all("," not in selector.replace(":is(thead, tbody, tfoot, tr, td, th)", "") for selector in selectors)


def test_the_same_table_gives_the_same_bytes() -> None:
    first, second = (table_one(count_table_one(PATIENTS, attributes=["sex"])).html for _ in range(2))
    assert first == second


def test_nobody_makes_a_table_too() -> None:
    assert "There are no patients to count." in table_one(count_table_one(PATIENTS.clear(), attributes=["sex"])).html
