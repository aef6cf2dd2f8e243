"""What the package advises is said in the words of the command."""

import pytest

from workbench.cli.wording import as_typed


@pytest.mark.parametrize(
    ("advised", "typed"),
    [
        ("or pass when_offline='phantom' for a made-up image.", "or add --when-offline phantom for a made-up image."),
        ("Pass server='http://host/dicom-web', or", "Add --server http://host/dicom-web, or"),
        ("take cohort.manifest('gen3') to", "take workbench cohort manifest --kind gen3 to"),
        ("Name the column of sides in part=.", "Name the column of sides with --part."),
        ("No split at part=1.csv.", "No split at part=1.csv."),  # what came is never reworded
    ],
)
def test_an_argument_becomes_its_option(advised: str, typed: str) -> None:
    assert as_typed(advised) == typed
