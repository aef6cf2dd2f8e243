from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assessment.age_bands import AgeBand, divide_bands, parse_band, shared_bands

EDGES = st.lists(st.integers(1, 95), min_size=1, max_size=8, unique=True).map(lambda edges: [0, *sorted(edges)])


def bands_of(edges: list[int]) -> list[str]:
    return [*(AgeBand(low, high).label for low, high in pairwise(edges)), f"{edges[-1]}+"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("18–29", "18–29"),
        ("18-29", "18–29"),
        ("18 - 29 years", "18–29"),
        ("18 to 29 Years", "18–29"),
        ("Ages 18 through 29", "18–29"),
        ("85+", "85+"),
        ("85+ years", "85+"),
        ("65 and over", "65+"),
        ("65 years and older", "65+"),
        ("≥ 65", "65+"),
        (">=65", "65+"),
        ("under 5", "0–4"),
        ("<5 years", "0–4"),
        ("Under 5 years", "0–4"),
        ("20", "20–20"),
        ("0–0", "0–0"),
    ],
)
def test_bands_are_read_however_they_are_written(text: str, label: str) -> None:
    assert parse_band(text).label == label


@pytest.mark.parametrize("text", ["", "adults", "29–18", "-5–4", "1.5–4", "18–29–30", "1234+", "< 0"])
def test_what_is_no_band_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="age band") as caught:
        parse_band(text)
    assert str(caught.value) == (
        f"{text!r} is no age band. A band has a first and a last whole year, such as '18–29', or only a first, such as "
        "'85+'. Write it so."
    )


@given(EDGES, EDGES)
def test_bands_summed_to_shared_edges_are_the_same_on_both_sides(first: list[int], second: list[int]) -> None:
    own, other = (shared_bands(bands_of(a), bands_of(b)) for a, b in ((first, second), (second, first)))
    assert list(dict.fromkeys(own.values())) == list(dict.fromkeys(other.values()))
    edges = sorted(set(first) & set(second))
    assert list(dict.fromkeys(own.values())) == bands_of(edges)


@given(EDGES, EDGES)
def test_nobody_is_lost_or_made_when_a_band_is_spread(first: list[int], second: list[int]) -> None:
    closed = [*first, 96]  # the last wanted band is open and begins at 95 or before, so no open band has to be divided
    counted = [AgeBand(low, high).label for low, high in pairwise(closed)]
    parts = divide_bands(counted, bands_of(second), bridge="uniform")
    assert all(sum(homes.values()) == pytest.approx(1) for homes in parts.values())


def test_bands_that_lie_inside_are_not_divided() -> None:
    assert divide_bands(["0–4", "5–17", "18+"], ["0–17", "18+"]) == {
        "0–4": {"0–17": 1.0},
        "5–17": {"0–17": 1.0},
        "18+": {"18+": 1.0},
    }


def test_a_crossing_band_is_refused_without_a_bridge() -> None:
    with pytest.raises(ValueError, match="cross") as caught:
        divide_bands(["0–9", "10+"], ["0–4", "5+"])
    assert str(caught.value) == (
        "The bands 0–9 cross an edge of the wanted bands (0–4, 5+), and nobody knows how their people divide. Ask for "
        "bands with edges of the published ones, or pass bridge='uniform' to spread them evenly over their years, "
        "which is an assumption."
    )


def test_an_open_band_cannot_be_spread() -> None:
    with pytest.raises(ValueError, match="open-ended") as caught:
        divide_bands(["0–64", "65+"], ["0–64", "65–84", "85+"], bridge="uniform")
    assert str(caught.value) == (
        "The open-ended band 65+ crosses an edge of the wanted bands (0–64, 65–84, 85+). Nobody knows its last year, "
        "so it cannot be spread over its years. Ask for bands whose last begins no later."
    )


@pytest.mark.parametrize("wanted", [["0–64"], ["0–59", "70+"], ["20+"]])
def test_wanted_bands_hold_everybody(wanted: list[str]) -> None:
    with pytest.raises(ValueError, match="reach beyond"):
        divide_bands(["0–64", "65+"], wanted, bridge="uniform")


def test_bands_beyond_the_wanted_ones_are_named() -> None:
    with pytest.raises(ValueError, match="reach beyond") as caught:
        divide_bands(["0–17", "18+"], ["0–17"])
    assert str(caught.value) == (
        "The bands 18+ reach beyond the wanted bands (0–17). Wanted bands hold every age that is counted. Add the "
        "bands that are missing."
    )
