"""Entries side by side: what differs is marked, numbers keep their source, and shared images are said first."""

from itertools import pairwise

import pytest

from tests.catalog.registry.ranked import EVIDENCE, invented, shipped
from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts, stated
from workbench.catalog.registry.ranking.side_by_side import compare

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


def test_what_is_not_known_or_counts_another_thing_is_no_difference():
    claim = ONE.fields["claims"][0]
    two = invented("two", name="Two", claims=[{**claim, "of": "in the training set", "value": 7}])
    told = rows(ONE, two)
    assert not told["Patients"].differs
    assert "\n  Patients" in str(compare([ONE, two]))
    assert rows(ONE, invented("three", claims=[{**claim, "value": 7}]))["Patients"].differs
    assert not rows(ONE, TWO)["Age"].differs
    assert rows(ONE, invented("three", claims=[]))["Patients"].cells[1] == "not known"
    assert not rows(ONE, invented("three", claims=[]))["Patients"].differs


def test_the_parts_of_a_data_set_stand_with_their_modality():
    parts = [{"name": "livers", "modality": ["CT"]}, {"name": "brains", "modality": ["MR", "PT"]}]
    assert rows(ONE, invented("two", parts=parts))["Parts"].cells == ("not known", "livers (CT); brains (MR, PT)")


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


def test_terms_that_have_to_be_read_are_no_unknown_license():
    parts = [{"part": "files elsewhere", "id": "LicenseRef-NIH-GDS-Unrestricted-Access", "evidence": EVIDENCE}]
    mixed = invented("three", license={**ONE.fields["license"], "parts": parts})
    told = rows(mixed, TWO)
    assert told["Commercial use"].cells == ("read the terms", "not known")
    assert not told["Commercial use"].differs
    assert rows(mixed, ONE)["Commercial use"].differs


def test_shared_images_are_said_before_everything_else():
    said = "One is a subset of Two & more. Do not train on one and test on the other."
    assert compare([ONE, TWO]).shared == (said,)
    assert str(compare([TWO, ONE])).startswith(f"! {said}")
    apart = compare([TWO, invented("three", name="Three")])
    assert apart.shared == ()
    said = "No shared images are recorded between Two & more and Three; no page that was read rules them out."
    assert apart.not_recorded == (said,)
    assert str(apart).startswith(said)
    assert "<p>No shared images are recorded between Two &amp; more and Three;" in apart._repr_html_()
    assert compare([ONE, TWO]).not_recorded == ()


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
    facts = {"one": IdcFacts("one", "25", {"relation": "same"}, sentence="IDC has 3 series.")}
    told = {row.attribute: row for row in compare([ONE, TWO], facts=facts).rows}
    assert told["In the Imaging Data Commons"].cells == ("IDC has 3 series.", "no facts")


@pytest.mark.parametrize(("verdict", "found"), [("agrees", "counted in IDC"), ("another set", "not checked")])
def test_a_number_that_the_index_bears_out_is_counted_there(verdict, found):
    check = ClaimCheck(stated(ONE.claims[0]), verdict, 1200, "")
    facts = {"one": IdcFacts("one", "25", {"relation": "same"}, claims=(check,))}
    told = {row.attribute: row for row in compare([ONE, invented("two", name="Two")], facts=facts).rows}
    assert told["Patients"].cells == (
        f"1,200 patients (the creators; {found})",
        "1,200 patients (the creators; not checked)",
    )


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


def test_another_order_of_a_list_is_no_difference_and_another_number_of_the_same_is():
    found = compare([entry for entry in shipped() if entry.key in ("lidc-idri", "luna16")])
    rows = {row.attribute: row for row in found.rows}
    assert rows["Tasks"].cells[0] != rows["Tasks"].cells[1]
    assert not rows["Tasks"].differs
    assert rows["Volumes"].differs
