"""A daemon of a test's own, and clients that speak the protocol frame by frame."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

SOURCE = Path(os.environ.get("CORRAL_SOURCE", Path(__file__).parents[2]))
BUILD = Path(os.environ.get("CORRAL_BUILD", SOURCE / "build"))
CORRALD = BUILD / "bin" / "corrald"
FACTS: dict[str, Any] = json.loads((SOURCE / "tests" / "facts" / "wire.json").read_text())

PROGRAMS = {"remote": 0x20008086, "qemu": 0x20008087, "lxc": 0x00068000}
KEEPALIVE = 0x6B656570
CALL, REPLY, MESSAGE = 0, 1, 2
OK, ERROR = 0, 1

ERR_INTERNAL, ERR_NO_SUPPORT, ERR_INVALID_ARG, ERR_OPERATION_DENIED, ERR_RPC = 1, 3, 8, 29, 39
ERR_NO_CONNECT, ERR_NO_DOMAIN, ERR_AUTH_FAILED, ERR_ACCESS_DENIED, ERR_AUTH_UNAVAILABLE = 5, 42, 45, 88, 94


def apart(script: str, *arguments: str) -> list[str]:
    """The command that runs a shell's script among mounts of its own, which nobody else sees. Below a root that is no mount, as
    chroot makes one, nothing can be made private by its path: there the mounts are as private as those around."""
    return ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", f"mount --make-rprivate / 2>/dev/null; {script}", *arguments]


class Daemon:
    """corrald below a folder of its own; it has said that it is ready when this is made."""

    def __init__(self, config: str = "", *args: str, environment: dict[str, str] | None = None, prefix: tuple[str, ...] = (),
                 pass_fds: tuple[int, ...] = ()) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="corrald-"))
        self.root.chmod(0o755)
        self.config = self.root / "etc" / "corral" / "corrald.conf"
        self.config.parent.mkdir(parents=True)
        if config:
            self.config.write_text(config)
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(str(self.root / "notify"))
        # the leaks of those that are ended at once are no leaks
        env = os.environ | {"NOTIFY_SOCKET": str(self.root / "notify")} | (environment or {})
        self.errors = open(self.root / "stderr", "w+b")
        self.process = subprocess.Popen([*prefix, str(CORRALD), "--root", str(self.root), *args], env=env, stderr=self.errors,
                                        pass_fds=pass_fds)
        self.ready = self.wait_notified("READY=1")

    def wait_notified(self, word: str) -> str:
        """What the service manager is told that has the word in it; fails when the process ends before."""
        self.notified.settimeout(0.05)
        while True:
            try:
                text = self.notified.recv(4096).decode()
            except TimeoutError:
                if self.process.poll() is not None:
                    status = self.process.returncode
                    raise AssertionError(f"corrald has ended with {status}: {self.log()}") from None
                continue
            if word in text:
                return text

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def rw(self) -> Path:
        return self.run / "corral-sock"

    @property
    def ro(self) -> Path:
        return self.run / "corral-sock-ro"

    def uri(self, driver: str = "test", path: str = "/default", read_only: bool = False) -> str:
        return f"{driver}+unix://{path}?socket={self.ro if read_only else self.rw}"

    def log(self) -> str:
        return (self.root / "stderr").read_text(errors="replace")

    def reload(self, config: str) -> None:
        self.config.write_text(config)
        self.process.send_signal(signal.SIGHUP)
        self.wait_notified("RELOADING=1")
        self.wait_notified("READY=1")

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait()
        self.errors.close()
        self.notified.close()
        shutil.rmtree(self.root)
        return status

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *args: object) -> None:
        running = self.process.poll() is None
        if running:
            self.process.terminate()
            self.process.wait()
        log = self.log() if self.root.exists() else ""
        print(log, end="", file=sys.stderr)  # shown with what fails
        status = self.stop() if self.root.exists() else 0
        # what a sanitizer has to say comes at the end
        assert status == 0 or not running or args[0], log


def refused(config: str, *args: str) -> str:
    """What a daemon says that does not start with that configuration."""
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "etc" / "corral" / "corrald.conf"
        path.parent.mkdir(parents=True)
        path.write_text(config)
        run = subprocess.run([str(CORRALD), "--root", root, *args], capture_output=True, text=True)
        assert run.returncode == 1, run
        return run.stderr.replace(str(path), "FILE").strip()


@dataclass
class Answer:
    status: int
    payload: bytes
    code: int = 0
    domain: int = 0
    message: str = ""


class Client:
    """One connection, frame by frame."""

    def __init__(self, path: Path | str | None = None, sock: socket.socket | None = None) -> None:
        self.socket = sock or socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if path is not None:
            self.socket.connect(str(path))
        self.serial = 0
        self.messages: list[tuple[int, int, bytes]] = []
        self.pings = 0
        self.answers_pings = True

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *args: object) -> None:
        self.socket.close()

    def send(self, number: int, payload: bytes = b"", program: int = PROGRAMS["remote"], type: int = CALL, serial: int | None = None) -> int:
        if serial is None:
            self.serial += 1
            serial = self.serial
        frame = struct.pack(">IIiIII", program, 1, number, type, serial, OK) + payload
        self.socket.sendall(struct.pack(">I", len(frame) + 4) + frame)
        return serial

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def frame(self) -> tuple[tuple[int, ...], bytes]:
        size = struct.unpack(">I", self.read(4))[0]
        data = self.read(size - 4)
        return struct.unpack(">IIiIII", data[:24]), data[24:]

    def next(self) -> tuple[tuple[int, ...], bytes]:
        """The next frame that is not about being alive."""
        while True:
            header, payload = self.frame()
            if header[0] != KEEPALIVE:
                return header, payload
            if header[2] == 1:
                self.pings += 1
                if self.answers_pings:
                    self.send(2, program=KEEPALIVE, type=MESSAGE, serial=0)

    def until(self, done: Callable[[list[tuple[int, int, bytes]]], bool]) -> None:
        """Takes events until there are those that are waited for."""
        while not done(self.messages):
            header, payload = self.next()
            self.messages.append((header[0], header[2], payload))

    def wait(self, serial: int) -> Answer:
        while True:
            (program, _, number, type, found, status), payload = self.next()
            if type == MESSAGE:
                self.messages.append((program, number, payload))
            elif found == serial:
                return error_of(payload) if status == ERROR else Answer(OK, payload)

    def call(self, number: int | str, payload: bytes = b"", program: str = "remote") -> Answer:
        if isinstance(number, str):
            number = NUMBERS[number]
        return self.wait(self.send(number, payload, PROGRAMS[program]))

    def open(self, uri: str = "test:///default", flags: int = 0) -> Client:
        answer = self.call("CONNECT_OPEN", string_or_null(uri) + uint(flags))
        assert answer.status == OK, answer
        return self

    def act_as(self, **facts: str | int) -> Answer:
        """Says on whose behalf it calls from now on."""
        names = {"user": ("user-name", 7), "uid": ("unix-user-id", 4), "gid": ("unix-group-id", 4), "group": ("group-name", 7),
                 "sasl": ("sasl-user-name", 7), "x509": ("x509-distinguished-name", 7), "pid": ("process-id", 3)}
        payload = uint(len(facts))
        for key, value in facts.items():
            name, kind = names[key]
            payload += string(name) + uint(kind) + (string(value) if isinstance(value, str) else struct.pack(">Q", value))
        return self.call("CONNECT_SET_IDENTITY", payload + uint(0))


NUMBERS = {item["name"].removeprefix("REMOTE_PROC_"): item["number"] for item in FACTS["remote"]["procedures"]}


def error_of(payload: bytes) -> Answer:
    code, domain, there = struct.unpack(">iiI", payload[:12])
    message = ""
    if there:
        size = struct.unpack(">I", payload[12:16])[0]
        message = payload[16:16 + size].decode()
    return Answer(ERROR, payload, code, domain, message)


# --- XDR

def uint(value: int) -> bytes:
    return struct.pack(">I", value & 0xFFFFFFFF)


def string(text: str) -> bytes:
    data = text.encode()
    return uint(len(data)) + data + b"\0" * (-len(data) % 4)


def string_or_null(text: str) -> bytes:
    return uint(1) + string(text)


def domain(name: str, uuid: bytes, id: int = -1) -> bytes:
    return string(name) + uuid + uint(id)


SCALARS = {"int": 4, "unsigned int": 4, "hyper": 8, "unsigned hyper": 8, "double": 8, "unsigned char": 4, "char": 4, "unsigned short": 4}


def blank(program: str, struct_name: str | None, **values: bytes) -> bytes:
    """The smallest message of that structure, but for the members that are given."""
    out = b""
    for member in FACTS[program]["structs"][struct_name] if struct_name else ():
        kind, name, size = re.fullmatch(r"(.*?)\s*\b(\w+)(?:[<\[](.*)[>\]])?", member).groups()
        pointer = kind.endswith("*")
        if name in values:
            out += values[name]
        elif "<" in member or pointer:
            out += uint(0)
        elif size:
            out += b"\0" * 4 * int(size)
        else:
            out += blank_of(program, kind)
    return out


def blank_of(program: str, kind: str) -> bytes:
    if kind in SCALARS:
        return b"\0" * SCALARS[kind]
    if kind == "remote_uuid":
        return b"\0" * 16
    if kind.endswith("string") or (kind.startswith("remote_") and kind not in FACTS["remote"]["structs"]):
        return uint(0) # empty, or not there
    return blank("remote" if kind.startswith("remote_") else program, kind)


def procedures(events: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """(program, procedure) of all that can be called."""
    return [(program, item) for program in PROGRAMS for item in FACTS[program]["procedures"] if bool(item["message"]) == events]
