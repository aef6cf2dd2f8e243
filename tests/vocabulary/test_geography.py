import json

import polars as pl
import pytest

from workbench.assets import asset_path
from workbench.errors import UnknownNameError
from workbench.vocabulary.countries import COUNTRIES
from workbench.vocabulary.geography import (
    AMBIGUOUS_ZIP3,
    STATES,
    ZIP3_STATES,
    country_key,
    state_key,
    state_of_zip3,
)


def test_fifty_states_a_district_and_five_territories() -> None:
    assert len(STATES) == 56
    assert {"DC", "AS", "GU", "MP", "PR", "VI"} < set(STATES)
    assert len({state.fips for state in STATES.values()}) == len({state.name for state in STATES.values()}) == 56


def test_every_state_has_a_tile_of_its_own() -> None:
    tiles = {(state.column, state.row) for state in STATES.values()}
    assert len(tiles) == 56
    assert all(0 <= column <= 11 and 0 <= row <= 7 for column, row in tiles)


@pytest.mark.parametrize(
    ("west", "east"), [("CA", "NV"), ("OR", "ID"), ("IL", "MI"), ("PA", "NJ"), ("NY", "MA"), ("AL", "GA"), ("TX", "LA")]
)
def test_the_eastern_neighbor_stands_further_right(west: str, east: str) -> None:
    assert STATES[west].column < STATES[east].column


@pytest.mark.parametrize("text", ["CA", "ca", "California", " california ", "06"])
def test_a_state_is_found_by_code_name_and_fips(text: str) -> None:
    assert state_key(text) == "CA"


def test_a_misspelled_state_is_named() -> None:
    with pytest.raises(UnknownNameError, match="Calfornia") as caught:
        state_key("Calfornia")
    assert str(caught.value) == (
        "No US state 'Calfornia' in the states and territories. Did you mean 'California' or 'Florida'? Valid: "
        "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of Columbia, "
        "Florida, Georgia, Hawaii, … (56 in all). Pass a name, a postal code such as 'CA' or a FIPS code such as '06'."
    )


def test_the_zip_codes_of_midrc_exports_are_in_california_and_pennsylvania() -> None:
    assert (ZIP3_STATES["941"], ZIP3_STATES["190"]) == ("CA", "PA")
    assert len(ZIP3_STATES) == 931


def test_a_code_that_crosses_a_border_gives_the_state_of_most_zip_codes() -> None:
    for zip3, states in AMBIGUOUS_ZIP3.items():
        assert len(states) > 1
        assert ZIP3_STATES[zip3] == max(states, key=lambda state: states[state])
        assert list(states.values()) == sorted(states.values(), reverse=True)


@pytest.mark.parametrize(
    ("written", "state"),
    [("941", "CA"), ("94110", "CA"), ("94110-1234", "CA"), (" 190 ", "PA"), ("000", None), ("94", None), ("CA1", None)],
)
def test_digits_give_the_state(written: str, state: str | None) -> None:
    assert pl.select(state_of_zip3(pl.lit(written))).item() == state


@pytest.mark.parametrize(
    ("text", "m49"),
    [
        ("India", "356"),
        ("IN", "356"),
        ("ind", "356"),
        ("356", "356"),
        ("4", "004"),
        ("United States", "840"),
        ("USA", "840"),
        ("United States of America", "840"),
        ("UK", "826"),
        ("Iran (Islamic Republic of)", "364"),
        ("Iran", "364"),
        ("Republic of Korea", "410"),
        ("Dem. People's Republic of Korea", "408"),
        ("South Korea", "410"),
        ("DR Congo", None),
        ("Dem. Republic of the Congo", "180"),
        ("Congo", "178"),
        ("Côte d’Ivoire", "384"),
        ("cote d'ivoire", "384"),
        ("Turkey", "792"),
        ("Viet Nam", "704"),
        ("St. Vincent and the Grenadines", "670"),
    ],
)
def test_a_country_is_found_by_any_of_its_names(text: str, m49: str | None) -> None:
    if m49 is None:
        with pytest.raises(UnknownNameError):
            country_key(text)
    else:
        assert country_key(text) == m49


def test_a_misspelled_country_is_named() -> None:
    with pytest.raises(UnknownNameError, match="Inda") as caught:
        country_key("Inda")
    assert str(caught.value) == (
        "No country 'Inda' in ISO 3166-1. Did you mean 'India' or 'China' or 'Indonesia'? Valid: Afghanistan; Albania; "
        "Antarctica; Algeria; American Samoa; Andorra; Angola; Antigua and Barbuda; Azerbaijan; Argentina; Australia; "
        "Austria, … (250 in all). Pass a name, an ISO 3166-1 code such as 'IN' or 'IND', or an M49 code such as '356'."
    )


@pytest.mark.parametrize("text", ["", " ", "Korea", "Virgin Islands", "the"])
def test_what_names_no_country_or_several_is_refused(text: str) -> None:
    with pytest.raises(UnknownNameError):
        country_key(text)


def test_every_country_is_found_by_all_it_is_listed_with() -> None:
    for code, country in COUNTRIES.items():
        for text in (country.m49, country.alpha2, country.alpha3, country.name, *country.also):
            assert country_key(text) == code


def test_the_map_is_keyed_by_country_codes() -> None:
    world = json.loads(asset_path("data_catalog", "geography", "countries-110m.json").read_text("utf-8"))
    shapes = world["objects"]["countries"]["geometries"]
    codes = [shape["id"] for shape in shapes if "id" in shape]
    assert len(shapes) == 177
    assert len(codes) == len(set(codes)) == 175
    assert set(codes) <= set(COUNTRIES)
    assert {"840", "356", "983"} < set(codes)
