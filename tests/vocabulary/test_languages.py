"""Every category of the closed vocabularies has one label in each language, and none shares it within an attribute."""

import pytest

from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, MISSING, RACE, RACE_ETHNICITY, SEX
from workbench.vocabulary.languages import LANGUAGES, category_labels


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("vocabulary", [SEX, RACE, ETHNICITY, COVID_STATUS, RACE_ETHNICITY])
def test_no_two_categories_of_an_attribute_share_a_label(language: str, vocabulary: tuple[str, ...]) -> None:
    labels = category_labels(language)
    assert set(vocabulary) <= set(labels)
    assert len({labels[category] for category in vocabulary}) == len(vocabulary)


def test_english_is_what_the_vocabularies_say() -> None:
    assert all(label == category for category, label in category_labels("en").items())


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("es", {"Male": "Masculino", "Asian": "Asiática", "Hispanic or Latino": "Hispano o latino", "Yes": "Sí"}),
        ("de", {"Male": "Männlich", "Asian": "Asiatisch", "White": "Weiß", "Unknown": "Unbekannt"}),
        ("fr", {"Male": "Masculin", "Asian": "Asiatique", "White": "Blanche", "Indeterminate": "Indéterminé"}),
    ],
)
def test_each_label_stands_with_its_category(language: str, labels: dict[str, str]) -> None:
    assert {category: category_labels(language)[category] for category in labels} == labels


def test_race_and_ethnicity_together_are_put_together() -> None:
    assert category_labels("fr")["White, Not Hispanic or Latino"] == "Blanche, Ni hispanique ni latino"
    assert set(MISSING) <= set(category_labels("fr"))


def test_another_language_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError) as caught:
        category_labels("it")
    assert str(caught.value) == (
        "No language 'it' in the labels of categories. Valid: en, es, de, fr. Use one of these."
    )
