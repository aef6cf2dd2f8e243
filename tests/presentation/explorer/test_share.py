"""A link carries the criteria, and nothing that runs or identifies."""

import base64
import json

import pytest

from workbench.presentation.explorer.share import from_fragment, to_fragment
from workbench.presentation.explorer.state import ExplorerState


def link(body: object) -> str:
    return "#cohort=" + base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")


def test_a_link_reopens_an_equal_cohort(commons):
    cohort = commons.where(modality=["CT", "MR"], age_years=(18, None)).exclude(body_region="Head")
    fragment = to_fragment(cohort)
    assert from_fragment(commons, fragment) == cohort
    assert set(fragment.removeprefix("#cohort=")) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@pytest.mark.parametrize(
    "fragment",
    ["#cohort=", "#cohort=e30x!", "#other=e30", "#cohort=W10", "#cohort=" + "A" * 20_000, link([[[{}]] * 200])],
)
def test_a_broken_link_is_refused_in_plain_words(commons, fragment):
    with pytest.raises(ValueError, match="link") as error:
        from_fragment(commons, fragment)
    assert str(error.value) == (
        "This link is incomplete or was changed on its way. A whole link ends as the Share button wrote it. "
        "Ask for it again; here is an example instead."
    )


def test_a_link_of_another_source_is_refused(commons, invented):
    with pytest.raises(ValueError, match="another source") as error:
        from_fragment(commons, to_fragment(invented.where(modality="CT")))
    assert str(error.value) == (
        "This link selects from another source than NCI Imaging Data Commons. "
        "A link opens the source it was made from. Here is an example instead."
    )


def test_no_query_travels_in_a_link_in_either_direction(commons):
    said = (
        "A cohort with a query in SQL cannot travel in a link: a link must not run code. "
        "A definition file can. Use Save definition instead."
    )
    query = "SELECT series_key FROM series WHERE modality = 'CT'"
    with pytest.raises(ValueError, match="SQL") as error:
        to_fragment(commons.where_sql(query))
    assert str(error.value) == said
    body = {"schema": "workbench-cohort/2", "source": {"key": "idc"}, "criteria": [{"any": [{"sql": query}]}]}
    with pytest.raises(ValueError, match="SQL") as error:
        from_fragment(commons, link(body))
    assert str(error.value) == said


def test_a_controlled_source_shares_closed_categories_and_ages_only(owned):
    assert from_fragment(owned, to_fragment(owned.where(modality="CT", sex="Female", age_years=(30, 40))))
    with pytest.raises(ValueError, match="controlled") as error:
        to_fragment(owned.where(modality="CT", ward="ward 1"))
    assert str(error.value) == (
        "This cohort of a controlled source selects by ward, whose values are not public words. "
        "A link carries only closed categories and numbers. Use Save definition instead."
    )


def test_a_cohort_too_long_for_an_address_is_refused(commons):
    cohort = commons.where(series_description=[f"lung window {number}" for number in range(1_000)])
    body = {name: value for name, value in cohort.definition().items() if name != "sha256"}
    long = base64.urlsafe_b64encode(json.dumps(body, separators=(",", ":")).encode()).decode().rstrip("=")
    with pytest.raises(ValueError, match="characters") as error:
        to_fragment(cohort)
    before, _, after = str(error.value).partition(f"{len(long):,}")
    assert before == "The criteria of this cohort make a link of "
    assert after == " characters. Browsers carry up to 16,000. Use Save definition instead."


def test_the_link_of_an_example_opens_it_under_its_name(commons):
    state = ExplorerState(commons)
    other = state.examples[1]
    state.open_link(to_fragment(other.cohort))
    assert (state.now.title, state.now.example) == (other.title, other.key)
    state.open_link(to_fragment(commons.where(modality="CT", sex="Female")))
    assert state.now.title == "Cohort of this link"
    fresh = ExplorerState(commons)
    fresh.open_link(to_fragment(fresh.cohort))
    assert not fresh.can_undo


def test_a_link_that_cannot_be_read_leaves_the_example_and_says_why(commons):
    state = ExplorerState(commons)
    state.open_link("#cohort=rubbish!")
    assert state.now.example == "covid_chest_ct"
    ((tone, said),) = state.messages
    assert tone == "warning"
    assert said.startswith("This link is incomplete")
    assert not state.can_undo


@pytest.mark.parametrize(
    "criterion",
    [
        {"column": "modality", "values": ["XX"]},
        {"column": "nothing", "values": ["CT"]},
        {"column": "age_years", "range": [80, 20]},
        {"column": "age_years", "range": "abc"},
        "CT",
        {},
    ],
)
def test_no_link_can_break_the_page(commons, criterion):
    state = ExplorerState(commons)
    state.open_link(link({"schema": "workbench-cohort/2", "source": {"key": "idc"}, "criteria": [criterion]}))
    assert state.now.example == "covid_chest_ct"
    assert len(state.messages) == 1
