"""Tables of a notebook: words to the left, numbers where they were, nothing that a cell holds is HTML."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.markup import Markup, html_table, link

LEFT = ' style="text-align:left"'


def test_words_stand_left_and_numbers_stay() -> None:
    assert html_table(["a", "n"], [["x", 7]], numbers=["n"]) == (
        f'<table><thead><tr><th scope="col"{LEFT}>a</th><th scope="col">n</th></tr></thead>'
        f"<tbody><tr><td{LEFT}>x</td><td>7</td></tr></tbody></table>"
    )


def test_the_first_cell_can_name_its_row() -> None:
    assert f'<tr><th scope="row"{LEFT}>x</th><td{LEFT}></td></tr>' in html_table(["", "n"], [["x", None]], heads=True)


def test_an_address_is_a_short_link_and_markup_stands_as_it_is() -> None:
    told = html_table(["a"], [["https://example.org/?a=1&b=2"], [Markup("<b>x</b>")], ["https://example.org and more"]])
    assert '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener">open</a>' in told
    assert "<b>x</b>" in told
    assert told.count("<a ") == 1


@given(st.text(st.sampled_from("<>&\"'a/:htps. ")), st.text(st.sampled_from("<>&\"'a")))
def test_nothing_that_is_shown_ends_its_place(address: str, words: str) -> None:
    for told in (link(address, words), link(f"https://{address}", words)):
        before, _, _ = told.partition(">")
        assert told.count("<") in (0, 2)
        assert "'" not in told
        assert before.count('"') in (0, 6) or told.count("<") == 0


def test_only_addresses_of_the_web_are_links() -> None:
    assert link("javascript:alert(1)", "x") == "x"
    assert link("", "A & B") == "A &amp; B"
