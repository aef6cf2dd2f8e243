"""A cohort beside a population: every attribute that both have, with what keeps them from being compared plainly."""

import workbench as wb


def test_race_and_ethnicity_are_compared_where_a_source_has_them() -> None:
    compared = wb.compare(wb.open_catalog("synthetic").everything)
    assert compared.table["attribute"].unique(maintain_order=True).to_list() == [
        "sex",
        "age_group",
        "race",
        "ethnicity",
    ]
    (warned,) = [text for attribute, text in compared.warnings if attribute == "race"]
    assert "'Multiple or Other'" in warned
