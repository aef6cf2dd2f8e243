"""What somebody needs of a data set, a model or a framework: the hard needs, the wishes, and the words that rank."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from workbench.errors import listed

#: How much access may ask for, the least first.
ACCESS_ORDER = ("open", "registration", "data_use_agreement", "credentialed")
_ACCESS_SAID = {
    "open": "no registration",
    "registration": "no data use agreement",
    "data_use_agreement": "no credentials",
    "credentialed": "any access",
}


@dataclass(frozen=True)
class Wanted:
    """One need that any of several values meets.

    Attributes
    ----------
    values : tuple of str
        Such as ``("CR", "DX")``.
    said : str
        In words, such as ``"X-ray"``.
    specialty : str
        A specialty that meets it too, where an entry names no modality.
    """

    values: tuple[str, ...]
    said: str
    specialty: str = ""


@dataclass(frozen=True)
class SizeWanted:
    """A number that is needed.

    Attributes
    ----------
    quantities : tuple of str
        Any of these quantities may meet it.
    said : str
        What is counted, in words.
    least, most : int or None
        Bounds.
    strict : bool
        Whether the bounds themselves are left out.
    """

    quantities: tuple[str, ...]
    said: str
    least: int | None = None
    most: int | None = None
    strict: bool = False

    @property
    def words(self) -> str:
        """The need in words, such as ``more than 10,000 patients``."""
        above, below = ("more than", "fewer than") if self.strict else ("at least", "at most")
        least = f"{above} {self.least:,} {self.said}" if self.least is not None else ""
        most = f"{below} {self.most:,} {self.said}" if self.most is not None else ""
        return " and ".join(part for part in (least, most) if part)


@dataclass(frozen=True)
class Needs:
    """Hard needs decide who is ranked; wishes and words decide the order.

    Attributes
    ----------
    kind : {"dataset", "model", "framework"}
        What is asked for.
    collections : bool
        Whether collections of the Imaging Data Commons count as data sets.
    modality, region, task : tuple of Wanted
        Every one has to be met.
    organs : tuple of Wanted
        Names of organs as entries state them; each comes beside the region in which the organ lies.
    conditions, stain, populations : tuple of Wanted
        Words, one of which an entry has to state of itself: a disease, how tissue is stained, who was examined.
    origins : tuple of Wanted
        Countries as entries state them, one of which data have to come from.
    labels : tuple of str
        Kinds of annotation that have to come with it.
    splits : bool
        Whether there have to be official splits.
    demographics : tuple of str
        Of ``age sex race ethnicity``, each at least partly given.
    commercial : bool
        Whether commercial use has to be allowed.
    license : tuple of Wanted
        SPDX identifiers, one of which it has to carry.
    share_alike : str
        ``no`` when nothing made from it may have to carry the same license; empty when nothing is asked.
    redistribution : bool
        Whether copies of it have to be allowed to be passed on.
    attribution : str
        ``no`` when nobody may have to be credited; empty when nothing is asked.
    access : str
        The most that access may ask for, of `ACCESS_ORDER`; empty for anything.
    sizes : tuple of SizeWanted
        Numbers.
    without : tuple of (str, Wanted)
        ``modality``, ``region`` or ``task``, and what it may not have; ``entry`` and the keys that it and what shares
        images with it may not be.
    apart_from : tuple of Wanted
        Keys; it may not be one of these nor share images with one, since it is to test what was made with them.
    named : tuple of Wanted
        Keys of entries that the question names without ruling them out.
    wishes : tuple of str
        Of ``beginner small scale longitudinal``; these order only.
    waived : tuple of str
        What was said not to be needed, in words.
    words, needed_words, advice_words : tuple of str
        Stems: what it is about besides the needs; the words of the needs; all that a guide's advice is compared with.
    left_over : tuple of str
        Words that no rule understood, as typed.
    unread : tuple of str
        Those of them that are plain words: no numbers, nothing taken back, nothing that only says how.
    respelled : tuple of (str, str)
        Words as they were typed, and as what they were read.
    """

    kind: str = "dataset"
    collections: bool = False
    modality: tuple[Wanted, ...] = ()
    region: tuple[Wanted, ...] = ()
    organs: tuple[Wanted, ...] = ()
    conditions: tuple[Wanted, ...] = ()
    task: tuple[Wanted, ...] = ()
    stain: tuple[Wanted, ...] = ()
    populations: tuple[Wanted, ...] = ()
    origins: tuple[Wanted, ...] = ()
    labels: tuple[str, ...] = ()
    splits: bool = False
    demographics: tuple[str, ...] = ()
    commercial: bool = False
    license: tuple[Wanted, ...] = ()
    share_alike: str = ""
    redistribution: bool = False
    attribution: str = ""
    access: str = ""
    sizes: tuple[SizeWanted, ...] = ()
    without: tuple[tuple[str, Wanted], ...] = ()
    apart_from: tuple[Wanted, ...] = ()
    named: tuple[Wanted, ...] = ()
    wishes: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    needed_words: tuple[str, ...] = ()
    advice_words: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    respelled: tuple[tuple[str, str], ...] = ()

    def said(self) -> tuple[str, ...]:
        """Return the needs and wishes in words, as they are said back.

        Returns
        -------
        tuple of str
            Empty when nothing was understood.

        Examples
        --------
        >>> Needs(commercial=True, sizes=(SizeWanted(("patients",), "patients", least=10_000),)).said()
        ('commercial use', 'at least 10,000 patients')
        """
        return tuple(dict.fromkeys(self._said()))

    def as_fields(self) -> dict[str, Any]:
        """Return the needs as plain values, the same that the page's twin gives.

        Returns
        -------
        dict
            Names of attributes to lists, mappings, texts and truth values.
        """
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    def with_needs(self, more: "Needs") -> "Needs":
        """Return these needs and others together.

        Parameters
        ----------
        more : Needs
            What it states of kind and access wins; lists are joined.

        Returns
        -------
        Needs
            Both.
        """
        joined: dict[str, Any] = {}
        for each in fields(self):
            mine, other = getattr(self, each.name), getattr(more, each.name)
            if isinstance(mine, tuple):
                joined[each.name] = tuple(dict.fromkeys((*mine, *other)))
            elif other != each.default:
                joined[each.name] = other
        return replace(self, **joined)

    def _said(self) -> Iterator[str]:
        if self.kind != "dataset":
            yield f"a {self.kind}"
        topics = (self.region, self.organs, self.conditions, self.modality, self.stain, self.task)
        yield from (each.said for group in (*topics, self.populations, self.origins) for each in group)
        yield from self.labels
        if self.splits:
            yield "official splits"
        if self.demographics:
            yield f"{listed(self.demographics)} known"
        if self.commercial:
            yield "commercial use"
        if self.license:
            yield f"license {listed([each.said for each in self.license], 'or')}"
        if self.share_alike:
            yield "no share-alike"
        if self.redistribution:
            yield "passing it on"
        if self.attribution:
            yield "no attribution"
        if self.access:
            yield _ACCESS_SAID[self.access]
        yield from (each.words for each in self.sizes)
        yield from (f"not {each.said}" for _, each in self.without)
        yield from (f"no images of {each.said}" for each in self.apart_from)
        yield from (_WISHES[each] for each in self.wishes)
        yield from self.waived


_WISHES = {"beginner": "to begin with", "small": "small", "scale": "as large as possible", "longitudinal": "over time"}


def _plain(value: Any) -> Any:
    if isinstance(value, (Wanted, SizeWanted)):
        return {name: _plain(each) for name, each in vars(value).items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value
