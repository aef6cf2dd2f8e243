"""Start a page process: it says that it is alive at once, and that it is ready when its seconds of imports are over.

Without the first, a busy machine that takes long to start would be restarted again and again by what watches it.
"""

import http.server
import sys
import threading
import warnings
from collections.abc import Callable

_PORT = "--port="


class _Starting(http.server.BaseHTTPRequestHandler):
    """Answers the health check well and everything else with: come again."""

    def do_GET(self) -> None:
        is_health = self.path == "/health"
        self.send_response(200 if is_health else 502)  # 503 says that all places are taken, which is not so
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"status": "starting"}')

    def version_string(self) -> str:
        return "pages"

    def log_message(self, *words: object) -> None:
        pass


def _say_alive(port: int) -> Callable[[], None]:
    """Answer the health check until what is returned is called."""
    try:
        answering = http.server.HTTPServer(("127.0.0.1", port), _Starting)
    except OSError:  # the server itself will say why
        return lambda: None
    thread = threading.Thread(target=answering.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def _stop() -> None:
        answering.shutdown()
        answering.server_close()
        thread.join()

    return _stop


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # they name folders, and nobody who reads the log can mend them
    chosen = [word.removeprefix(_PORT) for word in sys.argv if word.startswith(_PORT)]
    stop_saying = _say_alive(int(chosen[-1]) if chosen else 0)
    from workbench.presentation.serving.app import VoilaPages

    VoilaPages.launch_instance(before_listening=stop_saying)
