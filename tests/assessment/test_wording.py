"""Words that sentences share: names of attributes, percentages that never round to none or all, lists."""

import pytest

from workbench.assessment.wording import percentage, plain_words
from workbench.errors import listed


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (0.0, "0.0 %"),
        (0.123, "12.3 %"),
        (1.0, "100.0 %"),
        (1 / 5000, "under 0.1 %"),  # 0.02 %
        (0.0006, "0.1 %"),
        (1999 / 2000, "over 99.9 %"),  # 99.95 %
        (0.9994, "99.9 %"),
        (sum([0.1] * 10), "100.0 %"),  # 0.9999999999999999
    ],
)
def test_a_share_is_none_or_all_only_where_it_is(fraction: float, words: str) -> None:
    assert percentage(fraction) == words


def test_whole_percent_are_held_to_the_same() -> None:
    shares = [percentage(n / 1000, digits=0) for n in (0, 4, 620, 996, 1000)]
    assert shares == ["0 %", "under 1 %", "62 %", "over 99 %", "100 %"]


def test_attributes_are_called_as_a_reader_says_them() -> None:
    names = ("age_group", "age_decade", "age_years", "first_version", "site_id", "covid19_positive")
    assert [plain_words(name) for name in names] == ["age", "age", "age", "IDC version", "site", "COVID-19 positive"]


def test_lists_end_with_and() -> None:
    assert [listed(words) for words in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]
