"""One file says whose commons it is; every problem of it is told at once, and nothing in it loosens what is shown."""

import base64
from pathlib import Path

import pytest

from workbench.assets import asset_path
from workbench.presentation.contrast import LEAST_CONTRAST, contrast
from workbench.presentation.identity import Identity, read_identity

NEXT = "Correct the file; dashboards/commons has examples with comments."
WHOLE = """
name = "Lung commons"
source = "tables"
logo = "logo.svg"
url = "https://example.org"
contact = "help@example.org"
citation = ["One and others 2026.", "Two 2027."]
license = "CC BY 4.0"
accent = "#7A1F5C"
disclosure = "controlled"
refresh_days = 30
earlier = "pages_before"
columns = { sex = "Gender" }
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        file = tmp_path / "commons.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_whole_file_gives_every_field_with_paths_beside_it(written, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "tables").mkdir()
    (tmp_path / "pages_before").mkdir()
    (tmp_path / "pages_before" / "manifest.json").write_text("{}")
    read = read_identity(written(WHOLE))
    assert read == Identity(
        name="Lung commons",
        source=str(tmp_path / "tables"),
        logo=f"data:image/svg+xml;base64,{base64.b64encode(b'<svg/>').decode()}",
        url="https://example.org",
        contact="help@example.org",
        citation=("One and others 2026.", "Two 2027."),
        license="CC BY 4.0",
        accent="#7a1f5c",
        disclosure="controlled",
        refresh_days=30,
        columns={"sex": "Gender"},
        earlier=str(tmp_path / "pages_before"),
    )
    entry = read.entry()
    assert entry["accent"] == "#7a1f5c"
    assert contrast(entry["accent_dark"], "#12171c") >= LEAST_CONTRAST
    assert contrast(entry["link"], "#ffffff") >= LEAST_CONTRAST


def test_a_source_that_is_a_name_stays_a_name_and_no_file_gives_the_empty_identity(written):
    assert read_identity(written('name = "x"\nsource = "synthetic:midrc_2021"')).source == "synthetic:midrc_2021"
    assert read_identity(written('name = "x"\ncitation = "One 2026."')).citation == ("One 2026.",)
    assert read_identity(None) == Identity()
    assert set(read_identity(None).entry().values()) == {""}


def test_every_problem_of_a_file_is_told_with_its_line(written):
    file = written(
        'acent = "#0b5c8a"\nurl = "example.org"\ncontact = 7\ncitation = []\naccent = "#ffcc00"\n'
        'disclosure = "public_rows"\nrefresh_days = -1\nlogo = "logo.gif"\ncolumns = "sex"\n'
    )
    with pytest.raises(ValueError, match="describes no commons") as error:
        read_identity(file)
    keys = (
        "name, source, logo, url, contact, citation, license, accent, disclosure, refresh_days, columns, layout, "
        "earlier, as_of"
    )
    assert str(error.value) == (
        f"The file {str(file)!r} describes no commons:\n"
        '  line 1: the name of the commons is missing. Write: name = "My commons"\n'
        f"  line 1: 'acent' is no key of a commons. Keys: {keys}. Did you mean 'accent'?\n"
        "  line 2: url is 'example.org'; a web address would be right, such as https://example.org\n"
        "  line 3: contact is 7; a mail address or a web address would be right, such as help@example.org\n"
        "  line 4: citation is []; a text or a list of texts would be right\n"
        "  line 5: accent is '#ffcc00'; its contrast with white is 1.5 : 1. At least 4.5 : 1 would be right, so that "
        "everybody can read a link; take a darker one\n"
        "  line 6: disclosure is 'public_rows'; it can only be tightened: \"controlled\" suppresses small counts. "
        "Leave it out and the source decides, which cannot be loosened here\n"
        "  line 7: refresh_days is -1; a number of days from 0 (no promise) to 3650 would be right\n"
        "  line 8: logo is 'logo.gif'; a picture beside the file would be right: svg, png, jpg or webp\n"
        "  line 9: columns is 'sex'; new names to columns would be right, such as { sex = \"Gender\" }\n"
        f"{NEXT}"
    )


def test_what_it_says_of_a_source_belongs_to_its_own(written, tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    monkeypatch.chdir(tmp_path)
    read = read_identity(written('name = "x"\nsource = "tables"'))
    assert [read.describes(typed) for typed in (None, "", "tables", tmp_path / "tables", "idc")] == [True] * 4 + [False]
    assert Identity().describes("idc")


def test_pages_of_an_earlier_release_that_are_none_are_told(written, tmp_path):
    file = written('name = "x"\nearlier = "pages"')
    (tmp_path / "pages").mkdir()
    with pytest.raises(ValueError, match="line 2") as error:
        read_identity(file)
    assert str(error.value) == (
        f"The file {str(file)!r} describes no commons:\n"
        "  line 2: earlier is 'pages'; the folder of pages that the release before published would be right, as site "
        f"aggregates wrote it\n{NEXT}"
    )


def test_a_logo_that_is_absent_or_heavy_is_told(written, tmp_path):
    file = written('name = "x"\nlogo = "logo.png"')
    with pytest.raises(ValueError, match="there is no such file"):
        read_identity(file)
    (tmp_path / "logo.png").write_bytes(b"0" * 100_001)
    with pytest.raises(ValueError, match=r"it has 100,001 bytes; at most 100,000 would be right"):
        read_identity(file)


@pytest.mark.parametrize(
    ("name", "content"), [("logo.png", b"hello"), ("logo.svg", b"<html/>"), ("logo.webp", b"RIFF")]
)
def test_a_logo_that_is_no_picture_is_told(written, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    file = written(f'name = "x"\nlogo = "{name}"')
    with pytest.raises(ValueError, match="no such picture") as error:
        read_identity(file)
    assert str(error.value) == (
        f"The file {str(file)!r} describes no commons:\n  line 2: logo is '{name}'; it ends in {Path(name).suffix} and "
        f"holds no such picture. One that a browser shows would be right; save it anew\n{NEXT}"
    )


def test_the_day_of_the_data_is_a_day(written):
    assert read_identity(written('name = "x"\nas_of = "2026-06-30"')).as_of == "2026-06-30"
    assert read_identity(written('name = "x"\nas_of = 2026-06-30')).as_of == "2026-06-30"
    file = written('name = "x"\nas_of = "June"')
    with pytest.raises(ValueError, match="as_of") as error:
        read_identity(file)
    assert str(error.value) == (
        f"The file {str(file)!r} describes no commons:\n  line 2: as_of is 'June'; the day of which the data are would "
        f'be right, such as "2026-06-30"\n{NEXT}'
    )


def test_a_file_that_is_absent_or_no_toml_is_told(written, tmp_path):
    absent = tmp_path / "absent.toml"
    with pytest.raises(FileNotFoundError) as missing:
        read_identity(absent)
    assert str(missing.value) == (
        f"No file {str(absent)!r}. A file in TOML with the name, source and contact of a commons would be right. "
        "Begin with an example of dashboards/commons."
    )
    file = written("name = My commons")
    with pytest.raises(ValueError, match="is not TOML") as wrong:
        read_identity(file)
    assert str(wrong.value) == (
        f"The file {str(file)!r} is not TOML: Invalid value (at line 1, column 8). Text in UTF-8 with lines such as "
        f'name = "My commons" would be right. {NEXT}'
    )


def test_a_line_that_could_break_a_page_is_refused(written):
    with pytest.raises(ValueError, match="one line of text of at most 600 characters would be right"):
        read_identity(written('name = "two\\nlines"'))
    with pytest.raises(ValueError, match="a web address would be right"):
        read_identity(written('name = "x"\nurl = "javascript:alert(1)"'))


def test_every_shipped_example_is_read():
    files = sorted(asset_path("dashboards", "commons").glob("*.toml"))
    assert [read_identity(file).name for file in files]


def test_a_column_that_is_not_ours_and_a_source_that_is_not_there_are_told(written, tmp_path):
    file = written('name = "x"\nsource = "absent.csv"\ncolumns = { study_date = "Day", body_region = "Part" }')
    with pytest.raises(ValueError, match="describes no commons") as error:
        read_identity(file)
    told = str(error.value)
    assert (
        "line 2: source is 'absent.csv'; there is no such file or folder beside this one. A path from here, or idc, "
        "synthetic, would be right\n"
    ) in told
    assert "our names to the table's columns would be right. study_date is none of: collection_id, patient_id, " in told
    (tmp_path / "absent.csv").write_text("patient_id\na\n")
    right = written('name = "x"\nsource = "absent.csv"\ncolumns = { body_region = "Part" }')
    assert read_identity(right).columns == {"body_region": "Part"}
