"""Names and addresses as messages and tables may show them: without a login or a signature, in characters."""

import os
import re
from urllib.parse import urlsplit

_AFTER = re.compile(r"[?#].*", re.DOTALL)


def shown_address(address: str) -> str:
    """Return an address without what may be secret in it.

    Parameters
    ----------
    address : str
        As the user wrote it, right or wrong.

    Returns
    -------
    str
        Without a login in front of the host, and without a query and a fragment, which hold signatures and tokens.

    Examples
    --------
    >>> shown_address("https://name:secret@host/a?sig=secret")
    'https://host/a'
    >>> shown_address("s3://bucket/a")
    's3://bucket/a'
    """
    scheme, between, rest = address.rpartition("://")
    plain = _AFTER.sub("", rest)
    if rest.count("@") > plain.count("@"):  # a login may hold these signs too: where it ends is not certain
        return f"{_without(scheme)}{between}…"
    return f"{_without(scheme)}{between}{plain.rpartition('@')[2]}"


def check_address(address: str) -> None:
    """Refuse an address with a login, a query or a fragment in it: tables and messages would repeat them.

    Parameters
    ----------
    address : str
        Of a bucket or a web server; one that begins with ``file://`` is left to the file system.

    Raises
    ------
    ValueError
        When it holds one of these.

    Examples
    --------
    >>> check_address("s3://bucket/a")
    """
    if address.startswith("file://"):
        return
    try:
        parts = urlsplit(address)
        whole = not ("@" in parts.netloc or parts.query or parts.fragment)
    except ValueError:  # such as half of an IPv6 address
        whole = False
    if not whole:
        raise ValueError(
            f"The address {shown_address(address)} was received with a login, a query or a fragment in it, which are "
            "not repeated here. The plain address of a folder would be right. Put keys into the environment, as the "
            "provider's own tools name them."
        )


def readable_name(name: str) -> str:
    """Return the name of a file in characters that tables and pages can hold.

    Parameters
    ----------
    name : str
        As the file system gives it: bytes that are no UTF-8 stand in it as lone surrogates.

    Returns
    -------
    str
        The same for nearly all; else such bytes are written out.

    Examples
    --------
    >>> readable_name("CT_1"), readable_name("CT_\\udcff")
    ('CT_1', 'CT_\\\\xff')
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _without(scheme: str) -> str:
    return _AFTER.sub("", scheme).rpartition("@")[2]
