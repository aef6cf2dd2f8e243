"""Charts of a whole repository for its public page."""

import altair as alt
import polars as pl

from workbench.presentation.charts import marks, reader_words, rows, wording
from workbench.presentation.charts.pipeline import growth_steps
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, ORANGE
from workbench.vocabulary.anatomy import BODY_REGIONS
from workbench.vocabulary.demographics import AGE_DECADES

_NOT_KNOWN, _OTHER = "Not known", "Other or not known"
_SEX_COLORS = {"Female": ORANGE, "Male": BLUE, _OTHER: GRAY}
_HALF = 0.5
_BEYOND = 1.12  # of the longest bar, to the end of the axis
_ARROW = 800  # square pixels of a head as high as a row
_DARK = 0.6  # of the logarithm of the largest number; beyond, a cell is so dark that its number has to be light


def modality_by_region(counts: pl.DataFrame, within: pl.DataFrame, *, source: str, where: str = "") -> Figure:
    """Return a heat map of studies by modality and body region.

    Parameters
    ----------
    counts : polars.DataFrame
        ``modality``, ``body_region``, ``n_studies``, the largest group first.
    within : polars.DataFrame
        ``collection_id`` and ``n_studies`` of the largest group, the largest collection first.
    source : str
        Repository and version, for the subtitle.
    where : str
        Title of that largest collection; by default its id.

    Returns
    -------
    Figure
        Regions head to foot, the not reported last; modalities by size.
    """
    table = counts.with_columns(pl.col("body_region").cast(pl.String))
    size = (
        table.group_by("modality")
        .agg(pl.col("n_studies").sum())
        .sort("n_studies", "modality", descending=[True, False])
    )
    regions = [name for name in BODY_REGIONS if name in set(table["body_region"])]
    base = alt.Chart(table).encode(
        x=alt.X("modality:N", sort=size["modality"].to_list(), title=None, axis=alt.Axis(orient="top", labelAngle=-40)),
        y=alt.Y("body_region:N", sort=regions, title=None, axis=rows.row_axis(regions, width=19)),
    )
    most = int(table["n_studies"][0])
    shades = alt.Scale(type="log", scheme="blues", domain=[1, max(most, 2)])
    cells = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color("n_studies:Q", title="studies", scale=shades, legend=None),
        tooltip=[alt.Tooltip("modality:N"), alt.Tooltip("body_region:N"), alt.Tooltip("n_studies:Q", format=",")],
    )
    numbers = base.mark_text(fontSize=11).encode(
        text=alt.Text("n_studies:Q", format=".3~s"),
        color=alt.condition(alt.datum.n_studies > most**_DARK, alt.value("#fdfdfe"), alt.value("#1d2c3a")),
    )
    top, first = table.row(0, named=True), within.row(0, named=True)
    share = first["n_studies"] / top["n_studies"]
    words = "; ".join(
        f"{row['modality']} {row['body_region']} {row['n_studies']:,}" for row in table.head(12).to_dicts()
    )
    return Figure(
        "modality_by_region",
        f"{top['body_region']} {top['modality']} is the largest group, with {top['n_studies']:,} studies, "
        f"{wording.percent(share, 0)} of them from {where or first['collection_id']}",
        f"{source}, studies with acquired images; a study of two modalities counts in both",
        f"Largest groups by number of studies: {words}.",
        f"{reader_words.modality_names(size['modality'])} "
        "Regions that include another, such as chest and abdomen, are rows of their own. "
        "Body region: header, else study description, else series description, else the collection's stated anatomy.",
        (cells + numbers).properties(height=rows.row_height(regions, 24)),
        table,
    )


def growth(versions: pl.DataFrame, *, source: str, n_series: int | None = None) -> Figure:
    """Return the growth of a repository over its releases, acquired images apart from derived objects.

    Parameters
    ----------
    versions : polars.DataFrame
        What `workbench.catalog.overview.count_by_version` returns.
    source : str
        Repository and version, for the subtitle.
    n_series : int, optional
        All series that the repository lists; those beyond the last release are told in words.

    Returns
    -------
    Figure
        Steps at the dates of publication.
    """
    last = versions.row(-1, named=True)
    acquired, derived = last["cumulative_acquired"], last["cumulative_derived"]
    total = acquired + derived
    made = f", {wording.percent(derived / total, 0)} of them derived objects" if derived else ""
    by = f"{last['published']:%B} {last['published'].day}, {last['published'].year}"
    pending = 0 if n_series is None else n_series - total
    waiting = f"; {pending:,} more are in no release yet" if pending > 0 else ""
    names = {"cumulative_acquired": "acquired images"} | ({"cumulative_derived": "derived objects"} if derived else {})
    return Figure(
        "growth",
        f"{total:,} series by {by}{made}{waiting}",
        f"{source}, the series held today, by the day of the release that first brought them",
        f"By {by} the releases held {acquired:,} series of acquired images and {derived:,} series of "
        f"derived objects{waiting}.",
        "Series withdrawn since are not counted."
        + (" Derived objects: segmentations, reports, annotations and the like." if derived else ""),
        growth_steps(versions, names),
        versions,
    )


def age_and_sex(people: pl.DataFrame, *, source: str) -> Figure:
    """Return an age and sex pyramid in which whoever lacks an age or a sex is drawn too.

    Parameters
    ----------
    people : polars.DataFrame
        What `workbench.catalog.overview.count_people` returns.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        Female to the left, male to the right, everyone else beyond the male in gray; no age: the lowest row.
    """
    bands = [*list(AGE_DECADES)[::-1], *([_NOT_KNOWN] if _NOT_KNOWN in people["age"] else [])]
    colors = {sex: color for sex, color in _SEX_COLORS.items() if sex in people["sex"]}
    signed = people.with_columns(
        side=pl.when(pl.col("sex") == "Female").then(-pl.col("n_patients").cast(pl.Int64)).otherwise("n_patients"),
        rank=pl.col("sex").replace_strict({name: i for i, name in enumerate(_SEX_COLORS)}, return_dtype=pl.Int64),
    )
    known = signed.filter(pl.col("age") != _NOT_KNOWN)
    y = alt.Y("age:N", sort=bands, title="age in years", scale=alt.Scale(domain=bands))
    beyond = ", then sex not known" if _OTHER in known["sex"] else ""
    reach = _BEYOND * max(_reach(known), 1)
    scale = alt.Scale(domain=[-reach, reach], nice=False)  # both sides alike
    axis = marks.count_axis(tickCount=6)
    x = alt.X("side:Q", title=f"← female | male{beyond} →", stack="zero", axis=axis, scale=scale)
    pyramid = (
        alt.Chart(known)
        .mark_bar()
        .encode(
            x=x,
            y=y,
            color=alt.Color("sex:N", title=None, scale=alt.Scale(domain=list(colors), range=list(colors.values()))),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("age:N"), alt.Tooltip("sex:N"), alt.Tooltip("n_patients:Q", format=",")],
        )
    )
    chart = marks.layered(pyramid, *_without_age(people, known, y), height=alt.Step(26))
    total, aged = int(people["n_patients"].sum()), int(known["n_patients"].sum())
    per_sex = dict(known.group_by("sex").agg(pl.col("n_patients").sum()).iter_rows())
    words = ", ".join(f"{per_sex.get(sex, 0):,} {sex.lower()}" for sex in _SEX_COLORS)
    return Figure(
        "age_and_sex",
        _age_known(aged, total),
        f"{source}, patients whose age is known, by ten-year band and sex; animals, phantoms and simulations left out",
        f"Among {aged:,} patients with a known age: {words}. {total - aged:,} patients have no known age.",
        "Age of a patient: that of the earliest study with an age. Here in bands of ten years, up to 90 and over; the "
        "census has the bands of the population that it compares with, which end at 85 and over."
        + (" The bar of those without an age is cut short." if total - aged > _reach(known) else ""),
        chart,
        people,
    )


def known_age_and_sex(known: pl.DataFrame, *, source: str) -> Figure:
    """Return of how many patients age and sex are known at all.

    Parameters
    ----------
    known : polars.DataFrame
        What `workbench.catalog.overview.count_known` returns.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        Four bars, neither known drawn in gray.
    """
    row = {name: (n, share) for name, n, share in known.iter_rows()}
    chart = _bars(known, "known", "n_patients", gray="neither", title="patients")
    total, (both, share) = int(known["n_patients"].sum()), row["age and sex"]
    title = f"For {wording.percent(row['neither'][1], 0)} of {total:,} patients neither age nor sex is known"
    if row["neither"][0] < total - both - row["neither"][0]:
        title = f"Age and sex are both known for {wording.percent(share)} of {total:,} patients"
    return Figure(
        "known_age_and_sex",
        title,
        f"{source}, {total:,} patients",
        "; ".join(f"{name}: {n:,} ({wording.percent(share)})" for name, (n, share) in row.items()) + ".",
        "Animals, phantoms and simulations left out. Any share by sex or age rests on the known ones only.",
        chart,
        known,
    )


def licenses(counts: pl.DataFrame, *, source: str) -> Figure:
    """Return the number of series under each license.

    Parameters
    ----------
    counts : polars.DataFrame
        ``license``, ``n_series``, ``n_patients``.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        The most frequent license first.
    """
    total = int(counts["n_series"].sum())
    limited = int(counts.filter(pl.col("license").str.contains("NC"))["n_series"].sum())
    attributed = int(counts.filter(pl.col("license").str.contains(r"^CC BY \d"))["n_series"].sum())
    chart = _bars(counts, "license", "n_series", gray="", title="series")
    words = "; ".join(f"{name}: {n:,} series" for name, n, _ in counts.iter_rows())
    return Figure(
        "licenses",
        f"{wording.percent(attributed / max(total, 1))} of series ask for attribution only; {limited:,} exclude "
        "commercial use",
        f"{source}, {total:,} series by license",
        f"{words}.",
        "Licenses hold per series; a collection can carry more than one. NC: no commercial use.",
        chart,
        counts,
    )


def _age_known(aged: int, total: int) -> str:
    if aged == total:
        return f"Age is known for all {total:,} patients"
    share = aged / total
    if share < _HALF:
        return f"Only {wording.percent(share, 0)} of {total:,} patients have a known age"
    return f"Age is known for {wording.percent(share)} of {total:,} patients"


def _reach(known: pl.DataFrame) -> int:
    """The longest bar on either side: a longer one would leave the others too short to read."""
    ends = known.group_by("age", pl.col("sex") == "Female").agg(pl.col("n_patients").sum())["n_patients"]
    return int(ends.sort()[-1]) if ends.len() else 0


def _without_age(people: pl.DataFrame, known: pl.DataFrame, y: alt.Y) -> list[alt.Chart]:
    """Draw those without an age to the right, or across the pyramid, as an arrow both ways where they are too many."""
    unknown = int(people.filter(pl.col("age") == _NOT_KNOWN)["n_patients"].sum())
    reach = _reach(known)
    is_cut = unknown > reach
    row = pl.DataFrame({"age": [_NOT_KNOWN], "low": [-reach if is_cut else 0], "high": [reach if is_cut else unknown]})
    row = row.with_columns(words=pl.lit(f"{unknown:,} (bar cut short)" if is_cut else f"{unknown:,}"))
    row = row if unknown else row.clear()
    bar = alt.Chart(row).mark_bar(color="#5d6873").encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y)
    heads = []
    if is_cut:
        for end, shape in (("low", "triangle-left"), ("high", "triangle-right")):
            head = alt.Chart(row).mark_point(shape=shape, size=_ARROW, filled=True, color="#5d6873", opacity=1)
            heads.append(head.encode(x=alt.X(f"{end}:Q"), y=y))
        label = alt.Chart(row).mark_text(color="#ffffff", fontWeight="bold")
        label = label.encode(x=alt.datum(0), y=y, text=alt.Text("words:N"))
    else:
        label = alt.Chart(row).mark_text(align="left", dx=5).encode(x=alt.X("high:Q"), y=y, text=alt.Text("words:N"))
    return [bar, *heads, label]


def _bars(table: pl.DataFrame, category: str, count: str, *, gray: str, title: str) -> alt.LayerChart:
    names = table[category].to_list()
    y = alt.Y(f"{category}:N", sort=names, title=None, axis=rows.row_axis(names))
    bars = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X(f"{count}:Q", title=title, axis=marks.count_axis(tickCount=5)),
            y=y,
            color=alt.condition(alt.datum[category] == gray, alt.value(GRAY), alt.value(BLUE)),
            tooltip=[alt.Tooltip(f"{category}:N"), alt.Tooltip(f"{count}:Q", format=",")],
        )
    )
    labels = (
        alt.Chart(table)
        .mark_text(align="left", dx=5)
        .encode(x=alt.X(f"{count}:Q"), y=y, text=alt.Text(f"{count}:Q", format=","))
    )
    layered: alt.LayerChart = (bars + labels).properties(height=rows.row_height(names, 34))
    return layered
