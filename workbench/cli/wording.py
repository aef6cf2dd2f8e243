"""Say the package's advice in the words of the command: an argument becomes its option."""

import re

# What the package's messages advise, and what is typed instead.
_TYPED = (
    (r"\bpass when_offline='phantom'", "add --when-offline phantom"),
    (r"\bPass server='([^']*)'", r"Add --server \1"),
    (r"\bA limit_gb of\b", "A --limit-gb of"),
    (r"\bfetch fewer: cohort\.sample\((\d+)\)", r"fetch fewer: --sample \1"),
    (r"\bcohort\.manifest\('(\w+)'\)", r"workbench cohort manifest --kind \1"),
    (r"\bin part=", "with --part"),
    (r"\bin by=", "with --by"),
    (r"\bin attributes=", "with --attributes"),
    (r"\bout of attributes=", "out of --attributes"),
    (r"\bPass tolerance=([\d.]+) or more", r"Add --tolerance \1 or more"),
    (r"\bPass method='optimal'", "Add --method optimal"),
    (r"\bPass missing='included'", "Add --keep-missing"),
    (r"\bReceived least=", "Received --least "),
    (r"\bPass a smaller least=", "Add a smaller --least"),
    (r"\bleave out least=", "leave out --least"),
    (r"\bLeave out largest=", "Leave out --largest-weight"),
    (r"\bdatasets\(\)\.search\('…'\)", "workbench datasets search WORDS"),
    (r"\bLeave period= out\b", "Leave out --period"),
    (r"\bweight them with rake_weights, which", "weight them with --weights, which"),
    (r"\bReceived fractions of\b", "Received parts of"),
    (
        r"\bfractions=\{'train': 0\.7, 'validation': 0\.15, 'test': 0\.15\}",
        "--parts train=0.7,validation=0.15,test=0.15",
    ),
)


def as_typed(message: str) -> str:
    """Return a message of the package with the options of the command in it.

    Parameters
    ----------
    message : str
        Of an error.

    Returns
    -------
    str
        The same where nothing is advised that the command says in another way.

    Examples
    --------
    >>> as_typed("Name the column of sides in part=.")
    'Name the column of sides with --part.'
    """
    for advised, typed in _TYPED:
        message = re.sub(advised, typed, message)
    return message
