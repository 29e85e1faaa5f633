"""The same scenarios through a daemon: with CORRAL_THROUGH set, what opens a test URI gets it from a corrald of our own."""

from __future__ import annotations

import functools
import inspect
import os
import subprocess
import time
from pathlib import Path
from types import ModuleType
from typing import Callable


class Daemon:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "run" / "corral-sock"
        program = Path(os.environ["CORRAL_BUILD"]) / "bin" / "corrald"
        self.process = subprocess.Popen([program, "--root", folder], stdin=subprocess.DEVNULL)
        while not self.socket.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"corrald ended with {self.process.returncode}")
            time.sleep(0.01)

    def uri(self, uri: object) -> object:
        if not isinstance(uri, str) or not uri.startswith("test:"):
            return uri
        return f"{uri.replace('test:', 'test+unix:', 1)}{'&' if '?' in uri else '?'}socket={self.socket}"

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait()


def redirect(module: ModuleType, daemon: Daemon) -> None:
    """Every way to open a connection, as the module's users call them."""
    for name in ("open", "openReadOnly", "openAuth", "openReconnecting"):
        plain = getattr(module, name)

        setattr(module, name, _redirected(plain, daemon))


def _redirected(plain: Callable[..., object], daemon: Daemon) -> Callable[..., object]:
    first = next(iter(inspect.signature(plain).parameters))

    @functools.wraps(plain)
    def opened(*args: object, **keywords: object) -> object:
        if args:
            args = (daemon.uri(args[0]), *args[1:])
        elif first in keywords:
            keywords[first] = daemon.uri(keywords[first])
        return plain(*args, **keywords)

    return opened
