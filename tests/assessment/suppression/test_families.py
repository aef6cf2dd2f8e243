"""No count of 1 to 10 can be derived from any family of tables: shown by an audit that shares no code with ours."""

from itertools import combinations, product
from math import prod

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.assessment.suppression import by_hand
from tests.thorough import THOROUGH
from workbench.assessment.census import Census, count_census
from workbench.assessment.suppression import suppress

# Mostly small counts, those at the border, and a few large ones.
COUNTS = st.sampled_from([0, 0, 0, 1, 2, 3, 5, 8, 10, 11, 12, 15, 30, 80])
CHANGES = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 4, 10, 11, 13, 40])
# A thousand take a minute; the suite asks for a part of them.
N_FAMILIES = 1_000 if THOROUGH else 100
MOST_CELLS = 40  # of a joint table; a thousand of 125 take minutes


@st.composite
def families(draw: st.DrawFn) -> tuple[dict[str, list[str]], list[tuple[str, ...]], list[list[int]]]:
    """Draw categories, the attributes of one to three tables, and the joint counts of one or two releases."""
    sizes = draw(st.lists(st.integers(2, 5), min_size=1, max_size=3).filter(lambda sizes: prod(sizes) <= MOST_CELLS))
    domains = {name: [f"{name}{i}" for i in range(size)] for name, size in zip("abc", sizes, strict=False)}
    sets = [names for size in range(1, len(domains) + 1) for names in combinations(domains, size)]
    tables = draw(st.lists(st.sampled_from(sets), min_size=1, max_size=min(3, len(sets)), unique=True))
    n = len(list(product(*domains.values())))
    first = draw(st.lists(COUNTS, min_size=n, max_size=n).filter(any))
    releases = [first]
    if draw(st.booleans()):
        more = draw(st.lists(CHANGES, min_size=n, max_size=n))
        releases.append([before + new for before, new in zip(first, more, strict=True)])
    return domains, tables, releases


def censuses(domains: dict[str, list[str]], tables: list[tuple[str, ...]], joint: list[int]) -> list[Census]:
    rows = [cell for cell, n in zip(product(*domains.values()), joint, strict=True) for _ in range(n)]
    patients = pl.DataFrame(rows, schema=list(domains), orient="row")
    return [count_census(patients, by=names) for names in tables]


@pytest.mark.slow
@settings(
    max_examples=N_FAMILIES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking a failure takes longer than reading it
    suppress_health_check=list(HealthCheck),
)
@given(families())
def test_nothing_small_can_be_derived_from_random_families(
    family: tuple[dict[str, list[str]], list[tuple[str, ...]], list[list[int]]],
) -> None:
    domains, tables, releases = family
    published = []
    for joint in releases:
        published.append(suppress(censuses(domains, tables, joint), earlier=published))
    assert all(release.audit.n_exposed == 0 for release in published)
    frames = [[table.table for table in release.tables] for release in published]
    assert by_hand.derivable(frames, domains) == []


@settings(max_examples=200 if THOROUGH else 25, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(
    st.lists(COUNTS, min_size=3, max_size=3), st.lists(COUNTS, min_size=3, max_size=3), st.sampled_from([1, 5, 12, 30])
)
def test_nothing_small_can_be_derived_where_the_same_patients_lack_two_attributes(
    kinds: list[int], makers: list[int], n_lacking: int
) -> None:
    # Whoever has a kind has a maker: both lists are filled up to as many patients.
    n = max(sum(kinds), sum(makers))
    tables = []
    for name, counts in (("kind", kinds), ("maker", makers)):
        filled = [*counts[:2], counts[2] + n - sum(counts), n_lacking]
        rows = [f"{name}{at}" for at, count in enumerate(filled) for _ in range(count)]
        tables.append(count_census(pl.DataFrame({name: rows}), by=[name]))
    cells = [(("kind", "kind3"),), (("maker", "maker3"),)]
    released = suppress(tables, implied=[(cells[0], cells[1]), (cells[1], cells[0])])
    said = [
        dict(table.table.select(pl.col(table.by[0]).cast(pl.String), "n_patients").rows()) for table in released.tables
    ]
    lacking = next((known for known in (said[0]["kind3"], said[1]["maker3"]) if known is not None), None)
    for told, name in zip(said, ("kind3", "maker3"), strict=True):
        told[name] = lacking
        hidden = [key for key, count in told.items() if count is None]
        total = released.tables[0].n_total
        if hidden and total is not None:  # the most that one of the hidden can be, if each other is 1
            assert total - sum(filter(None, told.values())) - (len(hidden) - 1) >= 11
