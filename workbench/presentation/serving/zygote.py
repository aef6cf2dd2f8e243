"""A process that has imported what every page's kernel needs and forks a kernel on request, in milliseconds.

It opens no table and no connection to the network and starts no thread, so that a fork is safe. The memory of all that
it imported is shared by its kernels, copy on write.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

#: Largest message through the door.
MESSAGE_BYTES = 1 << 16

# All that a kernel loads until its page is shown, so that no kernel loads it again.
_NEEDED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.idna",
    "psutil",
    "tornado.platform.asyncio",
    "tornado.queues",
    "workbench.presentation.page",
    "workbench.presentation.serving.sparing",
)
#: Resources of a kernel that end it when it asks for more: what a page needs, several times over.
_LIMITS = {
    resource.RLIMIT_DATA: 200 << 20,  # bytes of memory of its own, half of it for threads
    resource.RLIMIT_CPU: 60,  # seconds of computing
    resource.RLIMIT_FSIZE: 0,  # it writes no file
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 256,
}
_STACK_BYTES = 1 << 20  # of a thread, instead of eight
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_REAP_MILLISECONDS = 1000


def serve_forks(door: socket.socket) -> None:
    """Fork a kernel for every request that comes through the door, until its other end closes.

    A request is JSON: ``argv`` of the kernel and ``cwd``. The answer is the process id as JSON with a descriptor of the
    process, by which it is watched and ended whatever becomes of its number.

    Parameters
    ----------
    door : socket.socket
        A Unix socket that keeps the borders of messages.
    """
    waiting = select.poll()
    waiting.register(door, select.POLLIN)
    while True:
        if waiting.poll(_REAP_MILLISECONDS):
            request = door.recv(MESSAGE_BYTES)
            if not request:
                return
            child = os.fork()
            if child == 0:
                _become_kernel(door, json.loads(request))
            descriptor = os.pidfd_open(child)
            with contextlib.suppress(OSError):
                socket.send_fds(door, [json.dumps(child).encode()], [descriptor])
            os.close(descriptor)
        _reap()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(door: socket.socket, request: dict[str, Any]) -> NoReturn:
    status = 1
    try:
        door.close()
        _settle(request["cwd"])
        import ipywidgets
        from ipykernel.kernelapp import IPKernelApp

        from workbench.presentation.serving.sparing import answer_sparingly

        kernel = IPKernelApp.instance()
        kernel.initialize(request["argv"])  # type: ignore[no-untyped-call]
        answer_sparingly(kernel.kernel)
        ipywidgets.register_comm_target()  # its import does so in a kernel only, and it was imported before
        kernel.start()  # type: ignore[no-untyped-call]
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    finally:
        os._exit(status)  # nothing of the zygote's own may run at the end of its kernel


def _settle(cwd: str) -> None:
    """Make the forked process one of its own: session, end, directory, streams, limits."""
    os.setsid()
    # A kernel whose server was killed must not stay behind.
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)  # it was killed before we asked
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(cwd)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(2):  # the third, the log, stays
        os.dup2(nowhere, stream)
    os.close(nowhere)
    threading.stack_size(_STACK_BYTES)
    for kind, limit in _LIMITS.items():
        resource.setrlimit(kind, (limit, limit))


def _import_pages() -> None:
    # A public page is not debugged; without debugpy a kernel is 30 MB and a second lighter.
    sys.modules["debugpy"] = None  # type: ignore[assignment] # the documented way to make an import fail
    for name in _NEEDED:
        importlib.import_module(name)
    tempfile.gettempdir()  # found by writing a file, which a kernel may not


@contextlib.contextmanager
def _profile() -> Iterator[None]:
    """Make what IPython would write at its first start, where kernels may read it: they write no file."""
    with tempfile.TemporaryDirectory(prefix="workbench-kernels-") as folder:
        os.environ["IPYTHONDIR"] = folder
        from IPython.core.profiledir import ProfileDir

        ProfileDir.create_profile_dir_by_name(folder, "default")  # type: ignore[no-untyped-call]
        yield


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # they name folders, and nobody who reads the log can mend them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when we end
    with _profile(), socket.socket(fileno=int(sys.argv[1])) as entrance:
        _import_pages()
        gc.collect()
        gc.freeze()  # a collection in a kernel must not write into, and so copy, what it shares
        entrance.send(b"ready")
        serve_forks(entrance)
