"""Divide tables into parts without dividing a person, check other people's parts, and draw samples like a target."""

from workbench.sampling.files import read_split, write_split
from workbench.sampling.leakage import LeakageReport, find_leakage
from workbench.sampling.matching import Match, match_target
from workbench.sampling.raking import Weights, rake_weights
from workbench.sampling.splits import stratified_split

__all__ = [
    "LeakageReport",
    "Match",
    "Weights",
    "find_leakage",
    "match_target",
    "rake_weights",
    "read_split",
    "stratified_split",
    "write_split",
]
