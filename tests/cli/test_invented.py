"""Commands on the invented commons of another size, and the demonstration on it."""

from collections.abc import Callable

import pytest

from workbench.cli import main

Done = Callable[..., str]


def test_a_saved_cohort_knows_the_size_of_its_commons(done: Done) -> None:
    said = done("cohort", "new", "--source", "synthetic:400", "--where", "sex=Female", "--save", "women.yaml")
    assert "Synthetic commons of 400 patients" in said
    assert "Synthetic commons of 400 patients" in done("cohort", "show", "women.yaml")


@pytest.mark.parametrize(("words", "source"), [(["--synthetic"], "synthetic"), ([], "idc")])
def test_the_demonstration_runs_on_the_invented_commons_when_asked(
    words: list[str], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []
    monkeypatch.setattr("workbench.presentation.demo.run_demo", lambda **options: ran.append(options) or 0)
    assert main(["demo", "--no-serve", *words]) == 0
    assert ran[0]["source"] == source
