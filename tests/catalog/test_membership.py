"""Who a cohort gained and lost between two versions of a source, told without naming anybody in a file."""

import contextlib
import hashlib
import io
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import LAWS
from tests.catalog.tiny import make_repository
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog

MEMBERS = ("P-0000", "P-0002", "P-0004")


def version(folder: Path, sexes: dict[str, str], build: str) -> Catalog:
    """A source of one CT a patient; `sexes` names the patients it has."""
    people = sorted(sexes)
    return Catalog(
        make_repository(
            folder,
            [{"sex": sexes[name]} for name in people],
            [{"patient_key": key} for key in range(len(people))],
            [{"patient_key": key, "study_key": key, "patient_id": name} for key, name in enumerate(people)],
            build=build,
        )
    )


@pytest.fixture
def first(tmp_path: Path) -> Catalog:
    """Women are 0, 2 and 4; 1 and 3 are men."""
    return version(tmp_path / "first", {f"P-{n:04d}": "Male" if n % 2 else "Female" for n in range(5)}, "1.0")


@pytest.fixture
def second(tmp_path: Path) -> Catalog:
    """Patient 0 is still a woman, 1 is one now, 2 is a man now, 4 is gone, 9 is a new woman."""
    sexes = {"P-0000": "Female", "P-0001": "Female", "P-0002": "Male", "P-0003": "Male", "P-0009": "Female"}
    return version(tmp_path / "second", sexes, "2.0")


@pytest.fixture
def saved(first: Catalog, tmp_path: Path) -> Path:
    return first.where(sex="Female").save(tmp_path / "women.yaml")


def members_of(saved: Path) -> Path:
    return saved.with_name("women.yaml.members.txt")


def test_another_version_says_exactly_who_was_gained_and_lost(second: Catalog, saved: Path) -> None:
    change = second.compare_members(saved)
    assert change.gained is not None
    assert change.lost is not None
    assert change.gained.rows() == [("made_up", "P-0001"), ("made_up", "P-0009")]
    # Of the patient who is gone only the digest is known.
    assert change.lost.select("collection_id", "patient_id").rows() == [("made_up", "P-0002"), (None, None)]
    assert (change.n_saved, change.n_now) == (3, 3)
    assert (
        change.sentence
        == repr(change)
        == ("3 patients with data version 1.0, 3 with 2.0: 2 gained, 2 lost (1 of them no longer in the repository).")
    )


def test_reading_with_another_version_says_so_in_one_line(
    second: Catalog, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert second.read_cohort(saved) == second.where(sex="Female")
    assert capsys.readouterr().err == (
        "The cohort was saved with data version 1.0; it is now selected from 2.0. 3 patients with data version 1.0, "
        "3 with 2.0: 2 gained, 2 lost (1 of them no longer in the repository).\n"
    )


def test_the_same_version_changes_nobody(first: Catalog, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = first.compare_members(saved)
    assert change.gained is not None
    assert change.lost is not None
    assert change.gained.height == change.lost.height == 0
    assert change.gained.columns == ["collection_id", "patient_id"]
    assert change.lost.columns == ["collection_id", "patient_id", "digest"]
    assert change.sentence == "3 patients with data version 1.0, 3 with 1.0: 0 gained, 0 lost."
    first.read_cohort(saved)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("how", ["not written", "removed"])
def test_without_the_members_file_only_counts_are_told(
    first: Catalog, second: Catalog, tmp_path: Path, how: str
) -> None:
    saved = first.where(sex="Female").save(tmp_path / "women.yaml", members=how == "removed")
    members_of(saved).unlink(missing_ok=True)
    change = second.compare_members(saved)
    assert change.gained is None
    assert change.lost is None
    assert change.sentence == (
        "3 patients with data version 1.0, 3 with 2.0. Only the counts can be compared: the members file that "
        "cohort.save(…) writes beside the definition is not there, so who was gained or lost cannot be told."
    )


def test_saving_without_members_leaves_no_old_ones_behind(first: Catalog, second: Catalog, saved: Path) -> None:
    first.where(sex="Male").save(saved, members=False)
    assert not members_of(saved).exists()
    assert second.compare_members(saved).gained is None


def test_an_empty_cohort_has_members_too(first: Catalog, second: Catalog, tmp_path: Path) -> None:
    saved = first.where(sex="Other").save(tmp_path / "women.yaml")
    change = second.compare_members(saved)
    assert change.gained is not None
    assert change.lost is not None
    assert (change.n_saved, change.n_now, change.gained.height, change.lost.height) == (0, 0, 0, 0)


@LAWS
@given(
    before=st.dictionaries(st.integers(0, 6), st.booleans()), after=st.dictionaries(st.integers(0, 6), st.booleans())
)
def test_gained_and_lost_are_set_differences(
    tmp_path_factory: pytest.TempPathFactory, before: dict[int, bool], after: dict[int, bool]
) -> None:
    def sexes(women: dict[int, bool]) -> dict[str, str]:
        return {f"P-{n}": "Female" if woman else "Male" for n, woman in women.items()}

    folder = tmp_path_factory.mktemp("versions")
    old, new = version(folder / "old", sexes(before), "1.0"), version(folder / "new", sexes(after), "2.0")
    change = new.compare_members(old.where(sex="Female").save(folder / "cohort.json"))
    was, now = ({f"P-{n}" for n, woman in women.items() if woman} for women in (before, after))
    assert change.gained is not None
    assert change.lost is not None
    assert set(change.gained["patient_id"]) == now - was
    assert set(change.lost["patient_id"].drop_nulls()) == {who for who in was - now if who in sexes(after)}
    assert change.lost.height == len(was - now)


# ------------------------------------------------------------------ the file


def test_the_members_file_names_nobody(first: Catalog, saved: Path) -> None:
    text = members_of(saved).read_text(encoding="ascii")
    head, digests = text.splitlines()[:4], text.splitlines()[4:]
    assert head[0] == "# workbench-members/1"
    assert re.fullmatch("# salt [0-9a-f]{32}", head[1])
    assert head[2] == f"# definition {first.where(sex='Female').sha256}"
    summed = hashlib.sha256("\n".join([head[1].split()[-1], *digests]).encode()).hexdigest()
    assert head[3] == f"# members {summed}"
    assert len(digests) == len(set(digests)) == 3
    assert digests == sorted(digests)  # in no order of the patients
    assert all(re.fullmatch("[0-9a-f]{20}", digest) for digest in digests)
    for whole in (text, saved.read_text()):
        assert not any(name in whole for name in MEMBERS)


def test_two_files_cannot_be_joined(first: Catalog, tmp_path: Path) -> None:
    cohort = first.where(sex="Female")
    one, other = (
        set(members_of(cohort.save(tmp_path / folder / "women.yaml")).read_text().splitlines()[4:])
        for folder in ("one", "other")
    )
    assert not one & other


def change_and_compare(commons: Catalog, saved: Path, change: Any) -> str:
    path = members_of(saved)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match=r"^women\.yaml\.members\.txt ") as caught:
        commons.compare_members(saved)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert commons.read_cohort(saved) == commons.where(sex="Female")  # members are no part of a cohort
    assert said.getvalue() == (
        "The cohort was saved with data version 1.0; it is now selected from 2.0. "
        f"The members cannot be compared: {caught.value}\n"
    )
    return str(caught.value)


FOREIGN = (
    "women.yaml.members.txt does not belong to this definition. The members file that cohort.save(…) wrote with it "
    "would be right. Save the cohort again, or remove the file to compare counts only."
)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"# workbench-members/1\n# salt 00\n",
        lambda text: text.replace(b"members/1", b"members/2"),
        lambda text: text.replace(b"# definition ", b"# definition 0"),
        lambda _: bytes(range(256)),
    ],
    ids=["empty", "cut in its head", "later format", "other definition", "no text"],
)
def test_a_foreign_members_file_is_refused(second: Catalog, saved: Path, change: Any) -> None:
    assert change_and_compare(second, saved, change) == FOREIGN


@pytest.mark.parametrize(
    ("change", "n"),
    [
        (lambda text: text[:-5], 3),
        (lambda text: text[:-21], 2),
        (lambda text: text + b"0" * 20 + b"\n", 4),
        (lambda text: text[:-3] + b"zz\n", 3),
        (lambda text: text[:-2] + b"\xff\n", 3),
    ],
    ids=["last line cut", "a line short", "a line more", "no digest", "broken encoding"],
)
def test_a_damaged_members_file_is_refused(second: Catalog, saved: Path, change: Any, n: int) -> None:
    assert change_and_compare(second, saved, change) == (
        f"women.yaml.members.txt is damaged: it holds {n} members, the definition says 3. "
        "A whole file would be right. Copy it again, or remove it to compare counts only."
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(rb"# salt \w+", b"# salt ", text),
        lambda text: re.sub(rb"# salt \w+", b"# salt 00", text),
        lambda text: re.sub(rb"# members \w+", b"# members 00", text),
        lambda text: text[:-21] + b"0" * 20 + b"\n",
        lambda text: text[:-21] + text[-42:-21],
        lambda text: text[:-42] + text[-21:] + text[-42:-21],
    ],
    ids=["no salt", "other salt", "other sum", "other digest", "a digest twice", "other order"],
)
def test_members_that_were_changed_are_refused(second: Catalog, saved: Path, change: Any) -> None:
    assert change_and_compare(second, saved, change) == (
        "women.yaml.members.txt is damaged: its members are not those that were written. "
        "A whole file would be right. Copy it again, or remove it to compare counts only."
    )


def test_a_damaged_members_file_of_a_definition_without_counts_is_refused(second: Catalog, saved: Path) -> None:
    body = yaml.safe_load(saved.read_text())
    del body["counts"]
    saved.write_text(yaml.safe_dump(body))
    assert "the definition says nothing. A whole file" in change_and_compare(second, saved, lambda text: text[:-5])


def test_a_definition_changed_by_hand_is_not_compared_with_its_old_members(
    second: Catalog, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved.write_text(saved.read_text().replace("- Female", "- Male"))
    assert second.read_cohort(saved) == second.where(sex="Male")
    assert capsys.readouterr().err.splitlines() == [
        "women.yaml was changed after it was saved; it is read as it stands now.",
        "The cohort was saved with data version 1.0; it is now selected from 2.0.",
    ]


# ------------------------------------------------------------------ both files or none


def test_nothing_half_written_is_left_when_saving_fails(first: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "women.yaml.members.txt").mkdir(parents=True)  # the members cannot be written there
    cohort: Cohort = first.where(sex="Female")
    with pytest.raises(OSError, match=r"women\.yaml\.members\.txt"):
        cohort.save(folder / "women.yaml")
    assert [path.name for path in folder.iterdir()] == ["women.yaml.members.txt"]


def test_a_full_disk_leaves_both_files_as_they_were(tmp_path: Path) -> None:
    many = version(tmp_path / "many", {f"P-{n:05d}": "Female" if n % 2 else "Male" for n in range(8_000)}, "1.0")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        path = many.where(modality="CT").where_sql("select patient_key from patients limit 10").save(disk / "a.yaml")
        before = {file.name: file.read_bytes() for file in disk.iterdir()}
        with pytest.raises(OSError, match="No space left"):
            many.where(sex="Female").save(path)  # 4,000 digests of 21 bytes
        assert {file.name: file.read_bytes() for file in disk.iterdir()} == before
        assert len(before) == 2
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_link_is_followed_and_no_rights_are_lost(first: Catalog, tmp_path: Path) -> None:
    folder, mine = tmp_path / "saved", tmp_path / "mine.txt"
    folder.mkdir()
    mine.write_text("mine")
    for name in ("women.yaml", "women.yaml.members.txt"):
        (folder / f".{name}.part").symlink_to(mine)
        (folder / name).symlink_to(mine)
    path = first.where(sex="Female").save(folder / "women.yaml")
    assert mine.read_text() == "mine"
    plain = tmp_path / "plain.txt"
    plain.touch()
    for file in (path, members_of(path)):
        assert not file.is_symlink()
        assert file.stat().st_mode == plain.stat().st_mode


def test_many_may_save_under_one_name(first: Catalog, second: Catalog, tmp_path: Path) -> None:
    path, problems = tmp_path / "women.yaml", []
    cohort = first.where(sex="Female")
    cohort.save(path)

    def save() -> None:
        try:
            for _ in range(20):
                cohort.save(path)
        except OSError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert second.compare_members(path).n_saved == 3
    assert not list(tmp_path.glob(".*.part"))
