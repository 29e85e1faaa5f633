"""What a daemon has been called for: python3 called.py SOCKET FILE appends its counts of calls and of refusals.

SOCKET is the daemon's metrics_socket. Lines of FILE are: procedure, calls, those of them answered by an error."""

from __future__ import annotations

import re
import socket
import sys


def scrape(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        sock.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        data = b""
        while more := sock.recv(65536):
            data += more
    return data.decode()


def record(metrics: str, file: str) -> None:
    found = {key: dict(re.findall(rf'^corral_{key}_total{{procedure="(\w+)"}} (\d+)$', metrics, re.M)) for key in ("calls", "call_errors")}
    with open(file, "a", encoding="utf-8") as out:
        out.write("".join(f"{name} {number} {found['call_errors'].get(name, 0)}\n" for name, number in found["calls"].items()))


if __name__ == "__main__":
    record(scrape(sys.argv[1]), sys.argv[2])
