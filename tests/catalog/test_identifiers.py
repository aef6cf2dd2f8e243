"""No message and no file names a patient, whatever a user's columns hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.catalog.by_hand import LAWS
from tests.catalog.tiny import make_repository
from workbench.catalog import facets
from workbench.catalog.commons import Catalog

RECORDS = [f"MRN-{number:05d}" for number in (11, 22, 33, 44, 55, 66)]


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Six patients, each with a record number that a user joined, and wards that several share."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("identified"),
            [{"mrn": mrn, "ward": "A" if number % 2 else "B"} for number, mrn in enumerate(RECORDS)],
            [{"patient_key": number, "accession": f"ACC{mrn}"} for number, mrn in enumerate(RECORDS)],
            [
                {"patient_key": number, "study_key": number, "patient_id": mrn, "series_description": mrn}
                for number, mrn in enumerate(RECORDS)
            ],
            [{"patient_key": 0, "days_from_index": 3}],
        )
    )


def test_a_controlled_source_lists_only_closed_vocabularies_and_names_of_things(commons: Catalog) -> None:
    for column, typed, n in (("mrn", "MRN-00012", 6), ("mrn", 11, 6), ("ward", "C", 2)):
        with pytest.raises(LookupError) as caught:
            commons.where(**{column: typed})
        assert str(caught.value) == (
            f"A {column} that Made-up source does not have was received. One of its values, {n} "
            "in all, would be right, as the source writes it; they are not shown, as they may tell patients apart. "
            f"See them here: wb.facets.count(commons.everything, ['{column}'])."
        )
    assert wb.facets.count(commons.everything, ["ward"])["value"].to_list() == ["A", "B"]
    for column, right in (("sex", "Female"), ("modality", "CT"), ("age_group", "18–29")):
        with pytest.raises(LookupError, match=f"Valid: .*{right}"):
            commons.where(**{column: "X"})


def test_a_public_source_lists_what_several_share_but_no_record_numbers(commons: Catalog) -> None:
    public = Catalog(replace(commons.repository, disclosure="public_rows"))
    with pytest.raises(
        LookupError, match=r"^No ward value 'C' in Made-up source\. .*Valid: A, B\. Use one of these\.$"
    ):
        public.where(ward="C")
    with pytest.raises(LookupError, match="not shown"):
        public.where(mrn="MRN-00012")


def entry(name: str) -> dict[str, Any]:
    found = {"column": "mrn", "values": [name]}
    return {"schema": "workbench-cohort/2", "source": {"key": "made_up"}, "criteria": [found]}


WRONG: list[Callable[[Catalog, str], object]] = [
    lambda commons, name: commons.where(mrn=name),
    lambda commons, name: commons.where(mrn=(name, None)),
    lambda commons, name: commons.where(accession=[name[:-1]]),
    lambda commons, name: commons.where(wb.any_of(mrn=name[1:])),
    lambda commons, name: commons.exclude(mrn=name.lower()),
    lambda commons, name: commons.where(patient_id=name),
    lambda commons, name: commons.where(patient_key=name),
    lambda commons, name: commons.where_sql(f"select mrn as patient_key, '{name}' from patients"),
    lambda commons, name: commons.sql(f"select cast(mrn as int), '{name}' from patients"),
    lambda commons, name: commons.sql(f"select cast(accession as date) from studies where accession != '{name}'"),
    lambda commons, name: facets.count(commons.everything, [f"patient_id {name}"]),
    lambda commons, name: commons.everything.census(by=[f"patient_id {name}"]),
    lambda commons, name: commons.cohort_from(entry(name)),
]


@LAWS
@given(wrong=st.sampled_from(WRONG), typed=st.sampled_from(["MRN-00012", "MRN 11", "nobody"]))
def test_no_message_names_a_patient(commons: Catalog, wrong: Callable[[Catalog, str], Any], typed: str) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)) as caught:
        wrong(commons, typed)
    assert not any(mrn in str(caught.value) for mrn in RECORDS)


def test_neither_a_saved_cohort_nor_what_it_prints_names_a_patient(
    commons: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = commons.where(ward="A").near_test("Positive", days=(None, 10)).where(age_years=(18, None))
    path = cohort.save(tmp_path / "ward.yaml")
    printed = [repr(cohort), cohort._repr_html_(), cohort.explain(), repr(cohort.attrition), cohort.to_python()]
    printed += [repr(commons), repr(commons.compare_members(path)), capsys.readouterr().err]
    for text in [*printed, *(each.read_text() for each in tmp_path.iterdir())]:
        assert not any(mrn in text for mrn in RECORDS)
