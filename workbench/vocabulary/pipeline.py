"""The states through which an imaging study passes on its way into a release, in order."""

#: What MIDRC's dashboard of 2021 counts: studies ingested, of these under quality and harmonization, and released.
#: "Ingested" is the state of a study that has arrived and waits.
PIPELINE_STATES = ("Ingested", "Under quality and harmonization", "Released")
