"""Pipelines as data: a name, a version, a source and a list of steps, read from YAML and applied to images."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from workbench.errors import brief, unknown_name
from workbench.imaging.images import Array, Image
from workbench.imaging.preprocessing.parameters import short_repr
from workbench.imaging.preprocessing.recipes import Recipe, shipped
from workbench.imaging.preprocessing.running import run
from workbench.imaging.preprocessing.steps import read_step
from workbench.imaging.preprocessing.undoing import undo

if TYPE_CHECKING:
    import polars as pl

_FIELDS = ("name", "version", "purpose", "modalities", "images", "units", "source", "steps")
_KINDS = ("volume", "radiograph", "cine")
_LARGEST_VERSION = 10**20  # a date and a time are shorter
_HOLDS = "A name, a version and steps would be right"


@dataclass(frozen=True, repr=False)
class Pipeline(Recipe):
    """A named list of steps with where it comes from; it is data, and equal data have equal hashes.

    ``print(pipeline)`` tells it in words; see `Recipe` for its fields.
    """

    def apply(self, image: Image, *, device: str = "auto", mask: Array | None = None) -> Image:
        """Return the image after all steps.

        Parameters
        ----------
        image : Image
            As read.
        device : str
            ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
        mask : numpy.ndarray, optional
            Of the image's shape.

        Returns
        -------
        Image
            Of the same class.
        """
        return self.apply_with_mask(image, device=device, mask=mask)[0]

    def apply_with_mask(
        self, image: Image, *, device: str = "auto", mask: Array | None = None
    ) -> tuple[Image, Array | None]:
        """Return the image after all steps, and the mask that the steps found or that was given.

        Parameters
        ----------
        image : Image
            As read.
        device : str
            ``"auto"``, ``"cpu"`` or ``"cuda:0"``.
        mask : numpy.ndarray, optional
            Of the image's shape.

        Returns
        -------
        tuple
            The image, and a bool mask on its grid; None where there is none.
        """
        return run(self, image, device=device, mask=mask)

    def invert(self, image: Image) -> Image:
        """Return the image with every step undone that can be; flags say which could not, or only in part.

        Parameters
        ----------
        image : Image
            What `apply` of this pipeline returned, or the like of it with other values, such as a model's output.

        Returns
        -------
        Image
            On the grid as it was given to `apply`; ``provenance["inverse"]`` lists what was undone.

        Raises
        ------
        ValueError
            When the image did not come from this pipeline, or its shape has changed since.
        """
        done = image.provenance.get("preprocessing", {})
        if done.get("sha256") != self.hash:
            came = f"the pipeline {done['pipeline']} {done['version']}" if done else "no pipeline"
            raise ValueError(
                f"Received an image that came from {came}. One that came from {self.name} {self.version} would be "
                "right. Call invert of the pipeline that made it."
            )
        return undo(image, done["steps"])


def read_pipeline(name: str | Path | Mapping[str, Any] | Pipeline) -> Pipeline:
    """Return a pipeline that ships, or one of your own.

    Parameters
    ----------
    name : str, path or mapping
        A name of `pipeline_names`, a YAML file, or what such a file would hold.

    Returns
    -------
    Pipeline
        Checked: every field, step, parameter and unit is known.

    Raises
    ------
    UnknownNameError
        When no pipeline, field, step, parameter or unit is called so.
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is no pipeline.

    Examples
    --------
    >>> read_pipeline("chest_ct").modalities
    ('CT',)
    """
    if isinstance(name, Pipeline):
        return name
    if isinstance(name, Mapping):
        return _pipeline(name)
    if str(name) in pipeline_names():
        return _shipped(str(name))
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise unknown_name(
            "pipeline", str(name), pipeline_names(), where="the shipped pipelines",
            then="For one of your own give a .yaml file.",
        )  # fmt: skip
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file '{brief(path.name)}'. A YAML file with a pipeline would be right. "
            "Check the path, or take a shipped one: workbench preprocess --list"
        )
    return _pipeline(_loaded(path))


def pipeline_names() -> list[str]:
    """Return the names of the pipelines that ship.

    Returns
    -------
    list of str
        In alphabetical order.

    Examples
    --------
    >>> "chest_ct" in pipeline_names()
    True
    """
    return list(shipped())


def pipeline_table() -> "pl.DataFrame":
    """Return the pipelines that ship as a table.

    Returns
    -------
    polars.DataFrame
        ``pipeline``, ``version``, ``modalities``, ``images``, ``n_steps``, ``purpose``, ``source``.
    """
    import polars as pl

    found = [_shipped(name) for name in pipeline_names()]
    return pl.DataFrame(
        {
            "pipeline": [each.name for each in found],
            "version": [each.version for each in found],
            "modalities": [", ".join(each.modalities) or "any" for each in found],
            "images": [", ".join(each.images) or "any" for each in found],
            "n_steps": [len(each.steps) for each in found],
            "purpose": [each.purpose for each in found],
            "source": [" · ".join(each.source) for each in found],
        }
    )


class _RefersError(ValueError):
    """A YAML file whose parts refer to one another."""


class _WrittenOut(yaml.SafeLoader):
    """Reads YAML without references: a few of them, to one another, stand for any number of items."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node, or refuse one that stands elsewhere."""
        if self.check_event(yaml.AliasEvent):
            raise _RefersError(
                "A pipeline refers to its own parts (*name). Steps that are written out would be right. "
                "Write each value where it stands."
            )
        return super().compose_node(parent, index)


def _loaded(path: Path) -> Any:
    try:
        return _WrittenOut(path.read_text(encoding="utf-8")).get_single_data()
    except _RefersError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: text of another kind, endless numbers
        place = getattr(error, "problem_mark", None)
        line = f" (line {place.line + 1})" if place else ""
        raise ValueError(
            f"'{brief(path.name)}' is no readable YAML{line}. {_HOLDS}. Compare with a shipped one: "
            "workbench preprocess --explain --pipeline chest_ct"
        ) from error


@cache
def _shipped(name: str) -> Pipeline:
    return _pipeline(shipped()[name])


def _pipeline(written: Any) -> Pipeline:
    """Return the checked pipeline that a mapping describes."""
    if not isinstance(written, Mapping) or not all(written.get(field) for field in ("name", "version", "steps")):
        raise ValueError(
            f"Received a pipeline of {short_repr(written)}. {_HOLDS}. Write for instance {{'name': 'mine', "
            "'version': 1, 'steps': ['to_gray']}."
        )
    for field in written:
        if field not in _FIELDS:
            raise unknown_name("field", field, _FIELDS, where="a pipeline", then="Correct the pipeline.")
    images = _texts(written, "images")
    for kind in images:
        if kind not in _KINDS:
            raise unknown_name("kind of image", kind, _KINDS, where="images of a pipeline", then="Correct it.")
    if not isinstance(written["steps"], list):
        raise ValueError(
            f"Received steps: {short_repr(written['steps'])}. A list would be right. Begin each step with a dash."
        )
    return Pipeline(
        name=_text(written["name"], "name"),
        version=_text(written["version"], "version"),
        purpose=_text(written.get("purpose") or "no purpose stated.", "purpose"),
        modalities=_texts(written, "modalities"),
        images=images,
        units=_text(written.get("units") or "", "units"),
        steps=tuple(read_step(step) for step in written["steps"]),
        source=_texts(written, "source"),
    )


def _texts(written: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = written.get(field) or ()
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple(_text(item, field) for item in listed)


def _text(value: Any, field: str) -> str:
    """Return a text, or a number or date as one, as YAML reads what looks like it."""
    if isinstance(value, str | float | date) or (isinstance(value, int) and abs(value) < _LARGEST_VERSION):
        return str(value)
    raise ValueError(
        f"Received {field}: {short_repr(value)}. A text would be right. Put it in quotation marks, or correct it."
    )
