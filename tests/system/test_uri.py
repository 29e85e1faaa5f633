"""The parameters of URIs: each is honoured, or refused with what would be accepted. ssh is a stand-in that notes what it is told,
and OpenSSH's own server on the loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from support import Daemon, apart
from test_transport import FAKE_SSH, free_port, open_uri

HOST = "127.0.0.1"
FIRST = ["-T", "-e", "none"]


@pytest.fixture(scope="module")
def daemon() -> Iterator[Daemon]:
    with Daemon('access_rules = ["anyone: *"]\nunix_sock_rw_perms = "0777"\n') as it:
        yield it


class Ssh:
    """What it is told, without running anything elsewhere."""

    def __init__(self, folder: Path, daemon: Daemon) -> None:
        self.path, self.notes, self.daemon = folder / "ssh", folder / "notes", daemon
        self.path.write_text(FAKE_SSH.format(notes=self.notes))
        self.path.chmod(0o755)

    def open(self, more: str = "", scheme: str = "test+ssh") -> str:
        return open_uri(f"{scheme}://far.example/default?command={self.path}&socket={self.daemon.rw}{more}")

    def told(self, more: str, scheme: str = "test+ssh") -> list[str]:
        """The options, but for those that are always there."""
        assert self.open(more, scheme) == "opened: test 1 1"
        words = self.notes.read_text().split("\n")
        words = words[:words.index("--")]
        assert words[:3] == FIRST or FIRST[0] in words
        return [word for word in words if word not in FIRST]


@pytest.fixture
def ssh(tmp_path: Path, daemon: Daemon) -> Ssh:
    return Ssh(tmp_path, daemon)


@pytest.mark.parametrize("more, options", [
    ("", []),
    ("&no_tty=0&no_verify=0", []),
    ("&no_tty=1", ["-o", "BatchMode=yes"]),
    ("&no_verify=1", ["-o", "StrictHostKeyChecking=no"]),
    ("&keyfile=/a/key%20file", ["-i", "/a/key file"]),
    ("&known_hosts=/a/known%2520hosts", ["-o", 'UserKnownHostsFile="/a/known%%20hosts"', "-o", "GlobalKnownHostsFile=/dev/null"]),
    ("&known_hosts_verify=normal", []),
    ("&known_hosts_verify=auto", ["-o", "StrictHostKeyChecking=accept-new"]),
    ("&known_hosts=/a&known_hosts_verify=auto", ["-o", "StrictHostKeyChecking=accept-new", "-o", 'UserKnownHostsFile="/a"', "-o",
                                                 "GlobalKnownHostsFile=/dev/null"]),
    ("&known_hosts_verify=ignore", ["-o", "StrictHostKeyChecking=no", "-o", 'UserKnownHostsFile="/dev/null"', "-o", "GlobalKnownHostsFile=/dev/null"]),
    ("&sshauth=agent,privkey,password,keyboard-interactive", ["-o", "PreferredAuthentications=publickey,password,keyboard-interactive"]),
    ("&sshauth=password,privkey", ["-o", "PreferredAuthentications=password,publickey", "-o", "IdentityAgent=none"]),
    ("&sshauth=agent", ["-o", "PreferredAuthentications=publickey", "-o", "IdentityFile=none"]),
    ("&sshauth=keyboard-interactive", ["-o", "PreferredAuthentications=keyboard-interactive"]),
    ("&proxy=auto", []), ("&proxy=netcat", []), ("&netcat=/usr/bin/nc", []), ("&mode=auto", []), ("&mode=legacy", []),
    # what other ways have
    ("&pkipath=/a&tls_priority=NORMAL&no_sanity=1", []),
])
def test_what_ssh_is_told(ssh: Ssh, more: str, options: list[str]) -> None:
    assert ssh.told(more) == options


@pytest.mark.parametrize("scheme", ["test+libssh", "test+libssh2"])
def test_other_names_of_the_same_way(ssh: Ssh, scheme: str) -> None:
    assert ssh.told("&known_hosts_verify=auto", scheme) == ["-o", "StrictHostKeyChecking=accept-new"]


@pytest.mark.parametrize("more, said", [
    ("&no_tty=yes", "no_tty=yes: 0 or 1 is accepted"), ("&no_verify=2", "no_verify=2: 0 or 1 is accepted"),
    ("&known_hosts_verify=maybe", "known_hosts_verify=maybe: normal, auto or ignore is accepted"),
    ("&known_hosts=/a%22b", "known_hosts=/a\"b: ssh takes no name with a quote"),
    ("&sshauth=agent,magic", "sshauth=agent,magic: 'magic' is none of: agent privkey password keyboard-interactive"),
    ("&sshauth=agent,", "sshauth=agent,: '' is none of"),
    ("&proxy=socks", "proxy=socks: auto, netcat or native is accepted"),
    ("&mode=fast", "mode=fast: auto, direct or legacy is accepted"),
    ("&mode=direct", "mode=direct: 'test:///default' is no driver that has a daemon of its own"),
    ("&keyfile=", "'keyfile' of the query has no value"), ("&netcat", "'netcat' of the query has no value"),
    ("&keyfile=%zz", "Invalid %-encoding in URI"),
])
def test_what_makes_no_sense(ssh: Ssh, more: str, said: str) -> None:
    assert said in ssh.open(more)
    assert not ssh.notes.exists()


def test_the_netcat_that_is_named_runs(ssh: Ssh, tmp_path: Path) -> None:
    netcat = tmp_path / "my nc"
    netcat.write_text(f"#!/bin/sh\necho \"$@\" >> {tmp_path}/called\nexec nc \"$@\"\n")
    netcat.chmod(0o755)
    assert ssh.open(f"&netcat={quote(str(netcat))}") == "opened: test 1 1"
    assert f"-U {ssh.daemon.rw}" in (tmp_path / "called").read_text()


@pytest.mark.parametrize("driver, mode, sockets", [
    ("qemu", "", ["corral/corral-sock", "libvirt/libvirt-sock", "libvirt/virtqemud-sock"]),
    ("qemu", "?mode=auto", ["corral/corral-sock", "libvirt/libvirt-sock", "libvirt/virtqemud-sock"]),
    ("qemu", "?mode=direct", ["libvirt/virtqemud-sock"]), ("lxc", "?mode=direct", ["libvirt/virtlxcd-sock"]),
    ("network", "?mode=direct", ["libvirt/virtnetworkd-sock"]),
    ("qemu", "?mode=legacy", ["corral/corral-sock", "libvirt/libvirt-sock"]), ("test", "", ["corral/corral-sock", "libvirt/libvirt-sock"]),
])
def test_modes_say_which_sockets_are_tried(tmp_path: Path, driver: str, mode: str, sockets: list[str]) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "LIBVIRT_AUTOSTART": "0"}
    answer = open_uri(f"{driver}+unix:///session{mode}", **environment)
    tried = [f"'{tmp_path}/{name}' (No such file or directory)" for name in sockets]
    assert f"Failed to connect socket to {', '.join(tried)}" in answer
    ssh = tmp_path / "ssh"
    ssh.write_text(FAKE_SSH.format(notes=tmp_path / "notes"))
    ssh.chmod(0o755)
    answer = open_uri(f"{driver}+ssh://far.example/session{mode or '?mode=auto'}&command={ssh}&proxy=netcat", **environment)
    assert "no daemon listens at any of " + " ".join(f"{tmp_path}/{name}" for name in sockets) in answer


def test_a_direct_daemon_is_found(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "libvirt").mkdir()
    (tmp_path / "libvirt" / "virtqemud-sock").symlink_to(daemon.rw)
    answer = open_uri("qemu+unix:///session?mode=direct", XDG_RUNTIME_DIR=str(tmp_path))
    assert "Failed to connect socket" not in answer  # it answers, whatever it can open


def test_a_name_for_the_far_side(daemon: Daemon) -> None:
    assert open_uri(f"test+unix:///nonsense?socket={daemon.rw}&name=test:///default") == "opened: test 0 1"


def test_only_the_far_side_gets_what_is_not_ours(daemon: Daemon) -> None:
    assert open_uri(f"test+unix:///default?socket={daemon.rw}&no_sanity=1;mode=auto") == "opened: test 0 1"


# --- the real one


class Server:
    """sshd with keys of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("host", "other", "user", "stranger"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        (folder / "keys").write_text((folder / "user.pub").read_text())
        self.known("host", "known")
        self.known("other", "wrong")
        (folder / "config").write_text(f"""Port {self.port}
ListenAddress {HOST}
HostKey {folder}/host
AuthorizedKeysFile {folder}/keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
""")
        # its folder for what is there once a system
        start = 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"'
        prefix = apart(start, "sh") if os.geteuid() == 0 else []
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen([*prefix, "/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "config")], stderr=self.log,
                                        env={"PATH": os.environ["PATH"]})
        while True:
            try:
                socket.create_connection((HOST, self.port)).close()
                return
            except OSError:
                assert self.process.poll() is None, (folder / "log").read_text()
                time.sleep(0.02)

    def known(self, key: str, name: str) -> None:
        public = (self.folder / f"{key}.pub").read_text().split()
        (self.folder / name).write_text(f"[{HOST}]:{self.port} {public[0]} {public[1]}\n")

    def uri(self, daemon: Daemon, more: str, key: str = "user") -> str:
        return f"test+ssh://{HOST}:{self.port}/default?socket={daemon.rw}&no_tty=1&keyfile={self.folder}/{key}{more}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    it = Server(tmp_path_factory.mktemp("sshd"))
    yield it
    it.stop()


def at(server: Server, daemon: Daemon, more: str, key: str = "user") -> str:
    # what is the system's comes without the sanitizers' runtime, and without an agent
    return open_uri(server.uri(daemon, more, key), SSH_AUTH_SOCK="", HOME=str(server.folder))


def test_through_openssh(server: Server, daemon: Daemon) -> None:
    for more in ("", "&known_hosts_verify=normal", "&sshauth=privkey", "&sshauth=agent,privkey", "&proxy=netcat"):
        assert at(server, daemon, f"&known_hosts={server.folder}/known{more}") == "opened: test 1 1", more


def test_whom_openssh_does_not_know(server: Server, daemon: Daemon) -> None:
    wrong, fresh = server.folder / "wrong", server.folder / "fresh file"
    assert "Host key verification failed" in at(server, daemon, f"&known_hosts={wrong}")
    assert "Host key verification failed" in at(server, daemon, f"&known_hosts={quote(str(fresh))}")
    # a changed key is never taken in silence, a new one is
    assert "Host key verification failed" in at(server, daemon, f"&known_hosts={wrong}&known_hosts_verify=auto")
    assert at(server, daemon, f"&known_hosts={quote(str(fresh))}&known_hosts_verify=auto") == "opened: test 1 1"
    assert "ssh-ed25519" in fresh.read_text()
    assert at(server, daemon, f"&known_hosts={quote(str(fresh))}") == "opened: test 1 1"
    before = wrong.read_text()
    assert at(server, daemon, f"&known_hosts={wrong}&known_hosts_verify=ignore") == "opened: test 1 1"
    assert at(server, daemon, f"&known_hosts={server.folder}/new&no_verify=1") == "opened: test 1 1"
    assert wrong.read_text() == before


def test_whom_openssh_does_not_let_in(server: Server, daemon: Daemon) -> None:
    known = f"&known_hosts={server.folder}/known"
    assert "Permission denied (publickey)" in at(server, daemon, known, "stranger")
    assert "Permission denied (publickey)" in at(server, daemon, known + "&sshauth=password")
    assert "Permission denied (publickey)" in at(server, daemon, known + "&sshauth=agent", "none")
    assert "Permission denied" in open_uri(f"test+ssh://nobody@{HOST}:{server.port}/default?socket={daemon.rw}&no_tty=1&keyfile={server.folder}/user{known}",
                                           SSH_AUTH_SOCK="", HOME=str(server.folder))


def test_the_far_side_has_no_daemon(server: Server, daemon: Daemon) -> None:
    known = f"&known_hosts={server.folder}/known"
    answer = at(server, daemon, known).replace(str(daemon.rw), "")
    assert answer == "opened: test 1 1"
    answer = open_uri(server.uri(daemon, known).replace(str(daemon.rw), "/nonexistent"), SSH_AUTH_SOCK="", HOME=str(server.folder))
    assert answer.startswith("refused: ") and "/nonexistent" in answer
