"""The configuration file: every key, what is refused, what a running daemon takes over."""

import os
import re
import stat
import subprocess

import pytest
from support import CORRALD, OK, Client, Daemon, refused


def printed():
    return subprocess.run([str(CORRALD), "--print-config"], capture_output=True, text=True, check=True).stdout


def keys():
    return re.findall(r"^#(\w+) = ", printed(), re.M)


def test_the_example_tells_every_key_with_a_word_about_it():
    text = printed()
    assert len(keys()) > 35 and len(set(keys())) == len(keys())
    for block in text.split("\n\n")[1:]:
        lines = block.strip().splitlines()
        assert lines[0].startswith("# ") and re.match(r"#\w+ = ", lines[-1]), block
    assert max(map(len, text.splitlines())) <= 110


def test_the_example_can_be_used_as_it_is():
    """Every key by itself, uncommented, but for what needs the system's groups or TLS."""
    text = "\n".join(line[1:] for line in printed().splitlines() if re.match(r"#\w+ = ", line))
    mine = {"unix_sock_group": None, "unix_sock_dir": None, "listen_addr": None, "metrics_socket": None, "metrics_listen": None,
            "log_outputs": '"2:stderr"', "metrics_uris": '["test:///default"]'}
    lines = []
    for line in text.splitlines():
        key = line.split(" = ")[0]
        if key not in mine:
            lines.append(line)
        elif mine[key]:
            lines.append(f"{key} = {mine[key]}")
    with Daemon("\n".join(lines)) as daemon, Client(daemon.ro) as client:
        client.open()


@pytest.mark.parametrize("text, message", [
    ("max_client = 3", "FILE:1: 'max_client' is no key"),
    ("\n\nmax_clients = \"3\"", "FILE:3: max_clients: a number is expected"),
    ("max_clients = 0", "FILE:1: max_clients: 0 is out of range: 1 to 1000000 is accepted"),
    ("max_clients = 3 4", "FILE:1: max_clients: the value should end here: 4"),
    ("max_clients = 3x", "FILE:1: max_clients: a number is expected"),
    ("max_clients 3", "FILE:1: '=' is expected behind max_clients"),
    ("max_clients = 3\nmax_clients = 3", "FILE:2: max_clients is given twice"),
    ("listen_tcp = 2", "FILE:1: listen_tcp: 2 is out of range: 0 to 1 is accepted"),
    ("tcp_port = 16509", "FILE:1: tcp_port: a string in quotes is expected"),
    ('tcp_port = "16509', "FILE:1: the string has no end"),
    ('auth_tcp = "polkit"', "FILE:1: auth_tcp: 'polkit' is none of: none sasl"),
    ('unix_sock_ro_perms = "0888"', "FILE:1: unix_sock_ro_perms: '0888' is no mode: an octal number up to 0777 is accepted"),
    ('access_rules = "all"', "FILE:1: access_rules: a list in brackets is expected"),
    ('access_rules = ["anyone: *"\n"user a: *"]', "FILE:2: ',' or ']' is expected behind \"anyone: *\""),
    ('access_rules = [1]', "FILE:1: a string in quotes is expected"),
    ('access_rules = ["anyone"]', "\"anyone\": ': ' is expected between who it is and what is allowed"),
    ('access_rules = ["users a: *"]', "'users a' is nobody: user NAME, group NAME, x509 NAME, sasl NAME or anyone"),
    ('access_rules = ["anyone: domain:fly"]', "'domain:fly' is no permission"),
    ('access_rules = ["anyone: domain"]', "'domain' is no permission"),
    ('access_rules = ["anyone: * on "]', "is no name"),
    ("min_workers = 30", "min_workers (30) is more than max_workers (20)"),
    ('log_outputs = "5:stderr"', "log_outputs: '5:stderr' is no output"),
    ('log_outputs = "2:file:/nowhere/at/all"', "log_outputs: /nowhere/at/all"),
    ('unix_sock_group = "no such group"', "unix_sock_group: there is no group 'no such group'"),
    ('metrics_listen = "9000"', "metrics_listen: '9000' is no address: HOST:PORT is accepted"),
    ("= 3", "FILE:1: a key is expected"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_place(text, message):
    assert message in refused(text)


def test_a_file_that_is_named_has_to_be_there(tmp_path):
    run = subprocess.run([str(CORRALD), "--root", str(tmp_path), "--config", str(tmp_path / "none")], capture_output=True, text=True)
    assert run.returncode == 1 and "none" in run.stderr


@pytest.mark.parametrize("args, word", [(["--nonsense"], "--nonsense"), (["more"], "'more'"), (["--timeout", "-1"], "--timeout")])
def test_the_command_line_is_checked(args, word):
    run = subprocess.run([str(CORRALD), *args], capture_output=True, text=True)
    assert run.returncode == 2 and word in run.stderr


def test_the_version_is_told():
    assert re.fullmatch(r"corrald \d+\.\d+\.\d+\n", subprocess.run([str(CORRALD), "--version"], capture_output=True, text=True).stdout)


def test_lists_go_over_lines_and_comments_are_left_out():
    text = "# a comment\nmax_clients = 7 # another\naccess_rules = [ # first\n  'anyone: *', # second\n\n  \"user a: *\",\n]\nkeepalive_interval = -1"
    with Daemon(text) as daemon, Client(daemon.rw) as client:
        client.open()


def test_sockets_have_the_modes_that_are_asked_for():
    def mode(path):
        return stat.S_IMODE(os.stat(path).st_mode)

    with Daemon() as daemon:
        assert (mode(daemon.rw), mode(daemon.ro)) == (0o700, 0o777)
    with Daemon('unix_sock_rw_perms = "0600"\nunix_sock_ro_perms = "0660"') as daemon:
        assert (mode(daemon.rw), mode(daemon.ro)) == (0o600, 0o660)
    group = next(iter(os.popen("getent group").read().splitlines())).split(":")[0]
    with Daemon(f'unix_sock_group = "{group}"') as daemon:
        assert (mode(daemon.rw), mode(daemon.ro)) == (0o770, 0o777)


def test_sockets_may_lie_elsewhere_and_have_the_fields_names(tmp_path):
    with Daemon(f'unix_sock_dir = "{tmp_path}"\nlibvirt_sockets = 1') as daemon:
        names = sorted(path.name for path in (daemon.run / "libvirt").iterdir())
        assert "libvirt-sock" in names and "virtqemud-sock-ro" in names and "virtproxyd-sock" in names
        for path in (tmp_path / "corral-sock", tmp_path / "corral-sock-ro", *(daemon.run / "libvirt").iterdir()):
            with Client(path) as client:
                client.open()
    assert not (tmp_path / "corral-sock").exists()


def test_limits_are_read_again_and_others_are_named():
    with Daemon("max_clients = 1\nlog_level = 2") as daemon, Client(daemon.rw) as first:
        first.open()
        with Client(daemon.rw) as second:
            second.socket.settimeout(0.2)
            with pytest.raises(TimeoutError):
                second.call("AUTH_LIST")
            second.socket.settimeout(None)
            daemon.reload("max_clients = 2\nlog_level = 2\nlisten_tcp = 1")
            assert second.wait(second.serial).status == OK
        assert "listen_tcp takes effect when the daemon starts again" in daemon.log()
        daemon.reload("max_clients = x")
        assert "corrald.conf:1: max_clients: a number is expected" in daemon.log()
        assert first.call("CONNECT_GET_TYPE").status == OK


def test_the_log_goes_to_a_file_and_can_be_moved(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    with Daemon(f'log_outputs = "2:file:{one}"') as daemon:
        daemon.reload(f'log_outputs = "2:file:{other}"')
        with Client(daemon.rw) as client:
            client.open()
    assert "configuration read again" in other.read_text()
    assert "closed reason=" in other.read_text() and "closed reason=" not in one.read_text()
    assert stat.S_IMODE(other.stat().st_mode) == 0o600


def test_slow_calls_are_logged(tmp_path):
    node = tmp_path / "node.xml"
    node.write_text("<node xmlns:corral='https://corral.dev/xmlns/test/1.0'><corral:call name='virConnectGetHostname' delay='50'/></node>")
    with Daemon("log_slow_calls = 40") as daemon, Client(daemon.rw) as client:
        client.open(f"test://{node}")
        assert client.call("CONNECT_GET_HOSTNAME").status == OK
        assert client.call("CONNECT_GET_TYPE").status == OK
        lines = re.findall(r'client=1 who="user \w+" procedure=(\w+) status=ok duration_ms=(\d+)', daemon.log())
        # on a busy machine others may be slow, too
        assert "connect_get_hostname" in dict(lines) and int(dict(lines)["connect_get_hostname"]) >= 50
        assert all(int(duration) >= 40 for _, duration in lines)
        daemon.reload("log_slow_calls = 0")
        assert client.call("CONNECT_GET_HOSTNAME").status == OK
        assert daemon.log().count("procedure=connect_get_hostname") == 1
