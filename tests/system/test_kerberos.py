"""Logins by GSSAPI: tickets of a realm of the test's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Daemon
from test_transport import ANYONE, carry, free_port, libvirtd, open_uri, pki, tls_config, tls_uri  # noqa: F401

REALM, PASSWORD = "CORRAL.TEST", "a password"
HOST = "localhost"
KRB5 = """[libdefaults]
 default_realm = {realm}
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
 ignore_acceptor_hostname = true
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {realm}
"""
KDC = """[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
 }}
[logging]
 kdc = FILE:{folder}/log
"""


class Realm:
    """A key distribution centre on the loopback, with one user and one service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        (folder / "krb5.conf").write_text(KRB5.format(realm=REALM, port=port))
        (folder / "kdc.conf").write_text(KDC.format(realm=REALM, port=port, folder=folder))
        # what is the system's comes without the sanitizers' runtime
        self.base = {**os.environ, "LD_PRELOAD": "", "LD_LIBRARY_PATH": "", "KRB5_CONFIG": str(folder / "krb5.conf"),
                     "KRB5_KDC_PROFILE": str(folder / "kdc.conf")}
        self.run("/usr/sbin/kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        self.admin(f"addprinc -pw \"{PASSWORD}\" fred")
        self.add_service(HOST)
        # goes into the background when it listens
        self.run("/usr/sbin/krb5kdc", "-P", str(folder / "pid"))
        self.server = {"KRB5_CONFIG": self.base["KRB5_CONFIG"], "KRB5_KTNAME": f"FILE:{folder}/keytab", "KRB5RCACHENAME": "none:",
                       "SASL_CONF_PATH": str(folder)}
        (folder / "libvirt.conf").write_text(f"mech_list: GSSAPI\nkeytab: {folder}/keytab\n")
        self.client = {"KRB5_CONFIG": self.base["KRB5_CONFIG"], "KRB5CCNAME": f"FILE:{folder}/tickets"}

    def run(self, *command: str, input: str | None = None, **environment: str) -> None:
        done = subprocess.run(command, env=self.base | environment, input=input, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    def admin(self, query: str) -> None:
        self.run("/usr/sbin/kadmin.local", "-r", REALM, "-q", query)

    def add_service(self, host: str) -> None:
        self.admin(f"addprinc -randkey libvirt/{host}")
        self.admin(f"ktadd -k {self.folder}/keytab libvirt/{host}")

    def log_in(self, *options: str) -> None:
        self.run("kinit", *options, f"fred@{REALM}", input=PASSWORD + "\n", **self.client)

    def stop(self) -> None:
        os.kill(int((self.folder / "pid").read_text()), signal.SIGTERM)


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    it = Realm(tmp_path_factory.mktemp("realm"))
    yield it
    it.stop()


def tcp_config(port: int, more: str = "") -> str:
    return f'listen_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n{more}'


def test_a_ticket_opens_and_protects(realm: Realm) -> None:
    realm.log_in()
    port = free_port()
    config = tcp_config(port, 'sasl_allowed_username_list = ["fred"]\n')  # its own realm is left out by SASL
    with Daemon(config, "--verbose", environment=realm.server) as daemon:
        uri = f"test+tcp://{HOST}:{port}/default"
        assert open_uri(uri, **realm.client) == "opened: test 1 1"
        assert 'sasl="fred"' in daemon.log()
        assert open_uri(uri + "?auth=sasl.GSSAPI", **realm.client) == "opened: test 1 1"
        assert "SASL mechanism SCRAM-SHA-256 not supported by server: it offers GSSAPI" in open_uri(uri + "?auth=sasl.SCRAM-SHA-256", **realm.client)
        daemon.reload(tcp_config(port, 'sasl_allowed_username_list = ["joe@*"]\n'))
        assert open_uri(uri, **realm.client) == "refused: authentication failed: authentication failed"
        assert "sasl_allowed_username_list does not have 'fred'" in daemon.log()


def test_without_a_ticket_or_with_an_old_one(realm: Realm, tmp_path: Path) -> None:
    port = free_port()
    with Daemon(tcp_config(port), environment=realm.server):
        uri = f"test+tcp://{HOST}:{port}/default"
        answer = open_uri(uri, **realm.client | {"KRB5CCNAME": f"FILE:{tmp_path}/none"})
        assert answer.startswith("refused: authentication failed: ") and "none" in answer
        # what the service's key has been replaced by is not what the ticket is for
        realm.log_in()
        assert open_uri(uri, **realm.client) == "opened: test 1 1"


def test_a_service_that_nobody_knows(realm: Realm) -> None:
    realm.log_in()
    port = free_port()
    with Daemon(tcp_config(port), environment=realm.server):
        answer = open_uri(f"test+tcp://127.0.0.1:{port}/default", **realm.client)
        assert answer.startswith("refused: authentication failed: ") and "libvirt/127.0.0.1" in answer


def test_a_daemon_without_its_key(realm: Realm, tmp_path: Path) -> None:
    realm.log_in()
    port = free_port()
    (tmp_path / "libvirt.conf").write_text(f"mech_list: GSSAPI\nkeytab: {tmp_path}/none\n")
    with Daemon(tcp_config(port), environment=realm.server | {"KRB5_KTNAME": f"FILE:{tmp_path}/none", "SASL_CONF_PATH": str(tmp_path)}) as daemon:
        assert open_uri(f"test+tcp://{HOST}:{port}/default", **realm.client).startswith("refused: authentication failed: ")
        assert "login failed" in daemon.log() and daemon.process.poll() is None


def test_on_a_unix_socket_and_inside_tls(realm: Realm, pki: Path) -> None:  # noqa: F811
    realm.log_in()
    port = free_port()
    config = tls_config(pki, port, more='auth_tls = "sasl"\nauth_unix_rw = "sasl"\n')
    with Daemon(config, environment=realm.server):
        assert open_uri(tls_uri(pki, port, host=HOST), **realm.client) == "opened: test 1 1"
    with Daemon('auth_unix_rw = "sasl"\n', environment=realm.server) as daemon:
        assert open_uri(daemon.uri(), **realm.client) == "opened: test 0 1"


def test_much_goes_through_a_ticket(realm: Realm, monkeypatch: pytest.MonkeyPatch) -> None:
    realm.log_in()
    port = free_port()
    for name, value in realm.client.items():
        monkeypatch.setenv(name, value)
    with Daemon(tcp_config(port, ANYONE), environment=realm.server):
        assert carry(f"test+tcp://{HOST}:{port}/default") == "same 200 1"


def test_with_debians_client_and_daemon(realm: Realm, tmp_path: Path) -> None:
    realm.log_in()
    port = free_port()
    with Daemon(tcp_config(port), environment=realm.server):
        theirs = open_uri(f"test+tcp://{HOST}:{port}/default", None, "libvirt", LD_LIBRARY_PATH="", PYTHONPATH="", **realm.client)
        assert theirs == "opened: test 1 1"
    process = libvirtd(tmp_path, port, f'listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n'
                        'sasl_allowed_username_list = ["fred"]\n', **realm.server)
    try:
        assert open_uri(f"test+tcp://{HOST}:{port}/default", **realm.client) == "opened: test 1 1"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def test_the_realm_has_no_other_host() -> None:
    assert socket.gethostbyname(HOST) == "127.0.0.1"
