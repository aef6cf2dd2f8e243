"""Every text of the public pages can be read on its ground, light and dark, and every line that matters can be seen."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.presentation.contrast import DARK_GROUND, LEAST_CONTRAST, LIGHT_GROUND, contrast
from workbench.presentation.frontend import texts_of
from workbench.presentation.identity import Identity

LEAST_OF_A_MARK = 3.0  # WCAG 2.2, 1.4.11: borders of controls, marks of a chart
TEXTS = {
    "shell.css": {
        "--wb-ink": ("--wb-ground", "--wb-canvas", "--wb-panel", "--wb-tint", "--wb-warn-ground"),
        "--wb-soft": ("--wb-ground", "--wb-canvas", "--wb-panel", "--wb-tint"),
        "--wb-link": ("--wb-ground", "--wb-canvas", "--wb-panel", "--wb-tint"),
        "--wb-warn": ("--wb-ground", "--wb-canvas", "--wb-warn-ground"),
        "--wb-on-accent": ("--wb-accent",),
    },
    "catalog.css": dict.fromkeys(
        ("--wc-yes", "--wc-no", "--wc-ask", "--wc-unknown", "--wc-warn"), ("--wb-ground", "--wb-canvas", "--wc-tint")
    ),
    "explorer.css": {
        "--ink": ("--ground", "--panel", "--accent-soft"),
        "--soft": ("--ground", "--panel"),
        "--accent": ("--ground", "--panel", "--accent-soft"),
        "--warn": ("--warn-ground",),
        "--error": ("--error-ground",),
    },
}
MARKS = {
    "shell.css": {
        "--wb-edge": ("--wb-ground", "--wb-canvas", "--wb-panel"),
        "--wb-accent": ("--wb-ground", "--wb-canvas", "--wb-panel", "--wb-tint"),
    }
}
colors = st.from_regex(r"\A#[0-9a-f]{6}\Z")


@cache
def tokens(theme: str) -> dict[str, str]:
    """Return the tokens of every style as a page of that theme has them."""
    found: dict[str, str] = {}
    for name, root in (("shell.css", ".wb-house"), ("catalog.css", ".wc-page"), ("explorer.css", ".wx")):
        text = texts_of(name)
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*--[^{}]*)\}", text):
            if root not in selector or (theme == "light" and '"dark"' in selector):
                continue
            found |= dict(re.findall(r"(--[\w-]+):\s*(?:var\([^,]+,\s*)?(#[0-9a-f]{6})", body))
    return found


def pairs(which: dict[str, dict[str, tuple[str, ...]]]) -> list[tuple[str, str]]:
    return [(ink, ground) for told in which.values() for ink, grounds in told.items() for ground in grounds]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("which", "least"), [(TEXTS, LEAST_CONTRAST), (MARKS, LEAST_OF_A_MARK)], ids=["text", "mark"])
def test_every_color_can_be_read_on_every_ground_it_stands_on(theme, which, least):
    known = tokens(theme)
    weak = {(ink, ground): contrast(known[ink], known[ground]) for ink, ground in pairs(which)}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


def test_the_grounds_are_those_that_the_color_of_a_commons_is_checked_against():
    assert (tokens("light")["--wb-ground"], tokens("dark")["--wb-ground"]) == (LIGHT_GROUND, DARK_GROUND)


def test_a_dark_page_looks_the_same_before_a_script_has_run():
    blocks = re.findall(
        r'(:root\[data-theme="dark"\]|:root\[data-workbench\]:not\(\[data-theme\]\))[^{]*\{([^}]*)\}',
        texts_of("shell.css"),
    )
    first, early = (
        next(body for selector, body in blocks if mark in selector and "--wb-ink" in body)
        for mark in ('"dark"', ":not")
    )
    assert first.split() == early.split()


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == 21.0
    assert contrast("#777777", "#ffffff") == 4.48  # the textbook gray that just fails
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@given(colors)
def test_whatever_the_color_of_a_commons_its_links_and_panels_can_be_read(color):
    entry = Identity(accent=color).entry()
    for theme, link, tint in (("light", "link", "tint"), ("dark", "accent_dark", "tint_dark")):
        known = tokens(theme)
        grounds = [known[name] for name in ("--wb-ground", "--wb-canvas", "--wb-panel")]
        assert min(contrast(entry[link], ground) for ground in [*grounds, entry[tint]]) >= LEAST_CONTRAST
        assert min(contrast(known[ink], entry[tint]) for ink in ("--wb-ink", "--wb-soft")) >= LEAST_CONTRAST
    assert contrast(entry["accent_dark"], tokens("dark")["--wb-on-accent"]) >= LEAST_CONTRAST
