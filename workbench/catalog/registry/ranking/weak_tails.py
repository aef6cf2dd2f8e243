"""Leave out of a search what matches far worse than the best, by the rule that the page follows too."""

from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.ranking.searching import Hit, SearchIndex


def worth_showing(index: SearchIndex, text: str, limit: int) -> list[Hit]:
    """Return the hits of a search without its weak tail.

    Parameters
    ----------
    index : SearchIndex
        Of the entries.
    text : str
        What was typed.
    limit : int
        At most so many.

    Returns
    -------
    list of Hit
        As the index gives them; the first ones are never left out, nor is an entry that holds every word.

    Examples
    --------
    >>> from workbench.catalog.registry.entries import Entry
    >>> named = [Entry("dataset", {"key": key, "name": key}) for key in ("lungs", "heads")]
    >>> [hit.key for hit in worth_showing(SearchIndex(named), "lungs", 10)]
    ['lungs']
    """
    rule = ranking_rules()["search"]["tail"]
    if limit <= rule["kept"]:
        return index.search(text, limit)
    hits = index.search(text, len(index.forms))
    holders = [keys for word in list(dict.fromkeys(text.split()))[: rule["words"]] if (keys := _holding(index, word))]
    least = rule["share"] * min(hits[0].score if hits else 0, rule["named"])
    shown = [
        hit
        for at, hit in enumerate(hits)
        if at < rule["kept"] or hit.score >= least or (holders and all(hit.key in keys for keys in holders))
    ]
    return shown[:limit]


def _holding(index: SearchIndex, word: str) -> set[str]:
    """The keys of the entries that hold a word as it is written."""
    return {
        hit.key for hit in index.search(word, len(index.forms)) if any(" for '" not in said for said in hit.matched)
    }
