"""Entries side by side: what differs is marked, numbers keep their source, and shared images are said first."""

from itertools import pairwise

import pytest

from tests.catalog.registry.ranked import EVIDENCE, invented, shipped
from workbench.catalog.registry.side_by_side import compare

ONE = invented("one", name="One", relations=[{"kind": "subset_of", "of": "two"}])
TWO = invented(
    "two",
    name="Two & more",
    modality=["MR"],
    license={"id": "unknown"},
    demographics={"age": "unknown", "sex": "partly", "race": "no", "ethnicity": "no"},
    claims=[
        {
            **ONE.fields["claims"][0],
            "source": "guide",
            "value": 1300,
            "verdict": "differs",
            "checked_against": EVIDENCE,
        },
        {**ONE.fields["claims"][0], "qualifier": "at_least"},
    ],
)


def rows(*entries):
    return {row.attribute: row for row in compare(entries).rows}


def test_cells_that_differ_are_marked_and_others_are_not():
    told = rows(ONE, TWO)
    assert told["Modality"].cells == ("CT", "MR")
    assert told["Modality"].differs
    assert told["Tasks"].cells == ("segmentation", "segmentation")
    assert not told["Tasks"].differs
    text = str(compare([ONE, TWO]))
    assert "\n≠ Modality" in text
    assert "\n  Tasks" in text


def test_every_number_stands_with_who_states_it_and_what_its_check_found():
    assert rows(ONE, TWO)["Patients"].cells == (
        "1,200 patients (the creators; not checked)",
        "1,300 patients (a guide; the creators differ); at least 1,200 patients (the creators; not checked)",
    )


def test_what_no_source_states_reads_not_known_and_never_as_a_license():
    told = rows(ONE, TWO)
    assert told["License"].cells == ("Creative Commons Attribution 4.0 [CC-BY-4.0]", "not confirmed")
    assert told["Commercial use"].cells == ("yes", "not known")
    assert told["Age"].cells == ("yes", "not known")
    assert told["Race"].cells == ("not known", "no")
    # Nobody states either; such a row would say nothing.
    assert "DOI" not in told


def test_shared_images_are_said_before_everything_else():
    said = "One is a subset of Two & more. Do not train on one and test on the other."
    assert compare([ONE, TWO]).shared == (said,)
    assert str(compare([TWO, ONE])).startswith(f"! {said}")
    assert compare([TWO, invented("three")]).shared == ()


def test_the_table_has_a_row_an_attribute_and_a_column_an_entry():
    table = compare([ONE, TWO]).table
    assert table.columns == ["attribute", "differs", "one", "two"]
    assert table.filter(attribute="Modality").row(0) == ("Modality", True, "CT", "MR")
    assert table.height == len(compare([ONE, TWO]).rows)


def test_html_escapes_what_entries_say():
    page = compare([ONE, TWO])._repr_html_()
    assert "Two &amp; more" in page
    assert "Two & more" not in page
    assert ">≠ Modality</th>" in page


def test_facts_of_the_imaging_data_commons_stand_in_a_row_of_their_own():
    told = {row.attribute: row for row in compare([ONE, TWO], facts={"one": "IDC has 3 series."}).rows}
    assert told["In the Imaging Data Commons"].cells == ("IDC has 3 series.", "no facts")


@pytest.mark.parametrize(
    ("entries", "got"),
    [([], "no entries"), ([ONE], "one"), ([ONE, ONE], "one, one"), ([ONE, TWO, ONE], "one, two, one")],
)
def test_fewer_than_two_entries_or_one_twice_are_refused(entries, got):
    with pytest.raises(ValueError, match="compare") as refused:
        compare(entries)
    assert str(refused.value) == (
        f"Got {got} to compare. A comparison needs two or more different entries. "
        "Name another one, such as compare('lidc-idri', 'luna16')."
    )


def test_any_two_shipped_entries_compare_and_no_cell_is_empty():
    entries = shipped()
    for one, other in pairwise(entries):
        for row in compare([one, other]).rows:
            assert all(row.cells), (one.key, other.key, row.attribute)
