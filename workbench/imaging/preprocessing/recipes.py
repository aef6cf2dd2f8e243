"""What a pipeline says: its name, version, what it takes, its steps and its sources; and how it is told in words."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from workbench.imaging.preprocessing.steps import Step
from workbench.imaging.preprocessing.undoing import NOT_UNDONE

_SHIPPED = Path(__file__).parent / "pipelines"


@dataclass(frozen=True, repr=False)
class Recipe:
    """A named list of steps with where it comes from: data, without what acts on images.

    Attributes
    ----------
    name, version, purpose : str
        What it is called, and what it is for.
    modalities : tuple of str
        DICOM code strings it is for; empty for any.
    images : tuple of str
        ``"volume"``, ``"radiograph"``, ``"cine"``: what it takes; empty for any.
    units : str
        What the values must be in; empty for any.
    steps : tuple of Step
        In the order in which they run.
    source : tuple of str
        Papers and clauses of a standard that it follows.
    """

    name: str
    version: str
    purpose: str
    modalities: tuple[str, ...]
    images: tuple[str, ...]
    units: str
    steps: tuple[Step, ...]
    source: tuple[str, ...]

    @property
    def definition(self) -> dict[str, Any]:
        """Everything that decides the result, defaults included: what is hashed."""
        return {
            "name": self.name,
            "version": self.version,
            "modalities": list(self.modalities),
            "images": list(self.images),
            "units": self.units,
            "steps": [{step.name: dict(step.parameters)} for step in self.steps],
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the definition as canonical JSON, 64 hexadecimal digits; purpose and source do not enter it."""
        text = json.dumps(self.definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=list)
        return hashlib.sha256(text.encode()).hexdigest()

    def explain(self) -> str:
        """Return what the steps do, in plain sentences, in their order.

        Returns
        -------
        str
            A head, a numbered line a step, the source, and which steps cannot be undone.

        Examples
        --------
        >>> from workbench.imaging.preprocessing.steps import read_step
        >>> one = Recipe("mine", "1", "a try.", (), (), "", (read_step("invert"),), ())
        >>> print(one.explain())
        mine 1: a try.
        1. Bright and dark are exchanged.
        """
        lines = [f"{self.name} {self.version}: {self.purpose}"]
        lines += [f"{place}. {step.sentence}" for place, step in enumerate(self.steps, start=1)]
        lost = [str(place) for place, step in enumerate(self.steps, start=1) if step.name in NOT_UNDONE]
        if lost:
            lines.append(f"Cannot be undone: step{'s' * (len(lost) > 1)} {', '.join(lost)}.")
        lines += [f"Source: {text}" for text in self.source]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name} {self.version}, {len(self.steps)} steps, sha256 {self.hash[:8]}…)"


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """Return what the shipped files hold, unchecked.

    Returns
    -------
    dict
        Name to the content of its YAML, in alphabetical order.
    """
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_SHIPPED.glob("*.yaml"))}
