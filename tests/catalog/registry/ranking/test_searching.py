"""Search finds what was meant: by name, by any word, by its beginning, with typos, and says where."""

import statistics
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.registry.ranked import everything, index_of_everything, invented, keys
from workbench.catalog.registry.asking.typed_words import Vocabulary, distance
from workbench.catalog.registry.asking.words import fold, joined_words, squeeze, stem, words_of
from workbench.catalog.registry.ranking.searching import SearchIndex

NAMES = sorted({(name, entry.key) for entry in everything() for name in (entry.name, entry.key, *entry.aliases)})
LONG = [(name, key) for name, key in NAMES if len(squeeze(name)) >= 6]


def found(text, limit=3):
    return [hit.key for hit in index_of_everything().search(text, limit)]


def test_each_name_and_alias_finds_its_entry_first_or_tied_with_others_of_the_same_name():
    bearers = {}
    for name, key in NAMES:
        bearers.setdefault(squeeze(name), set()).add(key)
    lost = []
    for name, key in NAMES:
        hits = found(name, 20)
        if key not in hits or not set(hits[: hits.index(key)]) <= bearers[squeeze(name)]:
            lost.append((name, key, hits[:3]))
    assert lost == []


@given(named=st.sampled_from(LONG), data=st.data())
def test_one_typo_in_a_name_of_six_letters_still_finds_it_in_the_top_three(named, data):
    name, key = named
    letters = [place for place, letter in enumerate(name) if squeeze(letter)]
    place = data.draw(st.sampled_from(letters))
    kind = data.draw(st.sampled_from(["delete", "insert", "replace", "swap"]))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    rest = {
        "delete": name[place + 1 :],
        "insert": letter + name[place:],
        "replace": letter + name[place + 1 :],
        "swap": name[place + 1 : place + 2] + name[place] + name[place + 2 :],
    }[kind]
    assert key in found(name[:place] + rest, limit=3)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("chexprt", "chexpert"),
        ("camelyn", "camelyon16"),
        ("camelyon 17", "camelyon17"),
        ("BraTS 2023", "brats"),
        ("nct crc", "nct-crc-he-100k"),
        ("lidc idri", "lidc-idri"),
        ("LiDc–IdRi", "lidc-idri"),
        ("Ménière chexpert", "chexpert"),
        ("human connectome", "hcp"),
        ("low dose screening of the lung", "nlst"),
        ("gleason grad", "panda"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed, first):
    assert found(typed, 1) == [first]


def test_a_misspelled_word_finds_the_data_sets_that_hold_it():
    mammograms = {entry.key for entry in everything() if "MG" in entry.modality}
    assert set(found("mamography", 4)) <= mammograms


def test_hits_say_what_matched_and_where():
    shelf = SearchIndex(
        [
            invented("one", name="Lungs of Anywhere", organs=["lung"], keywords=["nodule"]),
            invented("two", name="Brains"),
        ]
    )
    (hit,) = shelf.search("nodul anywere")
    assert hit.key == "one"
    assert hit.matched == ("the keywords: nodule", "the name: anywhere for 'anywere'")


def test_a_word_in_the_name_outranks_the_same_word_in_the_summary():
    said = "An invented data set which mentions the spleen once in passing."
    shelf = SearchIndex([invented("a", summary=said), invented("b", name="Spleen of Anywhere")])
    assert keys(shelf.search("spleen")) == ["b", "a"]


def test_a_rare_synonym_never_outranks_the_word_itself():
    shelf = SearchIndex(
        [invented(key, name=f"{key} kidney") for key in "abc"]
        + [invented("d", name="d renal"), invented("e", name="Other")]
    )
    hits = shelf.search("kidney")
    assert keys(hits) == ["a", "b", "c", "d"]
    assert "the name: renal for 'kidney'" in hits[-1].matched


def test_nothing_is_found_for_words_that_nobody_holds_and_for_no_words():
    assert index_of_everything().search("qqqqqqqqqqqq") == []
    assert index_of_everything().search("") == []
    assert index_of_everything().search("—") == []


def test_the_limit_is_kept_and_scores_only_fall():
    hits = index_of_everything().search("cancer", 7)
    assert len(hits) == 7
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_pasted_page_is_answered_by_its_first_words():
    page = "chexpert " + " ".join(f"wrod{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(600))
    assert found(page, 1) == ["chexpert"]
    assert found(" ".join(reversed(page.split())), 1) != ["chexpert"]


def test_a_search_takes_less_than_twenty_milliseconds_of_a_processor():
    index, times = index_of_everything(), []
    for name, _ in LONG[::5]:
        before = time.process_time()
        index.search(f"{name[:3]}x{name[4:]}")
        times.append(time.process_time() - before)
    assert statistics.median(times) < 0.02


@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    assert len(index_of_everything().search(text, 5)) <= 5


@given(st.text(), st.text())
def test_folding_twice_is_folding_once_and_stems_of_words_do_not_depend_on_neighbors(one, other):
    assert fold(fold(one)) == fold(one)
    assert words_of(f"{one} {other}") == words_of(one) + words_of(other)


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7), st.integers(0, 3))
def test_the_distance_is_symmetric_zero_only_for_equals_and_bounded(one, other, most):
    apart = distance(one, other, most)
    assert apart == distance(other, one, most)
    assert (apart == 0) == (one == other)
    assert apart <= most + 1
    assert apart >= min(most + 1, abs(len(one) - len(other)))


@given(st.text("abcd", min_size=1, max_size=8), st.data())
def test_each_of_the_four_typos_costs_one(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    swapped = word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]
    for typo in (
        word[:place] + word[place + 1 :],
        word[:place] + "x" + word[place:],
        word[:place] + "x" + word[place + 1 :],
    ):
        assert distance(word, typo, 2) == 1
    assert distance(word, swapped, 2) == (swapped != word)


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("studies", "study"),
        ("metastases", "metastasis"),
        ("masses", "mass"),
        ("boxes", "box"),
        ("nodules", "nodul"),
        ("nodule", "nodul"),
        ("virus", "virus"),
        ("imaging", "imag"),
        ("images", "imag"),
        ("labeled", "label"),
        ("mri", "mri"),
        ("2023", "2023"),
    ],
)
def test_stems(word, stemmed):
    assert stem(word) == stemmed


def test_joined_words_are_the_hyphenated_and_mixed_ones():
    assert joined_words("X-ray and CT of ChestX-ray14, H&E") == ["xray", "chestxray14", "he"]


def test_a_typo_is_only_looked_for_when_nothing_else_is_found():
    words = Vocabulary({"scan": 1, "span": 1, "scanner": 1}, 3)
    assert [word for word, _ in words.meant("scan")] == ["scan", "scanner"]
    assert [word for word, _ in words.meant("scaan")] == ["scan"]
    assert words.meant("xyzw") == []
    assert words.meant("100") == []


def test_a_number_counts_only_with_the_word_before_it():
    shelf = SearchIndex(
        [
            invented("kits", name="KiTS23", keywords=["67 people"]),
            invented("other", name="Other", keywords=["BraTS 2023"]),
        ]
    )
    assert shelf.search("Ki-67") == []
    assert keys(shelf.search("brats2023")) == keys(shelf.search("brats 2023")) == ["other"]
    (hit,) = shelf.search("kits 23")
    assert hit.matched == ("the name: KiTS23", "the name: kits", "the name: kits23")


def test_a_confirmed_license_breaks_near_ties_and_the_beginning_of_a_name_counts():
    unknown = invented("a", name="Spleens of Anywhere", license={"id": "unknown"})
    shelf = SearchIndex([unknown, invented("b", name="Spleens of Nowhere")])
    assert keys(shelf.search("anywhere spleens")) == ["a", "b"]
    assert keys(shelf.search("of spleens")) == ["b", "a"]
    begun, other = SearchIndex(
        [
            invented("c", name="Spleens of Anywhere and of everywhere else", license={"id": "unknown"}),
            invented("d", name="Anywhere Spleens", keywords=["spleens"]),
        ]
    ).search("spleens of a")
    assert (begun.key, other.key) == ("c", "d")
