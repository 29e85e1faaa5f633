"""Peers of the daemon that lie, break off, are killed or send what makes no sense: others notice nothing, and nothing
of them is left."""

from __future__ import annotations

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest

from soak_load import TEST, TIMES, calls, descriptors, is_flat, resident, settled
from support import BUILD, CORRALD, NUMBERS, OK, PROGRAMS, SOURCE, Client, Daemon, string, uint

REMOTE = PROGRAMS["remote"]


def frame(program: int = REMOTE, version: int = 1, procedure: int = 0, type: int = 0, serial: int = 1, status: int = 0, payload: bytes = b"",
          length: int | None = None) -> bytes:
    size = 28 + len(payload) if length is None else length
    return struct.pack(">IIIiIII", size, program, version, procedure, type, serial, status) + payload


def send(data: bytes) -> Callable[[Client], None]:
    return lambda client: client.socket.sendall(data)


def flood_of_descriptors(client: Client) -> None:
    for _ in range(40):
        try:
            socket.send_fds(client.socket, [b"\0"], [0] * 30)
        except OSError:
            return


LIES: dict[str, Callable[[Client], None]] = {
    "nothing": lambda client: None,
    "half a length": send(b"\0\0"),
    "half a header": send(frame()[:17]),
    "half a frame": send(frame(length=4096)),
    "4 GiB": send(frame(length=0xFFFFFFFF)),
    "a large frame that does not come": send(frame(length=32 * 1024 * 1024) + b"x" * 1000),
    "no length": send(frame(length=0)),
    "a length below the header's": send(frame(length=27)),
    "an unknown program": send(frame(program=0xDEAD)),
    "an unknown version": send(frame(version=99)),
    "an unknown procedure": send(frame(procedure=99999)),
    "a negative procedure": send(frame(procedure=-1)),
    "an unknown type": send(frame(type=77)),
    "an unknown status": send(frame(status=77)),
    "an answer": send(frame(type=1, procedure=NUMBERS["CONNECT_GET_VERSION"])),
    "an event": send(frame(type=2, procedure=NUMBERS["CONNECT_GET_VERSION"])),
    "data of a stream that is not there": send(frame(type=3, status=2, payload=b"x" * 1000)),
    "a hole of a stream that is not there": send(frame(type=6, status=2, payload=b"\0" * 12)),
    "descriptors that are not there": send(frame(type=4, procedure=NUMBERS["CONNECT_GET_VERSION"], payload=uint(3)) + b"\0\0\0"),
    "very many descriptors": send(frame(type=4, procedure=NUMBERS["CONNECT_GET_VERSION"], payload=uint(0xFFFFFFFF))),
    "descriptors and no number": send(frame(type=4, procedure=NUMBERS["CONNECT_GET_VERSION"])),
    "a flood of descriptors": flood_of_descriptors,
    "a negative count": send(frame(procedure=NUMBERS["DOMAIN_SET_MEMORY_PARAMETERS"], payload=TEST + uint(-1))),
    "a huge count": send(frame(procedure=NUMBERS["DOMAIN_SET_MEMORY_PARAMETERS"], payload=TEST + uint(0x7FFFFFFF))),
    "a string of 4 GiB": send(frame(procedure=NUMBERS["DOMAIN_LOOKUP_BY_NAME"], payload=uint(0xFFFFFFFF))),
    "room for a huge answer": send(frame(procedure=NUMBERS["CONNECT_LIST_DOMAINS"], payload=uint(0x7FFFFFFF))),
    "the same serial again and again": send(frame(procedure=NUMBERS["CONNECT_GET_VERSION"], serial=7) * 1000),
    "calls and the end at once": send(frame(procedure=NUMBERS["DOMAIN_GET_XML_DESC"], payload=TEST + uint(0)) * 1000),
    "bytes of no meaning": send(os.urandom(100_000)),
    "text": send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


@pytest.mark.parametrize("opened", [False, True], ids=["at once", "after opening"])
def test_lies(opened: bool) -> None:
    with Daemon() as daemon, Client(daemon.rw).open() as witness:
        def all_of_them() -> None:
            for lie in LIES.values():
                client = Client(daemon.rw)
                if opened:
                    client.open()
                try:
                    lie(client)
                except (BrokenPipeError, ConnectionResetError):
                    pass # it was told to go before it was done
                assert witness.call("DOMAIN_GET_INFO", TEST).status == OK
                client.socket.close()

        for _ in range(10):
            all_of_them()
        fds = settled(daemon, descriptors(daemon))
        before = resident(daemon)
        for _ in range(20 * TIMES):
            all_of_them()
        after = resident(daemon)
        print(f"{20 * TIMES} times {len(LIES)} lies: {before} KiB before, {after} KiB after")
        assert is_flat(before, after, 4096) and settled(daemon, fds) <= fds + 1


def test_those_who_stay_stuck_are_no_burden() -> None:
    with Daemon() as daemon, Client(daemon.rw).open() as witness:
        before = resident(daemon)
        stuck = [Client(daemon.rw).open() for _ in range(200)]
        for number, client in enumerate(stuck):
            client.socket.sendall(frame(length=32 * 1024 * 1024) + b"x" * 100 if number % 2 else frame()[:17])
        calls(witness, 2000)
        after = resident(daemon)
        print(f"200 stuck clients: {before} KiB before, {after} KiB after")
        assert after - before < 200 * 1024
        for client in stuck:
            client.socket.close()


# What is going on in a client at the moment it is killed.
LIVES = {
    "calls": "while True: conn.lookupByName('test').info(); conn.listAllDomains(); conn.getAllDomainStats()",
    "opening": "while True: corral.open(uri).close()",
    "events": """
        corral.virEventRegisterDefaultImpl()
        conn = corral.open(uri)
        conn.domainEventRegisterAny(None, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda *args: None, None)
        dom = conn.lookupByName('test')
        import threading
        threading.Thread(target=lambda: [corral.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
        while True:
            for change in dom.suspend, dom.resume:
                try: change()
                except corral.libvirtError: # another of them was faster
                    if not conn.isAlive(): raise""",
    "a console": """
        xml = "<domain type='test'><name>c%d</name><memory>65536</memory><os><type>hvm</type></os><devices><console type='pty'/></devices></domain>"
        import os
        dom = conn.createXML(xml % os.getpid())
        while True:
            stream = conn.newStream()
            dom.openConsole(None, stream, corral.VIR_DOMAIN_CONSOLE_FORCE)
            for _ in range(100):
                stream.send(b'echo something' * 100 + b'\\r')
                stream.recv(4096)
            stream.abort()""",
    "an upload with holes": """
        pool = conn.storagePoolLookupByName('default-pool')
        import os
        vol = pool.createXML(f'<volume><name>v{os.getpid()}</name><capacity>100000000</capacity><allocation>0</allocation></volume>')
        while True:
            stream = conn.newStream()
            vol.upload(stream, 0, 0, corral.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
            for _ in range(100):
                stream.send(b'x' * 10000)
                stream.sendHole(900000)
            stream.finish()""",
    "a download": """
        pool = conn.storagePoolLookupByName('default-pool')
        import os
        vol = pool.createXML(f'<volume><name>v{os.getpid()}</name><capacity>100000000</capacity></volume>')
        while True:
            stream = conn.newStream()
            vol.download(stream, 0, 0)
            while stream.recv(65536): pass
            stream.finish()""",
    "an upload": """
        pool = conn.storagePoolLookupByName('default-pool')
        import os
        vol = pool.createXML(f'<volume><name>v{os.getpid()}</name><capacity>100000000</capacity></volume>')
        while True:
            stream = conn.newStream()
            vol.upload(stream, 0, 10000000)
            for _ in range(100): stream.send(b'x' * 100000)
            stream.finish()""",
}


def live(daemon: Daemon, life: str, listening: bool = False) -> subprocess.Popen[bytes]:
    code = f"import corral\nuri = {daemon.uri()!r}\nconn = corral.open(uri)\nprint(flush=True)\n" + textwrap.dedent(LIVES[life])
    env = os.environ | {"PYTHONPATH": f"{BUILD / 'python'}:{SOURCE}"}
    process = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE if listening else None)
    assert process.stdout and process.stdout.readline()
    return process


@pytest.mark.parametrize("life", LIVES)
def test_killed_in_the_middle(life: str) -> None:
    with Daemon() as daemon, Client(daemon.rw).open() as witness:
        def all_die(number: int) -> None:
            processes = [live(daemon, life) for _ in range(4)]
            for _ in range(500 + 37 * number):
                assert witness.call("DOMAIN_GET_INFO", TEST).status == OK
            for process in processes:
                assert process.poll() is None, f"'{life}' ended by itself"
                process.send_signal(signal.SIGKILL)
                process.wait()
            for name in ["v" + str(process.pid) for process in processes]:
                witness.call("DOMAIN_DESTROY", witness.call("DOMAIN_LOOKUP_BY_NAME", string("c" + name[1:])).payload)
                witness.call("STORAGE_VOL_DELETE", string("default-pool") + string(name) + string("/default-pool/" + name) + uint(0))

        for number in range(3):
            all_die(number)
        fds = settled(daemon, descriptors(daemon))
        before = resident(daemon)
        for number in range(3 * TIMES):
            all_die(number)
        now, after = settled(daemon, fds), resident(daemon)
        print(f"{12 * TIMES} clients killed in {life}: {before} KiB before, {after} KiB after, {fds} and {now} descriptors")
        assert now <= fds + 1 and is_flat(before, after, 8192)


@pytest.mark.parametrize("life", LIVES)
def test_the_daemon_is_killed_in_the_middle(life: str) -> None:
    """Its clients are told, none of them hangs, and the next daemon serves from the same place at once."""
    for number in range(3 * TIMES):
        daemon = Daemon()
        with Client(daemon.rw).open() as witness:
            processes = [live(daemon, life, listening=True) for _ in range(4)]
            for _ in range(300 + 37 * number):
                assert witness.call("DOMAIN_GET_INFO", TEST).status == OK
            daemon.process.kill()
            daemon.process.wait()
            with pytest.raises((EOFError, ConnectionError)):
                while True:
                    witness.call("DOMAIN_GET_INFO", TEST)
        for process in processes:
            said = process.communicate()[1].decode().strip().splitlines()
            assert process.returncode == 1 and re.match(r"corral\.\w+Error: ", said[-1]), (life, process.returncode, said[-3:])
            assert re.search("End of file|Connection re|Broken pipe|connection", said[-1]), said[-1]
        daemon.process = subprocess.Popen([str(CORRALD), "--root", str(daemon.root)], env=os.environ | {"NOTIFY_SOCKET": str(daemon.root / "notify")})
        daemon.wait_notified("READY=1")
        with Client(daemon.rw).open() as witness:
            assert witness.call("DOMAIN_GET_INFO", TEST).status == OK
        assert daemon.stop() == 0
