"""What every public page says of its source: as of when, whose it is, how to cite it, what may be done with it."""

from typing import Any

from workbench.catalog.repository import Repository
from workbench.presentation.identity import Identity
from workbench.presentation.manifest import PAGE_SCHEMA
from workbench.presentation.publication import Publication
from workbench.presentation.terms_of_use import terms_of_use
from workbench.presentation.who_is_counted import banner_of
from workbench.provenance import stamp

_IDC_URL, _IDC_CONTACT = "https://imaging.datacommons.cancer.gov", "https://discourse.canceridc.dev"
_IDC_CITATION = (
    "Fedorov A, et al. National Cancer Institute Imaging Data Commons: toward transparency, reproducibility, "
    "and scalability in imaging artificial intelligence. RadioGraphics 2023;43(12). doi:10.1148/rg.230180"
)
_IDC_LICENSE = "Images: each series has its own license, see below. The list that is counted here: MIT license"
_INVENTED = "Invented: no such patient exists"

#: Why exact counts may be shown in public, by the disclosure of the source.
WHY_EXACT = {
    "public_rows": "this source publishes its index row by row",
    "synthetic": "this source is invented and nobody in it exists",
}


def page_head(publication: Publication, *, title: str, subtitle: str, query: str) -> dict[str, Any]:
    """Return what every public page begins with; a page adds its findings, groups, sections, figures and notes.

    Parameters
    ----------
    publication : Publication
        What the page is built from.
    title, subtitle : str
        Of the page.
    query : str
        What was asked, for its stamp.

    Returns
    -------
    dict
        ``schema``, ``title``, ``subtitle``, ``as_of``, ``source``, ``identity``, ``cite``, ``contact``, ``use``,
        ``provenance`` and, of an invented source, ``banner``.
    """
    repository, identity = publication.catalog.repository, publication.identity
    as_of = identity.as_of or _as_of(repository)
    url, license_words = _home(repository)
    source = {"name": repository.name, "version": _version(repository, as_of), "url": identity.url or url}
    return {
        "schema": PAGE_SCHEMA,
        "title": title,
        "subtitle": _spelled_out(subtitle, repository),
        "as_of": as_of,
        "source": {**source, "license": identity.license or license_words},
        "identity": identity.entry(),
        "cite": _dated(list(identity.citation), repository, as_of) or _citation(repository, as_of),
        "contact": contact_of(repository, identity),
        "use": terms_of_use(publication),
        "provenance": flat_stamp(stamp(source=repository.name, version=repository.build, query=query)),
        **banner_of(publication),
    }


def contact_of(repository: Repository, identity: Identity) -> str:
    """Return whom to ask about a source.

    Parameters
    ----------
    repository : Repository
        The source.
    identity : Identity
        Whose commons it is.

    Returns
    -------
    str
        A mail address or a web address: of the publisher, else of the source where it is known; else empty.
    """
    return identity.contact or identity.url or (_IDC_CONTACT if repository.key == "idc" else "")


def flat_stamp(provenance: dict[str, Any]) -> dict[str, str]:
    """Return a stamp as texts, for the end of a page.

    Parameters
    ----------
    provenance : dict
        What `workbench.provenance.stamp` returns.

    Returns
    -------
    dict of str to str
        The same keys.
    """
    versions = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
    return {name: versions if name == "versions" else str(value) for name, value in provenance.items()}


def _as_of(repository: Repository) -> str:
    """The state of the data as readers name it; empty where all that is known is a checksum."""
    if repository.key == "idc":
        return f"{repository.version}, published {repository.versions.sort('idc_version')['version_timestamp'][-1]}"
    dates = repository.column("patients", "batch").drop_nulls() if repository.has("patients", "batch") else ()
    return f"batch of {max(dates)}" if len(dates) else _version(repository, "")


def _version(repository: Repository, as_of: str) -> str:
    """The version that readers know a source by; a checksum is none, and stands in how the page was made."""
    is_checksum = repository.build.startswith(repository.version)
    return "" if is_checksum or as_of == repository.version else repository.version


def _spelled_out(subtitle: str, repository: Repository) -> str:
    """The name of the commons with the abbreviation that titles of charts use."""
    name = repository.name
    return subtitle if repository.key != "idc" or "IDC" in name else subtitle.replace(name, f"{name} (IDC)", 1)


def _home(repository: Repository) -> tuple[str, str]:
    """Address and license of a source that nobody described otherwise."""
    if repository.key == "idc":
        return _IDC_URL, _IDC_LICENSE
    return "", _INVENTED if repository.disclosure == "synthetic" else ""


def _citation(repository: Repository, as_of: str) -> list[str]:
    """The paper of a source that asks for one, else the source itself: a reader needs something to cite."""
    if repository.key == "idc":
        return _dated([_IDC_CITATION], repository, as_of)
    released = "" if as_of in ("", repository.version) else f", {as_of}"
    return [f"{repository.name}, data version {repository.version}{released}."]


def _dated(citation: list[str], repository: Repository, as_of: str) -> list[str]:
    """A citation with the state of the data behind its first line, so that a reader can ask for the same again."""
    as_of = as_of or f"data version {repository.version}"
    if not citation or as_of in citation[0]:
        return citation
    first, *rest = citation
    version = "" if repository.version in as_of else _version(repository, as_of)
    version = f", version {version}" if version else ""
    whole = "" if repository.name in first else f"{repository.name}, "
    return [f"{first.rstrip('.')}. Data: {whole}{as_of}{version}.", *rest]
