"""What a person means by a word that is no criterion of the data catalog, or no value of one."""

from collections.abc import Iterable

from workbench.errors import brief, unknown_name

_CRITERIA = (
    "kind",
    "modality",
    "body_region",
    "task",
    "license",
    "access",
    "commercial_use",
    "demographics",
    "min_patients",
    "curated",
    "text",
)
# What is typed for a criterion -> how it is asked for.
_ASKED_BY = {
    **dict.fromkeys(("patients", "n_patients", "min_size", "size"), "min_patients=10_000"),
    **dict.fromkeys(("age", "sex", "race", "ethnicity", "country"), "demographics={name!r}"),
    "gender": "demographics='sex'",
    **dict.fromkeys(("organ", "organs", "condition", "disease", "keyword", "words", "query", "name"), "text='lung'"),
    **dict.fromkeys(("region", "body_part", "anatomy"), "body_region='Chest'"),
    **dict.fromkeys(("open", "public", "free"), "access='open'"),
    **dict.fromkeys(("commercial", "commercially"), "commercial_use=True"),
}
# Criterion -> words that are none of its values -> the values they mean; imaging and anatomy stand in ranking.yaml.
_MEANT: dict[str, dict[str, tuple[str, ...]]] = {
    "kind": {
        **dict.fromkeys(("data", "images", "challenge", "benchmark"), ("dataset",)),
        **dict.fromkeys(("network", "weights", "foundation model", "models"), ("model",)),
        **dict.fromkeys(("software", "library", "tool", "toolkit", "frameworks", "package"), ("framework",)),
    },
    "access": {
        **dict.fromkeys(("public", "free", "download", "anyone", "unrestricted"), ("open",)),
        **dict.fromkeys(("account", "login", "register", "registered", "sign up"), ("registration",)),
        **dict.fromkeys(("dua", "agreement", "data use agreement", "request"), ("data_use_agreement",)),
        **dict.fromkeys(("restricted", "controlled", "training"), ("credentialed", "data_use_agreement")),
    },
    "demographics": {
        "gender": ("sex",),
        "ages": ("age",),
        "birth date": ("age",),
        "hispanic": ("ethnicity",),
        "nationality": ("country",),
        "race/ethnicity": ("race", "ethnicity"),
    },
}
_NEEDS = {"modality": "modality", "body_region": "region", "task": "task"}


def refuse_criteria(named: Iterable[str]) -> None:
    """Raise for the first name that is no criterion, with how to ask for what was meant.

    Parameters
    ----------
    named : iterable of str
        What came besides the criteria; none is as it should be.

    Raises
    ------
    UnknownNameError
        With the nearest.

    Examples
    --------
    >>> refuse_criteria([])
    """
    for name in named:
        then = _ASKED_BY.get(name, "")
        told = f"Write for instance {then.format(name=name)}" if then else "Give one of these."
        raise unknown_name("criterion", name, _CRITERIA, where="where()", then=told)


def limit_typed(limit: object) -> int:
    """Return how many are wanted at most.

    Parameters
    ----------
    limit : object
        What came.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ValueError
        When it is no whole number from 1.

    Examples
    --------
    >>> limit_typed(10)
    10
    """
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise ValueError(f"limit={brief(repr(limit))} came. A whole number from 1 would be right, such as limit=10")
    return limit


def meant_values(criterion: str, word: str) -> tuple[str, ...]:
    """Return the values of a criterion that a word means which is none of them.

    Parameters
    ----------
    criterion : str
        ``"kind"``, ``"modality"``, ``"body_region"``, ``"task"``, ``"access"`` or ``"demographics"``.
    word : str
        As typed.

    Returns
    -------
    tuple of str
        Empty when nothing is known of it.

    Examples
    --------
    >>> meant_values("modality", "X-ray"), meant_values("body_region", "lung"), meant_values("access", "public")
    (('CR', 'DX'), ('Chest',), ('open',))
    """
    from workbench.catalog.registry.asking.asked_words import asked_words
    from workbench.catalog.registry.asking.rules import ranking_rules
    from workbench.catalog.registry.asking.words import stem

    plain = " ".join(word.casefold().replace("-", " ").replace("_", " ").split())
    if known := _MEANT.get(criterion, {}).get(plain):
        return known
    stems = [stem(each) for each in asked_words(word)]
    if not stems or criterion not in _NEEDS:
        return ()
    found = [
        tuple(rule.get("any") or rule.get("all") or ())
        for rule in ranking_rules()["lexicon"]
        if rule["need"] == _NEEDS[criterion]
        and any([stem(each) for each in asked_words(words)] == stems for words in rule["words"])
    ]
    return found[0] if found else ()


def told_meaning(criterion: str, word: str) -> str:
    """Return what to do about a word that is no value of a criterion, as the end of a message.

    Parameters
    ----------
    criterion : str
        As for `meant_values`.
    word : str
        As typed.

    Returns
    -------
    str
        Names the values that are meant where they are known.

    Examples
    --------
    >>> told_meaning("demographics", "gender")
    "For 'gender' use sex."
    """
    meant = meant_values(criterion, word)
    return f"For {brief(repr(word))} use {' or '.join(meant)}." if meant else "Use one of these."
