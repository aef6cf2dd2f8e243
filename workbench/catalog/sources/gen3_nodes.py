"""The nodes of the MIDRC data dictionary that the catalog reads, and how exports spell their columns.

A node's own export (submission portal) writes links as ``cases.submitter_id``; a download from the portal's explorer
writes ``case_ids``, once with each value in a column of its own (``case_ids_0``, ``case_ids_1``).

References
----------
github.com/uc-cdis/midrc_dictionary, ``gdcdictionary/schemas``; the explorer's fields as its front end lists them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CASE, STUDY, SERIES, MEASUREMENT = "case", "imaging_study", "series_file", "measurement"

#: What each node's own columns may be prefixed with.
OWN_PREFIX = {
    CASE: re.compile(r"cases?\."),
    STUDY: re.compile(r"imaging_stud(?:y|ies)\."),
    SERIES: re.compile(r"(?:[a-z]{2}_)?series_files?\."),
    MEASUREMENT: re.compile(r"measurements?\."),
}
#: Other nodes of the dictionary; their files are counted and left alone.
OTHER_NODES = frozenset(
    {
        *("program", "project", "dataset", "core_metadata_collection", "supplementary_file", "radiology_report"),
        *("annotation", "annotation_file", "dicom_annotation_file", "case_annotation", "imaging_study_annotation"),
        *("condition", "medication", "observation", "procedure", "series_annotation", "visit"),
    }
)
_SERIES_NODE = re.compile(r"(?:[a-z]{2}_)?(?:series_file|series|image_file|imaging_file)|data_file")


@dataclass(frozen=True)
class Node:
    """How one node is read.

    Attributes
    ----------
    columns : mapping of str to tuple of str
        Our name to the spellings in which exports write it, the first that is present counts.
    lists : tuple of str
        Columns of ours that hold lists.
    required : tuple of tuple of str
        Of each tuple, one column at least must be present.
    """

    columns: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]


def _same(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


_CASE_LINK = {
    "patient_id": ("cases.submitter_id", "case.submitter_id", "case_ids", "cases", "case_id", "case_submitter_id"),
    "case_node": ("cases.id", "cases.node_id", "_case_id"),
    "project_id": ("project_id",),
}
_CASE = Node(
    columns={
        "patient_id": ("submitter_id", "case_submitter_id", "case_ids", "case_id"),
        "case_node": ("id", "_case_id", "node_id"),
        "project_id": ("project_id",),
        "datasets": ("datasets.submitter_id", "dataset_submitter_id", "dataset_submitter_ids", "datasets"),
        "age_over": ("age_at_index_gt89",),
        "zip3": ("zip", "zip3"),
        "country": ("country_of_residence", "country"),
        "long_covid": ("long_covid", "long_covid_indicator"),
        **_same("sex", "race", "ethnicity", "covid19_positive", "state", "site_id", "index_event", "age_at_index"),
        **_same("icu_indicator", "ventilator_indicator"),
    },
    lists=("patient_id", "datasets", "project_id"),
    required=(("patient_id",),),
)
_STUDY = Node(
    columns={
        **_CASE_LINK,
        "study_id": ("submitter_id",),
        "study_node": ("id", "_imaging_study_id", "node_id"),
        "age_over": ("age_at_imaging_gt89",),
        "body_part": ("body_part_examined",),
        "loinc_name": ("loinc_long_common_name",),
        "days_to_positive": ("days_from_study_to_pos_covid_test",),
        "days_to_negative": ("days_from_study_to_neg_covid_test",),
        "modalities": ("study_modality", "study_modalities"),
        **_same("study_uid", "age_at_imaging", "days_to_study", "study_description", "study_year", "loinc_code"),
        **_same("loinc_system", "loinc_method", "loinc_contrast", "study_location"),
    },
    lists=("patient_id", "body_part", "days_to_positive", "days_to_negative", "modalities", "project_id"),
    required=(("study_uid", "study_id"), ("patient_id", "case_node")),
)
_SERIES = Node(
    columns={
        **_CASE_LINK,
        "series_id": ("submitter_id",),
        "study_id": (
            "imaging_studies.submitter_id",
            "imaging_study.submitter_id",
            "imaging_studies",
            "imaging_study_ids",
        ),
        "study_uid": ("study_uid", "imaging_studies.study_uid"),
        "study_node": ("imaging_studies.id", "imaging_studies.node_id", "_imaging_study_id"),
        "object_id": ("object_id", "_data_file_id"),
        "md5": ("md5sum", "md5"),
        "file_size": ("file_size",),
        "model": ("manufacturer_model_name",),
        "kernel": ("convolution_kernel",),
        "slice_thickness_mm": ("slice_thickness",),
        "n_instances": ("number_of_instances",),
        "body_part": ("body_part_examined",),
        "doi": ("data_url_doi",),
        **_same("series_uid", "modality", "series_description", "manufacturer", "file_name", "license"),
        **_same("view_position"),
    },
    lists=("patient_id", "study_id", "kernel", "slice_thickness_mm", "body_part", "project_id"),
    required=(("series_uid", "series_id"), ("study_id", "study_uid", "study_node")),
)
_MEASUREMENT = Node(
    columns={
        **_CASE_LINK,
        "test_result": ("test_result_text",),
        "days_from_index": ("test_days_from_index",),
        **_same("test_name", "test_method"),
    },
    lists=("patient_id", "project_id"),
    required=(("patient_id", "case_node"), ("test_result",)),
)
NODES: Mapping[str, Node] = {CASE: _CASE, STUDY: _STUDY, SERIES: _SERIES, MEASUREMENT: _MEASUREMENT}

_DEMOGRAPHIC = {"age_at_index", "age_at_index_gt89", "sex", "race", "ethnicity", "covid19_positive"}
_MANIFEST = {"object_id", "md5sum", "file_name", "file_size", "commons_url"}
_LINK = re.compile(r"(cases?\.(submitter_id|id|node_id)|cases|case_ids(_0)?|imaging_stud(y|ies)\..*|imaging_studies)")


def node_of_type(name: str) -> str | None:
    """Return which of our nodes a ``type`` names: `CASE`, `STUDY`, `SERIES`, `MEASUREMENT`, or "" for one left alone.

    Parameters
    ----------
    name : str
        As the ``type`` column spells it.

    Returns
    -------
    str or None
        None for a node that the dictionary does not know.

    Examples
    --------
    >>> node_of_type("ct_series_file"), node_of_type("dataset"), node_of_type("biopsy")
    ('series_file', '', None)
    """
    if name in NODES:
        return name
    if _SERIES_NODE.fullmatch(name):
        return SERIES
    return "" if name in OTHER_NODES else None


def node_of_columns(columns: Iterable[str]) -> str | None:
    """Return which node a file without ``type`` holds, told by its columns.

    Parameters
    ----------
    columns : iterable of str
        The header.

    Returns
    -------
    str or None
        "manifest" for the portal's list of files, which says nothing of patients; None when the columns are of no
        node that the catalog reads.

    Examples
    --------
    >>> node_of_columns(["submitter_id", "sex"]), node_of_columns(["case_ids", "study_uid", "sex"])
    ('case', 'imaging_study')
    """
    names = set(columns)
    if "object_id" in names and names <= _MANIFEST:
        return "manifest"
    if names & {"series_uid", "ct_series_file.series_uid"} or {"object_id", "file_name"} <= names:
        return SERIES
    linked = any(_LINK.fullmatch(name) for name in names)
    if names & _DEMOGRAPHIC and not linked and names & {"submitter_id", "case_submitter_id", "case_id"}:
        return CASE
    if names & {"test_result_text", "test_days_from_index", "test_name"}:
        return MEASUREMENT
    if names & {"study_uid", "study_modality", "days_to_study", "age_at_imaging", "study_description"}:
        return STUDY
    return CASE if names & _DEMOGRAPHIC else None


def spelled_out(node: str, name: str) -> str:
    """Return how exports write one column of ours, for messages.

    Parameters
    ----------
    node : str
        One of `NODES`.
    name : str
        One of its columns.

    Returns
    -------
    str
        Every spelling, joined by "or".

    Examples
    --------
    >>> spelled_out("measurement", "test_result")
    'test_result_text'
    """
    return " or ".join(NODES[node].columns[name])
