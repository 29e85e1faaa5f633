#!/usr/bin/python3
"""Calls through corrald beside calls through Debian's libvirtd: each daemon with a folder of its own and the test
driver behind it, each with its own client library, case by case in turn.

A ratio above 1 means that Corral is faster by that factor, but for round trips: there it is what a call takes
measured by a bare exchange of the same bytes on a socket of the same two processes."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("CORRAL_BUILD", HERE.parent / "build" / "release"))
POOL = "<pool type='dir'><name>corral-bench</name><target><path>{}</path></target></pool>"
CONFIG = """unix_sock_dir = "{0}"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "3:file:{0}/log"
"""


class Daemon:
    """One of the two, below a folder of its own; measures how long it takes to be there."""

    library: str
    program: str
    command: list[str]

    def __init__(self, echo: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.echo = self.folder / "echo"
        self.prepare()
        env = {name: value for name, value in os.environ.items() if name not in ("LD_LIBRARY_PATH", "PYTHONPATH")}
        if echo:
            env |= {"BENCH_ECHO": str(self.echo), "BENCH_NAME": Path(self.program).name, "LD_PRELOAD": str(BUILD / "bench" / "libbench_echo.so")}
        begin = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=env, stderr=subprocess.DEVNULL)
        self.wait()
        self.ready = time.perf_counter() - begin

    def prepare(self) -> None:
        raise NotImplementedError

    def wait(self) -> None:
        """Until somebody takes a connection."""
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(self.socket))
                    return
                except OSError:
                    time.sleep(0.001)
            if self.process.poll() is not None:
                raise SystemExit(f"{self.command}: ended with {self.process.returncode}")

    @property
    def socket(self) -> Path:
        raise NotImplementedError

    def run(self, case: str, argument: str = "", uri: str = "test:///default") -> list[list[float]]:
        driver, path = uri.split("://")
        command = [str(BUILD / "bench" / "bench_remote_calls"), self.library, f"{driver}+unix://{path}?socket={self.socket}", case, argument]
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [[float(word) for word in line.split()] for line in text.splitlines()]

    def resident(self) -> float:
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


class Corrald(Daemon):
    library = str(BUILD / "lib" / "libcorral.so.0")
    program = str(BUILD / "bin" / "corrald")

    def prepare(self) -> None:
        self.command = [self.program, "--root", str(self.folder)]

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "corral-sock"


class Libvirtd(Daemon):
    library = "libvirt.so.0"
    program = "/usr/sbin/libvirtd"

    def prepare(self) -> None:
        config = self.folder / "libvirtd.conf"
        config.write_text(CONFIG.format(self.folder))
        # in a namespace: there may be another one on this machine, whose files and networks are none of ours
        places = " ".join(f"/{name}/libvirt" for name in ("run", "etc", "var/lib", "var/cache", "var/log"))
        start = f"for place in {places}; do mount -t tmpfs none $place || exit 1; done; exec {self.program} -f {config} -p {self.folder}/pid"
        self.command = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--mount", "--net", "sh", "-c", start]

    @property
    def socket(self) -> Path:
        return self.folder / "libvirt-sock"


def show(name: str, ours: str, theirs: str, ratios: list[float]) -> None:
    ratios = sorted(ratios)
    print(f"{name:<42}{ours:>14}{theirs:>14}{statistics.median(ratios):>8.2f}   {ratios[0]:.2f} … {ratios[-1]:.2f}", flush=True)


class Bench:
    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.figures: dict[str, dict[str, object]] = {}
        self.ours, self.theirs = Corrald(), Libvirtd()

    def keep(self, name: str, ours: float, theirs: float, ratios: list[float], unit: str) -> None:
        self.figures[name] = {"corral": ours, "libvirt": theirs, "ratio": statistics.median(ratios), "low": min(ratios), "high": max(ratios),
                              "unit": unit}
        show(name, f"{ours:.1f} {unit}", f"{theirs:.1f} {unit}", ratios)

    def trip(self) -> None:
        """Each client on its own daemon, against the bare exchange between the same processes."""
        sides = {}
        for side, daemon in (("corral", self.ours), ("libvirt", self.theirs)):
            rounds = daemon.run("trip", str(daemon.echo))
            call, bare = (statistics.median(column) / 1e3 for column in zip(*rounds))
            sides[side] = call
            ratios = [a / b for a, b in rounds]
            show(f"round trip over bare, {side}", f"{call:.1f} µs", f"bare {bare:.1f} µs", ratios)
            self.figures[f"round trip over bare, {side}"] = {"call": call, "bare": bare, "ratio": statistics.median(ratios),
                                                             "low": min(ratios), "high": max(ratios), "unit": "µs"}
        self.keep("round trip", sides["corral"], sides["libvirt"], [sides["libvirt"] / sides["corral"]], "µs")

    def pairs(self, name: str, case: str, unit: str, size: float, **more: tuple[str, str]) -> None:
        """Times are compared the other way round than speeds. Of a run its best slice counts: what else the machine does
        makes slices slower, never faster."""
        fast = unit in ("calls/s", "MB/s")
        best = max if fast else min
        ours, theirs = [], []
        for number in range(self.rounds):
            for daemon, values in ((self.ours, ours), (self.theirs, theirs))[:: 1 if number % 2 == 0 else -1]:
                argument, uri = more.get(daemon.library, ("", "test:///default"))
                values.append(best(row[0] for row in daemon.run(case, argument, uri)) / size)
        ratios = [a / b if fast else b / a for a, b in zip(ours, theirs)]
        self.keep(name, statistics.median(ours), statistics.median(theirs), ratios, unit)

    def download(self) -> None:
        """libvirt's test driver has no contents of volumes, so its daemon reads from a folder in memory."""
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            self.pairs("volume download, 256 MiB", "download", "MB/s", 1, **{
                self.ours.library: (POOL.format("/bench"), "test:///default"),
                self.theirs.library: (POOL.format(folder), "storage:///system")})

    def start(self) -> None:
        times: list[list[float]] = [[], []]
        sizes: list[list[float]] = [[], []]
        for _ in range(self.rounds):
            for side, kind in enumerate((Corrald, Libvirtd)):
                daemon = kind(echo=False)
                times[side].append(daemon.ready * 1e3)
                time.sleep(0.5)
                sizes[side].append(daemon.resident())
                daemon.end()
        for name, unit, (a, b) in (("daemon ready", "ms", times), ("daemon resident, idle", "MB", sizes)):
            self.keep(name, statistics.median(a), statistics.median(b), [y / x for x, y in zip(a, b)], unit)

    def end(self) -> None:
        self.ours.end()
        self.theirs.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    bench = Bench(options.rounds)
    cases = {
        "trip": bench.trip,
        "threads": lambda: bench.pairs("8 threads on one connection", "threads", "calls/s", 1),
        "open": lambda: bench.pairs("open+close", "open", "µs", 1e3),
        "list": lambda: bench.pairs("listAllDomains, 5,000 guests", "list", "ms", 1e6),
        "stats": lambda: bench.pairs("getAllDomainStats, 1,000 running", "stats", "ms", 1e6),
        "download": bench.download,
        "start": bench.start,
    }
    print(f"{'through the daemons':<42}{'corral':>14}{'libvirt':>14}{'ratio':>8}   pairs")
    try:
        for name, run in cases.items():
            if options.only in name:
                run()
    finally:
        bench.end()
    if options.json:
        path = Path(options.json) # which may have the figures without daemons
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(before | bench.figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
