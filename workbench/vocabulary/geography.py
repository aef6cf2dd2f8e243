"""Where patients live: US states with a tile on a map, three-digit ZIP codes, countries by any of their names."""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from workbench.errors import unknown_name
from workbench.vocabulary.countries import COUNTRIES


@dataclass(frozen=True)
class State:
    """A US state, district or territory: postal code, name, FIPS code and its tile (column, row) from the top left."""

    code: str
    name: str
    fips: str
    column: int
    row: int


# Postal codes, names and FIPS codes as in the Census Bureau's state layer (us-atlas 3.0.1, ISC, public-domain data) and
# ISO 3166-2:US. The tiles follow the arrangement common in newsrooms; territories stand in the corners.
_STATES = """\
AL 01 7 6 Alabama
AK 02 0 0 Alaska
AZ 04 2 5 Arizona
AR 05 5 5 Arkansas
CA 06 1 4 California
CO 08 3 4 Colorado
CT 09 10 3 Connecticut
DE 10 10 4 Delaware
DC 11 9 5 District of Columbia
FL 12 9 7 Florida
GA 13 8 6 Georgia
HI 15 1 7 Hawaii
ID 16 2 2 Idaho
IL 17 6 2 Illinois
IN 18 6 3 Indiana
IA 19 5 3 Iowa
KS 20 4 5 Kansas
KY 21 6 4 Kentucky
LA 22 5 6 Louisiana
ME 23 11 0 Maine
MD 24 9 4 Maryland
MA 25 10 2 Massachusetts
MI 26 7 2 Michigan
MN 27 5 2 Minnesota
MS 28 6 6 Mississippi
MO 29 5 4 Missouri
MT 30 3 2 Montana
NE 31 4 4 Nebraska
NV 32 2 3 Nevada
NH 33 11 1 New Hampshire
NJ 34 9 3 New Jersey
NM 35 3 5 New Mexico
NY 36 9 2 New York
NC 37 7 5 North Carolina
ND 38 4 2 North Dakota
OH 39 7 3 Ohio
OK 40 4 6 Oklahoma
OR 41 1 3 Oregon
PA 42 8 3 Pennsylvania
RI 44 11 3 Rhode Island
SC 45 8 5 South Carolina
SD 46 4 3 South Dakota
TN 47 6 5 Tennessee
TX 48 4 7 Texas
UT 49 2 4 Utah
VT 50 10 1 Vermont
VA 51 8 4 Virginia
WA 53 1 2 Washington
WV 54 7 4 West Virginia
WI 55 6 1 Wisconsin
WY 56 3 3 Wyoming
AS 60 0 5 American Samoa
GU 66 0 6 Guam
MP 69 0 7 Northern Mariana Islands
PR 72 11 7 Puerto Rico
VI 78 11 6 U.S. Virgin Islands
"""

#: Postal code to state, in the order of the FIPS code: 50 states, the District of Columbia and five territories.
STATES: Mapping[str, State] = MappingProxyType(
    {
        code: State(code, name, fips, int(column), int(row))
        for code, fips, column, row, name in (line.split(" ", 4) for line in _STATES.splitlines())
    }
)

# First three digits of ZIP codes -> state, counted from npm zipcodes 8.0.0, lib/codes.js (BSD-3-Clause, copyright
# 2007 Dav Glass; notice in data_catalog/geography). AA, AE and AP are the armed forces; FM, MH and PW free states.
_ZIP3 = """\
AA 340
AE 090-098
AK 995-999
AL 350-352 354-369
AP 962-966
AR 716-729
AZ 850-853 855-857 859-860 863-865
CA 900-908 910-928 930-961
CO 800-816
CT 060-069
DC 200 202-205 569
DE 197-199
FL 320-339 341-342 344 346-347 349
GA 300-319 398-399
GU 969
HI 967-968
IA 500-516 520-528
ID 832-838
IL 600-620 622-629
IN 460-479
KS 660-662 664-679
KY 400-418 420-427
LA 700-701 703-708 710-714
MA 010-027 055
MD 206-212 214-219
ME 039-049
MI 480-499
MN 550-551 553-567
MO 630-631 633-641 644-658
MS 386-397
MT 590-599
NC 270-289
ND 580-588
NE 680-681 683-693
NH 030-038
NJ 070-089
NM 870-871 873-884
NV 889-891 893-895 897-898
NY 005 100-149
OH 430-459
OK 730-731 734-741 743-749
OR 970-979
PA 150-196
PR 006-007 009
RI 028-029
SC 290-299
SD 570-577
TN 370-385
TX 733 750-770 772-799 885
UT 840-847
VA 201 220-246
VI 008
VT 050-054 056-059
WA 980-986 988-994
WI 530-532 534-535 537-549
WV 247-268
WY 820-831
"""

#: The three-digit ZIP codes that cross a border: number of ZIP codes in each state, most first (same source).
AMBIGUOUS_ZIP3: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "063": {"CT": 40, "NY": 1},
        "205": {"DC": 72, "MD": 1, "VA": 1},
        "739": {"OK": 15, "TX": 1},
        "834": {"ID": 45, "WY": 1},
        "967": {"HI": 87, "AS": 1},
        "969": {"GU": 13, "FM": 4, "MP": 3, "PW": 2, "MH": 2},
    }
)


def _spans(line: str) -> list[tuple[str, str]]:
    """Every three-digit code of one line of `_ZIP3` with its state."""
    state, *spans = line.split()
    ends = (span.partition("-") for span in spans)
    return [(f"{number:03}", state) for low, _, high in ends for number in range(int(low), int(high or low) + 1)]


#: First three digits of a ZIP code to the state that most of its ZIP codes are in.
ZIP3_STATES: Mapping[str, str] = MappingProxyType(
    dict(sorted(pair for line in _ZIP3.splitlines() for pair in _spans(line)))
)


def state_of_zip3(zip3: pl.Expr) -> pl.Expr:
    """Return the state that each three-digit ZIP code lies in.

    Six of them cross a border (`AMBIGUOUS_ZIP3`); each gives the state that most of its ZIP codes are in.

    Parameters
    ----------
    zip3 : polars.Expr
        Strings; the first three of more digits count, so whole ZIP codes do too.

    Returns
    -------
    polars.Expr
        Postal codes such as "CA"; null where the digits belong to no state or are no digits.

    Examples
    --------
    >>> codes = pl.DataFrame({"zip3": ["941", "19104", "000", None]})
    >>> codes.select(state_of_zip3(pl.col("zip3"))).to_series().to_list()
    ['CA', 'PA', None, None]
    """
    digits = zip3.cast(pl.String).str.strip_chars().str.extract(r"^(\d{3})(?:\d{2}(?:-\d{4})?)?$")
    return digits.replace_strict(dict(ZIP3_STATES), default=None, return_dtype=pl.String)


def state_key(text: str) -> str:
    """Return the postal code of a US state from its code, name or FIPS code.

    Parameters
    ----------
    text : str
        Such as ``"CA"``, ``"California"`` or ``"06"``; case does not matter.

    Returns
    -------
    str
        A key of `STATES`.

    Raises
    ------
    UnknownNameError
        When it names no state; lists the nearest names.

    Examples
    --------
    >>> state_key("california"), state_key("06"), state_key("Ca")
    ('CA', 'CA', 'CA')
    """
    asked = text.strip().casefold()
    for state in STATES.values():
        if asked in (state.code.casefold(), state.name.casefold(), state.fips):
            return state.code
    names = [state.name for state in STATES.values()]
    then = "Pass a name, a postal code such as 'CA' or a FIPS code such as '06'."
    raise unknown_name("US state", text, names, where="the states and territories", then=then)


def country_key(text: str) -> str:
    """Return the M49 code of a country from its name, an ISO 3166-1 code or the M49 code itself.

    Parameters
    ----------
    text : str
        Such as ``"United States"``, ``"US"``, ``"USA"`` or ``"840"``. Case, punctuation and the order of words do not
        matter, so "Iran (Islamic Republic of)" is "Iran, Islamic Republic of".

    Returns
    -------
    str
        Three digits; a key of `workbench.vocabulary.countries.COUNTRIES` and of the shipped world map.

    Raises
    ------
    UnknownNameError
        When it names no country; lists the nearest names.

    Examples
    --------
    >>> country_key("United States"), country_key("ind"), country_key("Republic of Korea")
    ('840', '356', '410')
    """
    names_of, code = _country_names(), text.strip().casefold()
    found = names_of.get(code) or names_of.get(code.zfill(3)) or names_of.get(_words(text))
    if found is None:
        names = [country.name for country in COUNTRIES.values()]
        then = "Pass a name, an ISO 3166-1 code such as 'IN' or 'IND', or an M49 code such as '356'."
        raise unknown_name("country", text, names, where="ISO 3166-1", then=then)
    return found


_LONG_WORDS = {"dem": "democratic", "fed": "federated", "rep": "republic", "st": "saint"}


@functools.cache
def _country_names() -> Mapping[str, str]:
    """Every way to name a country, as `_words` spells it, to its M49 code."""
    # "Iran, Islamic Republic of" is called Iran too, unless a second country begins alike, as the two Koreas do.
    short = {code: re.split(r"[,(]", country.name)[0] for code, country in COUNTRIES.items()}
    times = Counter(short.values())
    names = {_words(name): code for code, name in short.items() if times[name] == 1}
    names |= {_words(country.name): code for code, country in COUNTRIES.items()}
    names |= {_words(name): code for code, country in COUNTRIES.items() for name in country.also}
    for code, country in COUNTRIES.items():
        names |= dict.fromkeys((code, country.alpha2.casefold(), country.alpha3.casefold()), code)
    return names


def _words(name: str) -> str:
    """The words of a name without accents, punctuation, small words and order."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [_LONG_WORDS.get(word, word) for word in re.findall(r"[a-z0-9]+", letters)]
    return " ".join(sorted(word for word in words if word not in ("of", "the", "and")))
