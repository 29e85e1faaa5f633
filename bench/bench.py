#!/usr/bin/python3
"""Speed beside Debian's libvirt: two processes, one per module, take turns case by case in one run.

A ratio above 1 means that Corral is faster by that factor. What is printed is the median over the rounds, for the
ratio that of the pairs. There are no limits here: machines differ, ratios less so."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Worker:
    """A process that has imported one of the two modules."""

    def __init__(self, module: str) -> None:
        environment = dict(os.environ)
        if module == "libvirt":
            # Debian's module on Debian's library, whatever this shell exports
            for name in ("PYTHONPATH", "LD_LIBRARY_PATH"):
                environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "worker.py"), module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, **question) -> dict:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the worker ended while asked {question}")
        return json.loads(line)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def amount(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.2f} {unit}"
    return f"{nanoseconds:.0f} ns"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    ours, theirs = Worker("corral"), Worker("libvirt")
    print(f"{'case':<34}{'corral':>12}{'libvirt':>12}{'ratio':>8}   pairs")
    figures = {}
    for name in ours.ask(do="list")["cases"]:
        if options.only not in name:
            continue
        pairs = []
        for number in range(options.rounds):
            order = (ours, theirs) if number % 2 == 0 else (theirs, ours)
            answers = {worker: worker.ask(do="run", case=name) for worker in order}
            pairs.append((answers[ours]["value"], answers[theirs]["value"]))
        kind = answers[ours]["kind"]
        show = amount if kind == "time" else (lambda value: f"{value:.0f} {kind}")
        ratios = sorted(b / a if a else float("inf") for a, b in pairs)
        a, b = (statistics.median(column) for column in zip(*pairs))
        print(f"{name:<34}{show(a):>12}{show(b):>12}{statistics.median(ratios):>8.2f}   {ratios[0]:.2f} … {ratios[-1]:.2f}", flush=True)
        figures[name] = {"corral": a, "libvirt": b, "ratio": statistics.median(ratios), "low": ratios[0], "high": ratios[-1], "unit": kind}
    for worker in (ours, theirs):
        worker.end()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as stream:
            json.dump(figures, stream, indent=2)


if __name__ == "__main__":
    main()
