"""Many clients, many calls, and callers that are slow on both sides. CORRAL_SOAK makes them longer."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

from support import BUILD, ERR_OPERATION_DENIED, NUMBERS, OK, Client, Daemon, domain, uint

TIMES = int(os.environ.get("CORRAL_SOAK", "1"))
TEST = domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
SLOW = """<node xmlns:corral='https://corral.dev/xmlns/test/1.0'><corral:call name='virDomainGetInfo' delay='{}'/>
<domain type='test'><name>slow</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><memory>65536</memory><os><type>hvm</type></os></domain></node>"""


def resident(daemon: Daemon) -> int:
    """KiB"""
    return int(Path(f"/proc/{daemon.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def descriptors(daemon: Daemon) -> int:
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def is_flat(before: int, after: int, room: int = 2048) -> bool:
    return after - before <= room


def settled(daemon: Daemon, fds: int) -> int:
    """The daemon's descriptors, once those of clients that have gone are closed: it does that in its own time."""
    with Client(daemon.rw).open() as witness:
        while (now := descriptors(daemon)) > fds + 1:
            witness.call("CONNECT_GET_VERSION")
    return now


def test_a_thousand_clients_of_whom_200_call_at_once() -> None:
    with Daemon("max_clients = 1100\n") as daemon:
        fds = descriptors(daemon)
        clients = [Client(daemon.rw).open() for _ in range(1000)]
        for _ in range(20 * TIMES):
            for client in clients[:200]:
                client.serial_sent = client.send(NUMBERS["DOMAIN_GET_INFO"], TEST) # type: ignore[attr-defined]
            for client in clients[:200]:
                assert client.wait(client.serial_sent).status == OK # type: ignore[attr-defined]
        print(f"1,000 clients: {resident(daemon)} KiB, {descriptors(daemon)} descriptors")
        for client in clients:
            client.socket.close()
        assert settled(daemon, fds) <= fds + 1


def calls(client: Client, count: int) -> None:
    """100 at a time, of quick ones and of one that a worker does."""
    kinds = [("DOMAIN_GET_INFO", TEST), ("CONNECT_GET_VERSION", b""), ("DOMAIN_GET_XML_DESC", TEST + uint(0)), ("DOMAIN_GET_MAX_VCPUS", TEST),
             ("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0)), ("DOMAIN_SET_AUTOSTART", TEST + uint(1))]
    for begin in range(0, count, 100):
        serials = {client.send(NUMBERS[name], payload) for name, payload in (kinds[i % len(kinds)] for i in range(begin, begin + 100))}
        while serials:
            header, payload = client.next()
            assert header[5] == OK, payload
            serials.remove(header[4])


def test_a_million_calls_leave_nothing_behind() -> None:
    with Daemon() as daemon, Client(daemon.rw).open() as client:
        calls(client, 20_000)
        before, fds = resident(daemon), descriptors(daemon)
        calls(client, 100_000 * TIMES)
        after = resident(daemon)
        print(f"{100_000 * TIMES} calls: {before} KiB before, {after} KiB after, {fds} and {descriptors(daemon)} descriptors")
        assert is_flat(before, after) and descriptors(daemon) == fds


def test_ten_thousand_connections_leave_nothing_behind() -> None:
    with Daemon() as daemon:
        def come_and_go(count: int) -> None:
            for _ in range(count):
                with Client(daemon.rw).open() as client:
                    client.call("DOMAIN_GET_INFO", TEST)

        with Client(daemon.rw).open():
            come_and_go(1000)
            before = resident(daemon)
            fds = settled(daemon, descriptors(daemon))
            come_and_go(2000 * TIMES)
            after = resident(daemon)
            print(f"{2000 * TIMES} connections: {before} KiB before, {after} KiB after")
            assert is_flat(before, after) and settled(daemon, fds) <= fds + 1


def test_200_slow_calls_on_one_connection_are_all_answered(tmp_path: Path) -> None:
    """Held back beyond the limit, never cut off; signs of life are asked for meanwhile."""
    delay = 600 * min(TIMES, 10)
    node = tmp_path / "node.xml"
    node.write_text(SLOW.format(delay))
    with Daemon("keepalive_interval = 1\nkeepalive_count = 2\n") as daemon, Client(daemon.rw).open(f"test://{node}") as client:
        client.call("CONNECT_SUPPORTS_FEATURE", uint(10))
        payload = domain("slow", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"))
        serials = {client.send(NUMBERS["DOMAIN_GET_INFO"], payload) for _ in range(200)}
        while serials:
            header, answer = client.next()
            assert header[5] == OK, answer
            serials.remove(header[4])
        print(f"200 calls of {delay} ms: all answered, asked {client.pings} times whether the client is alive")


def test_a_client_that_never_reads_is_held_back() -> None:
    with Daemon() as daemon, Client(daemon.rw).open() as client, Client(daemon.rw).open() as other:
        before = resident(daemon)
        frame = struct.pack(">IIIiIII", 28 + len(TEST) + 4, 0x20008086, 1, NUMBERS["DOMAIN_GET_XML_DESC"], 0, 7, 0) + TEST + uint(0)
        client.socket.setblocking(False)
        sent, data, stuck = 0, frame * 1000, 0
        while stuck < 200: # nothing is taken any more, however often the other is served
            try:
                sent += client.socket.send(data[sent % len(frame):])
                stuck = 0
            except BlockingIOError:
                stuck += 1
                assert other.call("DOMAIN_GET_INFO", TEST).status == OK
        after = resident(daemon)
        print(f"{sent} bytes of calls that nobody reads the answers of: {before} KiB before, {after} KiB after")
        assert after - before < 32 * 1024
        assert other.call("DOMAIN_GET_INFO", TEST).status == OK


def test_a_read_only_storm_changes_nothing() -> None:
    with Daemon() as daemon:
        clients = [Client(daemon.ro).open() for _ in range(50)]
        for _ in range(20 * TIMES):
            serials = [client.send(NUMBERS["DOMAIN_DESTROY"], TEST) for client in clients]
            for client, serial in zip(clients, serials):
                answer = client.wait(serial)
                assert answer.code == ERR_OPERATION_DENIED, answer
        for client in clients:
            client.socket.close()


LIST = """
import corral, sys
conn = corral.open(sys.argv[1])
names = {f"g{i}" for i in range(2000)}
for name in names:
    conn.defineXML(f"<domain type='test'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os></domain>")
for _ in range(20):
    assert {dom.name() for dom in conn.listAllDomains()} == names | {"test"}
    assert {dom.name() for dom, _ in conn.getAllDomainStats()} == names | {"test"}
"""


def test_names_in_large_answers_are_whole() -> None:
    with Daemon() as daemon:
        env = os.environ | {"PYTHONPATH": str(BUILD / "python")}
        subprocess.run([sys.executable, "-c", LIST, daemon.uri()], check=True, env=env)
