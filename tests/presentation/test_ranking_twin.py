"""The page without a kernel ranks as Python does: same order, same scores, same sentences, in a real Chromium."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.catalog.registry.ranked import answer, everything, index, index_of_everything, shipped
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.ranking.apart import collection_forms
from workbench.catalog.registry.ranking.forms import ranking_bundle
from workbench.catalog.registry.ranking.recommending import recommend
from workbench.presentation.catalog_view import ranking_script

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTIONS = Path(__file__).parents[1] / "catalog" / "registry"
N_GENERATED = 200
GLUE = [
    "with",
    "not",
    "or",
    ",",
    "without",
    "and",
    "over 10,000",
    "at least 5k",
    "more than 1.5 million",
    "from",
    "ß é",
    "other than",
    "external test set for",
    "trained on",
    "between 500 and 2,000",
    "5-10k",
    "over 65",
    "after 2020",
    "5 GB",
    "is not important",
    "mamography",
    "COVID-19",
]

LOAD = """async ([source, packed]) => {
  const bundle = JSON.parse(packed);
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.twin = await import(address);
  window.bundle = bundle;
  window.index = twin.buildIndex(bundle.forms, bundle.rules);
}"""
ASK = """(questions) => JSON.stringify(questions.map(
  (text) => twin.recommend(index, twin.readQuestion(text, bundle.rules, index), bundle.leakage),
))"""
READ = "(questions) => JSON.stringify(questions.map((text) => twin.readQuestion(text, bundle.rules, index)))"
SEARCH = "(texts) => JSON.stringify(texts.map((text) => twin.search(index, text, 10)))"
TIME = """(texts) => texts.map((text) => {
  const before = performance.now();
  twin.search(index, text, 10);
  return performance.now() - before;
})"""


def written():
    files = (QUESTIONS / name for name in ("questions.yaml", "more_questions.yaml"))
    return [asked["question"] for file in files for asked in yaml.safe_load(file.read_text(encoding="utf-8"))]


def generated():
    """Return questions put together from every phrase of the rules, names of entries, numbers and glue."""
    random = np.random.default_rng(20)
    rules = ranking_rules()
    phrases = [words for rule in (*rules["lexicon"], *rules["quantities"]) for words in rule["words"]]
    phrases += [entry.name for entry in shipped()]
    return [
        " ".join(f"{random.choice(GLUE)} {random.choice(phrases)}" for _ in range(int(random.integers(1, 6))))
        for _ in range(N_GENERATED)
    ]


def strange():
    """Return texts of any Latin, Greek or Cyrillic letters, accents, signs and digits."""
    random = np.random.default_rng(21)
    return ["".join(chr(each) for each in random.integers(32, 0x530, int(random.integers(1, 30)))) for _ in range(300)]


def typed():
    """Return texts for a search: names, a letter of them replaced, and their beginnings."""
    names = [entry.name for entry in everything()][::3]
    return [each for name in names for each in (name, f"{name[:2]}x{name[3:]}", name[:4])]


def load(opened, entries):
    opened.evaluate(LOAD, [ranking_script(), json.dumps(ranking_bundle(entries))])


@pytest.fixture(scope="module")
def curated(visit):
    """Return a page that holds the twin with the curated entries."""
    visit.page.goto("about:blank")
    load(visit.page, shipped())
    return visit.page


def told_by(opened, what, texts):
    """Return what the twin tells; as one text, since a page hands large objects over slowly."""
    return json.loads(opened.evaluate(what, texts))


def plain_needs(needs):
    """Return needs as they travel to a page: pairs become lists."""
    return json.loads(json.dumps(needs.as_fields()))


def plain(hits):
    return [{"key": hit.key, "score": hit.score, "matched": list(hit.matched)} for hit in hits]


@pytest.mark.parametrize("questions", [written, generated], ids=["written", "generated"])
def test_the_same_questions_get_the_same_answers_to_the_letter(curated, questions):
    for question, told in zip(questions(), told_by(curated, ASK, questions()), strict=True):
        assert told == answer(question).as_fields(), question


def test_collections_are_named_alike_where_few_entries_suit(curated):
    ask = """([texts, forms]) => JSON.stringify(texts.map(
      (text) => twin.recommend(index, twin.readQuestion(text, bundle.rules, index), bundle.leakage, forms),
    ))"""
    forms = json.loads(json.dumps(collection_forms()))
    texts = ["glioblastoma MRI", "CT, at least 900 patients, with race", "chest CT", "CT of people in the UK"]
    for text, told in zip(texts, json.loads(curated.evaluate(ask, [texts, forms])), strict=True):
        found = recommend(shipped(), read_question(text, index()), index=index(), apart=True)
        assert told == found.as_fields(), text


def test_needs_are_read_alike(curated):
    read = curated.evaluate(
        "(questions) => questions.map((text) => twin.readQuestion(text, bundle.rules, index))", generated()
    )
    for question, needs in zip(generated(), read, strict=True):
        assert needs == plain_needs(read_question(question, index())), question


@pytest.mark.parametrize("texts", [typed, strange], ids=["typed", "strange"])
def test_searches_find_the_same_in_the_same_order(curated, texts):
    for text, hits in zip(texts(), told_by(curated, SEARCH, texts()), strict=True):
        assert hits == plain(index().search(text, 10)), text


def test_searches_among_the_collections_too_and_within_twenty_milliseconds(curated):
    load(curated, everything())
    texts = typed()[::4]
    for text, hits in zip(texts, told_by(curated, SEARCH, texts), strict=True):
        assert hits == plain(index_of_everything().search(text, 10)), text
    assert float(np.median(curated.evaluate(TIME, texts))) < 20


def test_the_twin_touches_no_document():
    source = ranking_script()
    assert not any(word in source for word in ("document.", "window.", "fetch(", "localStorage"))
