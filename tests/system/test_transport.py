"""Ways to a daemon: TLS with certificates, logins by SASL, TCP, programs, and the user's own daemon."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import BUILD, CORRALD, ERR_AUTH_FAILED, OK, Client, Daemon, apart, string, string_or_null, uint

HOST = "127.0.0.1"
#: a login in a client of its own: what it opened, or why it could not
OPEN = """
import sys
import {module} as vir
vir.registerErrorHandler(lambda *args: None, None)
def answer(wanted, data):
    for each in wanted:
        each[4] = {answers!r}.get(each[0])
    return 0
try:
    conn = vir.openAuth(sys.argv[1], [[vir.VIR_CRED_AUTHNAME, vir.VIR_CRED_PASSPHRASE], answer, None], 0) if {answers!r} else vir.open(sys.argv[1])
except vir.libvirtError as error:
    print("refused:", error.get_error_message())
else:
    names = sorted(domain.name() for domain in conn.listAllDomains())
    print("opened:", " ".join(names), conn.isEncrypted(), conn.isSecure())
    conn.close()
"""
ANYONE = 'access_rules = ["anyone: *"]\n'
NAME, PASSWORD = "fred", "s3cret words"
AUTHNAME, PASSPHRASE = 2, 5


#: what is asked of the daemon itself
ASK = """
import sys
import {module} as vir
conn = vir.open(sys.argv[1])
print(conn.getLibVersion(), sorted(conn.lookupByName("test").schedulerParameters()))
"""


def ask_uri(uri: str, module: str = "corral", **environment: str) -> str:
    run = subprocess.run([sys.executable, "-c", ASK.format(module=module), uri], capture_output=True, text=True,
                         env=os.environ | environment)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def open_uri(uri: str, answers: dict[int, str] | None = None, module: str = "corral", **environment: str) -> str:
    run = subprocess.run([sys.executable, "-c", OPEN.format(module=module, answers=answers or {}), uri], capture_output=True, text=True,
                         env=os.environ | environment)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


class Authority:
    """Certificates of a test's own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True)
        self.key = self.make_key("ca")
        self.run("--generate-self-signed", "--load-privkey", str(self.key), "--outfile", str(folder / "cacert.pem"),
                 template=f"cn={name}\nca\ncert_signing_key\nexpiration_days=100\n")

    def run(self, *args: str, template: str = "") -> None:
        path = self.folder / "template"
        path.write_text(template)
        subprocess.run(["certtool", *args, *(["--template", str(path)] if template else [])], check=True, capture_output=True)

    def make_key(self, name: str) -> Path:
        path = self.folder / f"{name}.key"
        self.run("--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", str(path))
        return path

    def issue(self, name: str, template: str, into: Path, stem: str) -> Path:
        """STEMcert.pem, STEMkey.pem and the authority's, in a folder of their own."""
        into.mkdir(parents=True, exist_ok=True)
        key = self.make_key(name)
        self.run("--generate-certificate", "--load-privkey", str(key), "--load-ca-certificate", str(self.folder / "cacert.pem"),
                 "--load-ca-privkey", str(self.key), "--outfile", str(into / f"{stem}cert.pem"), template=template)
        (into / f"{stem}key.pem").write_bytes(key.read_bytes())
        (into / "cacert.pem").write_bytes((self.folder / "cacert.pem").read_bytes())
        return into


OURS = "expiration_days=100\nsigning_key\nencryption_key\n"
OLD = 'activation_date="2020-01-01 00:00:00"\nexpiration_date="2020-02-01 00:00:00"\nsigning_key\n'
AS_SERVER = "tls_www_server\nip_address=127.0.0.1\ndns_name=localhost\n"
AS_CLIENT = "tls_www_client\n"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    good, other = Authority(folder / "good", "Good"), Authority(folder / "other", "Other")
    good.issue("server", "cn=server\n" + AS_SERVER + OURS, folder / "server", "server")
    good.issue("elsewhere", "cn=elsewhere\ndns_name=elsewhere.example\ntls_www_server\n" + OURS, folder / "elsewhere", "server")
    good.issue("oldserver", "cn=old\n" + AS_SERVER + OLD, folder / "oldserver", "server")
    other.issue("otherserver", "cn=server\n" + AS_SERVER + OURS, folder / "otherserver", "server")
    good.issue("client", "cn=client one\norganization=Example\n" + AS_CLIENT + OURS, folder / "client", "client")
    good.issue("old", "cn=old\n" + AS_CLIENT + OLD, folder / "old", "client")
    other.issue("stranger", "cn=stranger\n" + AS_CLIENT + OURS, folder / "stranger", "client")
    # knows the server's authority, and is known to another
    (folder / "stranger" / "cacert.pem").write_bytes((folder / "good" / "cacert.pem").read_bytes())
    (folder / "bare").mkdir()
    (folder / "bare" / "cacert.pem").write_bytes((folder / "good" / "cacert.pem").read_bytes())
    return folder


def tls_config(pki: Path, port: int, server: str = "server", more: str = "") -> str:
    at = pki / server
    return (f'listen_tls = 1\nlisten_addr = "{HOST}"\ntls_port = "{port}"\nca_file = "{pki}/good/cacert.pem"\n'
            f'cert_file = "{at}/servercert.pem"\nkey_file = "{at}/serverkey.pem"\n{more}')


def tls_uri(pki: Path, port: int, client: str = "client", host: str = HOST, more: str = "") -> str:
    return f"test+tls://{host}:{port}/default?pkipath={pki}/{client}{more}"


@pytest.fixture(scope="module")
def tls(pki: Path) -> Iterator[tuple[Daemon, int]]:
    port = free_port()
    with Daemon(tls_config(pki, port), "--verbose") as daemon:
        yield daemon, port


# --- TLS


def test_tls_opens(pki: Path, tls: tuple[Daemon, int]) -> None:
    daemon, port = tls
    assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
    assert 'x509="O=Example,CN=client one"' in daemon.log()


def test_tls_by_name_of_the_host(pki: Path, tls: tuple[Daemon, int]) -> None:
    assert open_uri(tls_uri(pki, tls[1], host="localhost")) == "opened: test 1 1"


@pytest.mark.parametrize("client, said, logged", [
    ("bare", "server verification (of our certificate or IP address) failed", "no certificate was shown"),
    ("stranger", "server verification (of our certificate or IP address) failed", "hasn't got a known issuer"),
    ("old", "The client certificate '{pki}/old/clientcert.pem' has expired", None),
    ("nowhere", "Cannot read CA certificate '{pki}/nowhere/cacert.pem'", None),
])
def test_tls_refused_clients(pki: Path, tls: tuple[Daemon, int], client: str, said: str, logged: str | None) -> None:
    daemon, port = tls
    answer = open_uri(tls_uri(pki, port, client))
    assert answer.startswith("refused: ") and said.format(pki=pki) in answer
    if logged:
        assert logged in daemon.log()


def test_tls_an_expired_certificate_reaches_the_server(pki: Path, tls: tuple[Daemon, int]) -> None:
    answer = open_uri(tls_uri(pki, tls[1], "old", more="&no_sanity=1"))
    assert "server verification (of our certificate or IP address) failed" in answer
    assert 'refused reason="The certificate has expired"' in tls[0].log()


def test_tls_half_a_pair_names_the_file(pki: Path, tls: tuple[Daemon, int], tmp_path: Path) -> None:
    for name in ("cacert.pem", "clientcert.pem"):
        (tmp_path / name).write_bytes((pki / "client" / name).read_bytes())
    assert f"Cannot read client private key '{tmp_path}/clientkey.pem'" in open_uri(f"test+tls://{HOST}:{tls[1]}/default?pkipath={tmp_path}")


@pytest.mark.parametrize("server, said", [
    ("elsewhere", "Certificate's owner does not match the hostname 127.0.0.1: it is for elsewhere.example"),
    ("otherserver", "the certificate of '127.0.0.1' is refused: The certificate hasn't got a known issuer"),
])
def test_tls_refused_servers(pki: Path, server: str, said: str) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, server)):
        assert said in open_uri(tls_uri(pki, port))
        assert open_uri(tls_uri(pki, port, more="&no_verify=1")) == "opened: test 1 1"


def test_tls_settings_that_make_no_sense(pki: Path, tls: tuple[Daemon, int]) -> None:
    assert "no_verify=maybe: 0 or 1 is accepted" in open_uri(tls_uri(pki, tls[1], more="&no_verify=maybe"))
    assert "Failed to set TLS session priority to 'NONSENSE'" in open_uri(tls_uri(pki, tls[1], more="&tls_priority=NONSENSE"))


def test_tls_priority_that_nobody_shares(pki: Path) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, more='tls_priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3"\n')):
        assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
        answer = open_uri(tls_uri(pki, port, more="&tls_priority=NORMAL:-VERS-ALL:%2BVERS-TLS1.2"))
        assert "TLS handshake failed" in answer


def test_tls_names(pki: Path) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, more='tls_allowed_dn_list = ["O=Example,CN=client*"]\n')) as daemon:
        assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
        daemon.reload(tls_config(pki, port, more='tls_allowed_dn_list = ["O=Example,CN=nobody"]\n'))
        assert "server verification (of our certificate or IP address) failed" in open_uri(tls_uri(pki, port))
        assert "tls_allowed_dn_list does not have that name" in daemon.log()


def test_tls_certificates_are_read_again(pki: Path) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port)) as daemon:
        assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
        daemon.reload(tls_config(pki, port, "elsewhere"))
        assert "does not match the hostname" in open_uri(tls_uri(pki, port))
        daemon.reload(tls_config(pki, port, "nowhere"))
        assert f"Cannot read server certificate '{pki}/nowhere/servercert.pem'" in daemon.log()
        assert "does not match the hostname" in open_uri(tls_uri(pki, port))


def test_tls_without_certificates_where_nobody_looks(pki: Path) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, more=f"tls_no_verify_certificate = 1\n{ANYONE}")):
        assert open_uri(tls_uri(pki, port, "bare")) == "opened: test 1 1"


def test_tls_peers_that_speak_something_else(pki: Path, tls: tuple[Daemon, int]) -> None:
    with socket.create_connection((HOST, tls[1])) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n" * 10)
        while sock.recv(4096):
            pass
    assert "TLS handshake failed" in tls[0].log()
    listener = socket.create_server((HOST, 0))
    child = os.fork()
    if not child:
        peer, _ = listener.accept()
        peer.sendall(b"220 this is no TLS\r\n" * 10)
        os._exit(0)
    port = listener.getsockname()[1]
    answer = open_uri(tls_uri(pki, port))
    os.waitpid(child, 0)
    listener.close()
    assert "TLS handshake failed" in answer


def test_tls_with_debians_virsh(pki: Path, tls: tuple[Daemon, int]) -> None:
    run = subprocess.run(["virsh", "-c", tls_uri(pki, tls[1]), "list", "--all", "--name"], capture_output=True, text=True,
                         env={**os.environ, "LD_LIBRARY_PATH": ""})
    assert run.stdout.split() == ["test"], run.stderr


def libvirtd(folder: Path, port: int, config: str, **environment: str) -> subprocess.Popen[bytes]:
    """Debian's, with a configuration of its own; it listens when this is back."""
    path = folder / "libvirtd.conf"
    path.write_text(f'unix_sock_dir = "{folder}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n{config}')
    # with places of its own for what is there once a system
    process = subprocess.Popen(apart('mount -t tmpfs none /run && exec "$0" "$@"', "/usr/sbin/libvirtd", "-f", str(path), "-p", str(folder / "pid"),
                                     "--listen"),
                               env={**os.environ, "LD_LIBRARY_PATH": "", **environment}, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection((HOST, port)).close()
            return process
        except OSError:
            assert process.poll() is None
            time.sleep(0.02)


def test_tls_to_debians_libvirtd(pki: Path, tmp_path: Path) -> None:
    port = free_port()
    process = libvirtd(tmp_path, port, tls_config(pki, port) + 'auth_tls = "none"\n')
    try:
        assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
        assert "server verification (of our certificate or IP address) failed" in open_uri(tls_uri(pki, port, "stranger"))
        theirs = ask_uri(tls_uri(pki, port), "libvirt", LD_LIBRARY_PATH="", PYTHONPATH="")
        assert ask_uri(tls_uri(pki, port)) == theirs
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


# --- SASL


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("sasl")
    (folder / "libvirt.conf").write_text("mech_list: SCRAM-SHA-256 PLAIN DIGEST-MD5\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                                         f"sasldb_path: {folder}/accounts\n")
    subprocess.run(["/usr/sbin/saslpasswd2", "-p", "-c", "-f", str(folder / "accounts"), "-a", "libvirt", NAME], input=PASSWORD,
                   text=True, check=True)
    return {"SASL_CONF_PATH": str(folder)}


ANSWERS = {AUTHNAME: NAME, PASSPHRASE: PASSWORD}


@pytest.mark.parametrize("mechanism", ["sasl", "sasl.SCRAM-SHA-256", "sasl.PLAIN"])
def test_sasl_over_tls(pki: Path, accounts: dict[str, str], mechanism: str) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, more='auth_tls = "sasl"\n'), "--verbose", environment=accounts) as daemon:
        assert open_uri(tls_uri(pki, port, more=f"&auth={mechanism}"), ANSWERS) == "opened: test 1 1"
        assert f'sasl="{NAME}@{socket.gethostname()}"' in daemon.log() or f'sasl="{NAME}"' in daemon.log()
        wrong = open_uri(tls_uri(pki, port, more=f"&auth={mechanism}"), {AUTHNAME: NAME, PASSPHRASE: "wrong"})
        assert wrong == "refused: authentication failed: authentication failed"
        assert "login failed" in daemon.log()


def test_sasl_on_a_unix_socket(accounts: dict[str, str], tmp_path: Path) -> None:
    with Daemon('auth_unix_rw = "sasl"\nsasl_allowed_username_list = ["fred*"]\n', environment=accounts) as daemon:
        assert open_uri(daemon.uri(), ANSWERS) == "opened: test 0 1"
        assert "was given nobody to ask" in open_uri(daemon.uri())
        file = tmp_path / "auth.conf"
        file.write_text(f"[credentials-mine]\nauthname={NAME}\npassword={PASSWORD}\n[auth-libvirt-localhost]\ncredentials=mine\n")
        assert open_uri(f"{daemon.uri()}&authfile={file}") == "opened: test 0 1"
        (tmp_path / "libvirt").mkdir()
        file.rename(tmp_path / "libvirt" / "auth.conf")
        assert open_uri(daemon.uri(), XDG_CONFIG_HOME=str(tmp_path)) == "opened: test 0 1"
        assert "there is no file" in open_uri(f"{daemon.uri()}&authfile={file}")
        file.write_text("[auth-libvirt-default]\ncredentials=gone\n")
        assert "Missing group 'credentials-gone'" in open_uri(f"{daemon.uri()}&authfile={file}")
        assert "SASL mechanism NTLM not supported by server" in open_uri(f"{daemon.uri()}&auth=sasl.NTLM", ANSWERS)
        assert "auth=wish: none, polkit, sasl or sasl.MECHANISM is accepted" in open_uri(f"{daemon.uri()}&auth=wish")
        daemon.reload('auth_unix_rw = "sasl"\nsasl_allowed_username_list = ["joe"]\n')
        assert open_uri(daemon.uri(), ANSWERS) == "refused: authentication failed: authentication failed"
        assert "sasl_allowed_username_list does not have" in daemon.log()


def test_sasl_protects_tcp(accounts: dict[str, str]) -> None:
    port = free_port()
    with Daemon(f'listen_tcp = 1\nlisten_addr = "{HOST}"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n', environment=accounts) as daemon:
        assert open_uri(f"test+tcp://{HOST}:{port}/default", ANSWERS) == "opened: test 1 1"
        assert "SASL mechanism PLAIN not supported by server" in open_uri(f"test+tcp://{HOST}:{port}/default?auth=sasl.PLAIN", ANSWERS)
        assert open_uri(f"test+tcp://{HOST}:{port}/default", ANSWERS, "libvirt", LD_LIBRARY_PATH="", PYTHONPATH="") == "opened: test 1 1"
        assert daemon.process.poll() is None


def test_sasl_with_debians_libvirtd(accounts: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    config = f'listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "{HOST}"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n'
    process = libvirtd(tmp_path, port, config, **accounts)
    try:
        assert open_uri(f"test+tcp://{HOST}:{port}/default", ANSWERS) == "opened: test 1 1"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


# --- TCP, and programs


def test_tcp() -> None:
    port = free_port()
    with Daemon(f'listen_tcp = 1\nlisten_addr = "{HOST}"\ntcp_port = "{port}"\nauth_tcp = "none"\n{ANYONE}'):
        assert open_uri(f"test+tcp://{HOST}:{port}/default") == "opened: test 0 0"
    assert f"unable to connect to server at '{HOST}:{port}': Connection refused" in open_uri(f"test+tcp://{HOST}:{port}/default")


#: opens with a limit of its own
HURRIED = """
import sys
import corral
try:
    corral.open(sys.argv[1], timeout=0.2)
except corral.libvirtError as error:
    print(error.get_error_code(), error)
"""


def open_hurriedly(uri: str) -> str:
    return subprocess.run([sys.executable, "-c", HURRIED, uri], capture_output=True, text=True, check=True).stdout


def test_daemons_that_take_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "sock"
    with socket.socket(socket.AF_UNIX) as listener, contextlib.ExitStack() as stack:
        listener.bind(str(path))
        listener.listen(0)
        full = False
        while not full:
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            full = waiting.connect_ex(str(path)) != 0
        assert "Connection timed out" in open_hurriedly(f"test+unix:///default?socket={path}")


def test_daemons_that_say_nothing(pki: Path) -> None:
    with socket.create_server((HOST, 0)) as listener:
        answer = open_hurriedly(tls_uri(pki, listener.getsockname()[1]))
        assert "has not finished the TLS handshake within its limit of 200 ms" in answer
        answer = open_hurriedly(f"test+tcp://{HOST}:{listener.getsockname()[1]}/default")
        assert "virConnectOpen took longer than its limit of 200 ms" in answer


#: takes ssh's place: notes its arguments and runs the command here
FAKE_SSH = """#!/bin/sh
printf '%s\\n' "$@" > {notes}
while [ "$1" != -- ]; do shift; done
shift 2
exec sh -c "$*"
"""


@pytest.fixture
def ssh(tmp_path: Path) -> Path:
    path = tmp_path / "ssh"
    path.write_text(FAKE_SSH.format(notes=tmp_path / "notes"))
    path.chmod(0o755)
    return path


def test_ssh_through_netcat(ssh: Path) -> None:
    with Daemon() as daemon:
        uri = f"test+ssh://alice@far.example:2222/default?command={ssh}&socket={daemon.rw}&keyfile=/a/key&no_tty=1&no_verify=1"
        assert open_uri(uri) == "opened: test 1 1"
        noted = (ssh.parent / "notes").read_text().split("\n")
    assert noted[:13] == ["-p", "2222", "-l", "alice", "-i", "/a/key", "-T", "-e", "none", "-o", "BatchMode=yes", "-o",
                          "StrictHostKeyChecking=no"]
    assert noted[13:15] == ["--", "far.example"]


def test_ssh_through_a_helper(ssh: Path) -> None:
    with Daemon() as daemon:
        helper = ssh.parent / "virt-ssh-helper"
        helper.write_text(f"#!/bin/sh\necho \"$@\" > {ssh.parent}/helped\nexec nc -U {daemon.rw}\n")
        helper.chmod(0o755)
        path = f"{ssh.parent}:{os.environ['PATH']}"
        for proxy in ("", "&proxy=auto", "&proxy=native"):
            assert open_uri(f"test+ssh://far.example/default?command={ssh}{proxy}", PATH=path) == "opened: test 1 1"
            assert (ssh.parent / "helped").read_text() == "test:///default\n"
        helper.write_text("#!/bin/sh\necho 'helper: no daemon' >&2\nexit 1\n")
        answer = open_uri(f"test+ssh://far.example/default?command={ssh}&proxy=native", PATH=path)
        assert answer == "refused: End of file while reading data: helper: no daemon"


def test_ssh_that_fails(ssh: Path, tmp_path: Path) -> None:
    ssh.write_text("#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n")
    assert open_uri(f"test+ssh://far.example/default?command={ssh}") == \
        "refused: End of file while reading data: Host key verification failed."
    assert "cannot run '/no/such/program'" in open_uri("test+ssh://far.example/default?command=/no/such/program")
    assert "proxy=odd: auto, netcat or native is accepted" in open_uri(f"test+ssh://far.example/default?command={ssh}&proxy=odd")


def test_a_program_of_the_users(tmp_path: Path) -> None:
    program = tmp_path / "way"
    with Daemon() as daemon:
        program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec nc -U {daemon.rw}\n")
        program.chmod(0o755)
        assert open_uri(f"test+ext:///default?command={program}") == "opened: test 0 0"
        assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    assert "requires a command" in open_uri("test+ext:///default")


def test_a_program_that_does_not_want_to_end(tmp_path: Path) -> None:
    program = tmp_path / "way"
    with Daemon() as daemon:
        program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\ntrap '' TERM\nnc -U {daemon.rw}\nwhile :; do sleep 0.1; done\n")
        program.chmod(0o755)
        assert open_uri(f"test+ext:///default?command={program}") == "opened: test 0 0"
        assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


# --- the user's own daemon


def session_daemons(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            program, environment = os.readlink(entry.parent / "exe"), entry.read_bytes()
        except OSError:
            continue
        if program == str(CORRALD.resolve()) and f"XDG_RUNTIME_DIR={folder}\0".encode() in environment:
            found.append(int(entry.parent.name))
    return found


def test_a_session_starts_its_own_daemon(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    try:
        assert open_uri("test+unix:///session", **environment).startswith("refused: ")  # the daemon is there, and knows no such node
        first = session_daemons(tmp_path)
        assert len(first) == 1
        command = Path(f"/proc/{first[0]}/cmdline").read_bytes().split(b"\0")
        assert command[1:4] == [b"--session", b"--timeout", b"120"]
        assert (tmp_path / "corral" / "corral-sock").is_socket()
        open_uri("test+unix:///session", **environment)
        assert session_daemons(tmp_path) == first
    finally:
        for pid in session_daemons(tmp_path):
            os.kill(pid, signal.SIGTERM)
    while session_daemons(tmp_path):
        time.sleep(0.02)


def test_a_session_that_may_not_start_one(tmp_path: Path) -> None:
    answer = open_uri("qemu:///session", XDG_RUNTIME_DIR=str(tmp_path), LIBVIRT_AUTOSTART="0")
    for path in ("corral/corral-sock", "libvirt/libvirt-sock", "libvirt/virtqemud-sock"):
        assert f"'{tmp_path}/{path}' (No such file or directory)" in answer
    assert "LIBVIRT_AUTOSTART=0 forbids" in answer
    assert session_daemons(tmp_path) == []


def test_a_session_whose_daemon_fails(tmp_path: Path) -> None:
    config = tmp_path / "config" / "corral" / "corrald.conf"
    config.parent.mkdir(parents=True)
    config.write_text("nonsense = 1\n")
    answer = open_uri("qemu:///session", XDG_RUNTIME_DIR=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert "was started, and has ended" in answer and "nonsense" in answer


def test_the_modules_are_not_linked() -> None:
    needed = subprocess.run(["objdump", "-p", str(BUILD / "lib" / "libcorral.so")], capture_output=True, text=True, check=True).stdout
    assert "NEEDED" in needed and "gnutls" not in needed and "sasl" not in needed


def test_quoting_survives_two_shells(ssh: Path, tmp_path: Path) -> None:
    folder = tmp_path / "it's a $HOME; \"odd\" name"
    folder.mkdir()
    with Daemon() as daemon:
        (folder / "sock").symlink_to(daemon.rw)
        from urllib.parse import quote
        assert open_uri(f"test+ssh://far.example/default?command={ssh}&socket={quote(str(folder / 'sock'), safe='/')}") == "opened: test 1 1"
        assert shlex.quote(str(folder)) != str(folder)


# --- much, and what nobody should send

#: a volume goes there and comes back; both ways are full meanwhile
CARRY = """
import sys, threading
import {module} as vir
def answer(wanted, data):
    for each in wanted:
        each[4] = {answers!r}.get(each[0])
    return 0
conn = vir.openAuth(sys.argv[1], [[vir.VIR_CRED_AUTHNAME, vir.VIR_CRED_PASSPHRASE], answer, None], 0)
size = 8 << 20
data = bytes(i * 7 % 251 for i in range(65521)) * (size // 65521 + 1)
data = data[:size]
pool = conn.listAllStoragePools()[0]
volume = pool.createXML("<volume><name>carried</name><capacity>%d</capacity></volume>" % size)
stream = conn.newStream()
volume.upload(stream, 0, size)
stream.sendAll(lambda stream, n, at: (data[at[0]:at[0] + n], at.__setitem__(0, at[0] + n))[0], [0])
stream.finish()
back = bytearray()
stream = conn.newStream()
volume.download(stream, 0, size)
stream.recvAll(lambda stream, some, back: back.extend(some), back)
stream.finish()
names = []
threads = [threading.Thread(target=lambda: names.extend(len(conn.getCapabilities()) for _ in range(50))) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("same" if bytes(back) == data else "different", len(names), len(set(names)))
"""


def carry(uri: str, answers: dict[int, str] | None = None) -> str:
    run = subprocess.run([sys.executable, "-c", CARRY.format(module="corral", answers=answers or {}), uri], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_much_goes_through_tls(pki: Path, tls: tuple[Daemon, int]) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port, more=ANYONE)):
        assert carry(tls_uri(pki, port)) == "same 200 1"


def test_much_goes_through_sasl(accounts: dict[str, str]) -> None:
    port = free_port()
    with Daemon(f'listen_tcp = 1\nlisten_addr = "{HOST}"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n{ANYONE}', environment=accounts):
        assert carry(f"test+tcp://{HOST}:{port}/default", ANSWERS) == "same 200 1"


def test_much_goes_through_a_program(tmp_path: Path) -> None:
    program = tmp_path / "way"
    with Daemon() as daemon:
        program.write_text(f"#!/bin/sh\nexec nc -U {daemon.rw}\n")
        program.chmod(0o755)
        assert carry(f"test+ext:///default?command={program}") == "same 200 1"


def data(nil: bool, some: bytes) -> bytes:
    return uint(int(nil)) + uint(len(some)) + b"".join(uint(byte) for byte in some)


def test_sasl_out_of_order(accounts: dict[str, str]) -> None:
    with Daemon('auth_unix_rw = "sasl"\n', environment=accounts) as daemon:
        with Client(daemon.rw) as client:
            for name, payload in [("CONNECT_OPEN", string_or_null("test:///default") + uint(0)), ("AUTH_SASL_STEP", data(False, b"")),
                                  ("AUTH_SASL_START", string("PLAIN") + data(True, b"")), ("AUTH_POLKIT", b"")]:
                assert client.call(name, payload).code == ERR_AUTH_FAILED, name
            assert b"SCRAM-SHA-256" in client.call("AUTH_SASL_INIT").payload
            assert client.call("AUTH_SASL_INIT").code == ERR_AUTH_FAILED
            assert client.call("AUTH_SASL_STEP", data(False, b"")).code == ERR_AUTH_FAILED
            assert client.call("AUTH_SASL_START", string("NONSENSE") + data(True, b"")).code == ERR_AUTH_FAILED
            # there is one attempt a connection
            good = f"\0{NAME}\0{PASSWORD}".encode()
            assert client.call("AUTH_SASL_START", string("PLAIN") + data(False, good)).code == ERR_AUTH_FAILED
        with Client(daemon.rw) as client:
            client.call("AUTH_SASL_INIT")
            # an empty answer is one, and a missing one is asked for
            answer = client.call("AUTH_SASL_START", string("PLAIN") + data(True, b""))
            assert answer.status == OK and answer.payload[:4] == uint(0)
            answer = client.call("AUTH_SASL_STEP", data(False, good))
            assert answer.status == OK and answer.payload[:4] == uint(1)
            assert client.call("AUTH_SASL_STEP", data(False, good)).code == ERR_AUTH_FAILED
            client.open()


def test_sasl_where_it_is_not_offered() -> None:
    with Daemon() as daemon, Client(daemon.rw) as client:
        assert client.call("AUTH_SASL_INIT").code == ERR_AUTH_FAILED
        assert "requested authentication type sasl is not offered" in open_uri(f"{daemon.uri()}&auth=sasl")


def test_tls_clients_that_go_in_the_middle(pki: Path) -> None:
    port = free_port()
    with Daemon(tls_config(pki, port)) as daemon:
        for size in (0, 1, 5, 100):
            with socket.create_connection((HOST, port)) as sock:
                sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:size] + b"\0" * (size - 11))
        assert open_uri(tls_uri(pki, port)) == "opened: test 1 1"
        assert daemon.process.poll() is None


# --- connections that outlive their daemon

RECONNECT = """
import corral, sys
asked = []
def answer(wanted, data):
    asked.append(len(wanted))
    for each in wanted:
        each[4] = {answers!r}[each[0]]
    return 0
conn = corral.openReconnecting(sys.argv[1], [[corral.VIR_CRED_AUTHNAME, corral.VIR_CRED_PASSPHRASE], answer, None], timeout=600)
times = len(asked)
for line in sys.stdin:
    print(conn.lookupByName("test").isActive(), conn.isEncrypted(), len(asked) == times, flush=True)
conn.close()
"""


def outlives(config: str, uri: str, **environment: str) -> list[str]:
    """What a connection says before its daemon is killed, and of the next one."""
    with Daemon(config, environment=environment) as daemon:
        script = subprocess.Popen([sys.executable, "-c", RECONNECT.format(answers=ANSWERS), uri], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, env=os.environ | environment)
        said = []
        for _ in range(3):
            print("again", file=script.stdin, flush=True)
            said.append(script.stdout.readline().strip())
            daemon.process.kill()
            daemon.process.wait()
            again = os.environ | environment | {"NOTIFY_SOCKET": str(daemon.root / "notify")}
            daemon.process = subprocess.Popen([str(CORRALD), "--root", str(daemon.root)], env=again, stderr=daemon.errors)
            daemon.wait_notified("READY=1")
        script.stdin.close()
        assert script.wait() == 0
        script.stdout.close()
        return said


def test_who_answered_once_is_not_asked_again(pki: Path, accounts: dict[str, str]) -> None:
    """Nor is a connection less guarded afterwards; certificates are those of the URI."""
    port = free_port()
    assert outlives(tls_config(pki, port, more='auth_tls = "sasl"\n'), tls_uri(pki, port), **accounts) == ["1 1 True"] * 3
    config = f'listen_tcp = 1\nlisten_addr = "{HOST}"\ntcp_port = "{port}"\nauth_tcp = "sasl"\n'
    assert outlives(config, f"test+tcp://{HOST}:{port}/default", **accounts) == ["1 1 True"] * 3
