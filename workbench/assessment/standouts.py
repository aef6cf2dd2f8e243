"""What stands out in a census, in plain sentences that a computed rule supports."""

from collections.abc import Sequence

import polars as pl

from workbench.vocabulary.demographics import MISSING


def find_standouts(table: pl.DataFrame, missing: pl.DataFrame, *, by: Sequence[str], unit: str) -> tuple[str, ...]:
    """Return up to three sentences of what stands out.

    Parameters
    ----------
    table, missing : polars.DataFrame
        Those of a `Census`.
    by : sequence of str
        Its attributes.
    unit : str
        What was counted.

    Returns
    -------
    tuple of str
        In the order of the rules.
    """
    return ()
