"""Names of ours that a column of a user's table can be mapped to, told without opening one."""

#: By what they describe: a patient, a study, a series.
PATIENT_NAMES = (
    *("collection_id", "patient_id", "person_id", "species", "sex", "race", "ethnicity", "covid19_positive"),
    *("age_years", "age_over_89", "site_id", "zip3", "state", "country", "index_event"),
)
STUDY_NAMES = (
    *("study_uid", "study_description", "age_at_study_years", "days_to_study", "study_year"),
    *("loinc_code", "loinc_name", "pipeline_state"),
)
SERIES_NAMES = (
    *("series_uid", "modality", "body_part", "series_description", "manufacturer", "model", "kernel"),
    *("slice_thickness_mm", "n_instances", "size_mb", "license", "doi", "crdc_series_uuid", "object_id", "md5"),
    *("file_name", "url"),
)
#: What people call some of them, as pages and criteria do.
OTHER_NAMES = {"body_region": "body_part", "age": "age_years"}
