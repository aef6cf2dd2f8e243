"""A small invented data catalog for the page, hostile in places, with every part that a card can show."""

from typing import Any

from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.idc_facts import IdcFacts

HOSTILE = '<script>window.harmed = "name"</script><img src=x onerror="window.harmed = 1">'
EVIDENCE = {"page": "https://example.org/terms", "words": "free for all", "kind": "creator", "read": "2026-01-31"}


def _claim(value: int, quantity: str = "patients", **more: Any) -> dict[str, Any]:
    claim = {"quantity": quantity, "value": value, "qualifier": "exact", "source": "guide", "where": "radiology:1"}
    return {**claim, "words": f"{value:,} {quantity}", "verdict": "unchecked", **more}


def _entry(key: str, name: str, license_id: str, n_patients: int, **more: Any) -> Entry:
    stated = {"id": license_id} if license_id == "unknown" else {"id": license_id, "evidence": EVIDENCE}
    fields = {
        "key": key,
        "name": name,
        "summary": f"{name}, an invented set of chest radiographs for looking at the page.",
        "modality": ["DX"],
        "body_region": ["Chest"],
        "tasks": ["classification"],
        "claims": [_claim(n_patients, verdict="agrees", checked_against=EVIDENCE)],
        "annotations": {"kinds": ["image labels"], "by": "experts", "text": "Labels."},
        "access": {"kind": "open", "url": "https://example.org/get", "evidence": EVIDENCE},
        "license": stated,
        "demographics": {"age": "yes", "sex": "yes", "race": "no", "ethnicity": "unknown", "evidence": EVIDENCE},
        **more,
    }
    return Entry("dataset", fields)


def small_catalog() -> DataCatalog:
    """Return six data sets and a model."""
    rows = [{"row": f"radiology:{n}", "name": "Free Chests", "size": f"{n},000 patients"} for n in (12, 20)]
    free = _entry(
        "free-chests",
        "Free Chests",
        "CC-BY-4.0",
        20_000,
        guide_rows=rows,
        conflicts=[{"between": ["radiology:12", "radiology:20"], "nature": "Two sizes.", "resolution": "20,000."}],
        citation={"text": "Somebody A. Free Chests. 2020.", "title": "Free Chests", "year": "2020"},
        known_issues=[{"issue": "Labels are mined.", "evidence": EVIDENCE}],
        standing_together={"age_reported": {"answer": "yes", "evidence": EVIDENCE}},
        idc={"relation": "same", "collections": ["free_chests"]},
        published="2020-05",
        creator={"names": ["Somebody"]},
        url="https://example.org/free",
    )
    bound = _entry("bound-chests", "Bound Chests", "CC-BY-NC-4.0", 30_000)
    silent = _entry("silent-chests", "Silent Chests", "unknown", 40_000)
    part = _entry("chest-part", "Chest Part", "CC0-1.0", 300, relations=[{"kind": "subset_of", "of": "free-chests"}])
    slides = _entry("slides", "Slides", "CC-BY-4.0", 50, modality=["SM"], body_region=["Breast"])
    hostile = _entry(
        "hostile",
        HOSTILE,
        "CC-BY-4.0",
        70,
        summary=f"{HOSTILE} and more of the kind, long enough to be a summary.",
        aliases=[HOSTILE],
        url="javascript:window.harmed = 'address'",
        access={"kind": "open", "url": "javascript:alert(1)", "how": HOSTILE},
        known_issues=[{"issue": HOSTILE, "evidence": {**EVIDENCE, "page": "javascript:alert(2)", "words": HOSTILE}}],
        conflicts=[{"between": [HOSTILE, "guide"], "nature": HOSTILE, "resolution": HOSTILE}],
        citation={"text": HOSTILE},
    )
    model = Entry(
        "model",
        {
            "key": "reader",
            "name": "Chest Reader",
            "summary": "An invented model that reads chest radiographs.",
            "tasks": ["classification"],
            "modality": ["DX"],
            "access": {"kind": "open"},
            "license": {"id": "MIT", "evidence": EVIDENCE},
        },
    )
    return DataCatalog((free, bound, silent, part, slides, hostile, model))


def small_facts() -> dict[str, IdcFacts]:
    """Return what the index would count of one of them."""
    asked = {"relation": "same", "collections": ["free_chests"]}
    said = "The guide says 20,000 patients; IDC has 19,000 people."
    return {"free-chests": IdcFacts("free-chests", "25.0.5", asked, patients=19_500, people=19_000, sentence=said)}
