"""What the categories of the closed vocabularies are called in other languages.

Only labels are translated: sex, race, ethnicity, COVID-19 status and the reasons for a missing value. Everything that
is counted, saved or compared keeps the English category; bands of age and names of places need no translation here.
All labels are our own and no office's: no register of Germany or France counts race.
"""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.errors import unknown_name
from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, MISSING, RACE, SEX

#: The languages that labels exist in, by their ISO 639-1 code; English is what the vocabularies say.
LANGUAGES = ("en", "es", "de", "fr")

_CATEGORIES = tuple(dict.fromkeys([*SEX[:4], *RACE[:6], *ETHNICITY[:2], *COVID_STATUS[:3], *MISSING]))

# In the order of _CATEGORIES. Races agree with "raza", "Abstammung" and "origine".
_LABELS: Mapping[str, tuple[str, ...]] = {
    "es": (
        *("Femenino", "Masculino", "Otro", "Contradictorio"),
        "Indígena de las Américas o nativa de Alaska",
        *("Asiática", "Negra o afroamericana", "Nativa de Hawái o de otra de las islas del Pacífico", "Blanca"),
        *("Varias u otra", "Hispano o latino", "No hispano ni latino", "Sí", "No", "Indeterminado"),
        *("Desconocido", "No informado", "No corresponde"),
    ),
    "de": (
        *("Weiblich", "Männlich", "Andere", "Widersprüchlich"),
        *("Indigen (Amerika oder Alaska)", "Asiatisch", "Schwarz oder afroamerikanisch"),
        *("Hawaiisch oder von anderen pazifischen Inseln", "Weiß", "Mehrere oder andere"),
        *("Hispanisch oder lateinamerikanisch", "Nicht hispanisch oder lateinamerikanisch"),
        *("Ja", "Nein", "Unbestimmt", "Unbekannt", "Nicht angegeben", "Nicht zutreffend"),
    ),
    "fr": (
        *("Féminin", "Masculin", "Autre", "Contradictoire"),
        *("Amérindienne ou autochtone d’Alaska", "Asiatique", "Noire ou afro-américaine"),
        *("Autochtone d’Hawaï ou d’autres îles du Pacifique", "Blanche", "Plusieurs ou autre"),
        *("Hispanique ou latino", "Ni hispanique ni latino"),
        *("Oui", "Non", "Indéterminé", "Inconnu", "Non renseigné", "Sans objet"),
    ),
}


def category_labels(language: str) -> Mapping[str, str]:
    """Return what each category is called in a language.

    Parameters
    ----------
    language : {"en", "es", "de", "fr"}
        One of `LANGUAGES`.

    Returns
    -------
    mapping of str to str
        Category to label, the combinations of race and ethnicity too. What it does not hold stays as it is.

    Raises
    ------
    UnknownNameError
        For another language.

    Examples
    --------
    >>> category_labels("es")["White"], category_labels("de")["Not Reported"]
    ('Blanca', 'Nicht angegeben')
    """
    if language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES, where="the labels of categories", then="Use one of these.")
    named = dict(zip(_CATEGORIES, _LABELS.get(language, _CATEGORIES), strict=True))
    neither = named[ETHNICITY[1]]
    both = {f"{race}, {ETHNICITY[1]}": f"{named[race]}, {neither}" for race in RACE[:6]}
    return MappingProxyType(named | both)
