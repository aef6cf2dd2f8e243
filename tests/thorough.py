"""How much is tried at random: a third by default, for a quick suite, and all of it with ``WORKBENCH_THOROUGH=1``."""

import os

THOROUGH = bool(os.environ.get("WORKBENCH_THOROUGH"))
_FEWEST = 5


def examples(n: int) -> int:
    """Return how many of `n` random examples to try; each run draws others."""
    return n if THOROUGH else max(_FEWEST, n // 3)
