"""What the explorer looks at, as a plain object without a widget: a cohort, how it came about, and how it is shown."""

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, get_args

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.errors import unknown_name
from workbench.presentation.explorer.examples import Example, list_examples
from workbench.presentation.explorer.share import from_fragment

Unit = Literal["patients", "studies", "series"]
Tab = Literal["overview", "attrition", "table_one", "series", "compare", "export"]
Tone = Literal["note", "warning", "error"]

_LONGEST_HISTORY = 200
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Moment:
    """One entry of the history.

    Attributes
    ----------
    cohort : Cohort
        What is selected.
    title : str
        Its name on the page.
    why : str
        A sentence below the title.
    example : str
        Key of the example, empty when it was changed since.
    step : int
        The criterion whose losses were shown when it was left; -1 before that.
    """

    cohort: Cohort
    title: str
    why: str
    example: str = ""
    step: int = -1


@dataclass
class ExplorerState:
    """A cohort with its history, and what of it is on the screen.

    Attributes
    ----------
    catalog : Catalog
        What is selected from.
    start : Cohort, optional
        Where to begin; the first example by default.
    unit : {"patients", "studies", "series"}
        What the bars count.
    tab : str
        The view in front.
    page, sort, descending : int, str, bool
        Of the table of series.
    expanded : set of str
        Facets shown to their last value.
    group : str
        What the columns of Table 1 are.
    pinned : Moment, optional
        The cohort A of the comparison.
    step : int
        The criterion whose losses are shown, as its place in the cohort: the one changed last, until another is chosen.
    messages : list of tuple
        Tone and sentence, shown once.
    """

    catalog: Catalog
    start: Cohort | None = None
    unit: Unit = "patients"
    tab: Tab = "overview"
    page: int = 0
    sort: str = ""
    descending: bool = False
    expanded: set[str] = field(default_factory=set)
    group: str = "collection_id"
    pinned: Moment | None = None
    step: int = -1
    messages: list[tuple[Tone, str]] = field(default_factory=list)
    _past: list[Moment] = field(default_factory=list, repr=False)
    _future: list[Moment] = field(default_factory=list, repr=False)
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _made_for: Cohort | None = field(default=None, repr=False)
    _last: dict[str, tuple[Hashable, Any]] = field(default_factory=dict, repr=False)
    _dragging: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.start is None:
            self.now = _of_example(self.examples[0])
        else:
            self.now = Moment(self.start, "Your cohort", "As it was handed over.")
        self.step = len(self.cohort.conditions) - 1

    @cached_property
    def examples(self) -> list[Example]:
        """The named cohorts that one can begin with."""
        return list_examples(self.catalog)

    @property
    def cohort(self) -> Cohort:
        """What is selected now."""
        return self.now.cohort

    @property
    def settled(self) -> Cohort:
        """What was selected before a drag that is still under way; else what is selected now."""
        return self._past[-1].cohort if self._dragging else self.cohort

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._future)

    def remember(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what `make` gives, made once for each key and kept until another cohort is selected.

        Parameters
        ----------
        key : hashable
            Names what is made.
        make : callable
            Called without arguments on first use.

        Returns
        -------
        object
            The same as before while the cohort is the same.
        """
        if self._made_for is not self.cohort:
            self._made_for, self._made = self.cohort, {}
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made

    def recall(self, name: str, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what `make` gives, kept under a name until it is asked for with another key.

        Parameters
        ----------
        name : str
            Under it one thing is kept, such as counts that do not depend on what is dragged.
        key : hashable
            What it depends on.
        make : callable
            Called without arguments when the key is another one than before.

        Returns
        -------
        object
            The same as before while the key is the same.
        """
        if name not in self._last or self._last[name][0] != key:
            self._last[name] = key, make()
        made: _Made = self._last[name][1]
        return made

    def move(
        self, cohort: Cohort, *, title: str = "", why: str = "", example: str = "", dragging: bool = False
    ) -> None:
        """Select another cohort; a cohort of the same conditions is no step, and a whole drag is one.

        Parameters
        ----------
        cohort : Cohort
            What is selected from now on.
        title, why : str
            Its name and a sentence; without them it counts as changed by hand.
        example : str
            Key of the example it is.
        dragging : bool
            Whether the mouse is still down: the next move then takes the place of this one.
        """
        if self._dragging:
            self._return_to(self._past.pop())
        if cohort.conditions == self.cohort.conditions and not title:
            return
        if not title:
            title, why = self._by_hand(cohort)
        self._past = [*self._past[-_LONGEST_HISTORY:], self._left]
        self._future = []
        self._become(Moment(cohort, title, why, example))
        self._dragging = dragging

    def undo(self) -> None:
        """Go one step back; nothing happens at the beginning."""
        if self._past:
            self._future.append(self._left)
            self._return_to(self._past.pop())

    def redo(self) -> None:
        """Take back an undo; nothing happens when there was none."""
        if self._future:
            self._past.append(self._left)
            self._return_to(self._future.pop())

    def open_example(self, key: str) -> None:
        """Select a named cohort.

        Parameters
        ----------
        key : str
            One of `examples`.
        """
        found = {example.key: example for example in self.examples}
        if key not in found:
            raise unknown_name("example", key, found, where="the explorer", then="Choose one of the list.")
        moment = _of_example(found[key])
        self.move(moment.cohort, title=moment.title, why=moment.why, example=key)

    def open_link(self, fragment: str) -> None:
        """Select what a shared link describes; a link that cannot be read leaves what is shown and says why.

        Parameters
        ----------
        fragment : str
            The end of the address.
        """
        try:
            cohort = from_fragment(self.catalog, fragment)
        except (ValueError, LookupError, TypeError) as problem:
            self.messages.append(("warning", str(problem)))
            return
        same = next((each for each in self.examples if each.cohort.conditions == cohort.conditions), None)
        if same is None:
            self.move(
                cohort, title="Cohort of this link", why="As the address of the page says; its criteria stand below."
            )
        elif same.cohort.conditions != self.cohort.conditions:
            self.open_example(same.key)

    def show(self, **settings: Any) -> None:
        """Change what is on the screen, not what is selected.

        Parameters
        ----------
        **settings : object
            ``unit``, ``tab``, ``page``, ``sort``, ``group`` or ``step``.

        Raises
        ------
        UnknownNameError
            For a unit or tab that does not exist.
        """
        for name, kind in (("unit", Unit), ("tab", Tab)):
            if name in settings and settings[name] not in get_args(kind):
                raise unknown_name(name, settings[name], get_args(kind), where="the explorer", then="Use one of these.")
        if "sort" in settings:
            self.descending = self.sort == settings["sort"] and not self.descending
            self.page = 0
        for name, value in settings.items():
            setattr(self, name, value)

    def expand(self, name: str) -> None:
        """Show a facet to its last value, or no longer.

        Parameters
        ----------
        name : str
            An attribute, or ``"cards"``.
        """
        self.expanded ^= {name}

    def _become(self, moment: Moment) -> None:
        before, after = self.cohort.conditions, moment.cohort.conditions
        changed = [at for at, condition in enumerate(after) if condition not in before]
        self.step = changed[-1] if changed else len(after) - 1
        self.now, self.page, self._dragging = moment, 0, False

    @property
    def _left(self) -> Moment:
        return dataclasses.replace(self.now, step=self.step)

    def _return_to(self, moment: Moment) -> None:
        """Show what was shown when the moment was left, also of which criterion the losses stood there."""
        self._become(moment)
        self.step = moment.step

    def _by_hand(self, cohort: Cohort) -> tuple[str, str]:
        if not cohort.conditions:
            return f"Everything in {self.catalog.repository.name}", "No criterion: every patient is selected."
        origin = next((moment.title for moment in reversed([*self._past, self.now]) if moment.example), "")
        return "Your cohort", f"Changed from “{origin}”." if origin else "Changed by hand."


def _of_example(example: Example) -> Moment:
    return Moment(example.cohort, example.title, example.why, example.key)
