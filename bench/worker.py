"""One side of the comparison: imports the module it is told and times the cases it is asked for.

Every case is a generator: what stands before its `yield` is preparation, what it yields is (function, calls),
what stands behind it cleans up. A third value divides the time further."""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from typing import Callable, Iterator

lib = importlib.import_module(sys.argv[1])
CASES: dict[str, Callable[[], Iterator]] = {}
SMALL = """<domain type='test'><name>{name}</name><memory>65536</memory><vcpu>1</vcpu>
<os><type>hvm</type></os></domain>"""


def disks(n: int) -> str:
    return "".join(
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/var/lib/images/d{i}.qcow2'/>"
        f"<target dev='sd{letters(i)}' bus='scsi'/><serial>D{i}</serial></disk>" for i in range(n))


def letters(i: int) -> str:
    text = ""
    i += 1
    while i:
        i, rest = divmod(i - 1, 26)
        text = chr(97 + rest) + text
    return text


def interfaces(n: int) -> str:
    return "".join(
        f"<interface type='network'><mac address='52:54:00:00:{i // 256:02x}:{i % 256:02x}'/><source network='default'/><model type='virtio'/></interface>"
        for i in range(n))


def guest(name: str, n_disks: int, n_interfaces: int) -> str:
    return (
        f"<domain type='test'><name>{name}</name><title>A guest</title><memory unit='MiB'>4096</memory><vcpu>4</vcpu>"
        "<os><type arch='x86_64'>hvm</type><boot dev='hd'/></os><features><acpi/><apic/></features><clock offset='utc'/>"
        f"<devices>{disks(n_disks)}{interfaces(n_interfaces)}<console type='pty'/><memballoon model='virtio'/></devices></domain>")


def case(name: str):
    def register(make):
        CASES[name] = make
        return make
    return register


class World:
    """A connection to a world of its own, so that nothing that other cases leave behind counts."""

    def __init__(self) -> None:
        self.path = f"/tmp/corral-bench-{os.getpid()}.xml"
        with open(self.path, "w", encoding="utf-8") as stream:
            stream.write("<node></node>")
        self.conn = lib.open(f"test://{self.path}")

    def close(self) -> None:
        self.conn.close()
        os.unlink(self.path)


def quick(name: str, make):
    """A case of one call on the running guest of test:///default."""
    @case(name)
    def run():
        conn = lib.open("test:///default")
        dom = conn.lookupByName("test")
        yield make(conn, dom), 20000
        del dom
        conn.close()


quick("getVersion", lambda conn, dom: conn.getVersion)
quick("name", lambda conn, dom: dom.name)
quick("info", lambda conn, dom: dom.info)
quick("state", lambda conn, dom: dom.state)
quick("lookupByName", lambda conn, dom: lambda: conn.lookupByName("test"))
quick("XMLDesc", lambda conn, dom: dom.XMLDesc)


def miss(conn) -> None:
    try:
        conn.lookupByName("nobody")
    except lib.libvirtError:
        return
    raise AssertionError("found nobody")


quick("error path", lambda conn, dom: lambda: miss(conn))


def pause(dom) -> None:
    dom.suspend()
    dom.resume()


quick("suspend+resume", lambda conn, dom: lambda: pause(dom))


def many(n: int, running: bool) -> World:
    world = World()
    for i in range(n):
        xml = guest(f"g{i}", 1, 1)
        (world.conn.createXML if running else world.conn.defineXML)(xml)
    return world


@case("listAllDomains, 5,000 guests")
def _():
    world = many(5000, False)
    yield world.conn.listAllDomains, 5
    world.close()


@case("getAllDomainStats, 1,000 running")
def _():
    # the group that both drivers have; ours knows more and would be charged for it
    world = many(1000, True)
    yield lambda: world.conn.getAllDomainStats(lib.VIR_DOMAIN_STATS_STATE), 5
    world.close()


@case("getAllDomainStats, per value of all")
def _():
    world = many(1000, True)
    values = sum(len(params) for _, params in world.conn.getAllDomainStats())
    yield world.conn.getAllDomainStats, 3, values
    world.close()


def define(name: str, xml: str, calls: int) -> None:
    @case(name)
    def run():
        world = World()

        def both() -> None:
            world.conn.defineXML(xml).undefine()
        yield both, calls
        world.close()


define("define+undefine, small", SMALL.format(name="small"), 2000)
define("define+undefine, large (50 disks)", guest("large", 50, 8), 100)
define("define+undefine, 1,000 disks", guest("huge", 1000, 8), 3)


@case("XMLDesc, large (50 disks)")
def _():
    world = World()
    dom = world.conn.defineXML(guest("large", 50, 8))
    yield dom.XMLDesc, 500
    del dom
    world.close()


@case("8 threads on one connection")
def _():
    conn = lib.open("test:///default")

    def work() -> None:
        for _ in range(500):
            conn.lookupByName("test").info()

    def all_of_them() -> None:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    yield all_of_them, 1
    conn.close()


@case("open+close")
def _():
    yield lambda: lib.open("test:///default").close(), 300


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory_per_guest() -> float:
    world = World()
    world.conn.defineXML(guest("first", 4, 2))
    gc.collect()
    before = resident()
    for i in range(2000):
        world.conn.defineXML(guest(f"g{i}", 4, 2))
    gc.collect()
    used = (resident() - before) / 2000
    world.close()
    return used


def in_a_fresh_process() -> float:
    """Memory once taken is seldom given back, so nothing may have run before."""
    command = [sys.executable, __file__, sys.argv[1], "memory"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run(name: str) -> dict:
    if name == "memory per guest":
        return {"value": in_a_fresh_process(), "kind": "B"}
    steps = CASES[name]()
    function, calls, *parts = next(steps)
    for _ in range(max(1, calls // 10)):
        function()
    gc.disable()
    begin = time.perf_counter_ns()
    for _ in range(calls):
        function()
    spent = time.perf_counter_ns() - begin
    gc.enable()
    next(steps, None)
    return {"value": spent / calls / (parts[0] if parts else 1), "kind": "time"}


def main() -> None:
    if sys.argv[1] == "libvirt":
        # what its users do to keep errors off their terminal; ours is quiet by itself
        lib.registerErrorHandler(lambda context, error: None, None)
    if sys.argv[2:] == ["memory"]:
        print(memory_per_guest())
        return
    for line in sys.stdin:
        question = json.loads(line)
        if question["do"] == "list":
            answer: dict = {"cases": [*CASES, "memory per guest"]}
        else:
            answer = run(question["case"])
        print(json.dumps(answer), flush=True)


main()
