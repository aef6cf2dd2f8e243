"""What a comparison of two groups of people tells, in plain words first and with the method behind them."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.assessment.references import ReferencePopulation
from workbench.assessment.sides import CROSS, LAST_YEAR
from workbench.assessment.wording import percentage, plain_words

_POLICIES = ("excluded", "included")
_FEW = 0.005  # rounds to 0 of 100
_SURE = 0.001
CHANCE = 0.05  # the usual level; above it a distance is called no more than chance does
_METHOD = (
    "Jensen–Shannon distance: base 2, square root; 0 is equal, 1 has nothing in common. Intervals: 95 %, multinomial "
    "bootstrap of the patients, less what chance adds. p: how often chance alone gives a distance as large."
)
_YEARS = f"Years apart: Wasserstein distance, ages spread evenly inside a band, the open one closed at {LAST_YEAR:.0f}."
_PLAIN = ("of 100 patients (95 %)", "missing kept", "patients", "missing", "years apart")
_BEHIND = ("Jensen–Shannon (95 %)", "missing kept", "chance alone (median)", "p", "people in the reference")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Distances of a cohort from a reference, attribute by attribute.

    Attributes
    ----------
    table : polars.DataFrame
        One row an attribute and missing policy: attribute, missing, jsd, jsd_low, jsd_high, jsd_null (the median of
        chance alone), p_null, total_variation, total_variation_low, total_variation_high, wasserstein_years (of age
        bands, missing excluded), n_patients (on whom the distance rests), n_missing (patients without the attribute,
        under either policy), n_total, n_reference (null where only percentages are published), reference, year.
    contributions : polars.DataFrame
        One row a category: attribute, missing, category, n_patients, n_total, fraction, fraction_low, fraction_high,
        n_reference, reference_fraction, share_of_jsd2, ppr, ppr_low, ppr_high, ppr_missing (why there is no ratio).
    notes : tuple of str
        What a reader has to know: sums normalized, bands summed, categories without a counterpart.
    reference : ReferencePopulation
        What the cohort was compared with.
    warnings : tuple of tuple of str
        Attribute and text: definitions that differ between the two sides, to be shown next to the number.
    stamp : str
        What the source of the counts demands to stand under them; empty where it demands nothing.
    """

    table: pl.DataFrame
    contributions: pl.DataFrame
    notes: tuple[str, ...]
    reference: ReferencePopulation
    warnings: tuple[tuple[str, str], ...] = ()
    stamp: str = ""

    @property
    def sentences(self) -> Mapping[str, str]:
        """Attribute to plain words: how many of 100 patients would have to belong to another group."""
        rows = self.table.filter(missing="excluded").iter_rows(named=True)
        return {row["attribute"]: self._sentence(row) for row in rows}

    def _sentence(self, row: Mapping[str, Any]) -> str:
        attribute = str(row["attribute"])
        words = CROSS.join(map(plain_words, attribute.split(CROSS)))
        subject = words[0].upper() + words[1:]
        if row["n_patients"] is None:
            hidden = f"hidden small counts include patients without {words}"
            return f"{subject}: {hidden}, so there is no distance that leaves these out."
        if row["total_variation"] is None:
            return f"{subject}: there is nobody to compare."
        counted = f"{row['n_patients']:,} patients counted" + (
            f", {row['n_missing']:,} without {words} left out." if row["n_missing"] else "."
        )
        found = f"{subject}: {_of_100(row)} would have to belong to another group to match {_titled(row)}"
        told = [f"{found}.", *([] if row["total_variation"] < _FEW else self._extremes(attribute)), counted]
        if row["p_null"] is not None and row["p_null"] > CHANCE:
            told.insert(1, f"Chance alone does as much (p = {row['p_null']:.2f}).")
        return " ".join(told)

    def _extremes(self, attribute: str) -> list[str]:
        """Which group has most too many, and which most too few."""
        parts = self.contributions.filter(attribute=attribute, missing="excluded").with_columns(
            surplus=pl.col("fraction") - pl.col("reference_fraction")
        )
        ends = (
            parts.sort("surplus", descending=down, maintain_order=True).row(0, named=True) for down in (True, False)
        )
        most, least = (
            f"{part['category']} ({percentage(part['fraction'])} against {percentage(part['reference_fraction'])})"
            for part in ends
        )
        return [f"Most over-represented: {most}; most under-represented: {least}."]

    def _warnings_on(self, attribute: str) -> list[str]:
        return [text for name, text in self.warnings if name in attribute.split(CROSS)]

    def __repr__(self) -> str:
        lines = [f"Compared with {_titled(self._against)}"]
        for attribute, sentence in self.sentences.items():
            lines += [sentence, *(f"  ⚠ {text}" for text in self._warnings_on(attribute))]
        below = [*self._method, *self.notes, *filter(None, [self.stamp])]
        return "\n".join([*lines, str(self.table.drop("reference", "year")), *below])

    def _repr_html_(self) -> str:
        told = "".join(
            f"<li>{html.escape(sentence)}{''.join(map(warned, self._warnings_on(attribute)))}</li>"
            for attribute, sentence in self.sentences.items()
        )
        policies = self.table.partition_by("attribute", maintain_order=True)
        sides = [tuple(rows.filter(missing=policy).row(0, named=True) for policy in _POLICIES) for rows in policies]
        plain = _html_table(_PLAIN, {left_out["attribute"]: _plain(left_out, kept) for left_out, kept in sides})
        method = _html_table(_BEHIND, {left_out["attribute"]: _behind(left_out, kept) for left_out, kept in sides})
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<p><strong>Compared with {html.escape(_titled(self._against))}</strong></p><ul>{told}</ul>{plain}"
            f"<details><summary>Method</summary><p>{html.escape(' '.join(self._method))}</p>{method}</details>"
            + (f"<p>Notes</p><ul>{notes}</ul>" if notes else "")
            + (f"<p>{html.escape(self.stamp)}</p>" if self.stamp else "")
        )

    @property
    def _method(self) -> list[str]:
        return [_METHOD, *([_YEARS] if self.table["wasserstein_years"].count() else [])]

    @property
    def _against(self) -> dict[str, str]:
        return {"reference": self.reference.title, "year": self.reference.year}


def warned(text: str) -> str:
    """Return a warning about definitions as HTML that cannot be overlooked.

    Parameters
    ----------
    text : str
        The warning.

    Returns
    -------
    str
        A paragraph.

    Examples
    --------
    >>> "<strong>" in warned("Other means something else here.")
    True
    """
    style = "border-left:4px solid #d55e00;padding-left:.6em;margin:.3em 0"
    return f'<p role="note" style="{style}"><strong>⚠ Definitions differ.</strong> {html.escape(text)}</p>'


def _titled(row: Mapping[str, object]) -> str:
    year = row["year"]
    return f"{row['reference']} ({'year unknown' if year == 'unknown' else year})"


def _of_100(row: Mapping[str, Any]) -> str:
    if row["total_variation"] < _FEW:
        return "fewer than 1 of 100 patients"
    told = f"{100 * row['total_variation']:.0f}"
    if row["total_variation_low"] is None:
        return f"{told} of 100 patients"
    low, high = (f"{100 * row[f'total_variation_{end}']:.1f}" for end in ("low", "high"))
    if not float(low) <= float(told) <= float(high):  # a narrow interval leaves the whole number out
        told = f"{100 * row['total_variation']:.1f}"
    return f"{told} of 100 patients (95 % interval {low} to {high})"


def _plain(left_out: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    told = [_with_interval(row, "total_variation", lambda share: f"{100 * share:.1f}") for row in (left_out, kept)]
    years = left_out["wasserstein_years"]
    return [*told, _number(left_out["n_patients"]), _number(left_out["n_missing"]), _number(years, ".1f")]


def _behind(left_out: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    told = [_with_interval(row, "jsd", lambda distance: f"{distance:.3f}") for row in (left_out, kept)]
    p = left_out["p_null"]
    surely = "&lt; 0.001" if p is not None and p < _SURE else _number(p, ".3f")
    return [*told, _number(left_out["jsd_null"], ".3f"), surely, _number(left_out["n_reference"])]


def _with_interval(row: Mapping[str, Any], name: str, told: Callable[[float], str]) -> str:
    if row[name] is None:
        return "–"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return told(row[name]) if low is None else f"{told(row[name])} ({told(low)}–{told(high)})"


def _number(value: float | None, form: str = ",") -> str:
    return "–" if value is None else format(value, form)


def _html_table(titles: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    left = ' style="text-align:left"'  # words; notebooks set everything to the right
    head = "".join(f"<th>{title}</th>" for title in titles)
    unbroken = ' style="white-space:nowrap"'
    body = "".join(
        f"<tr><th{left}>{html.escape(attribute.replace('_', ' '))}</th>"
        + "".join(f"<td{unbroken}>{cell}</td>" for cell in cells)
        + "</tr>"
        for attribute, cells in rows.items()
    )
    return f"<table><thead><tr><th{left}>attribute</th>{head}</tr></thead><tbody>{body}</tbody></table>"
