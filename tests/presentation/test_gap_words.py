"""The start page tells what could be compared, what is hidden and what the source lacks apart."""

import pytest

from workbench.catalog.commons import open_catalog
from workbench.catalog.comparison import compare
from workbench.presentation.gap_words import largest_gap


@pytest.fixture(scope="module")
def by_race():
    return compare(open_catalog("synthetic").everything, reference="us_census", attributes=["race"])


@pytest.mark.parametrize(
    ("others", "hidden", "lacking", "said"),
    [
        ([], [], [], "Compared was race."),
        (["sex"], [], ["age"], "Compared were race and sex; age is not in this source."),
        (["ethnicity"], ["sex"], [], "Compared were race and ethnicity; sex could not be, as some counts are hidden."),
    ],
)
def test_what_is_hidden_is_not_called_absent(by_race, others, hidden, lacking, said):
    assert largest_gap(by_race, "race", others=others, hidden=hidden, lacking=lacking)["compared"] == said
