"""The recipe for production: a folder with the static pages and what nginx and a service manager need for live ones.

nginx keeps visitors within caps and gives every file; several page processes share the visitors; supervisord asks each
of them whether it is well, and kills and replaces one that does not answer. The same is written for systemd.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.presentation.serving.live import EXPLORE, ROWS, live_pages, page_environment
from workbench.presentation.serving.plain import (
    EMBED_POLICY,
    HEADERS,
    LIVE_POLICY,
    RETRY_SECONDS,
    STATIC_POLICY,
    busy_page,
    plain_page,
    starting_page,
)
from workbench.presentation.staging import replaced_folder
from workbench.presentation.vega_bundle import vega_bundle

_MARK = "recipe.json"
_CONF = Path(__file__).resolve().parent / "conf"
#: Memory of one page process without its kernels, and of one kernel, in MB; measured 117 and 57 with what all of
#: them share, and what a process keeps for visitors who do not fetch it.
_SERVER_MB = 400
_KERNEL_MB = 80
_CONNECTIONS_PER_KERNEL = 12
_PER_VISITOR = 60
_PER_MINUTE = 60
_BURST = 30
_MOST_PROCESSES = 99
_LAST_PORT = 65535
#: What a page process learns of a request: nothing of the visitor.
_PASSED = {
    "Host": "$http_host",
    "X-Forwarded-Proto": "$scheme",
    "X-Forwarded-For": '""',
    "X-Real-IP": '""',
    "Cookie": '""',
}


@dataclass(frozen=True)
class Service:
    """How the pages are served.

    Attributes
    ----------
    host : str
        Name of the server; an underscore answers to any.
    port : int
        Where nginx listens; with a certificate 443 is usual.
    processes : int
        How many page processes share the visitors, 1 to 99; one for each core is right.
    most : int
        How many kernels each of them may have, so how many pages it makes within a minute and a half.
    first_port : int
        Port of the first page process; the others follow it.
    certificate, key : str
        Files for TLS; empty where another server in front ends it.
    user : str
        As whom the page processes run when all is started by root. It needs to read Python, the package and the folder,
        and should be able to do nothing else.
    """

    host: str = "_"
    port: int = 8080
    processes: int = 2
    most: int = 20
    first_port: int = 8901
    certificate: str = ""
    key: str = ""
    user: str = "nobody"


def write_recipe(aggregates: Path, folder: Path, service: Service = Service()) -> Path:
    """Return a folder that holds all that production needs, written whole or not at all.

    Parameters
    ----------
    aggregates : pathlib.Path
        What `workbench.presentation.aggregates.write_aggregates` wrote.
    folder : pathlib.Path
        Where to write; an earlier recipe there is replaced, so stop what runs from it first.
    service : Service
        How the pages are served.

    Returns
    -------
    pathlib.Path
        The folder: ``site``, ``pages``, ``live``, ``cache``, ``plain``, ``nginx.conf``, ``supervisord.conf`` and
        ``workbench-page@.service``.

    Raises
    ------
    ValueError
        When a number is out of its range, superlance is not installed, or the folder holds other files.
    PageProblem
        When a page of the aggregates is missing, changed or of another form.
    """
    place = folder.expanduser().resolve()
    check_service(service, place)
    notebooks = {key: file for key, file in live_pages(aggregates).items() if key != ROWS}
    from workbench.presentation.site.building import build_site  # draws, which a page process never does

    with replaced_folder(place, mark=_MARK) as staging:
        build_site(aggregates, staging / "site", explore=EXPLORE)
        shutil.copytree(aggregates, staging / "pages")
        bundle = vega_bundle().parent
        shutil.copytree(bundle, staging / "cache" / bundle.name)
        for name in ("run", "live", "plain"):
            (staging / name).mkdir()
        for file in notebooks.values():
            shutil.copy(file, staging / "live")
        told = _told_voila(place, {key: file.name for key, file in notebooks.items()}, service)
        _write(staging / "live" / "voila.json", json.dumps(told, indent=1))
        _write(staging / "plain" / "busy.html", busy_page())
        _write(staging / "plain" / "starting.html", starting_page())
        _write(staging / "plain" / "too_large.html", _too_large())
        for name, text in _configurations(place, tuple(notebooks), service).items():
            _write(staging / name, text)
        _write(staging / _MARK, json.dumps({"schema": "workbench-recipe/1"}))
        _open_for_reading(staging)
    return place


def _told_voila(place: Path, notebooks: dict[str, str], service: Service) -> dict[str, object]:
    environment = page_environment(place / "pages", keys=tuple(notebooks))
    environment["WORKBENCH_CACHE"] = environment["HOME"] = str(place / "cache")
    environment["JUPYTER_PATH"] += os.pathsep + str(Path(sys.prefix) / "share" / "jupyter")
    live = place / "live"
    return {
        "Voila": {"root_dir": str(live), "ip": "127.0.0.1", "base_url": f"/{EXPLORE}"},
        "VoilaPages": {
            "pages": {key: str(live / name) for key, name in notebooks.items()},
            "environment": environment,
        },
        "PageKernels": {"most": service.most},
    }


def _configurations(place: Path, keys: tuple[str, ...], service: Service) -> dict[str, str]:
    workers = {f"{n:02x}": service.first_port + n - 1 for n in range(1, service.processes + 1)}
    as_root = os.geteuid() == 0
    tools = Path(sys.executable).parent
    values = {
        "FOLDER": str(place),
        "PAGES": "|".join(keys),
        "HOST": service.host,
        "LISTEN": _listen(service),
        "TRANSPORT": 'add_header Strict-Transport-Security "max-age=31536000" always;' if service.certificate else "",
        "STATIC_POLICY": STATIC_POLICY,
        "EMBED_POLICY": EMBED_POLICY,
        "LIVE_POLICY": LIVE_POLICY,
        "PERMISSIONS": HEADERS["Permissions-Policy"],
        "RETRY": str(RETRY_SECONDS),
        "MAKING": str(service.processes * service.most),
        "PER_VISITOR": str(_PER_VISITOR),
        "PER_MINUTE": str(_PER_MINUTE),
        "BURST": str(_BURST),
        "NGINX_USER": "user nobody nogroup;" if as_root else "",
        "SERVERS": _lines(f"server 127.0.0.1:{port} max_fails=0;" for port in workers.values()),
        "UPSTREAMS": _lines(
            (f"upstream page_{worker} {{ server 127.0.0.1:{port}; }}" for worker, port in workers.items()), indent=4
        ),
        "PROCESSES": _lines(f"~/(kernels|shutdown)/{worker} page_{worker};" for worker in workers),
        "PASSED": _lines((f"proxy_set_header {name} {value};" for name, value in _PASSED.items()), indent=12),
        "PYTHON": sys.executable,
        "HTTPOK": str(tools / "httpok"),
        "MEMMON": str(tools / "memmon"),
        "SERVER_MB": str(_SERVER_MB),
        "MEMORY_MB": str(_SERVER_MB + service.most * _KERNEL_MB),
        "TASKS": str(64 + service.most * _CONNECTIONS_PER_KERNEL),
        "PORT_BASE": str(service.first_port - 1),
        "INSTANCES": " ".join(f"workbench-page@{worker}" for worker in workers),
        "USER": f"user={service.user}" if as_root else "",
        "ROOT": "user=root" if as_root else "",
    }
    program = _text("program.conf")
    programs = "".join(_filled(program, values | {"WORKER": w, "PORT": str(p)}) for w, p in workers.items())
    # supervisord takes a percent sign for the start of a name of its own
    values["PROGRAMS"] = programs
    return {
        "nginx.conf": _filled(_text("nginx.conf"), values | {"SERVER": _filled(_text("server.conf"), values).strip()}),
        "supervisord.conf": _filled(_text("supervisord.conf"), values),
        "start_nginx.sh": _filled(_text("start_nginx.sh"), values),
        "workbench-page@.service": _filled(_text("page.service"), values),
    }


def _listen(service: Service) -> str:
    if not service.certificate:
        return f"listen {service.port};\n        # With TLS: workbench serve --recipe FOLDER --tls CERTIFICATE KEY"
    return (
        f"listen {service.port} ssl http2;\n"
        f"        ssl_certificate {service.certificate};\n"
        f"        ssl_certificate_key {service.key};\n"
        "        ssl_protocols TLSv1.2 TLSv1.3;\n"
        "        ssl_session_tickets off;"
    )


def check_service(service: Service, folder: Path) -> None:
    """Refuse a service that could not be started, before anything is counted for its pages.

    Parameters
    ----------
    service : Service
        How the pages are to be served.
    folder : pathlib.Path
        Where the recipe is to be written.

    Raises
    ------
    ValueError
        When a number is out of its range, superlance is not installed, or the pages could not be read.
    """
    wrong = [
        f"{name} {number}: {least} to {most}"
        for name, number, least, most in (
            ("--processes", service.processes, 1, _MOST_PROCESSES),
            ("--kernels", service.most, 1, 500),
            ("--port", service.port, 1, _LAST_PORT),
            ("--first-port", service.first_port, 1, _LAST_PORT + 1 - service.processes),
        )
        if not least <= number <= most
    ]
    if wrong:
        raise ValueError(
            f"Numbers out of their range came: {'; '.join(wrong)} would be right. "
            "See what each is for: workbench serve --help"
        )
    lacking = []
    if not (Path(sys.executable).parent / "httpok").is_file():
        lacking.append(
            "superlance is not installed; it asks each page process whether it is well. "
            "Install it: pip install 'imaging-workbench[serving]'"
        )
    place = folder.expanduser().resolve()
    if os.geteuid() == 0 and service.user != "root":
        closed = [each for each in (Path(sys.executable), Path(os.__file__), _CONF, place) if not _is_open(each)]
        if closed:
            lacking.append(
                f"The user {service.user!r}, as whom the pages run, cannot read {', '.join(map(str, closed))}. A place "
                "that everybody may enter would be right, such as /opt or /srv. Install or write it there, or run this "
                "as a user of its own instead of root."
            )
    if lacking:
        raise ValueError("\n".join(lacking))


def _is_open(path: Path) -> bool:
    """Whether everybody may enter all folders above a path."""
    return all(each.stat().st_mode & 0o001 for each in path.resolve().parents if each.exists())


def _too_large() -> str:
    return plain_page(
        "That is too large", 'Nothing can be uploaded here. Everything public starts at the <a href="/">start page</a>.'
    )


def _text(name: str) -> str:
    return (_CONF / name).read_text(encoding="utf-8")


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _lines(each: Iterable[str], *, indent: int = 8) -> str:
    return f"\n{' ' * indent}".join(each)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _open_for_reading(folder: Path) -> None:
    """Let the page processes, which run as nobody, read all of it whatever the umask was."""
    for each in folder.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)
