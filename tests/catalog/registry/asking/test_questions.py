"""Questions are read as people write them; what is not understood is kept and said."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.registry.ranked import index, shipped
from workbench.assets import asset_path
from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.needs import Needs, SizeWanted, Wanted
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.typed_needs import typed_needs
from workbench.errors import listed
from workbench.vocabulary.anatomy import regions_covering

QUESTIONS = yaml.safe_load((Path(__file__).parents[1] / "questions.yaml").read_text(encoding="utf-8"))
# Tasks that questions name and no entry serves; who asks for one is told so.
SERVED_BY_NOBODY = (
    "denoising",
    "super-resolution",
    "synthesis",
    "stain normalization",
    "tracking",
    "anomaly detection",
)
WORDS = [words for part in ("lexicon", "quantities") for rule in ranking_rules()[part] for words in rule["words"]]
WORDS += [words for part in ("negations", "apart", "trained", "unneeded") for words in ranking_rules()[part]]
WORDS += [
    "and",
    "or",
    ",",
    "5",
    "10-20",
    "between 5 and 10k",
    "over 65",
    "after 2020",
    "xenon",
    "quickly",
    "mamography",
]
COUNTED = {"patients": "patients", "subjects": "patients", "slides": "slides", "images": "images", "exams": "studies"}


def said(question):
    return "; ".join(read_question(question).said())


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_what_kind_of_thing_is_asked_for(asked):
    assert read_question(asked["question"]).kind == asked.get("kind", "dataset")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("I want to train a model for lung nodule detection in CT", "dataset"),
        ("Training a model that segments the liver", "dataset"),
        ("A model that segments nuclei", "model"),
        ("Which pretrained model?", "model"),
        ("Data to test our model, and software to view it", "dataset"),
        ("Software to test our model", "framework"),
        ("CT of the liver", "dataset"),
    ],
)
def test_who_trains_a_model_looks_for_data(question, kind):
    assert read_question(question).kind == kind


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        (
            "chest X-rays with demographics, commercially usable, over 10,000 patients",
            "chest; X-ray; age and sex known; commercial use; more than 10,000 patients",
        ),
        ("dermatology images with skin type", "skin; photography; skin type"),
        ("skin lesion photos", "skin; skin lesion; photography"),
        ("skin lesions on whole slide images", "skin; skin lesion; whole slide images"),
        ("CT that I may pass on, no attribution needed", "CT; passing it on; no attribution"),
        ("brain MRI to republish", "brain; MRI; passing it on"),
        ("chest CT sold in Germany", "chest; CT; commercial use"),
        ("chest CT for the European market", "chest; CT; commercial use"),
        ("chest CT for approval in the United States", "chest; CT; commercial use"),
        ("chest CT of people in Germany", "chest; CT; from Germany"),
        ("chest CT from China for a product sold here", "chest; CT; from China; commercial use"),
        ("chest X-rays with race and ethnicity", "chest; X-ray; race and ethnicity known"),
        ("xrays with race or ethnicity and age", "X-ray; race or ethnicity and age known"),
        ("Multi-organ segmentation in CT", "CT; segmentation"),
        ("MRI or CT of the brain", "brain; MRI or CT"),
        ("MRI and CT of the brain", "brain; MRI; CT"),
        ("head CT, not MRI or ultrasound", "head; CT; not MRI; not ultrasound"),
        ("not MRI, CT", "CT; not MRI"),
        ("mammograms with boxes", "breast; mammography; boxes"),
        ("Radiology report generation without credentialing", "report generation; no credentials"),
        ("fundus photographs without having to register", "fundus photography; no registration"),
        ("without the need for any registration or login", "no registration"),
        ("no data use agreement, CT", "CT; no data use agreement"),
        ("CT registration", "CT; registration"),
        ("official splits for knee MRI", "knee; MRI; official splits"),
        ("FDG-PET/CT of the whole body", "whole body; PET/CT"),
        ("non-commercial research on CT", "CT; non-commercial use is enough"),
        ("a data set for a company", "commercial use"),
        ("longitudinal MRI, as large as possible at scale", "MRI; over time; as large as possible"),
        ("something small to begin with", "small; to begin with"),
        ("Which framework?", "a framework"),
        ("bone age of the hand", "upper limb; hand; bone age"),
        ("non-small cell lung cancer in CT", "lung; lung cancer; CT"),
        ("gradient echo MRI of the small bowel", "MRI"),
        ("", ""),
        ("anything but CT of the brain", "brain; not CT"),
        ("all but MRI of the liver", "liver; not MRI"),
        ("brain, rather not MRI", "brain; not MRI"),
        ("not only CT but also MRI", "CT; MRI"),
        ("commercial use not required, chest CT", "chest; CT; commercial use not needed"),
        ("race and sex are not important, X-ray with age", "X-ray; age known; race and sex not needed"),
        ("chest X-ray of children from Africa", "chest; X-ray; children; from Africa"),
        ("Vietnamese chest X-rays", "chest; X-ray; from Vietnam"),
        ("Spanish reports", "reports"),
        ("mammograms from the USA", "breast; mammography; from the United States"),
        ("image registration of lung CT", "lung; CT; registration"),
        ("registration of images without registration", "registration; no registration"),
        ("CT without lung disease", "CT"),
        ("pneumothorax segmentation on chest X-ray", "chest; pneumothorax; X-ray; segmentation"),
        ("grade II glioma", "brain; glioma"),
        ("tumor grading", "tumor; grading"),
        ("glaucoma, optic cup", "eye; optic disc; glaucoma"),
        ("kidney or liver CT", "kidney or liver; CT"),
        ("hip fracture", "hip; fracture"),
        ("Ki-67 in breast cancer", "breast; tumor; pathology; Ki-67 stain"),
        ("pathology under CC0 or CC BY 4.0", "pathology; license CC0 or CC BY"),
        ("CT, no share-alike", "CT; no share-alike"),
        ("data for a startup", "commercial use"),
        ("must not be restricted to non-commercial use", "commercial use"),
        ("CT that doesn't require registration", "CT; no registration"),
        ("no non-commercial restriction", "commercial use"),
        ("a permissive licence for CT", "CT; commercial use"),
        ("which chest CT data report race", "chest; CT; race known"),
        ("CT with race reported for each patient", "CT; race known"),
        ("CT with a report", "CT; reports"),
        ("DR images of the chest", "chest; X-ray"),
        ("DR screening in fundus photos", "eye; diabetic retinopathy; fundus photography"),
        ("C-spine CT", "spine; cervical spine; CT"),
        ("thyroid U/S", "thyroid; ultrasound"),
        ("U-Net that needs no tuning", "a framework"),
        ("LLM for radiology", "a model"),
        ("a data set to pretrain an LLM", ""),
        ("self-supervised pretraining on histology", "pathology; representation learning"),
        ("low-dose CT denoising", "CT; denoising"),
        ("asdf qwerty", ""),
    ],
)
def test_what_is_understood(question, understood):
    assert said(question) == understood


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("over 10,000 patients", "more than 10,000 patients"),
        ("at least 5k slides", "at least 5,000 slides"),
        ("1 million images", "at least 1,000,000 images"),
        ("1.5 million images", "at least 1,500,000 images"),
        ("ten thousand exams", "at least 10,000 studies"),
        ("thousands of patients", "at least 1,000 patients"),
        ("a hundred slides", "at least 100 slides"),
        ("500+ subjects", "at least 500 patients"),
        ("from more than one hospital", "at least 2 centers"),
        ("multi-center brain MRI", "at least 2 centers"),
        ("multicentre", "at least 2 centers"),
        ("data of several sites", "at least 2 centers"),
        ("500 or more subjects", "at least 500 patients"),
        ("10.000 patients", "at least 10,000 patients"),
        ("fewer than 1,000 patients", "fewer than 1,000 patients"),
        ("no fewer than 300 women", "at least 300 patients"),
        ("no more than 300 women", "at most 300 patients"),
        ("≥ 20 000 images", "at least 20,000 images"),
        ("T1 100 images", "at least 100 images"),
        (">200 chest CT scans", "more than 200 scans"),
        ("10,000 chest X-rays", "at least 10,000 images"),
        ("3D CT", ""),
        ("3 readers", "at least 3 readers"),
        ("BraTS 2023", ""),
        ("Camelyon16 slides", ""),
        ("over 10,000", ""),
        ("chest CT scans, more than 1k", "more than 1,000 scans"),
        ("patients: at least 300", "at least 300 patients"),
        ("at least one of these", ""),
        ("less than 5 GB of images", ""),
        ("slice thickness under 1 mm in CT", ""),
        ("MRI of patients over 65", ""),
        ("women aged 50 to 70, mammography", ""),
        ("18+ years, CT", ""),
        ("chest X-rays after 2020", ""),
        ("since 2000 patients joined", "at least 2,000 patients"),
        ("images larger than 1024 pixels", ""),
        ("slides at 20x", ""),
        ("3T MRI", ""),
        ("1024×1024 mammograms", ""),
        ("ages 40-70, CT", ""),
        ("Ki-67 slides", ""),
        ("1,5 million images", "at least 1,500,000 images"),
        ("14 findings on chest X-rays", ""),
        ("stage 4 patients", ""),
        ("between 500 and 2000 CT volumes", "at least 500 scans and at most 2,000 scans"),
        ("5,000-10,000 chest X-rays", "at least 5,000 images and at most 10,000 images"),
        ("10–20 slides", "at least 10 slides and at most 20 slides"),
        ("5-10k slides", "at least 5,000 slides and at most 10,000 slides"),
        ("more than 20k and less than 50k images", "more than 20,000 images and fewer than 50,000 images"),
        (">= 200k images, <= 1M images", "at least 200,000 images and at most 1,000,000 images"),
        ("over 10,000 patients and at least 20 centers", "more than 10,000 patients; at least 20 centers"),
    ],
)
def test_numbers(question, sizes):
    assert "; ".join(each.words for each in read_question(question).sizes) == sizes


@given(
    st.integers(10, 9_999_999),
    st.sampled_from(sorted(COUNTED)),
    st.sampled_from(["over", "at least", ""]),
    st.booleans(),
)
def test_every_number_is_read_back_as_it_was_written(number, counted, before, commas):
    written = f"{number:,}" if commas else str(number)
    (size,) = read_question(f"CT {before} {written} {counted}").sizes
    assert (size.least, size.said, size.strict) == (number, COUNTED[counted], before == "over")


@given(st.text(max_size=80))
def test_any_text_is_read(question):
    needs = read_question(question)
    assert isinstance(needs, Needs)
    assert set(needs.left_over) <= {*asked_words(question.replace("_", " ")), *needs.left_over}


@given(st.lists(st.sampled_from([*WORDS, *(entry.name for entry in shipped())]), max_size=12).map(" ".join))
def test_any_words_are_read_with_the_names_of_the_entries(question):
    needs = read_question(question, index())
    assert {key for each in (*needs.named, *needs.apart_from) for key in each.values} <= {
        each.key for each in shipped()
    }
    assert all(size.least is not None or size.most is not None for size in needs.sizes)
    assert set(needs.unread) <= set(needs.left_over)


@given(st.lists(st.sampled_from([words for rule in ranking_rules()["lexicon"] for words in rule["words"]]), max_size=6))
def test_phrases_apart_by_commas_leave_nothing_over_but_what_only_a_negation_or_its_absence_explains(phrases):
    needs = read_question(", ".join(phrases))
    conditional = {
        words
        for rule in ranking_rules()["lexicon"]
        if rule.get("when") == "negated"
        or rule["need"] == "topic"  # ranks, and is told as searched for
        or not {"near", "far", "typed", "not_before"}.isdisjoint(rule)
        for words in rule["words"]
    }
    unexplained = {word for phrase in conditional for word in asked_words(phrase)}
    assert set(needs.left_over) <= unexplained


def test_what_is_not_understood_is_kept_as_typed_and_still_ranks():
    needs = read_question("Chest CT of astronauts, not xenon, not demographics")
    assert needs.left_over == ("astronauts", "not xenon", "not demographics")
    assert needs.words == ("astronaut",)


def test_what_counts_nothing_is_told():
    assert read_question("polyps, less than 5 GB").left_over == ("less than 5 gb",)
    assert read_question("CT of patients over 65, after 2020").left_over == ("over 65", "after 2020")


def test_words_of_a_question_that_no_rule_knows_are_told_apart_from_numbers_and_negations():
    needs = read_question("xenon CT of astronauts, not krypton, 77")
    assert needs.unread == ("xenon", "astronauts")
    assert needs.left_over == ("xenon", "astronauts", "not krypton", "77")


def test_a_bound_that_counts_nothing_is_told_and_never_searched_for():
    needs = read_question("brain, more than 5k")
    assert needs.left_over == ("more than 5 k",)
    assert needs.words == ("brain",)
    assert needs.sizes == ()


def test_the_needs_of_a_question_and_those_by_keyword_join():
    needs = read_question("segmentation in CT").with_needs(
        typed_needs(min_size={"patients": 100}, access="registration", demographics="age", labels="masks")
    )
    assert needs.said() == (
        "CT",
        "segmentation",
        "masks",
        "age known",
        "no data use agreement",
        "at least 100 patients",
    )


def test_keywords_take_the_values_of_the_catalog_and_the_words_of_questions():
    assert typed_needs(modality=["CT", "x-rays"], body_region="brain").as_fields() == {
        **Needs().as_fields(),
        "modality": [
            {"values": ["CT"], "said": "CT", "specialty": ""},
            {"values": ["CR", "DX"], "said": "X-ray", "specialty": ""},
        ],
        "region": [{"values": ["Head"], "said": "brain", "specialty": ""}],
        "organs": [{"values": ["brain"], "said": "brain", "specialty": ""}],
    }


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        (
            {"kind": "datset"},
            "No kind 'datset' in the needs. Did you mean 'dataset'? "
            "Valid: dataset, model, framework. Name one of these.",
        ),
        (
            {"demographics": "rase"},
            "No demographic 'rase' in the needs. Did you mean 'race'? "
            "Valid: age, sex, race, ethnicity, race or ethnicity. Name one of these.",
        ),
        (
            {"access": "opened"},
            "No access 'opened' in the needs. Did you mean 'open'? "
            "Valid: open, registration, data_use_agreement, credentialed. Name one of these.",
        ),
        (
            {"labels": "boxxes"},
            "No label 'boxxes' in the needs. Did you mean 'boxes'? "
            "Valid: masks, boxes, reports, genomics, clinical data, outcomes, raw data. Name one of these.",
        ),
        (
            {"task": "segmentatoin"},
            "No task 'segmentatoin' in the needs. Did you mean 'segmentation'? "
            "Valid: classification, detection, segmentation, "
            "grading, measurement, outcome prediction, registration, "
            "denoising, super-resolution, synthesis, stain normalization, tracking, … (18 in all). Name one of these.",
        ),
    ],
)
def test_a_keyword_that_nobody_could_mean_is_refused_with_the_nearest(needs, message):
    with pytest.raises(LookupError) as refused:
        typed_needs(**needs)
    assert str(refused.value) == message


@pytest.mark.parametrize("need", ["modality", "body_region"])
def test_an_unknown_modality_or_region_names_the_nearest(need):
    with pytest.raises(LookupError, match=r"^No (modality|region) 'chst' in the needs\."):
        typed_needs(**{need: "chst"})


def test_a_region_is_covered_by_what_the_workbench_says_covers_it_and_by_the_whole_body():
    values = set(ranking_rules()["regions_covering"])
    for region, wider in ranking_rules()["regions_covering"].items():
        combined = {name for name in regions_covering(region) if name in values}
        limbs = (
            {"Extremity"}
            if region.endswith("limb")
            else {"Upper limb", "Lower limb"}
            if region == "Extremity"
            else set()
        )
        assert set(wider) == combined | limbs | {"Whole body"}


def test_every_rule_names_values_that_entries_may_have():
    schema = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text(encoding="utf-8"))["$defs"]
    allowed = {
        "modality": schema["modality"]["enum"],
        "region": schema["body_region"]["enum"],
        "task": [*schema["task"]["enum"], *SERVED_BY_NOBODY],
        "labels": schema["labels"]["items"]["enum"],
    }
    for rule in ranking_rules()["lexicon"]:
        named = [*rule.get("any", ()), *rule.get("all", ()), *([rule["value"]] if "value" in rule else [])]
        assert set(named) <= set(allowed.get(rule["need"], named)), rule
    counted = {name for rule in ranking_rules()["quantities"] for name in rule["quantities"]}
    counted |= {name for rule in ranking_rules()["lexicon"] for name in rule.get("counts", ())}
    assert counted <= set(schema["quantity"]["enum"])


def test_the_rules_name_no_entry():
    # Names that are also words of the field say nothing about an entry.
    words = {"word", "atlas", "reports", "conch", "uni"}
    text = asset_path("data_catalog", "ranking.yaml").read_text(encoding="utf-8").lower()
    named = {entry.key for entry in shipped() if len(entry.key) > 4 and entry.key not in words and entry.key in text}
    assert named == set()


def test_lists_read_as_english():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert SizeWanted(("images",), "images", most=5).words == "at most 5 images"
    assert Wanted(("CT",), "CT").specialty == ""
