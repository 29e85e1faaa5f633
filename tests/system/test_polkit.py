"""Polkit: who is let in, and what each may do, asked over a bus of the test's own."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import (ERR_ACCESS_DENIED, ERR_AUTH_FAILED, ERR_AUTH_UNAVAILABLE, FACTS, NUMBERS, OK, Answer, Client, Daemon, apart, domain, refused, string,
                     uint)
from test_daemon_access import GUEST, NODE, UUIDS, names_of, text_of

NOBODY = 65534
ERR_AUTH_CANCELLED = 79
POLKIT = 2
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>"""


class Bus:
    """A message bus below a folder."""

    def __init__(self, folder: Path) -> None:
        (folder / "bus.conf").write_text(BUS.format(path=folder / "bus"))
        self.address = f"unix:path={folder}/bus"
        # GIO's threads order what they share by locks that ThreadSanitizer does not see; ours are looked at as ever
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": self.address,
                            "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "") + ":ignore_noninstrumented_modules=1"}
        env = {**os.environ, "LD_PRELOAD": "", "LD_LIBRARY_PATH": ""}
        self.process = subprocess.Popen(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address"],
                                        stdout=subprocess.PIPE, env=env)
        assert self.process.stdout and self.process.stdout.readline()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Polkit:
    """The stand-in: says what it is asked, and answers as it is told."""

    def __init__(self, bus: Bus) -> None:
        env = {**os.environ, **bus.environment, "LD_PRELOAD": "", "LD_LIBRARY_PATH": ""}
        self.process = subprocess.Popen(["/usr/bin/python3", str(Path(__file__).with_name("standin_polkit.py"))], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=env)
        self.said: list[dict[str, Any]] = []
        self.until("done")

    def until(self, key: str) -> dict[str, Any]:
        """The next that it says of that sort; what comes before stays in `said`."""
        assert self.process.stdout
        while True:
            line = self.process.stdout.readline()
            assert line, "the stand-in has ended"
            item: dict[str, Any] = json.loads(line)
            if key in item:
                return item
            self.said.append(item)

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.until("done")

    def asked(self) -> list[dict[str, Any]]:
        """What it has been asked since the last time."""
        self.tell("nothing no")
        said, self.said = self.said, []
        return said

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where everybody may look."""
    with tempfile.TemporaryDirectory(prefix="bus-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def bus(folder: Path) -> Iterator[Bus]:
    it = Bus(folder)
    yield it
    it.stop()


@pytest.fixture
def polkit(bus: Bus) -> Iterator[Polkit]:
    it = Polkit(bus)
    yield it
    it.stop()


@pytest.fixture
def node(tmp_path: Path) -> str:
    path = tmp_path / "node.xml"
    path.write_text(NODE.format(*map(text_of, UUIDS)))
    return f"test://{path}"


class Stranger(Client):
    """A connection that another user's process has made, which stays for as long as this does."""

    def __init__(self, path: Path) -> None:
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            os.closerange(3, theirs.fileno())  # among them the lives of others
            os.closerange(theirs.fileno() + 1, 65536)
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(str(path))
            socket.send_fds(theirs, [b"x"], [sock.fileno()])
            sock.close()
            theirs.recv(1)
            os._exit(0)
        theirs.close()
        self.life = ours
        super().__init__(sock=socket.socket(fileno=socket.recv_fds(ours, 1, 1)[1][0]))

    def end(self) -> None:
        """The process ends, the connection stays."""
        if self.pid:
            self.life.close()
            os.waitpid(self.pid, 0)
        self.pid = 0

    def __exit__(self, *args: object) -> None:
        super().__exit__(*args)
        self.end()


LETTING_IN = 'unix_sock_rw_perms = "0777"\nauth_unix_rw = "polkit"\nauth_unix_ro = "polkit"\naccess_rules = ["anyone: *"]\n'
JUDGING = 'access_drivers = ["polkit"]\n'


def on_behalf(daemon: Daemon, uri: str = "test:///default") -> Client:
    """A client that acts for a user who has nothing but what polkit allows."""
    client = Client(daemon.rw).open(uri)
    assert client.act_as(uid=NOBODY, pid=os.getpid()).status == OK
    return client


# --- coming in


if os.geteuid() == 0:  # nobody else can become somebody else

    def test_polkit_lets_in(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("org.libvirt.unix.* yes")
        with Daemon(LETTING_IN, environment=bus.environment) as daemon:
            for path, action in ((daemon.rw, "org.libvirt.unix.manage"), (daemon.ro, "org.libvirt.unix.monitor")):
                with Stranger(path) as client:
                    assert client.call("AUTH_LIST").payload == uint(1) + uint(POLKIT)
                    assert client.call("CONNECT_OPEN", bytes(8)).code == ERR_AUTH_FAILED
                    assert client.call("AUTH_POLKIT") == Answer(OK, uint(1))
                    client.open()
                    question, = polkit.asked()
                    start = int(Path(f"/proc/{client.pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
                    assert question == {"action": action, "details": {}, "kind": "unix-process", "flags": 1,
                                        "subject": {"pid": client.pid, "start-time": start, "uid": NOBODY}}
                    # who is in is not asked about again
                    assert client.call("AUTH_POLKIT") == Answer(OK, uint(1)) and polkit.asked() == []

    @pytest.mark.parametrize("word, code, said", [
        ("no", ERR_AUTH_FAILED, "access denied by policy: polkit does not allow 'org.libvirt.unix.manage'"),
        ("challenge", ERR_AUTH_UNAVAILABLE, "no polkit agent available to authenticate action 'org.libvirt.unix.manage'"),
        ("dismissed", ERR_AUTH_CANCELLED, "user cancelled authentication process"),
    ])
    def test_polkit_turns_away(bus: Bus, polkit: Polkit, word: str, code: int, said: str) -> None:
        polkit.tell(f"org.libvirt.unix.manage {word}")
        with Daemon(LETTING_IN, environment=bus.environment) as daemon, Stranger(daemon.rw) as client:
            answer = client.call("AUTH_POLKIT")
            assert answer.code == code and said in answer.message
            assert client.call("CONNECT_OPEN", bytes(8)).code == ERR_AUTH_FAILED
            assert "login failed" in daemon.log()
            # it may try again, for an agent may have come
            polkit.tell("org.libvirt.unix.manage yes")
            assert client.call("AUTH_POLKIT").status == OK
            client.open()

    def test_a_slow_polkit_keeps_nobody_else_waiting(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("org.libvirt.unix.manage hold")
        config = LETTING_IN + "max_workers = 2\nmax_anonymous_clients = 3\nauth_timeout = 1\n"
        with Daemon(config, environment=bus.environment) as daemon:
            slow = [Stranger(daemon.rw) for _ in range(8)]
            serials = [client.send(NUMBERS["AUTH_POLKIT"]) for client in slow]
            for _ in slow:
                polkit.until("action")
            with Client(daemon.rw).open() as owner:
                # others come in, and their calls run, in place and with workers
                for name, payload in (("CONNECT_GET_TYPE", b""), ("CONNECT_GET_CAPABILITIES", b""), ("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0))):
                    assert owner.call(name, payload).status == OK
            # one at a time is enough for one client, which may go on meanwhile
            assert "already" in slow[0].call("AUTH_POLKIT").message
            assert slow[0].call("AUTH_LIST").status == OK
            for client, serial in zip(slow, serials):
                polkit.tell("release yes")
            for client, serial in zip(slow, serials):
                assert client.wait(serial).status == OK
                client.open()
                client.__exit__()

    def test_who_leaves_is_not_asked_about_any_more(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("org.libvirt.unix.manage hold")
        with Daemon(LETTING_IN, environment=bus.environment) as daemon:
            with Stranger(daemon.rw) as client:
                client.send(NUMBERS["AUTH_POLKIT"])
                polkit.until("action")
            assert polkit.until("cancelled")
            # an answer that comes when the daemon ends is nobody's
            with Stranger(daemon.rw) as client:
                client.send(NUMBERS["AUTH_POLKIT"])
                polkit.until("action")
                daemon.process.terminate()
                assert daemon.process.wait() == 0
                assert polkit.until("cancelled")

    def test_polkit_that_does_not_answer_in_time(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("org.libvirt.unix.manage hold")
        with Daemon(LETTING_IN + "polkit_timeout = 1\n", environment=bus.environment) as daemon, Stranger(daemon.rw) as client:
            answer = client.call("AUTH_POLKIT")
            assert answer.code == ERR_AUTH_UNAVAILABLE and "it has not answered within 1 seconds" in answer.message
            assert polkit.until("cancelled")

    def test_no_polkit_on_the_bus_and_no_bus(bus: Bus) -> None:
        with Daemon(LETTING_IN, environment=bus.environment) as daemon, Stranger(daemon.rw) as client:
            answer = client.call("AUTH_POLKIT")
            assert answer.code == ERR_AUTH_UNAVAILABLE and "polkit cannot be asked about 'org.libvirt.unix.manage'" in answer.message
            assert "org.freedesktop.PolicyKit1" in answer.message
            bus.stop()
            while "Could not connect" not in answer.message:
                answer = client.call("AUTH_POLKIT")
                assert answer.code == ERR_AUTH_UNAVAILABLE
            with Client(daemon.rw) as owner:
                owner.open()

    def test_a_bus_that_comes_back(bus: Bus, polkit: Polkit, folder: Path) -> None:
        with Daemon(LETTING_IN, environment=bus.environment) as daemon, Stranger(daemon.rw) as client:
            assert client.call("AUTH_POLKIT").code == ERR_AUTH_FAILED
            polkit.stop()
            bus.stop()
            while "Could not connect" not in (answer := client.call("AUTH_POLKIT")).message:
                assert answer.code == ERR_AUTH_UNAVAILABLE
            (folder / "bus").unlink(missing_ok=True)
            again = Bus(folder)
            other = Polkit(again)
            try:
                other.tell("org.libvirt.unix.manage yes")
                assert client.call("AUTH_POLKIT").status == OK
            finally:
                other.stop()
                again.stop()

    def test_a_process_that_has_ended_is_nobody(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("* yes")
        with Daemon(LETTING_IN, environment=bus.environment) as daemon:
            daemon.process.send_signal(19)  # it comes when the process has gone already
            client = Stranger(daemon.rw)
            client.end()
            daemon.process.send_signal(18)
            answer = client.call("AUTH_POLKIT")
            assert answer.code == ERR_AUTH_FAILED and "has ended" in answer.message and polkit.asked() == []
            client.socket.close()

    def test_debians_virsh_is_let_in(bus: Bus, polkit: Polkit) -> None:
        polkit.tell("org.libvirt.unix.manage yes")
        with Daemon(LETTING_IN, environment=bus.environment) as daemon:
            command = ["virsh", "-c", daemon.uri(), "list", "--all", "--name"]
            env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}
            run = subprocess.run(command, capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[], env=env)
            assert run.stdout.split() == ["test"], run.stderr
            polkit.tell("org.libvirt.unix.manage no")
            run = subprocess.run(command, capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[], env=env)
            assert "access denied by policy" in run.stderr

    def test_the_socket_for_reading_is_judged_as_well(bus: Bus, polkit: Polkit) -> None:
        with Daemon(JUDGING, environment=bus.environment) as daemon, Stranger(daemon.ro) as client:
            answer = client.call("CONNECT_OPEN", uint(1) + string("test:///default") + uint(0))
            assert answer.code == ERR_ACCESS_DENIED and "connect:getattr" in answer.message
            polkit.tell("org.libvirt.api.connect.* yes")
            client.open()
            questions = polkit.asked()
            assert [item["details"] for item in questions] == [{"connect_driver": "TEST"}] * 2 or questions[-1]["details"]["connect_driver"]


# --- what somebody may do


def test_each_permission_is_asked_by_its_name(bus: Bus, polkit: Polkit) -> None:
    """All of the description's, on objects that are there or not: what is asked is what the field's policies have."""
    from support import blank, procedures
    wanted = set()
    with Daemon(JUDGING, environment=bus.environment) as daemon, on_behalf(daemon) as client:
        for program, item in procedures():
            words = [word for word in item["acl"] if word.count(":") == 1]
            if not words or item["name"].endswith(("CONNECT_OPEN", "CONNECT_CLOSE")):
                continue
            answer = client.call(item["number"], blank(program, item["args"]), program)
            assert answer.status != OK, item["name"]
        for question in polkit.asked():
            assert question["kind"] == "unix-process" and question["subject"]["uid"] == NOBODY and question["flags"] == 0
            wanted.add(question["action"])
    known = subprocess.run(["grep", "-ho", 'org\\.libvirt\\.api\\.[a-z.-]*', "/usr/share/polkit-1/actions/org.libvirt.api.policy"],
                           capture_output=True, text=True).stdout.split()
    assert wanted <= set(known) and "org.libvirt.api.connect.search-domains" in wanted


def test_details_tell_which_object_it_is(bus: Bus, polkit: Polkit) -> None:
    polkit.tell("* yes")
    test = domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
    with Daemon(JUDGING, environment=bus.environment) as daemon:
        with Client(daemon.rw).open() as owner:
            secret = owner.call("SECRET_DEFINE_XML", string("<secret><usage type='ceph'><name>remote</name></usage></secret>") + uint(0)).payload
        uuids = {}
        with on_behalf(daemon) as client:
            pool = client.call("STORAGE_POOL_LOOKUP_BY_NAME", string("default-pool")).payload
            network = client.call("NETWORK_LOOKUP_BY_NAME", string("default")).payload
            interface = client.call("INTERFACE_LOOKUP_BY_NAME", string("eth1")).payload
            volume = client.call("STORAGE_VOL_CREATE_XML", pool + string("<volume><name>v</name><capacity>1024</capacity></volume>") + uint(0)).payload
            for name, payload in (("pool", pool), ("network", network)):
                uuids[name] = text_of(payload[-16:])
            polkit.asked()
            cases = [
                ("DOMAIN_SUSPEND", test, "domain.suspend", {"domain_name": "test", "domain_uuid": "6695eb01-f6a4-8304-79aa-97f2502e193f"}),
                ("NETWORK_GET_BRIDGE_NAME", network, "network.read", {"network_name": "default", "network_uuid": uuids["network"]}),
                ("STORAGE_POOL_GET_INFO", pool, "storage-pool.read", {"pool_name": "default-pool", "pool_uuid": uuids["pool"]}),
                ("STORAGE_VOL_GET_INFO", volume, "storage-vol.read",
                 {"pool_name": "default-pool", "pool_uuid": uuids["pool"], "vol_name": "v", "vol_key": "/default-pool/v"}),
                ("INTERFACE_GET_XML_DESC", interface + uint(0), "interface.read", {"interface_name": "eth1", "interface_macaddr": "aa:bb:cc:dd:ee:ff"}),
                ("NODE_DEVICE_GET_PARENT", string("computer"), "node-device.read", {"node_device_name": "computer"}),
                ("CONNECT_GET_CAPABILITIES", b"", "connect.read", {}),
                ("DOMAIN_SNAPSHOT_NUM", test + uint(0), "domain.read", {"domain_name": "test", "domain_uuid": "6695eb01-f6a4-8304-79aa-97f2502e193f"}),
            ]
            for name, payload, action, details in cases:
                assert client.call(name, payload).status == OK, name
                assert {"connect_driver": "TEST"} | details in [it["details"] for it in polkit.asked() if it["action"] == f"org.libvirt.api.{action}"], name
            assert secret and client


def test_lists_lookups_and_names_beside_uuids(bus: Bus, polkit: Polkit, node: str) -> None:
    polkit.tell("* yes")
    polkit.tell("only domain_name=web-1 network_name=none")
    with Daemon(JUDGING, environment=bus.environment) as daemon, on_behalf(daemon, node) as client:
        listed = client.call("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0)).payload
        assert struct.unpack(">I", listed[:4])[0] == 1 and b"web-1" in listed
        assert client.call("CONNECT_NUM_OF_DOMAINS").payload == uint(1)
        assert struct.unpack(">I", client.call("CONNECT_LIST_DOMAINS", uint(10)).payload[:4])[0] == 1
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("web-1")).status == OK
        answer = client.call("DOMAIN_LOOKUP_BY_NAME", string("db"))
        assert answer.code == ERR_ACCESS_DENIED and "domain:getattr for 'db'" in answer.message
        assert client.call("DOMAIN_DESTROY", domain("web-1", UUIDS[2], 3)).code == ERR_ACCESS_DENIED
        assert client.call("DOMAIN_DESTROY", domain("db", UUIDS[0], 1)).status == OK
        assert names_of(client.call("CONNECT_LIST_DEFINED_DOMAINS", uint(10)).payload) == ["web-1"]
        assert client.call("CONNECT_NUM_OF_DEFINED_DOMAINS").payload == uint(1)
        polkit.asked()
        client.call("CONNECT_LIST_DEFINED_DOMAINS", uint(10))
        assert {text_of(UUIDS[0])} == {it["details"]["domain_uuid"] for it in polkit.asked() if "domain_uuid" in it["details"]}


def test_the_older_lists_of_every_kind(bus: Bus, polkit: Polkit) -> None:
    polkit.tell("* yes")
    with Daemon(JUDGING, environment=bus.environment) as daemon, on_behalf(daemon) as client, Client(daemon.rw).open() as owner:
        pool = owner.call("STORAGE_POOL_LOOKUP_BY_NAME", string("default-pool")).payload
        owner.call("STORAGE_VOL_CREATE_XML", pool + string("<volume><name>v</name><capacity>1024</capacity></volume>") + uint(0))
        lists = [("CONNECT_LIST_NETWORKS", uint(10)), ("CONNECT_LIST_DEFINED_NETWORKS", uint(10)), ("CONNECT_LIST_STORAGE_POOLS", uint(10)),
                 ("CONNECT_LIST_INTERFACES", uint(10)), ("CONNECT_LIST_NWFILTERS", uint(10)), ("CONNECT_LIST_SECRETS", uint(10)),
                 ("STORAGE_POOL_LIST_VOLUMES", pool + uint(10)), ("NODE_LIST_DEVICES", uint(0) + uint(10) + uint(0))]
        for name, payload in lists:
            theirs, ours = owner.call(name, payload), client.call(name, payload)
            assert theirs.status == ours.status, (name, theirs, ours)
            if theirs.status == OK:
                assert names_of(theirs.payload) == names_of(ours.payload), name
        polkit.tell("org.libvirt.api.*.getattr no")
        for name, payload in lists:
            ours = client.call(name, payload)
            assert ours.status != OK or names_of(ours.payload) == [], name


def test_rules_come_first(bus: Bus, polkit: Polkit, node: str) -> None:
    config = JUDGING + f'access_rules = ["user {NOBODY}: domain:suspend, domain:getattr on web-1", "user {NOBODY}: connect:getattr"]\n'
    with Daemon(config, environment=bus.environment) as daemon, on_behalf(daemon, node) as client:
        assert client.call("DOMAIN_SUSPEND", domain("web-1", UUIDS[0])).status == OK
        assert client.call("CONNECT_GET_TYPE").status == OK
        assert polkit.asked() == []
        assert client.call("DOMAIN_SUSPEND", domain("web-2", UUIDS[1])).code == ERR_ACCESS_DENIED
        assert [item["details"]["domain_name"] for item in polkit.asked()] == ["web-2"]


def test_polkit_knows_processes_only(bus: Bus, polkit: Polkit) -> None:
    polkit.tell("* yes")
    with Daemon(JUDGING, environment=bus.environment) as daemon:
        for facts in ({"sasl": "joe"}, {"x509": "CN=joe"}, {"uid": NOBODY}):
            with Client(daemon.rw).open() as client:
                assert client.act_as(**facts).status == OK
                assert client.call("CONNECT_GET_TYPE").code == ERR_ACCESS_DENIED
    assert polkit.asked() == []


def test_a_polkit_that_cannot_say_is_told_as_such(bus: Bus) -> None:
    with Daemon(JUDGING, environment=bus.environment) as daemon, on_behalf(daemon) as client:
        answer = client.call("CONNECT_GET_TYPE")
        assert answer.code == ERR_AUTH_UNAVAILABLE and "connect_get_type needs connect:getattr: polkit cannot be asked" in answer.message
        assert "org.freedesktop.PolicyKit1" in daemon.log()


def test_calls_that_wait_for_polkit_stop_nobody_else(bus: Bus, polkit: Polkit) -> None:
    polkit.tell("* hold")
    with Daemon(JUDGING + "max_workers = 2\n", environment=bus.environment) as daemon:
        clients = [on_behalf(daemon) for _ in range(6)]
        serials = [[client.send(NUMBERS["CONNECT_GET_TYPE"]) for _ in range(3)] for client in clients]
        for _ in range(2):  # as many as there are threads to wait
            polkit.until("action")
        with Client(daemon.rw).open() as owner:
            for name, payload in (("CONNECT_GET_TYPE", b""), ("CONNECT_GET_CAPABILITIES", b""), ("CONNECT_NUM_OF_DOMAINS", b"")):
                assert owner.call(name, payload).status == OK
        polkit.tell("* yes")
        for _ in range(2):
            polkit.tell("release yes")
        for client, sent in zip(clients, serials):
            answers = [client.next()[0] for _ in sent]  # in whatever order
            assert {header[4] for header in answers} == set(sent) and {header[5] for header in answers} == {OK}
            client.socket.close()


def test_events_wait_for_polkit_and_keep_their_order(bus: Bus, polkit: Polkit) -> None:
    polkit.tell("* yes")
    with Daemon(JUDGING, environment=bus.environment) as daemon, on_behalf(daemon) as client, Client(daemon.rw).open() as owner:
        guests = [owner.call("DOMAIN_CREATE_XML", string(GUEST.format(name=name)) + uint(0)).payload for name in ("one", "two")]
        assert client.call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", uint(0) + uint(0)).status == OK
        polkit.asked()
        polkit.tell("org.libvirt.api.domain.getattr hold")
        for name, guest in (("SUSPEND", 0), ("SUSPEND", 1), ("RESUME", 0), ("RESUME", 1)):
            assert owner.call(f"DOMAIN_{name}", guests[guest]).status == OK
            question = polkit.until("action")
            assert question["details"]["domain_name"] == ("one", "two")[guest]
        for word in ("no", "yes", "yes", "no"):
            polkit.tell(f"release {word}")
        client.until(lambda messages: len(messages) == 2)
        assert [(b"one" in payload, payload[-8:-4]) for _, _, payload in client.messages] == [(False, uint(3)), (True, uint(4))]
        # one that may be told at once comes behind the one that is not decided
        owner.call("DOMAIN_SUSPEND", guests[0])
        polkit.until("action")
        client.messages.clear()
        daemon.reload(JUDGING + f'access_rules = ["user {NOBODY}: domain:getattr on two"]\n')
        owner.call("DOMAIN_SUSPEND", guests[1])
        assert polkit.asked() == []
        polkit.tell("release yes")
        client.until(lambda messages: len(messages) == 2)
        assert [b"one" in payload for _, _, payload in client.messages] == [True, False]
        # and nobody waits for what a client that has gone would have heard
        owner.call("DOMAIN_RESUME", guests[0])
        polkit.until("action")
        client.socket.close()
        assert polkit.until("cancelled")


if os.geteuid() == 0:  # nor has anybody else mounts of their own

    def test_polkit_itself(bus: Bus, folder: Path) -> None:
        """The real one, with rules of the form that the field documents."""
        rules = folder / "rules"
        rules.mkdir()
        (rules / "10-test.rules").write_text("""polkit.addRule(function(action, subject) {
            if (action.id == "org.libvirt.unix.manage" && subject.user == "nobody") return polkit.Result.YES;
            if (action.id == "org.libvirt.api.domain.suspend" && action.lookup("domain_name") == "web-1" && action.lookup("connect_driver") == "TEST")
                return polkit.Result.YES;
            if (action.id == "org.libvirt.api.domain.getattr" && action.lookup("domain_uuid") == "%s") return polkit.Result.NO; });"""
                                                 % text_of(UUIDS[2]))
        process = subprocess.Popen(apart('mount --bind "$0" /etc/polkit-1/rules.d && exec /usr/lib/polkit-1/polkitd', str(rules)),
                                   env={**os.environ, **bus.environment, "LD_PRELOAD": "", "LD_LIBRARY_PATH": ""}, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        assert process.stdout
        while "Acquired the name" not in (line := process.stdout.readline()):
            assert line, "polkitd has ended"
        try:
            with Daemon(LETTING_IN.replace('access_rules = ["anyone: *"]\n', JUDGING), environment=bus.environment) as daemon:
                with Stranger(daemon.rw) as client:
                    assert client.call("AUTH_POLKIT").status == OK
                    client.open()
                    test = client.call("DOMAIN_LOOKUP_BY_NAME", string("test"))
                    assert test.status == OK  # reading is for everybody
                    assert client.call("DOMAIN_SUSPEND", test.payload).code == ERR_ACCESS_DENIED
                    for name, uuid in (("web-1", UUIDS[0]), ("db", UUIDS[2])):
                        with Client(daemon.rw).open() as owner:
                            xml = GUEST.format(name=name).replace("<memory", f"<uuid>{text_of(uuid)}</uuid><memory")
                            assert owner.call("DOMAIN_CREATE_XML", string(xml) + uint(0)).status == OK
                    assert client.call("DOMAIN_SUSPEND", domain("web-1", UUIDS[0])).status == OK
                    listed = client.call("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0)).payload
                    assert struct.unpack(">I", listed[:4])[0] == 2 and b"db" not in listed
                with Stranger(daemon.ro) as client:
                    assert client.call("AUTH_POLKIT").status == OK
                    client.open()
        finally:
            process.kill()
            process.communicate()


def test_only_what_is_known_is_configured() -> None:
    assert "access_drivers: 'selinux' is none of: polkit none" in refused('access_drivers = ["selinux"]')
    assert "polkit_timeout: 0 is out of range" in refused("polkit_timeout = 0")


def test_every_action_of_ours_is_in_the_fields_policy() -> None:
    text = Path("/usr/share/polkit-1/actions/org.libvirt.api.policy").read_text()
    ours = {f"org.libvirt.api.{word.split(':')[0]}.{word.split(':')[1]}".replace("_", "-")
            for program in FACTS if isinstance(FACTS[program], dict) for item in FACTS[program].get("procedures", ()) for word in item["acl"] if word != "none"}
    assert {action for action in ours if f'"{action}"' not in text} == set()
    assert len(ours) > 100
    assert sys.version_info >= (3, 11)
