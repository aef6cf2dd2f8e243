"""The FAIRsFAIR metrics that F-UJI tests, by their identifiers.

References
----------
Devaraju A, Huber R, et al. FAIRsFAIR Data Object Assessment Metrics. doi:10.5281/zenodo.4081213 (F-UJI, metrics 0.8)
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One metric of F-UJI.

    Attributes
    ----------
    identifier : str
        As F-UJI 0.8 writes it.
    name : str
        Its short name there.
    points : float
        The most that F-UJI gives.
    offline : float
        How many of the points can be given without a network; 0 where nothing can be tested.
    """

    identifier: str
    name: str
    points: float
    offline: float


#: Every metric of the data objects, findable to reusable, as version 0.8 lists them.
METRICS = (
    Metric("FsF-F1-01MD", "Unique Identifier Metadata and Data", 1, 1),
    Metric(
        "FsF-F1-02MD", "Persistent Identifier Metadata and Data", 1, 0.5
    ),  # 0.5 for being registered with the system
    Metric("FsF-F2-01M", "Descriptive Core Metadata", 2, 2),
    Metric("FsF-F3-01M", "Inclusion of Data Identifier in Metadata", 1, 1),
    Metric("FsF-F4-01M", "Searchable Metadata", 2, 0),
    Metric("FsF-A1-01M", "Data Access Information", 1, 1),
    Metric("FsF-A1-02MD", "Retrievable Metadata and Data", 2, 0),
    Metric("FsF-A1.1-01MD", "Standard Communication Protocol of Metadata and Data", 2, 2),
    Metric("FsF-A1.2-01MD", "Authentication Support of Protocol for Metadata and Data", 2, 2),
    Metric("FsF-I1-01M", "Formal Representation of Metadata", 2, 0),
    Metric("FsF-I2-01M", "Metadata with Semantic Resources", 2, 2),
    Metric("FsF-I3-01M", "Qualified references to related entities", 2, 2),
    Metric("FsF-R1-01M", "Metadata of Data Content", 2, 2),
    Metric("FsF-R1.1-01M", "Data Usage License", 1, 1),
    Metric("FsF-R1.2-01M", "Data Provenance", 1, 1),
    Metric("FsF-R1.3-01M", "Community-Endorsed Metadata Standard", 1, 1),
    Metric("FsF-R1.3-02D", "Data File format", 1, 1),
)
