"""Whether a source may be used commercially: a sentence computed from the licenses of its series."""

from types import SimpleNamespace

import polars as pl
import pytest

from workbench.presentation.identity import Identity
from workbench.presentation.terms_of_use import terms_of_use

ASK = "Ask the contact before any use."
TERMS = "National Library of Medicine Terms"


def held(licenses: dict[str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {"license": list(licenses), "n_series": list(licenses.values())},
        schema={"license": pl.String, "n_series": pl.UInt32},
    )


def told(
    licenses: dict[str | None, int],
    *,
    stated: str = "",
    disclosure: str = "public_rows",
    acquired: dict[str | None, int] | None = None,
) -> tuple[str, str]:
    images = SimpleNamespace(licenses=held(licenses if acquired is None else acquired))
    source = SimpleNamespace(everything=SimpleNamespace(licenses=held(licenses), where=lambda **_: images))
    use = terms_of_use(
        SimpleNamespace(
            identity=Identity(license=stated),
            catalog=source,
            disclosure=disclosure,
            is_open=disclosure != "controlled",
        )
    )
    return use["commercial"], use["license"]


@pytest.mark.parametrize(
    ("licenses", "commercial", "license_"),
    [
        ({"CC BY 4.0": 10}, "Yes: the licenses of all 10 series allow it.", "CC BY 4.0."),
        (
            {"CC BY-NC 4.0": 3, "CC BY-NC 3.0": 1},
            "No: the licenses of all 4 series exclude it.",
            "CC BY-NC 4.0 (75.0 % of series), CC BY-NC 3.0 (25.0 % of series).",
        ),
        (
            {"CC BY 4.0": 95, "CC BY-NC 4.0": 4, TERMS: 1},
            "In part: 95.0 % of 100 series allow it; 4 exclude it and 1 stand under terms that must be read.",
            f"CC BY 4.0 (95.0 % of series), CC BY-NC 4.0 (4.0 % of series), {TERMS} (1.0 % of series).",
        ),
        (
            {"CC BY 4.0": 2, "Not Reported": 1, None: 1},
            "In part: 50.0 % of 4 series allow it; 2 stand under terms that must be read.",
            "CC BY 4.0.",
        ),
        ({TERMS: 7}, "Not stated: of 7 series, 7 stand under terms that must be read.", f"{TERMS}."),
        (
            {"Not Reported": 9},
            f"Not stated: the source names no license. {ASK}",
            f"The source names no license. {ASK}",
        ),
        ({}, f"Not stated: the source names no license. {ASK}", f"The source names no license. {ASK}"),
    ],
)
def test_the_licenses_of_the_series_answer(licenses, commercial, license_):
    assert told(licenses) == (commercial, license_)


@pytest.mark.parametrize(
    ("stated", "commercial"),
    [
        ("CC BY 4.0", "Yes, under CC BY 4.0."),
        ("CC BY-NC 4.0", "No: CC BY-NC 4.0 excludes it."),
        ("Data use agreement of the harbor", "Not stated: read the terms, Data use agreement of the harbor."),
    ],
)
def test_where_no_series_says_it_the_publisher_does(stated, commercial):
    license_ = f"{stated}, stated by the commons for all of it; the series themselves state none."
    assert told({"Not Reported": 9}, stated=stated) == (commercial, license_)
    assert told({"Not Reported": 9}, stated=stated, disclosure="controlled") == (commercial, license_)


def test_an_invented_source_says_that_it_is():
    commercial, license_ = told({"Not Reported": 9}, disclosure="synthetic")
    assert commercial == "Not stated: the patients are invented and the source names no license."
    assert license_ == "Invented: no such patient exists."


@pytest.mark.parametrize(
    ("licenses", "commercial"),
    [
        ({"CC BY 4.0": 95, "CC BY 3.0": 4}, "Yes: every license in use allows it."),
        ({"CC BY-NC 4.0": 95, "CC BY-NC 3.0": 4}, "No: every license in use excludes it."),
        ({"CC BY 4.0": 95, "CC BY-NC 4.0": 4}, f"In part: licenses differ between series. {ASK}"),
    ],
)
def test_no_series_of_a_controlled_source_is_counted(licenses, commercial):
    assert told(licenses, disclosure="controlled") == (
        commercial,
        "Licenses differ between series; each series names its own.",
    )


def test_derived_objects_do_not_water_the_share_down():
    """Of 100 series 95 allow it; of the 40 that are images 35."""
    said, _ = told({"CC BY 4.0": 95, "CC BY-NC 4.0": 5}, acquired={"CC BY 4.0": 35, "CC BY-NC 4.0": 5})
    assert said == "In part: 95.0 % of 100 series allow it; 5 exclude it. Of 40 series of acquired images, 87.5 % do."
    assert told({"CC BY 4.0": 95, "CC BY-NC 4.0": 5}, acquired={})[0].endswith("; 5 exclude it.")
    assert told({"CC BY 4.0": 95}, acquired={"CC BY 4.0": 35})[0] == "Yes: the licenses of all 95 series allow it."
