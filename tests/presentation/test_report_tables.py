"""The tables of a report in words: no column that only a program understands, and none that the paper cuts off."""

import polars as pl

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.presentation.report_tables import Sentences, figure_in_words, in_words


def test_a_comparison_has_the_columns_that_fit_and_their_values(commons: Catalog) -> None:
    compared = wb.compare(commons.where(collection_id="midrc_ricord_1a"), attributes=["age_group"])
    whole, groups = in_words(compared.table), in_words(compared.contributions)
    assert whole.columns == [
        *("attribute", "without a value are", "share to move", "share to move, from", "share to move, to"),
        *("Jensen–Shannon distance", "chance of one as large", "patients", "without a value"),
    ]
    assert whole["attribute"].unique().to_list() == ["age"]
    assert sorted(whole["without a value are"]) == ["a group", "left out"]
    assert whole["share to move"].to_list() == compared.table["total_variation"].to_list()
    assert groups["times its share there"].to_list() == compared.contributions["ppr"].to_list()
    assert groups.width == 7


def test_a_flag_says_what_it_means_and_the_picture_stays(commons: Catalog) -> None:
    together = commons.where(collection_id="midrc_ricord_1a").missing_together(attributes=["sex", "age_group"])
    drawn = wb.charts.missingness(together)
    figure = figure_in_words(drawn)
    assert figure.table["age"].to_list() == ["missing" if lacks else "known" for lacks in drawn.table["age_group"]]
    assert figure.chart is drawn.chart


def test_sentences_show_themselves_as_a_list_without_markup_of_their_own() -> None:
    said = Sentences(("a < b", "c"))
    assert said._repr_html_() == "<ul><li>a &lt; b</li><li>c</li></ul>"
    assert repr(said) == "a < b\nc"


def test_a_column_without_a_word_of_its_own_is_called_as_a_sentence_calls_it() -> None:
    assert in_words(pl.DataFrame({"slice_thickness_mm": [1.0]})).columns == ["slice thickness"]
