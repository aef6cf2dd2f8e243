"""Divide tables into parts without dividing a person, and find out whether somebody else's parts do."""

from workbench.sampling.files import read_split, write_split
from workbench.sampling.leakage import LeakageReport, find_leakage
from workbench.sampling.splits import stratified_split

__all__ = ["LeakageReport", "find_leakage", "read_split", "stratified_split", "write_split"]
