"""Licenses of image collections: which allow commercial use."""

import re

#: Terms that are no license; nothing can be concluded from them.
UNSTATED = ("", "Unknown", "Not Reported", "Not Applicable")

# Creative Commons, Legal Code version 4.0, section 1(k) "NonCommercial": not primarily intended for or directed
# toward commercial advantage. Versions 3.0 say the same in section 4(b) or 4(c).
_NON_COMMERCIAL = re.compile(r"\bnc\b|non-?\s?commercial", re.IGNORECASE)
_CREATIVE_COMMONS = re.compile(r"^(cc([ -]|0\b)|creative commons|public domain)", re.IGNORECASE)


def allows_commercial_use(license_name: str | None) -> bool | None:
    """Return whether a license allows commercial use, as far as its name tells.

    Parameters
    ----------
    license_name : str or None
        Such as ``"CC BY-NC 4.0"``.

    Returns
    -------
    bool or None
        None when the terms have to be read.

    References
    ----------
    Creative Commons, About CC Licenses, https://creativecommons.org/share-your-work/cclicenses/

    Examples
    --------
    >>> allows_commercial_use("CC BY 4.0"), allows_commercial_use("CC BY-NC 4.0"), allows_commercial_use("Local terms")
    (True, False, None)
    """
    name = (license_name or "").strip()
    if name in UNSTATED:
        return None
    if _NON_COMMERCIAL.search(name):
        return False
    return True if _CREATIVE_COMMONS.match(name) else None
