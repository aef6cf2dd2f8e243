"""The maps: every place in its spelling, the others counted below, nothing fetched."""

import polars as pl
import pytest

from tests.presentation.specifications import drawn_rows, inner
from workbench.assessment.census import count_census
from workbench.assessment.references import read_reference
from workbench.presentation import charts
from workbench.vocabulary.geography import STATES

PATIENTS = pl.DataFrame(
    {
        "state": ["CA"] * 50 + ["California"] * 10 + ["36"] * 25 + ["Ontario"] * 5 + ["Unknown"] * 10,
        "country": ["United States"] * 70 + ["SGP"] * 20 + ["Atlantis"] * 10,
    }
)


def test_a_state_counts_in_any_of_its_spellings() -> None:
    figure = charts.state_map(count_census(PATIENTS, by=["state"]))
    # 60 of the 85 whose state is known
    assert figure.title == "California has 70.6 % of those whose state is known; 2 states have any"
    assert figure.table.filter(place="CA")["n"].item() == 60
    assert figure.table.filter(place="NY")["n"].item() == 25
    assert figure.table.height == len(STATES)
    assert "Not on the map: Ontario 5." in figure.footnote
    assert "state 10 Unknown" in figure.footnote
    assert "063, 205, 739, 834, 967, 969" in figure.footnote


def test_every_state_has_a_tile_of_its_own() -> None:
    tiles = [(row["column"], row["row"]) for row in drawn_rows(charts.state_map(count_census(PATIENTS, by=["state"])))]
    assert len(set(tiles)) == len(tiles) == len(STATES)


def test_a_rate_is_per_million_of_the_state_itself() -> None:
    figure = charts.state_map(count_census(PATIENTS, by=["state"]), reference="us_acs")
    inhabitants = read_reference("us_acs", state="California").n_total
    assert inhabitants is not None
    row = figure.table.filter(place="CA").row(0, named=True)
    assert row["per_million"] == pytest.approx(60e6 / inhabitants)
    assert "has the most for its size" in figure.title
    assert "American Community Survey" in figure.subtitle


def test_the_world_is_drawn_from_shipped_borders() -> None:
    figure = charts.world_map(count_census(PATIENTS, by=["country"]))
    assert figure.title == "United States of America has 77.8 % of those whose country is known; 2 countries have any"
    assert [part["url"] for part in inner(figure.spec()) if part.get("url")] == []
    assert any(part.get("type") == "topojson" for part in inner(figure.spec()))
    assert "Not on the map: Atlantis 10." in figure.footnote
    assert "Too small for the map, in the table: Singapore." in figure.footnote
    assert set(figure.table["name"]) == {"United States of America", "Singapore"}
    # a country that somebody is from is drawn in another color than one nobody is from
    assert "#e3e7eb" in figure.svg
    assert figure.svg.count("#0b5fa5") + figure.svg.count("rgb(11, 95, 165)") > 0


def test_a_few_of_very_many_are_not_said_to_be_nobody() -> None:
    """Of India there are more than a thousand million: 48 patients are 0.03 of a million."""
    census = count_census(pl.DataFrame({"country": ["India"] * 48 + ["Germany"] * 15}), by=["country"])
    said = charts.world_map(census, reference="un_wpp").description
    assert "India: 48 (0.03 per million)" in said


def test_a_rate_is_per_million_of_the_country_itself() -> None:
    figure = charts.world_map(count_census(PATIENTS, by=["country"]), reference="un_wpp")
    inhabitants = read_reference("un_wpp", country="Singapore").n_total
    assert inhabitants is not None
    assert figure.table.filter(name="Singapore")["per_million"].item() == pytest.approx(20e6 / inhabitants)
    assert figure.title.startswith("Singapore has the most for its size")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (
            charts.state_map,
            'A census by country was received. state_map draws one by state. Count again: cohort.census(by=["state"]).',
        ),
        (
            charts.world_map,
            "A census by state was received. world_map draws one by country. "
            'Count again: cohort.census(by=["country"]).',
        ),
    ],
)
def test_a_map_of_something_else_is_refused(draw: object, said: str) -> None:
    other = "country" if draw is charts.state_map else "state"
    with pytest.raises(ValueError, match="was received") as caught:
        draw(count_census(PATIENTS, by=[other]))  # type: ignore[operator]
    assert str(caught.value) == said
