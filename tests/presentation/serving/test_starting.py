"""Serving refuses early, with the port to use instead."""

import signal
import socket
import subprocess
import sys

import pytest

from tests.attack.visitors import ask
from tests.presentation.browsing import free_port
from tests.presentation.site.small_site import write_small
from workbench.presentation.serving import running_page, serve


@pytest.fixture
def page_file(tmp_path):
    return write_small(tmp_path / "pages") / "overview.json"


def test_a_taken_port_is_refused_and_a_free_one_is_named(page_file):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match="cannot be used") as error:
            serve(page_file, port=port)
    said, _, named = str(error.value).rpartition(" ")
    assert said == (
        f"Port {port} on 127.0.0.1 cannot be used: Address already in use. A free port is needed. "
        "Try: workbench serve --port"
    )
    assert int(named) != port


def test_a_number_that_is_no_port_is_refused(page_file):
    with pytest.raises(ValueError, match="Port 0") as error:
        serve(page_file, port=0)
    assert str(error.value) == ("Port 0 came. A port is 1 to 65535. Try the usual one: workbench serve --port 8866")


@pytest.mark.slow
def test_a_server_on_this_machine_tells_strangers_nothing_and_ends_with_who_started_it(page_file):
    with running_page(page_file, port=free_port(), preheat=False, host="desk.example.org") as (address, voila):
        page_file.unlink()  # after the server has checked it
        html = ask(address, "/explore/overview").text
        assert "voila_finish" in html, "the whole page came, which says in the browser that its numbers are missing"
        assert str(page_file.parent) not in html
        assert "Traceback" not in html
        for host, status in {
            "localhost:1": 200,
            "[::1]": 200,
            "desk.example.org": 200,
            "evil.example:8866": 421,
        }.items():
            answer = ask(address, "/health", headers={"Host": host})
            assert answer.status == status
        assert "This name is not known here" in answer.text
        assert voila.stdin is not None
        voila.stdin.close()  # as the system does where we are killed
        assert voila.wait(timeout=20) == 0


# In place of Voila, which the test above starts: what answers that it is well, and nothing else.
STAND_IN = """
import http.server, sys
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Well).serve_forever()
"""
PROGRAM = """
import pathlib, sys
import polars
from workbench.presentation.serving import starting
page, port, stand_in = sys.argv[1:]
starting.voila_command = lambda *_, **__: [sys.executable, "-c", stand_in, port]
polars.DataFrame({"x": [1]}).lazy().collect()
sys.exit(starting.serve(pathlib.Path(page), port=int(port)))
"""


@pytest.mark.slow
def test_ctrl_c_stops_the_server_although_polars_has_run(page_file):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(page_file), str(port), STAND_IN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if "Stop with Ctrl-C" in line:
            break
    assert any(line.startswith("Start page:") for line in said)
    server.send_signal(signal.SIGINT)
    assert server.wait(timeout=30) == 0
    assert server.stdout.read() == "\nStopped.\n"
    server.stdout.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "what it started has ended too"
