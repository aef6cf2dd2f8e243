"""What an entry answers to one need: yes, no, or not known, and the sentence that says why."""

from dataclasses import dataclass
from typing import Literal

#: Whether a need is met; what is not known never counts as met.
Met = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Remark:
    """A sentence about an entry, with the page it rests on.

    Attributes
    ----------
    text : str
        The sentence.
    source : str
        A page; empty when the entry names none.
    """

    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.source})" if self.source else self.text


@dataclass(frozen=True)
class Answer:
    """What became of one need.

    Attributes
    ----------
    need : str
        In words, as it is said back.
    met : {"yes", "no", "unknown"}
        Whether the entry meets it.
    remark : Remark
        Why.
    about : str
        ``region organs conditions modality stain task populations origins labels parts splits demographics commercial
        license access size`` or ``without``.
    far : bool
        Whether a number has not half of what is asked.
    """

    need: str
    met: Met
    remark: Remark
    about: str
    far: bool = False
