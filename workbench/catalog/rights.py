"""Rights: under which licenses a cohort stands, whom to cite, and what forbids commercial use. All offline.

References
----------
Fedorov A, et al. National Cancer Institute Imaging Data Commons: Toward Transparency, Reproducibility, and Scalability
in Imaging Artificial Intelligence. RadioGraphics 2023;43(12):e230180. doi:10.1148/rg.230180
"""

import contextlib
import html
import json
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from workbench.catalog.citations import Citation, read_citation, to_bibtex, to_csl
from workbench.catalog.exportable import Exportable, listed_rows, original_columns
from workbench.catalog.repository import Repository
from workbench.catalog.sources.idc_package import raw_path
from workbench.errors import MissingPackageError
from workbench.markup import html_table, link
from workbench.vocabulary.licenses import allows_commercial_use

# The authors as PubMed Central lists them (PMC10716669).
_IDC_AUTHORS = (
    "Fedorov A; Longabaugh WJR; Pot D; Clunie DA; Pieper SD; Gibbs DL; Bridge C; Herrmann MD; Homeyer A; Lewis R; "
    "Aerts HJWL; Krishnaswamy D; Thiriveedhi VK; Ciausu C; Schacherer DP; Bontempi D; Pihl T; Wagner U; Farahani K; "
    "Kim E; Kikinis R"
)
_IDC_TITLE = (
    "National Cancer Institute Imaging Data Commons: Toward Transparency, Reproducibility, and Scalability in Imaging "
    "Artificial Intelligence"
)
#: What IDC asks everybody to cite who uses its data.
IDC_PAPER = Citation(
    doi="10.1148/rg.230180",
    text=f"Fedorov, A., et al. (2023). {_IDC_TITLE}. RadioGraphics, 43(12), e230180. https://doi.org/10.1148/rg.230180",
    authors=tuple(
        (family, " ".join(f"{initial}." for initial in initials))
        for family, initials in (name.split(" ") for name in _IDC_AUTHORS.split("; "))
    ),
    year="2023",
    title=_IDC_TITLE,
    publisher="RadioGraphics",
    article=True,
)


@dataclass(frozen=True, repr=False)
class Rights:
    """What a user of a cohort may do, and whom to cite; prints as the licenses, the warnings and the references.

    Attributes
    ----------
    table : polars.DataFrame
        One row a license: ``license``, ``n_series``, ``n_patients``, ``commercial_use`` (null: read the terms).
    sources : polars.DataFrame
        One row a DOI: ``doi``, ``n_series``, ``n_patients``, ``citation`` (empty: none is known offline).
    citations : tuple of Citation
        One for each DOI of `sources`, then the paper of the repository where it asks for one.
    n_series_without_doi : int
        How many series name no DOI.
    """

    table: pl.DataFrame
    sources: pl.DataFrame
    citations: tuple[Citation, ...]
    n_series_without_doi: int

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to know before use, a sentence each; empty when every license allows commercial use."""
        total = int(self.table["n_series"].sum())
        said = []
        for allowed, words in ((False, "do not allow commercial use"), (None, "stand under terms that must be read")):
            kept = self.table.filter(pl.col("commercial_use").eq_missing(allowed))
            if len(kept):
                names = ", ".join(name or "no license stated" for name in kept["license"])
                n = int(kept["n_series"].sum())
                said.append(f"{n:,} of {total:,} series {words} ({names}).")
        if said and self.table["commercial_use"].eq_missing(other=False).any():
            said.insert(1, "Mixing them in binds the whole selection; cohort.exclude(license=…) leaves them out.")
        return tuple(said)

    def bibtex(self) -> str:
        """Return the references as BibTeX.

        Returns
        -------
        str
            One entry for each of `citations`; a DOI without a known reference is an entry with the DOI alone.
        """
        return to_bibtex(self.citations)

    def csl(self) -> str:
        """Return the references as CSL-JSON, which Zotero, pandoc and word processors read.

        Returns
        -------
        str
            A JSON list with one item for each of `citations`.
        """
        return json.dumps(to_csl(self.citations), indent=1, ensure_ascii=False) + "\n"

    def text(self) -> str:
        """Return the references in words.

        Returns
        -------
        str
            One line for each of `citations`.
        """
        return "\n".join(citation.text or f"https://doi.org/{citation.doi}" for citation in self.citations)

    def __repr__(self) -> str:
        """Show licenses, warnings and references as text."""
        missing = [f"{self.n_series_without_doi:,} series name no DOI."] if self.n_series_without_doi else []
        licenses = [
            f"  {name or 'no license stated'}: {n_series:,} series, {n_patients:,} patients; {_USE[allowed]}"
            for name, n_series, n_patients, allowed in self.table.iter_rows()
        ]
        return "\n".join(["Licenses", *licenses, *self.warnings, "To cite", *self.text().splitlines(), *missing])

    def _repr_html_(self) -> str:
        rows = (
            (name or "no license stated", f"{n_series:,}", f"{n_patients:,}", _USE[allowed])
            for name, n_series, n_patients, allowed in self.table.iter_rows()
        )
        table = html_table(("license", "series", "patients", "commercial use"), rows, numbers=("series", "patients"))
        warnings = "".join(f'<p role="note"><strong>{html.escape(line)}</strong></p>' for line in self.warnings)
        references = "".join(f"<li>{_linked(citation)}</li>" for citation in self.citations)
        return f"{table}{warnings}<p>To cite</p><ol>{references}</ol>"


_USE = {True: "commercial use allowed", False: "no commercial use", None: "read the terms"}


def read_rights(cohort: Exportable) -> Rights:
    """Return the licenses of a cohort with their counts, and the references of everything in it.

    Parameters
    ----------
    cohort : Exportable
        A cohort.

    Returns
    -------
    Rights
        Counted by series, because collections mix licenses. The references come with the repository or, for other
        sources, with the installed index of IDC; a DOI that neither knows is kept as a DOI.
    """
    repository, rows = cohort.repository, listed_rows(cohort)
    named = pl.DataFrame(
        {
            "license": repository.column("series", "license").gather(rows).cast(pl.String),
            "doi": original_columns(cohort, "doi")["doi"].str.to_lowercase().str.strip_chars(),
            "patient_key": repository.column("series", "patient_key").gather(rows),
        }
    ).with_columns(pl.col("doi").str.replace(r"^(https?://(dx\.)?doi\.org/|doi:)", ""))
    licenses = _count(named, "license")
    allowed = [allows_commercial_use(name) for name in licenses["license"]]
    licenses = licenses.with_columns(commercial_use=pl.Series(allowed, dtype=pl.Boolean))
    found = _count(named.filter(pl.col("doi").fill_null("") != ""), "doi")
    texts = _reference_texts(repository)
    citations = [read_citation(doi, texts.get(doi, "")) for doi in found["doi"]]
    sources = found.with_columns(citation=pl.Series([citation.text for citation in citations], dtype=pl.String))
    ordered = sorted(citations, key=lambda citation: (not citation.text, citation.text.casefold(), citation.doi))
    paper = (IDC_PAPER,) if repository.key == "idc" else ()
    return Rights(licenses, sources, (*ordered, *paper), len(named) - int(found["n_series"].sum()))


def _count(named: pl.DataFrame, by: str) -> pl.DataFrame:
    counted = named.group_by(by).agg(n_series=pl.len(), n_patients=pl.col("patient_key").n_unique())
    return counted.sort("n_series", by, descending=[True, False], nulls_last=True)


def _reference_texts(repository: Repository) -> dict[str, str]:
    """Return DOI to reference: the repository's own, else those of the installed index."""
    known: dict[str, str] = {}
    with contextlib.suppress(MissingPackageError):  # another source can do without the index; its DOIs stay DOIs
        known = _texts_in(pl.read_parquet(raw_path("collections_index")))
    return known | _texts_in(repository.collections)


def _texts_in(collections: pl.DataFrame) -> dict[str, str]:
    if "sources" not in collections.columns:
        return {}
    sources = collections.select(pl.col("sources").explode()).unnest("sources").drop_nulls(["source_doi", "citation"])
    return dict(zip(sources["source_doi"].str.to_lowercase(), sources["citation"], strict=True))


def _linked(citation: Citation) -> str:
    address = f"https://doi.org/{citation.doi}"
    return link(address, citation.text or address)
