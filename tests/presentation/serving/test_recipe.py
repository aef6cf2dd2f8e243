"""The recipe is refused early where it could not work."""

import os
import sys
from pathlib import Path

import pytest

from tests.presentation.site.small_site import write_small
from workbench.cli import main
from workbench.presentation.serving import recipe
from workbench.presentation.serving.recipe import Service, write_recipe


@pytest.fixture(scope="module")
def aggregates(tmp_path_factory):
    return write_small(tmp_path_factory.mktemp("recipe") / "pages")


def test_numbers_out_of_their_range_are_told_together(aggregates, tmp_path):
    with pytest.raises(ValueError, match="out of their range") as error:
        write_recipe(aggregates, tmp_path / "www", Service(processes=9, most=501, port=70000, first_port=65530))
    assert str(error.value) == (
        "Numbers out of their range came: --kernels 501: 1 to 500; --port 70000: 1 to 65535; --first-port 65530: 1 to "
        "65527 would be right. See what each is for: workbench serve --help"
    )
    assert not (tmp_path / "www").exists()


def test_without_superlance_nothing_is_written(aggregates, tmp_path, monkeypatch):
    monkeypatch.setattr(recipe.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ValueError, match="superlance") as error:
        write_recipe(aggregates, tmp_path / "www")
    assert str(error.value).splitlines()[0] == (
        "superlance is not installed; it asks each page process whether it is well. "
        "Install it: pip install 'imaging-workbench[serving]'"
    )
    assert not (tmp_path / "www").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes as somebody else")
def test_a_place_that_the_pages_could_not_read_is_named(aggregates, tmp_path):
    tmp_path.chmod(0o700)
    with pytest.raises(ValueError, match="cannot read") as error:
        write_recipe(aggregates, tmp_path / "www")
    closed = [each for each in (Path(sys.executable), Path(os.__file__)) if not recipe._is_open(each)]
    assert str(error.value) == (
        f"The user 'nobody', as whom the pages run, cannot read {', '.join(map(str, [*closed, tmp_path / 'www']))}. A "
        "place that everybody may enter would be right, such as /opt or /srv. Install or write it there, or run this "
        "as a user of its own instead of root."
    )


def test_with_a_certificate_the_address_is_encrypted_and_stays_so(aggregates, tmp_path):
    service = Service(host="data.example.org", port=443, certificate="/etc/c.pem", key="/etc/k.pem", user="root")
    folder = write_recipe(aggregates, tmp_path / "www", service)
    text = (folder / "nginx.conf").read_text()
    for line in ("listen 443 ssl http2;", "ssl_certificate /etc/c.pem;", "ssl_protocols TLSv1.2 TLSv1.3;"):
        assert line in text
    assert "Strict-Transport-Security" in text
    assert "@" not in text
    assert "@" not in (folder / "supervisord.conf").read_text()
    service_text = (folder / "workbench-page@.service").read_text()
    assert "WatchdogSec=15" in service_text
    assert "MemoryMax=2000M" in service_text  # 400 for the process and 80 for each of 20 kernels


def test_what_could_not_be_started_is_refused_before_anything_is_counted(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("workbench.cli.publishing.open_publication", lambda _: pytest.fail("It was counted."))
    assert main(["serve", f"--recipe={tmp_path / 'www'}", "--first-port=70000"]) != 0
    assert "--first-port 70000: 1 to 65534" in capsys.readouterr().err
