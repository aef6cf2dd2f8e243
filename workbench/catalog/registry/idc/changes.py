"""Count anew what the Imaging Data Commons holds of the entries, and say what has changed since the last time."""

from collections.abc import Mapping
from pathlib import Path

from workbench.assets import asset_path
from workbench.catalog.registry.idc.checks import FACTS_FILE, read_idc_facts, write_idc_facts
from workbench.catalog.registry.idc_facts import IdcFacts

_COUNTED = ("people", "studies", "series", "index")


def count_anew(folder: Path | str | None = None) -> str:
    """Write the facts again and return what has changed, in lines of text.

    Parameters
    ----------
    folder : pathlib.Path or str, optional
        Your own data catalog, which then holds the facts of all entries; by default those of a checkout are written.

    Returns
    -------
    str
        A line for each entry that changed, or that nothing did; then the file.

    Raises
    ------
    PermissionError
        When the shipped facts belong to an installation.
    """
    shipped = asset_path("data_catalog")
    root = Path(folder).expanduser() if folder is not None else shipped
    if shipped.parent.name == "_assets" and root.resolve() == shipped.resolve():
        raise PermissionError(
            f"{shipped} belongs to the installation of the workbench. A folder of your own would be right. "
            "Write for instance: workbench datasets check my_catalog --idc"
        )
    place = root.joinpath(*FACTS_FILE)
    before = read_idc_facts(place) if place.is_file() else {}
    written = write_idc_facts(folder, into=place)
    lines = changes(before, read_idc_facts(place))
    return "\n".join([*(lines or ["Nothing has changed."]), f"Facts: {written}"])


def changes(before: Mapping[str, IdcFacts], after: Mapping[str, IdcFacts]) -> list[str]:
    """Return how facts differ from those before.

    Parameters
    ----------
    before, after : mapping of str to IdcFacts
        By key.

    Returns
    -------
    list of str
        A sentence for each entry that came, went or changed; empty when none did.

    Examples
    --------
    >>> old = IdcFacts("invented", "25.0.5", {"relation": "same"}, people=7)
    >>> changes({"invented": old}, {"invented": IdcFacts("invented", "25.0.5", {"relation": "same"}, people=9)})
    ['invented: people 7, now 9']
    """
    told = []
    for key in sorted({*before, *after}):
        if key not in before:
            told.append(f"{key}: new. {after[key].sentence}".rstrip())
        elif key not in after:
            told.append(f"{key}: no longer counted")
        elif before[key] != after[key]:
            pairs = [(name, getattr(before[key], name), getattr(after[key], name)) for name in _COUNTED]
            said = "; ".join(f"{name} {_said(old)}, now {_said(new)}" for name, old, new in pairs if old != new)
            told.append(f"{key}: {said or 'its claims or its idc block'}{'' if said else ' changed'}")
    return told


def _said(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
