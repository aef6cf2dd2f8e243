"""A small invented data catalog for the page, hostile in places, with every part that a card can show."""

from typing import Any

from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts, stated

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


def told_catalog() -> DataCatalog:
    """Return the small catalog with three sets: compared in every way, worded otherwise, read in copies."""
    refuted = {**EVIDENCE, "words": "The parent holds 2,620 studies..", "where": "IDC v25, description"}
    refuted["page"] = "https://doi.org/10.7937/K9/PARENT"
    scans = {"source": "creator", "where": "https://example.org/scans"}
    counted = _entry(
        "counted",
        "Counted Scans (CS)",
        "CC-BY-4.0",
        0,
        aliases=["CntScan"],
        modality=["CT", "SM"],
        claims=[
            _claim(2_620, "studies", verdict="differs", checked_against=refuted, note="2,620 counts the parent."),
            _claim(300, "studies", **scans, words="**300** `CT` [studies](https://example.org/all)"),
            _claim(100, **{**scans, "where": "https://doi.org/10.7937/COUNTED"}, note="IDC v25, counted."),
            _claim(9, "slides", source="creator", where="https://example.org/slides"),
            _claim(3, "centers", source="creator", where="https://example.org/centers"),
        ],
        conflicts=[
            {"between": ["radiology:1", "creators"], "kind": "number", "nature": "That of DDSM.", "resolution": "300."}
        ],
        idc={"relation": "same", "collections": ["counted"]},
        tasks=["classification", "segmentation"],
    )
    worded = _entry(
        "worded",
        "Worded",
        "CC-BY-4.0",
        80,
        modality=["US"],
        claims=[_claim(80, "videos", verdict="agrees", checked_against=EVIDENCE)],
        body_region=["Neck"],
        license={"id": "CC-BY-4.0", "evidence": {**EVIDENCE, "where": "read in a copy"}},
        conflicts=[{"between": ["radiology:3"], "kind": "wording", "nature": "One says echo.", "resolution": "Same."}],
    )
    return DataCatalog((*small_catalog().entries, counted, worded, _picked()))


def _picked() -> Entry:
    """A set of which nobody counts the patients, under two licenses, its number repeated by a third party."""
    repeated = {**EVIDENCE, "kind": "third_party"}
    original = {"part": "the original files", "id": "LicenseRef-NIH-GDS-Unrestricted-Access", "evidence": EVIDENCE}
    return _entry(
        "picked",
        "Picked Scans",
        "CC-BY-4.0",
        0,
        modality=["CT"],
        tasks=["segmentation", "classification"],
        claims=[_claim(280, "studies", verdict="agrees", checked_against=repeated)],
        license={"id": "CC-BY-4.0", "evidence": EVIDENCE, "parts": [original]},
    )


def told_facts() -> dict[str, IdcFacts]:
    """Return what the index would count of both sets that are in it; of the centers it cannot tell."""
    claims = told_catalog()["counted"].claims
    agreed = ClaimCheck(stated(claims[2]), "agrees", 100, "Its creators say 100 patients; IDC has 100 people.")
    unknown = ClaimCheck(stated(claims[4]), "not in the index", None, "The index of IDC does not tell.")
    asked = {"relation": "same", "collections": ["counted"]}
    found = IdcFacts(
        "counted", "25.0.5", asked, patients=100, people=100, modalities={"CT": 7, "SEG": 5}, claims=(agreed, unknown)
    )
    return {**small_facts(), "counted": found}
