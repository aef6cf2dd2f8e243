"""The start page answers six questions from the pages behind it, with their own numbers, and says nothing it cannot."""

from workbench.presentation.gallery import gallery_page
from workbench.presentation.page import PAGE_SCHEMA

SHARED = {
    "as_of": "v9, published 2026-05-01",
    "source": {"name": "Lung commons", "version": "v9"},
    "identity": {"name": ""},
    "cite": ["One and others 2026."],
    "use": {"commercial": "In part: 90.0 % of 50 series allow it; 5 exclude it.", "license": "CC BY 4.0."},
}


def tile(name: str, text: str, note: str | None = None) -> dict:
    return {"id": name, "label": name.capitalize(), "value": 0.5, "text": text, "note": note}


def table(columns: list[str], rows: list[list]) -> dict:
    return {"id": "f", "title": "A finding", "table": {"columns": columns, "rows": rows}}


SITE = {
    "overview": {
        **SHARED,
        "groups": [{"id": "all", "title": "All", "tiles": [tile("patients", "1,200", "all of them people")]}],
        "findings": ["1,200 patients with 1.5 TB. A second sentence."],
        "figures": [
            {"id": "absent", "title": "x", "absent": "Not said."},
            table(["date", "n ingested"], [["2026-01", 1], ["2026-02", 4], ["2026-03", 9], ["2026-04", 16]]),
        ],
    },
    "census": {
        **SHARED,
        "groups": [
            {"id": "p", "title": "P", "tiles": [tile("patients", "1,150"), tile("sex_unknown", "55 %", "633 of 1,150")]}
        ],
        "findings": ["Largest gap, age: 50–64 years more often than in the US population."],
        "largest_gap": {
            "attribute": "Age",
            "told": "50–64 years more often than in the US population.",
            "base": "This speaks of 400 patients.",
            "compared": "Compared were age and sex; race is not in this source.",
        },
        "figures": [
            table(["sex", "age group", "n patients"], [["Female", "0–4", 3]]),
            table(["sex", "n patients"], [["Female", 30], ["Male", 60], ["Other", None], ["Unknown", "1–10"]]),
        ],
    },
}


def answers(site: dict) -> dict[str, tuple[str, str, str]]:
    groups = gallery_page(site)["groups"]
    return {each["id"]: (each["text"], each["note"], each["page"]) for group in groups for each in group["tiles"]}


def test_six_questions_are_answered_from_the_pages():
    assert answers(SITE) == {
        "patients": ("1,200", "all of them people", "overview"),
        "gap": (
            "Age",
            "50–64 years more often than in the US population. This speaks of 400 patients. Compared were age and sex; "
            "race is not in this source.",
            "census",
        ),
        "sex_unknown": ("55 %", "633 of 1,150", "census"),
        "as_of": ("2026-05-01", "v9, published 2026-05-01", ""),
        "commercial": ("In part", "90.0 % of 50 series allow it; 5 exclude it.", "overview"),
        "cite": ("Like this", "One and others 2026.", ""),
    }


def test_what_no_page_says_is_not_answered():
    assert answers({}) == {}
    bare = {"census": {"groups": SITE["census"]["groups"], "findings": ["Nothing stands out."], "figures": []}}
    assert answers(bare) == {"patients": ("1,150", "", "census"), "sex_unknown": ("55 %", "633 of 1,150", "census")}


def test_an_answer_leads_only_to_a_page_that_is_there():
    site = {"census": SITE["census"]}
    pages = {page for *_, page in answers(site).values()}
    assert pages <= {"", "census"}


def test_a_card_has_the_number_a_sentence_and_a_picture_of_its_page():
    page = gallery_page(SITE)
    overview, census = page["cards"]
    assert (page["schema"], page["title"]) == (PAGE_SCHEMA, "Lung commons in numbers")
    assert overview["sentence"] == "1,200 patients with 1.5 TB."
    assert overview["number"] == {"text": "1,200", "label": "Patients"}
    assert overview["picture"] == {"kind": "line", "values": [1, 4, 9, 16], "title": "A finding"}
    assert census["number"] == {"text": "55 %", "label": "Sex_unknown"}
    assert census["picture"]["values"] == [["Male", 60, "60"], ["Female", 30, "30"]], "hidden counts are not drawn"


def test_the_name_of_the_commons_takes_the_place_of_the_source():
    page = gallery_page({"overview": SITE["overview"] | {"identity": {"name": "Our commons"}}})
    assert page["title"] == "Our commons in numbers"
    assert "Lung" not in page["title"]


def test_a_batch_is_explained_the_licenses_are_led_to_and_a_banner_is_kept():
    page = gallery_page({"overview": SITE["overview"] | {"as_of": "batch of 2021-11-04", "banner": "Invented."}})
    told = {each["id"]: each for each in page["groups"][0]["tiles"]}
    assert told["as_of"]["text"] == "2021-11-04"
    assert told["as_of"]["note"] == "The day of the last batch: studies that were released together."
    assert (told["commercial"]["link"], told["commercial"]["part"]) == ("See the licenses", "section=terms")
    assert page["banner"] == "Invented."


def test_a_source_without_a_day_says_so_an_invented_one_says_invented_and_every_citation_is_offered():
    more = {"as_of": "", "banner": "Invented.", "cite": ["One 2026.", "Two 2026."]}
    told = {each["id"]: each for each in gallery_page({"overview": SITE["overview"] | more})["groups"][0]["tiles"]}
    assert told["as_of"]["text"] == "Not stated"
    assert told["as_of"]["note"] == "The source does not say of which day its data are."
    assert told["patients"]["label"] == "How many invented patients?"
    assert told["cite"]["note"] == "One 2026.\nTwo 2026."
