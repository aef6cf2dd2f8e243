"""A click changes one thing about a cohort and leaves the rest where it stands."""

import pytest

from workbench.presentation.explorer import editing


def entries(cohort):
    return [condition.entry() for condition in cohort.conditions]


def test_the_second_click_on_a_bar_takes_the_first_one_back(commons):
    once = editing.toggle(commons.everything, "modality", "CT")
    assert entries(once) == [{"column": "modality", "values": ["CT"], "missing": "exclude"}]
    assert editing.toggle(once, "modality", "CT").conditions == ()


def test_two_bars_of_a_facet_are_one_criterion(commons):
    both = editing.toggle(editing.toggle(commons.everything, "modality", "CT"), "modality", "MR")
    assert both.conditions == commons.where(modality=["CT", "MR"]).conditions


def test_a_changed_criterion_keeps_its_place_its_side_and_its_missing_policy(commons):
    cohort = commons.where(age_years=(18, 89), missing="keep").where(modality="CT")
    assert editing.choose(cohort, "age_years", (40, 60)).conditions == (
        commons.where(age_years=(40, 60), missing="keep").where(modality="CT").conditions
    )
    without = commons.exclude(modality="SEG")
    assert editing.toggle(without, "modality", "SR").conditions == commons.exclude(modality=["SEG", "SR"]).conditions


def test_a_criterion_about_whole_studies_is_not_changed_by_a_bar(commons):
    cohort = commons.where(modality=["CT", "PT"], level="study", match="each")
    clicked = editing.toggle(cohort, "modality", "CT")
    assert clicked.conditions == (*cohort.conditions, *commons.where(modality="CT").conditions)


def test_a_bar_of_a_missing_only_criterion_starts_from_nothing(commons):
    cohort = commons.where(sex=None, missing="only")
    assert editing.toggle(cohort, "sex", "Female").conditions == commons.where(sex="Female").conditions


def test_flipping_a_criterion_gives_what_exclude_gives_and_back(commons):
    included = commons.where(modality="CT", sex="Female")
    excluded = editing.change(included, 1, flip=True)
    assert excluded.conditions == commons.where(modality="CT").exclude(sex="Female").conditions
    assert editing.change(excluded, 1, flip=True).conditions == included.conditions


@pytest.mark.parametrize("policy", ["exclude", "keep", "only"])
def test_the_missing_policy_of_one_criterion_can_be_changed(commons, policy):
    cohort = commons.where(modality="CT", age_years=(18, None))
    expected = commons.where(modality="CT").where(age_years=(18, None), missing=policy)
    assert editing.change(cohort, 1, missing=policy).counts == expected.counts


def test_leaving_missing_only_without_values_removes_the_criterion(commons):
    cohort = commons.where(sex=None, missing="only")
    assert editing.change(cohort, 0, missing="keep").conditions == ()


def test_a_position_that_is_gone_changes_nothing(commons):
    cohort = commons.where(modality="CT")
    assert editing.change(cohort, 7, flip=True) is cohort
    assert editing.remove(cohort, 7).conditions == cohort.conditions


def test_an_unknown_missing_policy_is_refused_with_the_three_that_exist(commons):
    with pytest.raises(LookupError) as error:
        editing.change(commons.where(modality="CT"), 0, missing="drop")
    assert str(error.value) == (
        "No missing policy 'drop' in the explorer. Valid: exclude, keep, only. Use one of these."
    )


def test_a_search_finds_the_words_in_either_description_and_is_replaced_by_the_next(commons):
    ct = commons.where(modality="CT")
    lung = editing.search(ct, " Lung ")
    in_study, in_series = ct.where(study_description="lung"), ct.where(series_description="lung")
    assert set(lung.rows) == set(in_study.rows) | set(in_series.rows)
    assert len(editing.search(lung, "contrast").conditions) == 2
    assert editing.search(lung, "").conditions == ct.conditions
