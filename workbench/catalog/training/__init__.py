"""From a cohort to what a training program reads: images one by one, or a folder in its layout."""

from workbench.catalog.training.export import TrainingExport, export_training
from workbench.catalog.training.reading import CohortImages

__all__ = ["CohortImages", "TrainingExport", "export_training"]
