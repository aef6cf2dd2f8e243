"""Charts of a whole repository for its public page."""

import altair as alt
import polars as pl

from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, ORANGE
from workbench.vocabulary.anatomy import BODY_REGIONS
from workbench.vocabulary.demographics import AGE_DECADES


def modality_by_region(counts: pl.DataFrame, within: pl.DataFrame, *, source: str) -> Figure:
    """Return a heat map of studies by modality and body region.

    Parameters
    ----------
    counts : polars.DataFrame
        ``modality``, ``body_region``, ``n_studies``, the largest group first.
    within : polars.DataFrame
        ``collection_id`` and ``n_studies`` of the largest group, the largest collection first.
    source : str
        Repository and version, for the subtitle.

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
        y=alt.Y("body_region:N", sort=regions, title=None),
    )
    cells = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color("n_studies:Q", title="studies", scale=alt.Scale(type="log", scheme="blues"), legend=None),
        tooltip=["modality:N", "body_region:N", alt.Tooltip("n_studies:Q", format=",")],
    )
    numbers = base.mark_text(fontSize=10).encode(
        text=alt.Text("n_studies:Q", format=".3~s"),
        color=alt.condition(alt.datum.n_studies > 900, alt.value("#fdfdfe"), alt.value("#1d2c3a")),
    )
    top, first = table.row(0, named=True), within.row(0, named=True)
    share = first["n_studies"] / top["n_studies"]
    rows = "; ".join(
        f"{row['modality']} {row['body_region']} {row['n_studies']:,}" for row in table.head(12).to_dicts()
    )
    return Figure(
        "modality_by_region",
        f"{top['body_region']} {top['modality']} is the largest group, with {top['n_studies']:,} studies, "
        f"{share:.0%} of them from {first['collection_id']}",
        f"{source}, studies with acquired images; a study of two modalities counts in both",
        f"Largest groups by number of studies: {rows}.",
        "Regions that include another, such as chest and abdomen, are rows of their own. "
        "Body region: header, else study description, else series description, else the collection's stated anatomy.",
        (cells + numbers).properties(height=alt.Step(24)),
        table,
    )


def growth(versions: pl.DataFrame, *, source: str) -> Figure:
    """Return the growth of the index over its versions, acquired images apart from derived objects.

    Parameters
    ----------
    versions : polars.DataFrame
        What `workbench.catalog.overview.count_by_version` returns.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        Steps at the dates of publication.
    """
    last = versions.row(-1, named=True)
    total = last["cumulative_acquired"] + last["cumulative_derived"]
    names = {"cumulative_acquired": "acquired images", "cumulative_derived": "derived objects"}
    dated = versions.group_by("published", maintain_order=True).last()  # two versions can share a day
    long = dated.unpivot(
        on=list(names), index=["version", "published"], variable_name="kind", value_name="series"
    ).with_columns(
        pl.col("kind").replace(names), rank=pl.col("kind").replace_strict({name: i for i, name in enumerate(names)})
    )
    chart = (
        alt.Chart(long)
        .mark_area(interpolate="step-after", opacity=0.9)
        .encode(
            x=alt.X("published:T", title="published"),
            y=alt.Y("series:Q", title="series", stack=True, axis=alt.Axis(format="~s")),
            color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=list(names.values()), range=[BLUE, ORANGE])),
            order="rank:Q",
            tooltip=["version:Q", "published:T", "kind:N", alt.Tooltip("series:Q", format=",")],
        )
        .properties(height=300)
    )
    return Figure(
        "growth",
        f"{total:,} series by version {last['version']}, {last['cumulative_derived'] / max(total, 1):.0%} of them "
        "derived objects",
        f"{source}, series of today by the version that first held them",
        f"By version {last['version']} the index held {last['cumulative_acquired']:,} series of acquired images and "
        f"{last['cumulative_derived']:,} series of derived objects.",
        "Series withdrawn since are not counted. Derived objects: segmentations, reports, annotations and the like.",
        chart,
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
        Women to the left, men to the right, everyone else beyond the men in gray; no age: the lowest row.
    """
    bands = [*list(AGE_DECADES)[::-1], "Not known"]
    colors = {"Female": ORANGE, "Male": BLUE, "Other or not known": GRAY}
    signed = people.with_columns(
        side=pl.when(pl.col("sex") == "Female").then(-pl.col("n_patients").cast(pl.Int64)).otherwise("n_patients"),
        rank=pl.col("sex").replace_strict({name: i for i, name in enumerate(colors)}, return_dtype=pl.Int64),
    )
    known = signed.filter(pl.col("age") != "Not known")
    y = alt.Y("age:N", sort=bands, title="age in years", scale=alt.Scale(domain=bands))
    pyramid = (
        alt.Chart(known)
        .mark_bar()
        .encode(
            x=alt.X("side:Q", title="← women | men, then sex not known →", stack="zero").axis(
                labelExpr="format(abs(datum.value), '~s')"
            ),
            y=y,
            color=alt.Color("sex:N", title=None, scale=alt.Scale(domain=list(colors), range=list(colors.values()))),
            order="rank:Q",
            tooltip=["age:N", "sex:N", alt.Tooltip("n_patients:Q", format=",")],
        )
    )
    chart = alt.layer(pyramid, *_cut_short(people, known, y)).properties(height=alt.Step(26))
    total, aged = int(people["n_patients"].sum()), int(known["n_patients"].sum())
    per_sex = dict(known.group_by("sex").agg(pl.col("n_patients").sum()).iter_rows())
    words = ", ".join(f"{per_sex.get(sex, 0):,} {sex.lower()}" for sex in colors)
    return Figure(
        "age_and_sex",
        f"Only {aged / max(total, 1):.0%} of {total:,} people have a known age"
        if aged < total
        else f"Age is known for all {total:,} people",
        f"{source}, people whose age is known, by ten-year band and sex; animals, phantoms and simulations left out",
        f"Among {aged:,} people with a known age: {words}. {total - aged:,} people have no known age.",
        "Age of a person: that of the earliest study with an age. The bar of those without an age is cut short.",
        chart,
        people,
    )


def known_age_and_sex(known: pl.DataFrame, *, source: str) -> Figure:
    """Return of how many people age and sex are known at all.

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
    chart = _bars(known, "known", "n_patients", gray="neither", title="people")
    total = int(known["n_patients"].sum())
    return Figure(
        "known_age_and_sex",
        f"For {row['neither'][1]:.0%} of people the index holds neither age nor sex",
        f"{source}, {total:,} people",
        "; ".join(f"{name}: {n:,} ({share:.1%})" for name, (n, share) in row.items()) + ".",
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
        f"{attributed / max(total, 1):.1%} of series ask for attribution only; {limited:,} exclude commercial use",
        f"{source}, {total:,} series by license",
        f"{words}.",
        "Licenses hold per series; a collection can carry more than one. NC: no commercial use.",
        chart,
        counts,
    )


def _cut_short(people: pl.DataFrame, known: pl.DataFrame, y: alt.Y) -> tuple[alt.Chart, alt.Chart]:
    """Draw those without an age as a bar across the pyramid: at its true length nobody else would be seen."""
    ends = known.group_by("age", left=pl.col("side") < 0).agg(pl.col("side").sum())["side"]
    unknown = int(people.filter(pl.col("age") == "Not known")["n_patients"].sum())
    words = f"{unknown:,} (bar cut short)"
    row = pl.DataFrame({"age": ["Not known"], "low": [ends.min() or 0], "high": [ends.max() or 0], "words": [words]})
    row = row if unknown else row.clear()
    bar = alt.Chart(row).mark_bar(color="#5d6873").encode(x="low:Q", x2="high:Q", y=y)
    label = alt.Chart(row).mark_text(color="#ffffff", fontWeight="bold").encode(x=alt.datum(0), y=y, text="words:N")
    return bar, label


def _bars(table: pl.DataFrame, category: str, count: str, *, gray: str, title: str) -> alt.LayerChart:
    y = alt.Y(f"{category}:N", sort=table[category].to_list(), title=None)
    bars = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X(f"{count}:Q", title=title, axis=alt.Axis(format="~s", tickCount=6)),
            y=y,
            color=alt.condition(alt.datum[category] == gray, alt.value(GRAY), alt.value(BLUE)),
            tooltip=[f"{category}:N", alt.Tooltip(f"{count}:Q", format=",")],
        )
    )
    labels = (
        alt.Chart(table)
        .mark_text(align="left", dx=5)
        .encode(x=f"{count}:Q", y=y, text=alt.Text(f"{count}:Q", format=","))
    )
    layered: alt.LayerChart = (bars + labels).properties(height=alt.Step(34))
    return layered
