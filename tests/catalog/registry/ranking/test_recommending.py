"""Recommendations: the right answer first, every need checked again by hand, nothing unknown taken for granted."""

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.catalog.registry.ranked import EVIDENCE, answer, invented, keys, shipped
from tests.thorough import examples
from workbench.catalog.registry.asking.needs import Needs, Wanted
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.typed_needs import typed_needs
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.idc.checks import read_idc_facts
from workbench.catalog.registry.idc.collections import collection_entries
from workbench.catalog.registry.ranking.forms import ranking_bundle, ranking_form, ranking_forms
from workbench.catalog.registry.ranking.meeting import answers
from workbench.catalog.registry.ranking.recommending import recommend
from workbench.catalog.registry.ranking.searching import SearchIndex

QUESTIONS = yaml.safe_load((Path(__file__).parents[1] / "questions.yaml").read_text(encoding="utf-8"))
WIDER, INSIDE = ranking_rules()["regions_covering"], ranking_rules()["organs_within"]

NEEDS = st.fixed_dictionaries(
    {},
    optional={
        "modality": st.sampled_from(["CT", "MR", "x-ray", "ultrasound", "SM", "pathology", "PET/CT", "MG"]),
        "body_region": st.sampled_from(["Chest", "Head", "brain", "Breast", "Abdomen", "Pelvis", "Whole body", "knee"]),
        "task": st.sampled_from(["segmentation", "classification", "detection", "grading"]),
        "labels": st.sampled_from(["masks", "boxes", "reports", "grades", "image labels"]).filter(
            lambda each: each in _LABELS
        ),
        "demographics": st.lists(
            st.sampled_from(["age", "sex", "race", "ethnicity", "race or ethnicity"]), unique=True
        ),
        "commercial_use": st.booleans(),
        "access": st.sampled_from(["open", "registration", "data_use_agreement", "credentialed"]),
        "splits": st.booleans(),
        "min_size": st.dictionaries(
            st.sampled_from(["patients", "images", "slides"]), st.integers(1, 200_000), max_size=1
        ),
    },
)
PEOPLE = ("age", "sex", "race", "ethnicity")
_LABELS = {rule["value"] for rule in ranking_rules()["lexicon"] if rule["need"] == "labels"}


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_the_answer_of_a_well_read_colleague_comes_first(asked):
    found = answer(asked["question"])
    if asked.get("no_data_set_meets_all"):
        assert found.ranked == ()
        assert found.best is None
        assert found.nearest
        return
    confirmed = {entry.key for entry in shipped() if entry.license_confirmed}
    if confirmed & set(asked["first"]):
        assert found.best is not None
        assert found.best.key in asked["first"]
    else:
        # Nobody may be told to use what no source licenses; then it has to stand first of those, and say so.
        assert found.not_confirmed[0].key in asked["first"]
        assert str(found.not_confirmed[0].warnings[0]).startswith("Its license is not confirmed")


def test_every_answer_that_the_questions_name_is_in_the_catalog():
    named = {key for asked in QUESTIONS for key in asked.get("first", ())}
    assert named <= {entry.key for entry in shipped()}


def test_no_key_of_an_entry_is_in_the_code_of_ranking():
    ranking = Path(recommend.__code__.co_filename).parent
    files = [*ranking.glob("*.py"), *(ranking.parent / "asking").glob("*.py")]
    assert len(files) > 20
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert {entry.key for entry in shipped()} & written == set()


def within(organs):
    """Return organs and what lies in them."""
    return {part for organ in organs for part in (organ, *INSIDE.get(organ, ()))}


def fits(entry, part, kinds, regions, organs, labels):
    """Return whether a part is of the kinds, the places and the labels; what it leaves out is that of the whole."""
    shown = set(part.get("body_region", entry.body_region))
    named = set(part.get("organs", entry.organs))
    places = all(shown & wider for wider in regions) and all(not named or named & wanted for wanted in organs)
    return (not kinds or set(part["modality"]) & kinds) and places and set(labels) <= set(part.get("labels", ()))


def counted(entry, name, needs, kinds, regions, organs):
    """Return a number of what is asked for, of the parts that show it or of the whole if it is nothing else."""
    parts = entry.fields.get("parts", ())
    fitting = [part for part in parts if fits(entry, part, kinds, regions, organs, ())]
    if entry.fields.get("platform"):
        return -1
    if parts and len(fitting) < len(parts):
        sizes = [size["value"] for part in fitting for size in part.get("sizes", ()) if size["quantity"] == name]
        return max(sizes, default=-1)
    images = [each for each in entry.modality if each != "TEXT"]
    if not parts and kinds and not set(images) <= kinds and not (name == "patients" and images[0] in kinds):
        return -1
    return entry.size(name) or -1


def meets(entry, needs):
    """Return whether an entry meets hard needs, worked out from its own fields and not from what ranking reads."""
    fields = entry.fields
    regions = [{wider for value in wanted.values for wider in WIDER[value]} for wanted in needs.region]
    organs = [within(wanted.values) for wanted in needs.organs]
    kinds = {value for wanted in needs.modality for value in wanted.values}
    named = " ".join([entry.name, *entry.aliases, *entry.conditions, *entry.keywords]).lower()
    order = ["open", "registration", "data_use_agreement", "credentialed"]
    known = {name for name, given in entry.demographics.items() if given in ("yes", "partly")}
    parts, labels = fields.get("parts", ()), needs.labels
    several = [(kinds, entry.modality), ((*regions, *organs), entry.body_region), (needs.task, entry.tasks)]
    several.append((labels, fields["annotations"]["kinds"]))
    checks = [
        all(set(wanted.values) & set(entry.modality) for wanted in needs.modality),
        all(set(entry.body_region) & wider for wider in regions),
        all(set(entry.organs) & wanted if entry.organs else any(each in named for each in wanted) for wanted in organs),
        all(set(wanted.values) & set(entry.tasks) for wanted in needs.task),
        set(labels) <= set(fields["annotations"]["kinds"]),
        # Each kind of image and each place, one of the parts has both, with the labels.
        not parts
        or all(
            any(fits(entry, part, kind, region, organ, labels) for part in parts)
            for kind in [set(wanted.values) for wanted in needs.modality] or [set()]
            for region, organ in [([each], []) for each in regions] + [([], [each]) for each in organs] or [([], [])]
        ),
        not fields.get("platform") or sum(bool(asked) and len(has) > 1 for asked, has in several) < 2,
        all(set(name.split(" or ")) & known for name in needs.demographics),
        not needs.commercial or entry.commercial_use is True,
        not needs.access or entry.access in order[: order.index(needs.access) + 1],
        not needs.splits or fields.get("splits", {}).get("official") in ("yes", "partly"),
        all(
            any(counted(entry, name, needs, kinds, regions, organs) >= size.least for name in size.quantities)
            for size in needs.sizes
        ),
    ]
    return all(checks)


@settings(max_examples=examples(80))
@given(NEEDS)
def test_who_is_ranked_is_exactly_who_meets_every_need_with_a_confirmed_license(stated):
    needs = typed_needs(**stated)
    sets = [entry for entry in shipped() if entry.kind == "dataset"]
    found = answer(needs)
    assert set(keys(found.ranked)) == {entry.key for entry in sets if entry.license_confirmed and meets(entry, needs)}
    assert not set(keys(found.not_confirmed)) & {entry.key for entry in sets if entry.license_confirmed}
    for choice in found.near_misses:
        # PET/CT is one need that two modalities meet; what is asked about the patients is one need as well.
        assert len({each.need for each in choice.unmet}) == 1 or {each.about for each in choice.unmet} == {
            "demographics"
        }


@settings(max_examples=examples(60))
@given(NEEDS, NEEDS)
def test_adding_a_need_never_adds_choices(stated, more):
    needs = typed_needs(**stated)
    more = more | {"access": stated.get("access") or more.get("access", "")}  # the access that is stated last counts
    assert set(keys(answer(needs.with_needs(typed_needs(**more))).ranked)) <= set(keys(answer(needs).ranked))


ADDED = st.tuples(
    st.sampled_from(["", "not ", "without "]),
    st.sampled_from(
        [words for rule in ranking_rules()["lexicon"] if rule["need"] != "kind" for words in rule["words"]]
    ),
).map("".join)


@settings(max_examples=examples(60))
@given(st.lists(ADDED, max_size=3), st.one_of(ADDED, st.sampled_from(["over 1,000 patients", "at most 5k images"])))
def test_saying_more_in_a_question_never_adds_choices(said, more):
    before = answer(", ".join(said))
    assume(before.needs.said() or not said)  # what means nothing alone, such as "MS", ranks nobody
    fewer = answer(", ".join([*said, more]))
    assert set(keys(fewer.ranked)) <= set(keys(before.ranked))


@settings(max_examples=examples(10), deadline=None)
@given(st.permutations(range(30)), st.sampled_from([asked["question"] for asked in QUESTIONS]))
def test_the_answer_does_not_depend_on_the_order_of_entries(order, question):
    some = sorted(shipped(), key=lambda entry: entry.key)[::3][:30]
    shuffled = [some[place] for place in order if place < len(some)]
    asked = read_question(question)
    assert recommend(shuffled, asked).as_fields() == recommend(some, asked).as_fields()


@pytest.mark.parametrize("question", [asked["question"] for asked in QUESTIONS])
def test_ranking_is_a_total_order_best_first(question):
    ranked = answer(question).ranked
    assert [(choice.score, choice.key) for choice in ranked] == sorted(
        ((choice.score, choice.key) for choice in ranked), key=lambda each: (-each[0], each[1])
    )


def no_leakage(one, other):
    return None


def only(entry, needs):
    """Return the recommendation among one entry and another that is confirmed and shows something else."""
    return recommend([entry], read_question(needs) if isinstance(needs, str) else needs)


@pytest.mark.parametrize(
    ("fields", "question", "told"),
    [
        ({"claims": []}, "over 100 patients", "How many patients it has is not known."),
        ({}, "at least 5,000 patients", "1,200 patients, say the creators."),
        ({}, "CT with race", "Whether race is given is not known."),
        ({}, "CT with ethnicity", "Ethnicity is not given."),
        ({"access": {"kind": "unknown"}}, "CT without registration", "How one gets access is not known."),
        ({"access": {"kind": "credentialed"}}, "CT without credentialing", "Access needs credentials."),
        ({}, "chest MRI", "Kind of image: CT."),
        ({}, "knee CT", "Shows Chest."),
        ({"organs": ["lung"]}, "CT of the heart", "Shows lung."),
        ({"organs": ["brain"], "body_region": ["Head"]}, "eye CT", "Shows brain."),
        ({"body_region": ["Head"]}, "eye CT", "What organs it shows is not known."),
        ({}, "CT with boxes", "Comes with masks."),
        ({}, "CT with official splits", "Whether it has official splits is not known."),
        ({"body_region": ["Unknown"]}, "chest CT", "What part of the body it shows is not known."),
        (
            {"license": {"id": "CC-BY-NC-4.0", "evidence": EVIDENCE}},
            "CT, commercial use",
            "Commercial use is not allowed: Creative Commons Attribution-NonCommercial 4.0, “free for everybody”. "
            "(https://example.org/data)",
        ),
    ],
)
def test_one_need_that_is_not_met_or_not_known_is_named(fields, question, told):
    entry = invented("lungs", **fields)
    found = only(entry, question)
    assert found.ranked == ()
    assert found.verdict == "No data set with a confirmed license meets all needs."
    given = answers(ranking_form(entry), read_question(question), no_leakage)
    assert [str(each.remark) for each in given if each.met != "yes"] == [told]
    for choice in (*found.near_misses, *found.nearest):
        assert [str(each.remark) for each in choice.unmet] == [told]
        assert told.partition(" (http")[0] in str(found)


@pytest.mark.parametrize(
    ("question", "near"),
    [
        ("chest CT, over 2,000 patients", ["lungs"]),
        ("chest CT, over 5,000 patients", []),  # it has 1,200, not half of them
        ("chest CT with boxes", ["lungs"]),
        ("segmentation in chest MRI", ["lungs"]),
        ("classification in chest CT of nodules", ["lungs"]),
        ("classification in chest CT", []),
        ("knee CT of nodules", ["lungs"]),
        ("knee CT", []),
        ("chest MRI", []),
    ],
)
def test_a_near_miss_shows_nearly_the_same_and_for_the_same_purpose(question, near):
    assert keys(only(invented("lungs", keywords=["nodules"]), question).near_misses) == near


def test_an_entry_without_a_confirmed_license_is_never_ranked_whatever_it_meets():
    third = {**EVIDENCE, "kind": "third_party"}
    for terms in ({"id": "unknown"}, {"id": "CC0-1.0", "evidence": third}):
        found = only(invented("lungs", license=terms), "chest CT")
        assert (found.ranked, found.near_misses) == ((), ())
        assert keys(found.not_confirmed) == ["lungs"]
        assert "Its license is not confirmed: nothing may be concluded about its use." in str(found)


def test_what_is_asked_about_the_patients_is_one_need():
    unknown = invented("lungs", demographics=dict.fromkeys(PEOPLE, "unknown"))
    (choice,) = only(unknown, "CT with demographics and race").near_misses
    assert [each.need for each in choice.unmet] == ["age known", "sex known", "race known"]
    assert only(unknown, "CT with demographics, 2 million patients").near_misses == ()


@pytest.mark.parametrize("question", ["CT, not the chest", "grading"])
def test_who_has_what_is_ruled_out_or_serves_another_task_only_is_no_near_miss(question):
    found = only(invented("lungs"), question)
    assert (found.ranked, found.near_misses) == ((), ())


def test_who_shows_nothing_of_what_is_asked_for_is_neither_near_nor_nearest():
    assert only(invented("lungs"), "MRI").near_misses == ()
    assert only(invented("lungs"), "MRI").nearest == ()
    assert keys(only(invented("lungs", claims=[]), "a million patients").near_misses) == ["lungs"]


def test_an_unconfirmed_license_with_one_more_need_that_fails_stands_after_those_that_meet_the_rest():
    terms = {"license": {"id": "unknown"}}
    sets = [
        invented("a", **terms, claims=[]),
        invented("b", **terms),
        invented("c", **terms, claims=[], modality=["MR"]),
    ]
    found = recommend(sets, read_question("chest CT, over 100 patients, commercial use"))
    assert keys(found.not_confirmed) == ["b", "a"]
    assert found.near_misses == ()
    assert "How many patients it has is not known." in str(found)


def test_two_needs_that_fail_make_no_near_miss_and_the_nearest_are_told():
    sets = [invented("lungs"), invented("knees", body_region=["Lower limb"])]
    found = recommend(sets, read_question("chest MRI, 2 million images"))
    assert found.near_misses == ()
    assert keys(found.nearest) == ["lungs"]
    assert "Nearest:" in str(found)


def test_the_nearest_show_what_is_asked_for_though_others_fail_fewer_needs():
    sets = [invented("lungs"), invented("knees", body_region=["Lower limb"], demographics=dict.fromkeys(PEOPLE, "yes"))]
    found = recommend(sets, read_question("chest CT with race and ethnicity, 2 million patients"))
    assert keys(found.nearest) == ["lungs"]
    assert len(found.nearest[0].unmet) == 3


def test_a_number_is_met_by_at_least_and_strictly_by_more_only():
    def size(value, qualifier="exact"):
        claim = {**invented("x").fields["claims"][0], "value": value, "qualifier": qualifier}
        return invented("lungs", claims=[claim])

    assert keys(only(size(10_000), "at least 10,000 patients").ranked) == ["lungs"]
    assert keys(only(size(10_000), "over 10,000 patients").ranked) == []
    assert keys(only(size(10_000, "at_least"), "over 10,000 patients").ranked) == ["lungs"]
    assert keys(only(size(900), "fewer than 1,000 patients").ranked) == ["lungs"]
    # "900 or more" may be a thousand: not known to be fewer.
    assert only(size(900, "at_least"), "fewer than 1,000 patients").near_misses[0].unmet[0].met == "unknown"
    assert only(size(900, "at_least"), "at least 1,000 patients").near_misses[0].unmet[0].met == "unknown"


def test_to_be_small_enough_every_quantity_has_to_be():
    claim = invented("x").fields["claims"][0]
    sizes = [{**claim, "quantity": "slides", "value": 30}, {**claim, "quantity": "images", "value": 400}]
    both = invented("lungs", claims=sizes)
    assert keys(only(both, "at most 100 images").ranked) == []
    assert keys(only(both, "at most 400 images").ranked) == ["lungs"]
    assert keys(only(both, "at least 400 images").ranked) == ["lungs"]


def test_demographics_unqualified_means_age_and_sex_and_race_only_when_it_is_named():
    assert keys(only(invented("lungs"), "CT with demographics").ranked) == ["lungs"]
    assert keys(only(invented("lungs"), "CT with demographics and race").ranked) == []


def test_reasons_and_warnings_are_sentences_with_the_page_they_rest_on():
    entry = invented(
        "lungs",
        license={"id": "CC-BY-SA-4.0", "evidence": EVIDENCE},
        access={"kind": "data_use_agreement", "evidence": EVIDENCE},
        guide_advice=["For chest CT, Lungs"],
        keywords=["nodule"],
        known_issues=[{"issue": "Some masks are empty.", "evidence": EVIDENCE}],
        relations=[{"kind": "subset_of", "of": "bodies", "note": "All of it."}],
        claims=[
            {**invented("x").fields["claims"][0], "source": "guide", "where": "radiology:1"},
            {
                **invented("x").fields["claims"][0],
                "quantity": "series",
                "value": 3,
                "verdict": "differs",
                "source": "guide",
            }
            | {"checked_against": EVIDENCE},
        ],
    )
    found = recommend(
        [entry, invented("bodies", modality=["MR"])],
        read_question("nodules in chest CT, over 100 patients, age and sex"),
    )
    (choice,) = found.ranked
    page = "(https://example.org/data)"
    assert [str(each) for each in choice.reasons] == [
        "Shows chest.",
        "Kind of image: CT.",
        "Age is given for each person.",
        "Sex is given for some of the persons.",
        "1,200 patients, says a guide.",
        "The guides advise: “For chest CT, Lungs”",
        "Found in the keywords: nodule.",
    ]
    assert [str(each) for each in choice.warnings] == [
        f"Credit is required. {page}",
        f"What is made from it and shared must carry the same license (share-alike). {page}",
        f"Access needs a data use agreement. {page}",
        "Sex for some of the patients only.",
        "Subset of The set bodies. All of it.",
        "1,200 patients, says a guide; no page that was read agrees.",
        f"A guide says 3 series; the creators say otherwise: “free for everybody”. {page}",
        f"Known issue: Some masks are empty. {page}",
    ]


@pytest.mark.parametrize(
    ("kind", "said", "warned"),
    [
        ("creator", "1,200 patients, says a guide, and the creators agree. (https://example.org/data)", False),
        ("paper", "1,200 patients, says a guide, and a paper agrees. (https://example.org/data)", False),
        ("third_party", "1,200 patients, says a guide, and a third party agrees. (https://example.org/data)", True),
    ],
)
def test_a_number_is_its_sources_only_when_the_source_itself_was_read(kind, said, warned):
    checked = {"verdict": "agrees", "checked_against": {**EVIDENCE, "kind": kind}}
    claim = {**invented("x").fields["claims"][0], "source": "guide", "where": "radiology:1", **checked}
    (choice,) = only(invented("lungs", claims=[claim]), "chest CT, over 100 patients").ranked
    assert said in [str(each) for each in choice.reasons]
    told = "1,200 patients, says a guide; no page of its creators that was read says so."
    assert (told in [str(each) for each in choice.warnings]) == warned


def test_first_choices_that_share_images_warn_of_each_other():
    parent = invented("parent", name="Parent")
    child = invented("child", name="Child", relations=[{"kind": "subset_of", "of": "parent"}])
    found = recommend([parent, child, invented("stranger")], read_question("chest CT"))
    told = {choice.key: [str(each) for each in choice.warnings] for choice in found.ranked}
    shared = "Child is a subset of Parent. Do not train on one and test on the other."
    assert shared in told["parent"]
    assert shared in told["child"]
    assert shared not in told["stranger"]


def test_what_the_imaging_data_commons_counts_is_told_last_and_only_where_it_differs():
    def warned(fact):
        forms = ranking_forms([invented("lungs")], {"lungs": fact})
        (choice,) = recommend([invented("lungs")], Needs(), index=SearchIndex(forms)).ranked
        return [str(each) for each in choice.warnings if "Credit" not in each.text][-1:]

    assert warned("The guide says 2 scans; IDC has 3 series.") == ["The guide says 2 scans; IDC has 3 series."]
    assert warned("The guide says 1,014 studies; IDC has 1,014 studies of 900 people.") == []
    assert warned("The guide says 888 scans; IDC has the set that it was taken from: 1,018 series.") == []
    # The shipped facts come by themselves.
    told = {entry.key for entry in shipped() if ranking_form(entry)["idc"]}
    assert told
    assert told < set(read_idc_facts())


def test_collections_of_idc_are_data_sets_only_when_asked_for():
    entries = [invented("lungs"), *collection_entries()[:20]]
    assert keys(recommend(entries, Needs()).ranked) == ["lungs"]
    wide = recommend(entries, typed_needs(include_collections=True))
    assert len(wide.ranked) + len(wide.not_confirmed) == 21


def test_models_and_frameworks_are_not_asked_what_they_cannot_have():
    model = {"key": "seer", "name": "Seer", "tasks": ["segmentation"], "license": {"id": "MIT", "evidence": EVIDENCE}}
    pathologist = Entry("model", {**model, "specialty": "pathology"})
    found = recommend([pathologist], Needs(kind="model", region=(Wanted(("Head",), "head"),), demographics=("age",)))
    assert keys(found.ranked) == ["seer"]
    assert keys(recommend([pathologist], read_question("a pretrained model for pathology")).ranked) == ["seer"]
    assert keys(recommend([Entry("model", model)], read_question("a pretrained model for pathology")).ranked) == []


def test_an_answer_is_read_as_text_as_html_and_as_a_table():
    found = answer("chest X-rays with demographics, not xenon, commercially usable, over 10,000 patients")
    assert found.understood == (
        "Understood: chest; X-ray; age and sex known; commercial use; more than 10,000 patients. "
        "Not understood: not xenon."
    )
    assert str(found).splitlines()[0] == found.understood
    assert "Nearly, but for one need:" in str(found)
    table = found.table
    assert table.columns == ["standing", "place", "key", "name", "score", "reasons", "warnings", "unmet"]
    assert table.height == len(found.ranked) + len(found.near_misses) + len(found.not_confirmed)
    named = invented("x", name="<script>alert(1)</script>")
    assert "<script>" not in only(named, "chest CT")._repr_html_()
    assert "&lt;script&gt;" in only(named, "chest CT")._repr_html_()
    page = found._repr_html_()
    assert 'rel="noopener">source</a>)' in page
    assert "https://" not in re.sub(r'href="[^"]*"', "", page)


def test_the_empty_question_ranks_everything_that_is_confirmed():
    found = answer("")
    assert len(found.ranked) == sum(entry.license_confirmed for entry in shipped() if entry.kind == "dataset")
    assert found.understood == "No need was understood."
    assert found.verdict == f"Nothing narrows the catalog: {len(found.ranked)} data sets."


def test_searching_recommending_and_comparing_load_no_library_for_tables():
    program = (
        "import sys; from workbench.catalog.registry import datasets; found = datasets();"
        "found.search('chexprt'); str(found.recommend('chest CT, over 10 patients'));"
        "str(found.compare('lidc-idri', 'luna16'));"
        "print([name for name in ('polars', 'pandas', 'rdflib', 'mlcroissant') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_form_holds_what_json_holds_and_the_size_that_the_entry_gives():
    for entry in shipped():
        form = ranking_form(entry)
        assert json.loads(json.dumps(form)) == form
        assert all(size["value"] == entry.size(name) for name, size in form["sizes"].items())
    bundle = ranking_bundle(shipped())
    assert json.loads(json.dumps(bundle)) == bundle


def test_nobody_is_ranked_while_a_word_that_may_decide_is_in_no_entry():
    found = only(invented("lungs"), "chest CT of astronauts")
    assert (found.ranked, found.near_misses) == ((), ())
    assert keys(found.nearest) == ["lungs"]
    assert found.verdict == "1 data set meets the needs that were understood; no entry speaks of “astronauts”."
    assert only(invented("lungs"), "chest MRI of astronauts").verdict == (
        "No data set with a confirmed license meets the needs that were understood; no entry speaks of “astronauts”."
    )
    assert only(invented("lungs"), "astronauts").verdict == (
        "No need was understood, and no entry speaks of “astronauts”."
    )


def test_all_needs_are_said_to_be_met_only_when_all_was_understood():
    assert only(invented("lungs"), "chest CT").verdict == "1 data set meets all needs."
    searched = only(invented("lungs", keywords=["smokers"]), "chest CT of smokers")
    assert keys(searched.ranked) == ["lungs"]
    assert searched.verdict == "1 data set meets the needs that were understood."


PARTS = [
    {"name": "livers", "modality": ["CT"], "body_region": ["Abdomen"], "organs": ["liver"], "labels": ["masks"]},
    {"name": "brains", "modality": ["MR"], "body_region": ["Head"], "organs": ["brain"]},
]
BOTH = {"modality": ["CT", "MR"], "body_region": ["Abdomen", "Head"], "organs": ["liver", "brain"], "parts": PARTS}


@pytest.mark.parametrize(
    ("question", "met", "told"),
    [
        ("liver CT with masks", True, ""),
        ("brain MRI", True, ""),
        ("liver MRI", False, "No part of it is MRI of liver."),
        ("brain CT", False, "No part of it is CT of brain."),
        ("brain MRI with masks", False, "Whether a part of it is MRI of brain with masks is not known."),
        ("CT and MRI", True, ""),
    ],
)
def test_every_need_of_the_images_holds_within_one_part(question, met, told):
    found = only(invented("both", **BOTH), question)
    assert keys(found.ranked) == (["both"] if met else [])
    assert [each.remark.text for choice in found.near_misses for each in choice.unmet] == ([told] if told else [])


def test_a_number_counts_only_the_kind_of_image_that_is_asked_for():
    claims = [{**invented("x").fields["claims"][0], "quantity": "volumes"}]
    two = {"modality": ["CT", "MR"], "claims": claims}
    assert keys(only(invented("two", **two), "over 1,000 volumes").ranked) == ["two"]
    (near,) = only(invented("two", **two), "CT, over 1,000 volumes").near_misses
    assert near.unmet[0].remark.text == "How many scans it has of this kind is not known."
    size = {"sizes": [{"quantity": "volumes", "value": 600}]}
    parts = [{**PARTS[0], **size, "body_region": ["Chest"], "organs": []}, PARTS[1]]
    (near,) = only(invented("two", **two, parts=parts), "CT, over 1,000 volumes").near_misses
    assert near.unmet[0].remark.text == "600 volumes, counting livers."
    # The whole has fewer than are asked of one kind.
    (near,) = only(invented("two", **two), "CT, over 2,000 volumes").near_misses
    assert [(each.met, each.remark.text) for each in near.unmet] == [("no", "1,200 volumes, say the creators.")]
    assert only(invented("two", **two), "CT, over 5,000 volumes").near_misses == ()


def test_a_platform_is_asked_one_thing_at_a_time():
    many = invented("many", platform=True, modality=["CT", "MR"], body_region=["Head", "Chest"])
    assert keys(only(many, "CT").ranked) == ["many"]
    (near,) = only(many, "chest CT").near_misses
    assert [each.remark.text for each in near.unmet] == [LOOK]
    assert only(many, "over 100 patients").near_misses[0].unmet[0].remark.text == (
        "Its numbers count many data sets; look there."
    )


LOOK = "It holds many data sets; whether one of them has all of this is not known. Look there."


def test_a_least_and_a_most_are_both_tested():
    (size,) = typed_needs(min_size={"patients": 500}).sizes
    both = Needs(sizes=(replace(size, most=2_000),))
    assert keys(only(invented("lungs"), both).ranked) == ["lungs"]
    assert keys(only(invented("lungs"), Needs(sizes=(replace(size, most=1_000),))).ranked) == []
    assert keys(only(invented("lungs"), Needs(sizes=(replace(size, least=1_500, most=2_000),))).ranked) == []


def wanted(*values):
    return (Wanted(values, values[0]),)


@pytest.mark.parametrize(
    ("fields", "needs", "met", "told"),
    [
        ({"conditions": ["stroke"]}, {"conditions": wanted("stroke")}, "yes", "It is about stroke."),
        ({"conditions": ["stroke"]}, {"conditions": wanted("glaucoma")}, "no", "It is about stroke."),
        ({"conditions": ["healthy"]}, {"conditions": wanted("glaucoma")}, "no", "It is about healthy people."),
        ({}, {"conditions": wanted("glaucoma")}, "unknown", "Whether it has glaucoma is not known."),
        ({"keywords": ["H&E"]}, {"stain": wanted("H&E")}, "yes", "Speaks of H&E."),
        ({}, {"stain": wanted("IHC")}, "unknown", "It does not say how tissue is stained."),
        ({}, {"populations": wanted("children")}, "unknown", "It does not say whom it shows."),
        ({"countries": ["Kenya"]}, {"origins": wanted("Kenya")}, "yes", "From Kenya."),
        ({"countries": ["Kenya"]}, {"origins": wanted("France")}, "no", "From Kenya."),
        ({}, {"origins": wanted("France")}, "unknown", "Where its people live is not known."),
        ({}, {"license": wanted("CC-BY-4.0")}, "yes", "License: Creative Commons Attribution 4.0."),
        ({}, {"license": wanted("CC0-1.0")}, "no", "License: Creative Commons Attribution 4.0."),
        ({}, {"redistribution": True}, "yes", "Passing it on is allowed: Creative Commons Attribution 4.0."),
        ({}, {"attribution": "no"}, "no", "Credit is required."),
        ({}, {"share_alike": "no"}, "yes", "What is made from it may carry any license."),
    ],
)
def test_what_is_asked_is_met_only_where_it_is_stated(fields, needs, met, told):
    found = only(invented("lungs", **fields), Needs(**needs))
    assert (keys(found.ranked) == ["lungs"]) == (met == "yes")
    if met == "yes":
        assert told in [each.text for each in found.ranked[0].reasons]
    else:
        form = ranking_form(invented("lungs", **fields))
        assert [(each.met, each.remark.text) for each in answers(form, Needs(**needs), no_leakage)] == [(met, told)]


def test_who_is_to_be_tested_on_is_not_what_was_trained_on_nor_shares_images_with_it():
    parent = invented("parent", name="Parent")
    child = invented("child", name="Child", relations=[{"kind": "subset_of", "of": "parent"}])
    entries = [parent, child, invented("stranger")]
    for needs in (
        Needs(apart_from=(Wanted(("parent",), "Parent"),)),
        Needs(without=(("entry", Wanted(("parent",), "Parent")),)),
    ):
        found = recommend(entries, needs)
        assert keys(found.ranked) == ["stranger"]
        assert found.near_misses == ()
    # A key that no entry bears rules nobody out.
    assert len(recommend(entries, Needs(apart_from=(Wanted(("nobody",), "Nobody"),))).ranked) == 3


def test_what_a_question_names_comes_first():
    named = Needs(named=(Wanted(("stranger",), "Stranger"),))
    assert recommend([invented("a"), invented("stranger")], named).best.key == "stranger"


def test_an_advice_is_quoted_only_where_it_speaks_of_what_is_asked():
    advised = invented("lungs", guide_advice=["For mitosis counting, Lungs"])
    told = [str(each) for each in only(advised, "chest CT").ranked[0].reasons]
    assert not any("advise" in each for each in told)


def test_an_answer_as_text_is_short_and_numbers_its_pages():
    texts = [str(answer(asked["question"])) for asked in QUESTIONS]
    assert sum(len(text) <= 2_000 for text in texts) >= 0.8 * len(texts)
    assert "[1] https://" in str(answer("chest X-rays, over 10,000 patients"))


def test_how_many_more_there_are_is_said():
    sets = [invented(f"lungs-{at}") for at in range(7)]
    assert "\n   and 2 more" in str(recommend(sets, read_question("chest CT")))
    assert "\n   and 5 more" in str(recommend(sets, read_question("chest CT with boxes")))
    assert "more" not in str(recommend(sets[:5], read_question("chest CT")))


def test_every_need_that_the_first_meets_is_told_in_the_text():
    found = answer("chest X-rays with demographics, commercially usable, over 10,000 patients")
    text = str(found)
    assert len(found.ranked[0].reasons) > 3
    assert all(f"   + {each.text[:60]}" in text for each in found.ranked[0].reasons)
    assert all(f"   ! {each.text[:60]}" in text for each in found.ranked[0].warnings)


def test_who_has_a_tool_looks_for_data():
    assert read_question("CT for our framework").kind == "dataset"
    assert read_question("which framework for CT?").kind == "framework"


def test_where_no_need_is_understood_only_what_is_named_or_holds_a_word_is_told():
    sets = [invented("lungs", keywords=["smokers"]), invented("knees"), invented("open", license={"id": "unknown"})]
    named = recommend(sets, Needs(named=(Wanted(("knees",), "The set knees"),), words=("knee",)))
    assert keys(named.ranked) == ["knees"]
    assert named.verdict == "No need was understood; the question names The set knees."
    spoken = recommend(sets, read_question("smokers"))
    assert (keys(spoken.ranked), spoken.not_confirmed) == (["lungs"], ())
    assert spoken.verdict == "No need was understood; 1 confirmed data set holds the words."
    nothing = recommend(sets, read_question("asdf qwerty"))
    assert (nothing.ranked, nothing.near_misses, nothing.nearest, nothing.not_confirmed) == ((), (), (), ())
    assert nothing.verdict == "No need was understood, and no entry speaks of “asdf” or “qwerty”."


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        ({"commercial": True}, "The set lungs meets them."),
        ({"labels": ("boxes",)}, "The set lungs does not meet: boxes."),
        ({"demographics": ("race",)}, "Of The set lungs it is not known: race known."),
        ({"attribution": "no"}, "The set lungs does not meet: no attribution."),
    ],
)
def test_what_becomes_of_an_entry_that_the_question_names_is_said(needs, told):
    asked = Needs(named=(Wanted(("lungs",), "Lungs"),), **needs)
    assert recommend([invented("lungs")], asked).verdict.endswith(told)


def test_what_the_license_of_a_named_entry_says_of_passing_it_on_is_told():
    found = answer("May I redistribute MIMIC-CXR?")
    assert found.needs.redistribution
    assert found.verdict.endswith(
        " MIMIC-CXR does not meet: passing it on. "
        "MIMIC-CXR: passing it on is not allowed: PhysioNet Credentialed Data Use Agreement."
    )
    assert found.ranked
    assert found.unspoken == ()
    known = {entry.key: entry.license.redistribution for entry in shipped()}
    given = answer("chest X-rays that I may pass on")
    assert given.ranked
    assert {known[key] for key in keys(given.ranked)} == {"yes"}


@pytest.mark.parametrize(
    "question", ["dermatology images with skin type, commercial", "skin lesion photos that I may use commercially"]
)
def test_who_asks_for_photographs_of_the_skin_is_given_no_scans(question):
    found = answer(question)
    assert found.ranked == ()
    assert all("photography" in [each.need for each in choice.unmet] for choice in (*found.near_misses, *found.nearest))


def test_what_meets_the_needs_that_were_understood_is_told_under_that_heading():
    assert only(invented("lungs"), "chest CT of asdfgh").nearest_title == "Meeting what was understood:"
    assert only(invented("lungs"), "chest CT with boxes").nearest_title == "Nearest:"
    assert only(invented("lungs"), "chest CT").nearest_title == ""


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("glioblastoma MRI", True),
        ("glioblastoma MRI, 1 million patients", False),  # no collection has so many
        ("chest CT", False),  # enough are ranked
        ("something to begin with", False),  # nothing narrows the catalog
        ("a model for glioblastoma MRI", False),
        ("external test set for BraTS", False),  # what collections share with it is not known
    ],
)
def test_collections_that_meet_the_needs_are_named_where_few_entries_do(question, named):
    needs = read_question(question, SearchIndex(shipped()))
    found = recommend(shipped(), needs, apart=True)
    assert bool(found.collections) == named
    assert recommend(shipped(), needs).collections == ()
    among = recommend(collection_entries(), replace(needs, collections=True))
    if named:
        assert set(found.collections) == {choice.name for choice in among.ranked}
        assert found.collections_said.startswith(
            "Collections of the Imaging Data Commons that meet what was understood: UPENN-GBM"
        )
        assert found.collections_said in str(found)
        assert found.collections_said in found._repr_html_()


def test_a_conflict_about_the_terms_is_warned_of():
    (choice,) = answer("CAMELYON16").named
    (warned,) = [each for each in choice.warnings if each.text.startswith("Its terms are disputed: ")]
    assert warned.text.endswith(
        "The later data page, which names both data sets, stands; the AWS registry repeats CC0."
    )
    assert warned.source == "https://camelyon16.grand-challenge.org/rules/"
    assert not [each for each in only(invented("lungs"), "CT").ranked[0].warnings if "disputed" in each.text]


def test_what_a_license_asks_beside_and_who_alone_says_so_are_told():
    stated = invented("lungs").fields
    asks = {**stated["license"], "note": "Free. Also asked: cite\n the paper. A mirror says CC0."}
    (choice,) = only(invented("lungs", license=asks), "CT").ranked
    assert "Also asked: cite the paper." in [each.text for each in choice.warnings]
    assert "Credit is required." not in [each.text for each in choice.warnings]
    evidence = {**EVIDENCE, "kind": "third_party"}
    told = only(invented("lungs", demographics={**stated["demographics"], "evidence": evidence}), "CT with age").ranked
    assert "Age is given for each person. Only a third party says so." in [each.text for each in told[0].reasons]


def test_more_than_one_center_has_to_be_known():
    claim = {**invented("x").fields["claims"][0], "quantity": "centers", "value": 3}
    assert keys(only(invented("lungs", claims=[claim]), "multi-center CT").ranked) == ["lungs"]
    assert [str(each.remark) for each in only(invented("lungs"), "multi-center CT").near_misses[0].unmet] == [
        "How many centers it has is not known."
    ]


def test_wishes_alone_narrow_nothing():
    assert only(invented("lungs"), "something to begin with").verdict == (
        "Nothing narrows the catalog: 1 data set, ordered by what is wished."
    )


def test_who_is_about_healthy_people_is_not_recommended_for_tumors():
    healthy = invented("healthy", body_region=["Head"], modality=["MR"], organs=["brain"], conditions=["healthy"])
    ill = invented("ill", body_region=["Head"], modality=["MR"], organs=["brain"], conditions=["glioma"])
    assert keys(recommend([healthy, ill], read_question("brain tumor MRI")).ranked) == ["ill"]


def test_nobody_is_near_who_is_known_to_meet_nothing():
    bare = invented("bare")
    found = only(bare, Needs(conditions=wanted("malaria")))
    assert (found.near_misses, found.nearest) == ((), ())
    assert keys(only(bare, Needs(conditions=wanted("malaria"), modality=wanted("CT"))).near_misses) == ["bare"]


def test_the_parts_of_shipped_entries_say_nothing_that_the_whole_does_not():
    parted = [entry for entry in shipped() if entry.fields.get("parts")]
    assert parted
    for entry in parted:
        parts = entry.fields["parts"]
        assert {value for part in parts for value in part["modality"]} == set(entry.modality), entry.key
        for part in parts:
            whole = (entry.body_region, entry.organs, [*entry.fields["annotations"]["kinds"], "none"])
            for name, known in zip(("body_region", "organs", "labels"), whole, strict=True):
                assert set(part.get(name, ())) <= set(known), (entry.key, part["name"], name)


def test_no_platform_is_a_data_set_of_one_size():
    platforms = [entry for entry in shipped() if entry.fields.get("platform")]
    assert platforms
    ranked = keys(answer(Needs(sizes=typed_needs(min_size={"images": 1}).sizes)).ranked)
    assert not {entry.key for entry in platforms} & set(ranked)


def test_nobody_is_ranked_when_only_others_speak_of_what_is_asked():
    twins = invented("twins", modality=["MR"], body_region=["Head"], keywords=["twins"])
    found = recommend([invented("lungs"), twins], read_question("chest CT of twins"))
    assert found.ranked == ()
    assert keys(found.nearest) == ["lungs"]
    assert found.unspoken == ("twins",)
    assert found.verdict == "1 data set meets the needs that were understood; none of them speaks of “twins”."
