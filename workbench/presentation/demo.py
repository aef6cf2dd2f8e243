"""The whole line on real data: a finding, a cohort, its census, a report, the dashboard."""

from pathlib import Path

from workbench.cache import cache_folder, say
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.comparison import compare
from workbench.catalog.findings import RICORD_CHEST_CT, lost_chest_ct
from workbench.presentation import charts
from workbench.presentation.aggregates import cached_aggregates
from workbench.presentation.figure import Figure
from workbench.presentation.publication import Publication, publish
from workbench.presentation.reports import render_report
from workbench.presentation.serving import serve

_BAR = 40


def run_demo(*, source: str = "idc", out: Path | None = None, serve_pages: bool = True, port: int = 8866) -> int:
    """Return the exit code of the demonstration: chest CT of adults in the COVID-19 collections.

    Parameters
    ----------
    source : str
        The repository.
    out : pathlib.Path, optional
        Folder of the report.
    serve_pages : bool
        Whether to serve the dashboard at the end, until Ctrl-C.
    port : int
        Port of the dashboard.

    Returns
    -------
    int
        0 when everything was written, and served if asked for.
    """
    catalog = open_catalog(source)
    print(catalog)
    figure = _finding(catalog)
    cohort = catalog.where(
        collection_id=catalog.covid_collections(), modality="CT", body_region="Chest", age_years=(18, None)
    )
    print(f"\nChest CT of adults in the COVID-19 collections\n{cohort}\n\n{cohort.attrition}\n")
    for attribute in ("sex", "age_group", "race", "ethnicity", "collection_id"):
        if attribute in cohort.patients.columns:
            print(cohort.census(by=[attribute]).sentence)
    compared = compare(cohort)
    print(f"\nJensen–Shannon distance (0 equal, 1 nothing in common) from {compared.reference.title}")
    for row in compared.table.iter_rows(named=True):
        if row["jsd"] is not None:
            print(
                f"  {row['attribute']:<10} missing {row['missing']}: {row['jsd']:.3f} "
                f"(95 % {row['jsd_low']:.3f} to {row['jsd_high']:.3f}; {row['n_missing']:,} patients missing)"
            )
    for note in filter(None, [*compared.notes, compared.stamp]):
        print(f"  {note}")
    definition = cohort.save(cache_folder() / "demo_cohort.yaml")
    say("\nWriting the report (about half a minute) …")
    report = render_report("cohort_profile", out=out, cohort=str(definition), source=source)
    print(f"Report: {report.html.resolve()}")
    if figure:
        (report.folder / "lost_chest_ct.png").write_bytes(figure.png())
        print(f"Picture of the finding: {(report.folder / 'lost_chest_ct.png').resolve()}")
    return serve_publication(publish(catalog), source=source, port=port) if serve_pages else 0


def serve_publication(
    publication: Publication,
    *,
    source: str,
    port: int = 8866,
    ip: str = "127.0.0.1",
    open_browser: bool = False,
    host: str = "",
) -> int:
    """Return the exit code of serving the public pages, counting what they show first where that is not written yet.

    Parameters
    ----------
    publication : Publication
        What is shown.
    source : str
        What the explorer of rows opens, as `workbench.open_catalog` takes it.
    port : int
        Port to listen on.
    ip : str
        Address to listen on.
    open_browser : bool
        Whether to open the page.
    host : str
        A name of this machine that browsers may use, beside ``localhost`` and its numbers.

    Returns
    -------
    int
        0 after Ctrl-C.
    """
    aggregates = cached_aggregates(publication)
    if not publication.is_open and not publication.earlier:
        say(
            "Small counts are hidden for this release alone. Was another one published? Write this one together "
            "with it: workbench site aggregates --earlier FOLDER --out PAGES; workbench serve --aggregates PAGES."
        )
    return serve(aggregates, port=port, ip=ip, open_browser=open_browser, source=source, host=host)


def _finding(catalog: Catalog) -> Figure | None:
    """Print how many patients of RICORD each way of finding the chest keeps, and return its picture."""
    if not set(RICORD_CHEST_CT) <= set(catalog.covid_collections()):
        return None
    finding = lost_chest_ct(catalog)
    figure = charts.lost_chest_ct(finding)
    print(f"\n{figure.title}\n{figure.subtitle}")
    for rule, patients, total, _ in finding.iter_rows():
        length = round(_BAR * patients / max(total, 1))
        print(f"  {rule:<46} {'█' * length}{'░' * (_BAR - length)} {patients:>4,}")
    return figure
