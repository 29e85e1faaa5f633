"""The same scenarios through a daemon: with CORRAL_THROUGH set, what opens a test URI gets it from a corrald of our own."""

from __future__ import annotations

import functools
import inspect
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Callable


sys.path.append(str(Path(__file__).parents[1] / "support"))
import called  # noqa: E402

#: the file that gets what the daemon was called for
CALLED = os.environ.get("CORRAL_CALLED")


class Socket:
    """Where somebody else's daemon listens."""

    def __init__(self, path: Path | str) -> None:
        self.socket = path

    def uri(self, uri: object) -> object:
        if not isinstance(uri, str) or not uri.startswith("test:"):
            return uri
        return f"{uri.replace('test:', 'test+unix:', 1)}{'&' if '?' in uri else '?'}socket={self.socket}"


class Daemon(Socket):
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "run" / "corral-sock"
        self.metrics = folder / "metrics"
        config = folder / "etc" / "corral" / "corrald.conf"
        config.parent.mkdir(parents=True)
        config.write_text(f'metrics_socket = "{self.metrics}"\n')
        program = Path(os.environ["CORRAL_BUILD"]) / "bin" / "corrald"
        self.process = subprocess.Popen([program, "--root", folder], stdin=subprocess.DEVNULL)
        while not self.socket.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"corrald ended with {self.process.returncode}")
            time.sleep(0.01)

    def end(self) -> int:
        if CALLED:
            called.record(called.scrape(str(self.metrics)), CALLED)
        self.process.terminate()
        return self.process.wait()


def redirect(module: ModuleType, daemon: Socket) -> None:
    """Every way to open a connection, as the module's users call them."""
    for name in ("open", "openReadOnly", "openAuth", "openReconnecting"):
        plain = getattr(module, name)

        setattr(module, name, _redirected(plain, daemon))


def _redirected(plain: Callable[..., object], daemon: Socket) -> Callable[..., object]:
    first = next(iter(inspect.signature(plain).parameters))

    @functools.wraps(plain)
    def opened(*args: object, **keywords: object) -> object:
        if args:
            args = (daemon.uri(args[0]), *args[1:])
        elif first in keywords:
            keywords[first] = daemon.uri(keywords[first])
        return plain(*args, **keywords)

    return opened
