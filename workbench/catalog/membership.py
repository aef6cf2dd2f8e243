"""Who was in a saved cohort, without naming anybody: salted digests, and what another data version changed."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.catalog.listing import patient_ids
from workbench.catalog.repository import Repository
from workbench.errors import brief

_HEAD, _N_HEAD = "workbench-members/1", 4
_DIGITS = 20  # hexadecimal ones, 80 bits: two of a million patients share a digest with a probability of about 4e-13
_DIGEST = re.compile(f"[0-9a-f]{{{_DIGITS}}}")


@dataclass(frozen=True, eq=False)
class MembershipChange:
    """How the patients of a cohort differ from those it had when it was saved.

    Attributes
    ----------
    saved_version, version : str
        The data versions compared.
    n_saved, n_now : int
        Patients then and now.
    gained : polars.DataFrame, optional
        ``collection_id``, ``patient_id`` of patients who were not in the cohort; None without a members file.
    lost : polars.DataFrame, optional
        ``collection_id``, ``patient_id``, ``digest`` of patients who are no longer in it; the identifiers are null for
        those whom the repository no longer holds. None without a members file.
    """

    saved_version: str
    version: str
    n_saved: int
    n_now: int
    gained: pl.DataFrame | None
    lost: pl.DataFrame | None

    @property
    def sentence(self) -> str:
        """What changed, in one or two sentences and without an identifier."""
        saved = f"{brief(f'{self.n_saved:,}')} patients with data version {self.saved_version}"
        counts = f"{saved}, {self.n_now:,} with {self.version}"
        if self.gained is None or self.lost is None:
            return (
                f"{counts}. Only the counts can be compared: the members file that cohort.save(…) writes beside the "
                "definition is not there, so who was gained or lost cannot be told."
            )
        gone = self.lost["patient_id"].null_count()
        no_longer = f" ({gone:,} of them no longer in the repository)" if gone else ""
        return f"{counts}: {self.gained.height:,} gained, {self.lost.height:,} lost{no_longer}."

    def __repr__(self) -> str:
        """Show what changed in words; it names nobody."""
        return self.sentence


def members_path(definition: Path) -> Path:
    """Return where the members of a definition lie: beside it.

    Parameters
    ----------
    definition : pathlib.Path
        The definition file.

    Returns
    -------
    pathlib.Path
        Such as ``chest_ct.yaml.members.txt`` beside ``chest_ct.yaml``.
    """
    return definition.with_name(f"{definition.name}.members.txt")


def members_text(repository: Repository, patients: pl.Series, *, sha256: str) -> str:
    """Return the text of a members file: a salted digest of every patient of a cohort, and a sum over all of them.

    The salt is new for each file, so that two files cannot be joined. A digest hides an identifier from a reader, not
    from somebody who holds a list of identifiers to try: keep the file as you keep the cohort.

    Parameters
    ----------
    repository : Repository
        What was selected from.
    patients : polars.Series
        Keys of the cohort's patients.
    sha256 : str
        Content hash of the definition it belongs to.

    Returns
    -------
    str
        ASCII.
    """
    salt = secrets.token_hex(16)
    digests = sorted(_digests(patient_ids(repository, patients), salt))
    head = [f"# {_HEAD}", f"# salt {salt}", f"# definition {sha256}", f"# members {_sum(salt, digests)}"]
    return "\n".join([*head, *digests]) + "\n"


def compare_members(
    repository: Repository, patients: pl.Series, definition: dict[str, Any], members: Path
) -> MembershipChange:
    """Return how a cohort's patients differ from those written when it was saved.

    Parameters
    ----------
    repository : Repository
        What the cohort is selected from now.
    patients : polars.Series
        Keys of its patients now.
    definition : dict
        The saved definition.
    members : pathlib.Path
        Its members file; when it does not exist only the counts are compared.

    Returns
    -------
    MembershipChange
        Says who was gained and lost.

    Raises
    ------
    ValueError
        When the file belongs to another definition, or was cut short or changed.
    """
    version = brief(str(definition["source"].get("version")))
    n_saved = (definition.get("counts") or {}).get("patients")
    if not members.is_file():
        return MembershipChange(version, repository.build, int(n_saved or 0), len(patients), None, None)
    salt, saved = _read(members, sha256=str(definition.get("sha256")), n=n_saved)
    now = patient_ids(repository, patients)
    digests = pl.Series("digest", _digests(now, salt), dtype=pl.String)
    gained = now.filter(~digests.is_in(saved.implode()))
    gone = saved.filter(~saved.is_in(digests.implode()))
    lost = pl.DataFrame({"digest": gone})
    if len(gone):
        everyone = patient_ids(repository, pl.arange(len(repository.column("patients", "patient_key")), eager=True))
        named = everyone.with_columns(digest=pl.Series(_digests(everyone, salt), dtype=pl.String))
        lost = lost.join(named, on="digest", how="left", maintain_order="left")
    else:
        lost = lost.with_columns(collection_id=pl.lit(None, pl.String), patient_id=pl.lit(None, pl.String))
    lost = lost.select("collection_id", "patient_id", "digest").sort("collection_id", "patient_id", nulls_last=True)
    return MembershipChange(
        version, repository.build, len(saved), len(patients), gained.sort("collection_id", "patient_id"), lost
    )


def members_sentence(compare: Callable[[], MembershipChange]) -> str:
    """Return what a comparison of members tells, or in one sentence more why nobody could be compared.

    Parameters
    ----------
    compare : callable
        Calls `compare_members`.

    Returns
    -------
    str
        On one line; a members file is not needed to read a cohort, so its faults are told and not raised.
    """
    try:
        return compare().sentence
    except (OSError, ValueError) as problem:
        return f"The members cannot be compared: {problem}"


def _read(path: Path, *, sha256: str, n: int | None) -> tuple[str, pl.Series]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    head = [line.removeprefix("# ").split(" ")[-1] for line in lines[:_N_HEAD]]
    if len(head) < _N_HEAD or head[0] != _HEAD or head[2] != sha256:
        raise ValueError(
            f"{path.name} does not belong to this definition. The members file that cohort.save(…) wrote with it would "
            "be right. Save the cohort again, or remove the file to compare counts only."
        )
    digests = [line for line in lines[_N_HEAD:] if line]
    if (n is not None and len(digests) != n) or any(not _DIGEST.fullmatch(digest) for digest in digests):
        told = "nothing" if n is None else brief(f"{n:,}")
        raise _damaged(path, f"it holds {len(digests):,} members, the definition says {told}")
    if _sum(head[1], digests) != head[3]:
        raise _damaged(path, "its members are not those that were written")
    return head[1], pl.Series("digest", digests, dtype=pl.String)


def _damaged(path: Path, how: str) -> ValueError:
    return ValueError(
        f"{path.name} is damaged: {how}. A whole file would be right. "
        "Copy it again, or remove it to compare counts only."
    )


def _sum(salt: str, digests: list[str]) -> str:
    return hashlib.sha256("\n".join([salt, *digests]).encode()).hexdigest()


def _digests(identified: pl.DataFrame, salt: str) -> list[str]:
    return [
        hashlib.sha256(f"{salt}\0{collection}\0{patient}".encode()).hexdigest()[:_DIGITS]
        for collection, patient in identified.iter_rows()
    ]
