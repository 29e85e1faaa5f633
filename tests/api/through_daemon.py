"""The same scenarios through a daemon: with CORRAL_THROUGH set, what opens a test URI gets it from a corrald of our own."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from types import ModuleType


class Daemon:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "run" / "corral-sock"
        program = Path(os.environ["CORRAL_BUILD"]) / "bin" / "corrald"
        self.process = subprocess.Popen([program, "--root", folder], stdin=subprocess.DEVNULL)
        while not self.socket.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"corrald ended with {self.process.returncode}")
            time.sleep(0.01)

    def uri(self, uri: str | None) -> str | None:
        if uri is None or not uri.startswith("test:"):
            return uri
        return f"{uri.replace('test:', 'test+unix:', 1)}{'&' if '?' in uri else '?'}socket={self.socket}"

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait()


def redirect(module: ModuleType, daemon: Daemon) -> None:
    """Every way to open a connection, as the module's users call them."""
    for name in ("open", "openReadOnly", "openAuth"):
        plain = getattr(module, name)

        def opened(uri=None, *args, plain=plain, **keywords):
            return plain(daemon.uri(keywords.pop("name", keywords.pop("uri", uri))), *args, **keywords)

        setattr(module, name, opened)
