"""The log of a public server holds no visitor and no value."""

import logging

import pytest

from workbench.presentation.serving.logs import DiscreetFormatter


def said(message, *values, exc_info=None):
    record = logging.LogRecord("server", logging.ERROR, "file", 1, message, values, exc_info)
    return DiscreetFormatter().format(record).partition("server: ")[2]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Kernel 01aaaaaa-0000-4000-8000-0123456789ab died", "Kernel (kernel) died"),
        ("404 GET /explore/x?name=Doe (203.0.113.7)", "404 GET /explore/x ((address))"),
        ("from 2001:db8:0:0:0:0:0:1", "from (address)"),
        ("two\nlines", "two lines"),
    ],
)
def test_a_line_keeps_what_happened_and_drops_who_and_what(message, shown):
    assert said(message) == shown


def test_of_an_exception_only_its_kind_and_place_are_told():
    try:
        raise ValueError("patient Doe, born 1960")
    except ValueError as problem:
        line = said("Error while executing %r", "Doe", exc_info=(type(problem), problem, problem.__traceback__))
    assert line.startswith("ValueError in ")
    assert "Doe" not in line
    assert "1960" not in line
