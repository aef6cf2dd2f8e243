"""Compile a plain loop to machine code that is kept in the cache folder and compiled again where it is damaged."""

from collections.abc import Callable
from pickle import UnpicklingError  # noqa: TID251 - only the name of what a damaged file of numba's raises
from typing import Any

import numba

from workbench.cache import cache_folder, say

# The machine code is kept beside the other derived files, so that an installed package is never written to.
if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]  # made at run time
    numba.config.CACHE_DIR = str(cache_folder() / "compiled")  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as machine code that holds no lock of Python's and divides as NumPy does.

    It is compiled once for each combination of argument types and loaded from the cache folder afterwards; files cut
    short there are removed and made again, with one line said. Compiled functions may call one another.

    Parameters
    ----------
    function : callable
        Loops over numbers and NumPy arrays, at the top of a module.

    Returns
    -------
    callable
        Takes the same arguments, by position.

    Examples
    --------
    >>> from workbench.imaging.kernels.compiled import compiled
    >>> @compiled
    ... def total(values):
    ...     result = 0
    ...     for value in values:
    ...         result += value
    ...     return result
    >>> import numpy as np
    >>> total(np.arange(5))
    10
    """
    machine_code: Any = numba.njit(function, nogil=True, error_model="numpy")
    try:
        machine_code.enable_caching()
    except RuntimeError:  # typed at a prompt: there is no file to tell changes by
        return machine_code  # type: ignore[no-any-return]
    cache = machine_code._cache
    load = cache.load_overload

    def load_or_compile(*key: Any) -> Any:
        try:
            return load(*key)
        except (UnpicklingError, EOFError):
            say(f"The compiled code of {function.__name__} in {cache.cache_path} is damaged; compiling it again.")
            cache.flush()
            return None

    cache.load_overload = load_or_compile
    return machine_code  # type: ignore[no-any-return]
