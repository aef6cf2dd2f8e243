"""Families: who shares images with whom, on hand-made families and on random ones."""

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families, find_cycles
from workbench.catalog.registry.family_graph import TO_PARENT


def families(
    *relations: tuple[str, str, str], outside: tuple[str, ...] = (), trained: dict[str, Any] | None = None
) -> Families:
    """Return families from (child, kind, parent); names in `outside` are no entries."""
    keys = {key for one, _, other in relations for key in (one, other) if key not in outside}
    listed = {key: [(kind, of) for one, kind, of in relations if one == key] for key in sorted(keys)}
    entries = [
        Entry(
            "dataset",
            {
                "key": key,
                "name": key.upper(),
                "relations": [{"kind": kind, "of": of, "outside": of in outside} for kind, of in stated],
            },
        )
        for key, stated in listed.items()
    ]
    models = [
        Entry("model", {"key": key, "name": key.upper(), "trained_on": on}) for key, on in (trained or {}).items()
    ]
    return Families([*entries, *models])


APART = "Do not train on one and test on the other."
COMPARE = "Compare their patients before training on one and testing on the other."
FAMILY = families(
    ("luna", "subset_of", "lidc"),
    ("luna25", "edition_of", "luna"),
    ("masks", "annotations_of", "lidc"),
    ("lidc", "hosted_on", "tcia"),
    ("nlst", "hosted_on", "tcia"),
    ("mix", "overlaps", "luna"),
    ("small", "derived_from", "ddsm"),
    ("curated", "derived_from", "ddsm"),
    ("both", "derived_from", "lidc"),
    ("both", "derived_from", "nlst"),
    outside=("ddsm",),
    trained={"net": ["luna25"], "other-net": ["lidc"], "free-net": []},
)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("luna", "lidc", f"LUNA is a subset of LIDC. {APART}"),
        ("lidc", "luna", f"LUNA is a subset of LIDC. {APART}"),
        ("luna25", "lidc", f"LUNA25 is an edition of LUNA, which is a subset of LIDC. {APART}"),
        ("luna", "masks", f"LUNA is a subset of LIDC, and MASKS annotates LIDC. {COMPARE}"),
        ("mix", "luna", f"MIX overlaps with LUNA. {APART}"),
        ("luna", "mix", f"LUNA overlaps with MIX. {APART}"),
        ("mix", "lidc", f"MIX overlaps with LUNA, and LUNA is a subset of LIDC. {COMPARE}"),
        ("luna25", "mix", f"LUNA overlaps with MIX, and LUNA25 is an edition of LUNA. {COMPARE}"),
        ("small", "curated", f"SMALL is derived from ddsm, and CURATED is derived from ddsm. {COMPARE}"),
        ("net", "luna25", "NET was trained on LUNA25. Do not test it there."),
        ("lidc", "net", f"NET was trained on LUNA25. LUNA25 is an edition of LUNA, which is a subset of LIDC. {APART}"),
        ("both", "luna", f"BOTH is derived from LIDC, and LUNA is a subset of LIDC. {COMPARE}"),
        ("lidc", "nlst", None),  # to be on one platform is no relation, and a common child makes none of its parents
        ("lidc", "tcia", None),
        ("nlst", "luna", None),
        ("net", "other-net", None),  # two models: neither can be tested on the other
        ("net", "nlst", None),
        ("free-net", "lidc", None),
        ("luna", "luna", None),
    ],
)
def test_images_in_common_are_told(one: str, other: str, sentence: str | None) -> None:
    assert FAMILY.leakage(one, other) == sentence


def test_two_that_hold_all_of_a_third_share_it() -> None:
    known = families(("x", "subset_of", "p"), ("x", "subset_of", "middle"), ("middle", "subset_of", "q"))
    said = f"X is a subset of P, and X is a subset of MIDDLE, which is a subset of Q. {COMPARE}"
    assert known.leakage("p", "q") == said
    assert ("p", "q", said) in list(known.pairs())
    merged = families(("x", "derived_from", "p"), ("x", "derived_from", "q"))  # some of each are no common ones
    assert merged.leakage("p", "q") is None


def test_spellings_of_a_name_outside_are_one() -> None:
    known = families(
        ("a", "subset_of", "Big Set"), ("b", "subset_of", "big  s\u00e9t"), outside=("Big Set", "big  s\u00e9t")
    )
    assert known.leakage("a", "b") == f"A is a subset of Big Set, and B is a subset of Big Set. {COMPARE}"
    assert known.roots("b") == ("Big Set",)


def test_a_name_outside_that_an_entry_bears_is_that_entry() -> None:
    fields = {"key": "a", "name": "A", "relations": [{"kind": "subset_of", "of": "LIDC\u2013idri", "outside": True}]}
    lidc = Entry("dataset", {"key": "lidc", "name": "Lung images", "aliases": ["LIDC-IDRI"]})
    known = Families([Entry("dataset", fields), lidc])
    assert known.leakage("a", "lidc") == f"A is a subset of Lung images. {APART}"
    assert [key for key, _ in known.children("lidc")] == ["a"]


def test_pairs_of_many_families_take_no_longer_than_they_are() -> None:
    edges = [(f"k{n}", "subset_of", f"root{n // 4}") for n in range(1200)]
    begin = time.perf_counter()
    found = list(families(*edges).pairs())
    assert len(found) == 300 * 10  # five each, all related
    assert time.perf_counter() - begin < 5  # 0.1 s on an idle core


def test_relatives_are_listed_in_both_directions() -> None:
    assert [(each.kind, each.of) for each in FAMILY.parents("both")] == [
        ("derived_from", "lidc"),
        ("derived_from", "nlst"),
    ]
    assert [(key, each.kind) for key, each in FAMILY.children("lidc")] == [
        ("both", "derived_from"),
        ("luna", "subset_of"),
        ("masks", "annotations_of"),
    ]
    assert FAMILY.overlaps("luna") == ("mix",)
    assert FAMILY.overlaps("mix") == ("luna",)


@pytest.mark.parametrize(
    ("key", "roots"),
    [("luna25", ("lidc",)), ("lidc", ("lidc",)), ("both", ("lidc", "nlst")), ("small", ("ddsm",))],
)
def test_roots_are_the_topmost_ancestors(key: str, roots: tuple[str, ...]) -> None:
    assert FAMILY.roots(key) == roots


# ------------------------------------------------------------------ random families


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Draw keys and relations without a circle: a parent comes before its child."""
    keys = [f"k{n}" for n in range(draw(st.integers(2, 8)))]
    n_edges = draw(st.integers(0, 10))
    edges = set()
    for _ in range(n_edges):
        child = draw(st.integers(1, len(keys) - 1))
        parent = draw(st.integers(0, child - 1))
        edges.add((keys[child], draw(st.sampled_from([*TO_PARENT, "overlaps", "hosted_on"])), keys[parent]))
    return keys, sorted(edges)


def made(keys: list[str], edges: list[tuple[str, str, str]]) -> Families:
    """Return the families of drawn relations; every key is an entry."""
    return families(*edges, *((key, "hosted_on", "platform") for key in keys), outside=("platform",))


def ancestors(key: str, edges: list[tuple[str, str, str]]) -> set[str]:
    """Return a key and everything above it, by going up until nothing new comes."""
    found = {key}
    while True:
        more = {of for one, kind, of in edges if one in found and kind in TO_PARENT}
        if more <= found:
            return found
        found |= more


@given(graphs())
def test_two_share_images_exactly_by_descent_or_overlap(graph: tuple[list[str], list[tuple[str, str, str]]]) -> None:
    keys, edges = graph
    known = made(keys, edges)
    above = {key: ancestors(key, edges) for key in keys}
    kin = {key: above[key] | {other for other in keys if key in above[other]} for key in keys}
    overlapping = {frozenset((one, of)) for one, kind, of in edges if kind == "overlaps"}
    inside = {key: ancestors(key, [edge for edge in edges if edge[1] == "subset_of"]) for key in keys}
    for one in keys:
        for other in keys:
            met = any(frozenset((a, b)) in overlapping for a in kin[one] for b in kin[other])
            part = any({one, other} <= inside[key] for key in keys)
            expected = one != other and (bool(above[one] & above[other]) or met or part)
            assert (known.leakage(one, other) is not None) == expected, (one, other, edges)


@given(graphs())
def test_sharing_goes_both_ways_and_pairs_lists_it_once(graph: tuple[list[str], list[tuple[str, str, str]]]) -> None:
    known = made(*graph)
    pairs = {(one, other): said for one, other, said in known.pairs()}
    for one in graph[0]:
        for other in graph[0]:
            said = known.leakage(one, other)
            assert (said is None) == (known.leakage(other, one) is None)
            if one < other:
                assert pairs.get((one, other)) == said


@given(graphs(), st.data())
def test_what_is_shared_stays_shared_when_a_relation_is_added(
    graph: tuple[list[str], list[tuple[str, str, str]]], data: st.DataObject
) -> None:
    keys, edges = graph
    child = data.draw(st.integers(1, len(keys) - 1))
    more = (keys[child], "subset_of", keys[data.draw(st.integers(0, child - 1))])
    before = {pair[:2] for pair in made(keys, edges).pairs()}
    after = {pair[:2] for pair in made(keys, [*edges, more]).pairs()}
    assert before <= after
    assert tuple(sorted((more[0], more[2]))) in after


@given(graphs())
def test_every_root_is_above_and_has_nothing_above_it(graph: tuple[list[str], list[tuple[str, str, str]]]) -> None:
    keys, edges = graph
    known = made(keys, edges)
    for key in keys:
        roots = set(known.roots(key))
        assert roots == {each for each in ancestors(key, edges) if ancestors(each, edges) == {each}}


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3), max_size=6))
def test_a_circle_is_found_exactly_when_there_is_one(parents: dict[str, list[str]]) -> None:
    # Kahn's way: take away what has no parent left; what remains lies on a circle or below one.
    left = {key: set(parents.get(key, ())) for key in {*parents, *(of for each in parents.values() for of in each)}}
    while free := {key for key, above in left.items() if not above}:
        left = {key: above - free for key, above in left.items() if key not in free}
    cycles = find_cycles(parents)
    assert bool(cycles) == bool(left)
    for cycle in cycles:
        assert cycle[0] == cycle[-1] == min(cycle)
        assert all(above in parents[below] for below, above in pairwise(cycle))
        assert len(set(cycle)) == len(cycle) - 1
    assert len(set(cycles)) == len(cycles)


def test_a_long_chain_needs_no_recursion() -> None:
    chain = [(f"k{n}", "subset_of", f"k{n - 1}") for n in range(1, 1500)]
    assert families(*chain).roots("k1499") == ("k0",)
    assert find_cycles({one: [of] for one, _, of in chain}) == []
    assert len(find_cycles({**{one: [of] for one, _, of in chain}, "k0": ["k1499"]})[0]) == 1501


def test_families_print_each_parent_with_what_was_taken_from_it() -> None:
    known = families(("b", "subset_of", "a"), ("c", "derived_from", "a"), ("d", "overlaps", "a"))
    assert repr(known).splitlines()[1:] == [f"{known._called('a')}: {known._called('b')} (b), {known._called('c')} (c)"]
    assert repr(Families([])) == "No entry was taken from another."


def test_other_images_of_the_same_people_are_told_apart_from_shared_images():
    relation = {"kind": "same_patients", "of": "slides"}
    scans = Entry("dataset", {"key": "scans", "name": "Scans", "relations": [relation]})
    slides = Entry("dataset", {"key": "slides", "name": "Slides"})
    said = "Scans has other images of patients of Slides. Keep each patient on one side of a test."
    assert Families([scans, slides]).leakage("scans", "slides") == said
    assert Families([scans, slides]).overlaps("scans") == ()
