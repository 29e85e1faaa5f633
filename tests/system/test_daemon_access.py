"""Who may do what: every procedure, by somebody without rights, and on the socket for reading."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support import (BUILD, CORRALD, ERR_ACCESS_DENIED, ERR_AUTH_FAILED, ERR_INVALID_ARG, ERR_NO_CONNECT, ERR_OPERATION_DENIED, FACTS, OK, SOURCE,
                     Client, Daemon, blank, domain, procedures, string, string_or_null, uint)

from generator import builder

NOBODY = 65534
GUEST = """<domain type='test'><name>{name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>"""
#: two guests of the node below, and who may see what
NODE = """<node><domain type='test'><name>web-1</name><uuid>{0}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>
<domain type='test'><name>web-2</name><uuid>{1}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>
<domain type='test'><name>db</name><uuid>{2}</uuid><memory>65536</memory><os><type>hvm</type></os></domain></node>"""
UUIDS = [bytes([0x11 * (i + 1)] * 16) for i in range(3)]


def text_of(uuid):
    h = uuid.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


@pytest.fixture(scope="module")
def api():
    before = os.getcwd()
    os.chdir(SOURCE)
    try:
        return builder.load("api.xml")
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as it:
        yield it


@pytest.fixture
def node(tmp_path):
    path = tmp_path / "node.xml"
    path.write_text(NODE.format(*map(text_of, UUIDS)))
    return f"test://{path}"


def needs(item):
    """(those that are always asked for, those that depend on the arguments)"""
    words = [word for word in item["acl"] if word != "none"]
    return [word for word in words if word.count(":") == 1], [word for word in words if word.count(":") > 1]


def writes(api):
    """The procedures that a read-only connection may not call, as the description has them."""
    from generator import wire
    return {(item.program, item.number) for item in wire.build(api).procedures if item.function and item.function.access == "write"}


def test_somebody_without_rights_is_refused_everything(daemon):
    with Client(daemon.rw) as client:
        client.open()
        assert client.act_as(uid=NOBODY).status == OK
        allowed, asked = [], 0
        for program, item in procedures():
            if not needs(item)[0]:
                continue
            # no arguments at all: nothing is decoded before
            answer = client.call(item["number"], b"", program)
            asked += 1
            if answer.code != ERR_ACCESS_DENIED or needs(item)[0][0] not in answer.message:
                allowed.append((item["name"], answer))
        assert allowed == []
        assert asked > 380


def test_on_the_socket_for_reading_nothing_can_be_changed(daemon, api):
    wanted = writes(api)
    with Client(daemon.ro) as client:
        client.open()
        wrong = []
        for program, item in procedures():
            if (program, item["number"]) not in wanted:
                continue
            answer = client.call(item["number"], b"", program)
            if answer.code != ERR_OPERATION_DENIED:
                wrong.append((item["name"], answer))
        assert wrong == []
        assert len(wanted) > 200


def test_on_the_socket_for_reading_only_looking_is_allowed(daemon, api):
    """Whatever asks for more than looking is refused, though it may count as reading."""
    reads = {(program, item["number"]) for program, item in procedures()} - writes(api)
    looking = ("getattr", "read")
    with Client(daemon.ro) as client:
        client.open()
        for program, item in procedures():
            more = [word for word in needs(item)[0] if word.split(":")[1] not in looking and not word.split(":")[1].startswith("search_")]
            if (program, item["number"]) in reads and more:
                answer = client.call(item["number"], b"", program)
                assert answer.code in (ERR_ACCESS_DENIED, ERR_OPERATION_DENIED), (item["name"], answer)


def flags_of(api, text):
    value = 0
    for name in text.split("|"):
        value |= api.values[name].number
    return value


def conditional():
    return [pytest.param(program, item, word, id=f"{item['name']}-{word}") for program, item in procedures() for word in needs(item)[1]]


@pytest.fixture(scope="module")
def bare():
    """A daemon whose user may do what is asked for without conditions, and nothing else."""
    words = sorted({word for _, item in procedures() for word in needs(item)[0]})
    with Daemon(f'access_rules = ["anyone: {", ".join(words)}"]') as it:
        yield it


@pytest.mark.parametrize("program, item, word", conditional())
def test_permissions_that_depend_on_the_arguments(bare, api, program, item, word):
    parts = word.split(":")
    condition = parts[-1]
    member = parts[3] if len(parts) == 5 else "flags"
    permission = ":".join(parts[:2])
    unless = condition.startswith("!")
    value = 0 if unless else flags_of(api, condition)
    payload = blank(program, item["args"], **{member: uint(value)})
    also_asked_always = permission in needs(item)[0]
    # what is given because of another call is not to hide the condition
    granted = {w for _, other in procedures() for w in needs(other)[0]}
    with Client(bare.rw) as client:
        client.open()
        client.act_as(uid=NOBODY)
        answer = client.call(item["number"], payload, program)
        if permission in granted or also_asked_always:
            assert answer.code != ERR_ACCESS_DENIED
        else:
            assert answer.code == ERR_ACCESS_DENIED and permission in answer.message
            other = blank(program, item["args"], **{member: uint(flags_of(api, condition[1:]) if unless else 0)})
            assert client.call(item["number"], other, program).code != ERR_ACCESS_DENIED


@pytest.mark.parametrize("item", [item for _, item in procedures() if any(w.count(":") > 1 for w in item["acl"])], ids=lambda i: i["name"])
def test_a_condition_is_asked_for_by_its_own_permission_alone(api, item):
    """With everything but the conditional permissions of this call."""
    always, depends = needs(item)
    with_all = {tuple(word.split(":")[:2]) for word in depends} - {tuple(word.split(":")) for word in always}
    if not with_all:
        return # it is asked for in any case
    with Daemon(f'access_rules = ["anyone: connect:*, {", ".join(always)}"]') as daemon, Client(daemon.rw) as client:
        client.open()
        client.act_as(uid=NOBODY)
        for word in depends:
            parts = word.split(":")
            if tuple(parts[:2]) not in with_all:
                continue
            condition, member = parts[-1], parts[3] if len(parts) == 5 else "flags"
            value = 0 if condition.startswith("!") else flags_of(api, condition)
            answer = client.call(item["number"], blank("remote", item["args"], **{member: uint(value)}))
            assert answer.code == ERR_ACCESS_DENIED, (word, answer)
            assert ":".join(parts[:2]) in answer.message


# --- rules with names

RULES = 'access_rules = ["user 65534: connect:*", "user 65534: domain:getattr, domain:read, domain:start, domain:stop on web-*"]'


@pytest.fixture
def restricted(node):
    with Daemon(RULES) as daemon, Client(daemon.rw) as client:
        client.open(node)
        assert client.act_as(uid=NOBODY).status == OK
        yield client


def names_of(payload):
    count, at, out = struct.unpack(">I", payload[:4])[0], 4, []
    for _ in range(count):
        size = struct.unpack(">I", payload[at:at + 4])[0]
        out.append(payload[at + 4:at + 4 + size].decode())
        at += 4 + size + -size % 4
    return out


def test_what_one_may_not_see_is_in_no_list(restricted):
    listed = restricted.call("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0))
    assert listed.status == OK
    assert b"web-1" in listed.payload and b"web-2" in listed.payload and b"db" not in listed.payload
    assert struct.unpack(">I", listed.payload[:4])[0] == 2
    assert struct.unpack(">I", listed.payload[-4:])[0] == 2
    stats = restricted.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(0) + uint(0) + uint(0))
    assert b"web-1" in stats.payload and b"db" not in stats.payload


def test_how_long_a_list_is_counts_what_one_may_see(restricted):
    answer = restricted.call("CONNECT_LIST_ALL_DOMAINS", uint(0) + uint(0))
    assert answer.payload == uint(0) + uint(2)
    assert restricted.call("CONNECT_LIST_ALL_NETWORKS", uint(0) + uint(0)).payload == uint(0) + uint(0)


def test_copying_is_no_way_around():
    rules = 'access_rules = ["user 65534: connect:*, storage_pool:*", "user 65534: storage_vol:* on default-pool/*", "user 65534: storage_vol:getattr"]'
    xml = "<volume><name>{}</name><capacity>1048576</capacity></volume>"
    pool_xml = "<pool type='dir'><name>other</name><target><path>/other</path></target></pool>"
    with Daemon(rules) as daemon, Client(daemon.rw) as client:
        client.open()
        other = client.call("STORAGE_POOL_CREATE_XML", string(pool_xml) + uint(0)).payload
        secret = client.call("STORAGE_VOL_CREATE_XML", other + string(xml.format("secret")) + uint(0))
        assert secret.status == OK, secret
        mine = client.call("STORAGE_POOL_LOOKUP_BY_NAME", string("default-pool")).payload
        assert client.act_as(uid=NOBODY).status == OK
        made = client.call("STORAGE_VOL_CREATE_XML", mine + string(xml.format("mine")) + uint(0))
        assert made.status == OK, made
        assert client.call("STORAGE_VOL_CREATE_XML_FROM", mine + string(xml.format("copy")) + made.payload + uint(0)).status == OK
        answer = client.call("STORAGE_VOL_CREATE_XML_FROM", mine + string(xml.format("copy2")) + secret.payload + uint(0))
        assert answer.code == ERR_ACCESS_DENIED and "storage_vol:data_read for 'other/secret'" in answer.message
        assert client.call("STORAGE_VOL_CREATE_XML", other + string(xml.format("x")) + uint(0)).code == ERR_ACCESS_DENIED
        assert names_of(client.call("STORAGE_POOL_LIST_VOLUMES", other + uint(10)).payload) == ["secret"] # getattr of all
        assert client.call("STORAGE_VOL_DELETE", secret.payload + uint(0)).code == ERR_ACCESS_DENIED


def test_older_lists_and_counts_leave_it_out_too(restricted):
    assert restricted.call("CONNECT_NUM_OF_DOMAINS").payload == uint(2)
    ids = restricted.call("CONNECT_LIST_DOMAINS", uint(10))
    assert struct.unpack(">I", ids.payload[:4])[0] == 2
    one = restricted.call("CONNECT_LIST_DOMAINS", uint(1))
    assert struct.unpack(">I", one.payload[:4])[0] == 1
    for id in struct.unpack(f">{2}I", ids.payload[4:]):
        assert b"web-" in restricted.call("DOMAIN_LOOKUP_BY_ID", uint(id)).payload
    assert restricted.call("DOMAIN_DESTROY", domain("web-1", UUIDS[0])).status == OK
    assert restricted.call("CONNECT_NUM_OF_DEFINED_DOMAINS").payload == uint(1)
    assert names_of(restricted.call("CONNECT_LIST_DEFINED_DOMAINS", uint(10)).payload) == ["web-1"]
    assert names_of(restricted.call("CONNECT_LIST_DEFINED_DOMAINS", uint(0)).payload) == []
    # kinds that nothing is allowed of
    assert restricted.call("CONNECT_NUM_OF_NETWORKS").payload == uint(0)
    assert names_of(restricted.call("CONNECT_LIST_STORAGE_POOLS", uint(10)).payload) == []
    assert restricted.call("NODE_NUM_OF_DEVICES", uint(0) + uint(0)).payload == uint(0)


def test_lookups_are_judged_by_what_is_found(restricted):
    for name, payload in (("DOMAIN_LOOKUP_BY_NAME", string("db")), ("DOMAIN_LOOKUP_BY_UUID", UUIDS[2])):
        answer = restricted.call(name, payload)
        assert answer.code == ERR_ACCESS_DENIED and "'db'" in answer.message
    assert restricted.call("DOMAIN_LOOKUP_BY_NAME", string("web-1")).status == OK


def test_a_name_beside_anothers_uuid_gets_nobody_further(restricted):
    assert restricted.call("DOMAIN_SUSPEND", domain("web-1", UUIDS[0])).code == ERR_ACCESS_DENIED # not among the permissions
    assert restricted.call("DOMAIN_GET_INFO", domain("web-1", UUIDS[0])).status == OK
    answer = restricted.call("DOMAIN_DESTROY", domain("web-1", UUIDS[2], 3))
    assert answer.code == ERR_ACCESS_DENIED and "domain:stop for 'db'" in answer.message
    # and the other way round it is web-1 that is meant
    assert restricted.call("DOMAIN_DESTROY", domain("db", UUIDS[0], 3)).status == OK
    assert restricted.call("DOMAIN_GET_STATE", domain("db", UUIDS[0]) + uint(0)).payload[:4] == uint(5)
    stats = restricted.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(1) + domain("web-1", UUIDS[2]) + uint(0) + uint(0))
    assert stats.payload[:4] == uint(0)


def test_what_is_made_has_no_name_yet(restricted):
    answer = restricted.call("DOMAIN_CREATE_XML", string(GUEST.format(name="web-3")) + uint(0))
    assert answer.code == ERR_ACCESS_DENIED and "domain:start" in answer.message or "domain:write" in answer.message


def test_events_tell_only_of_what_one_may_see(node):
    with Daemon(RULES) as daemon, Client(daemon.rw) as owner:
        owner.open(node)
        assert owner.call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", uint(0) + uint(0)).status == OK
        for name, uuid in (("db", UUIDS[2]), ("web-1", UUIDS[0])):
            assert owner.call("DOMAIN_DESTROY", domain(name, uuid)).status == OK
            owner.until(lambda messages: any(name.encode() in payload for _, _, payload in messages))
        # the same connection, now on behalf of somebody: what is registered is judged anew
        owner.messages.clear()
        assert owner.act_as(uid=NOBODY).status == OK
        assert owner.call("DOMAIN_CREATE", domain("web-1", UUIDS[0])).status == OK
        assert owner.call("DOMAIN_DESTROY", domain("web-2", UUIDS[1])).status == OK
        owner.until(lambda messages: any(b"web-2" in payload for _, _, payload in messages))
        assert {payload for _, _, payload in owner.messages if b"db" in payload} == set()
        owner.messages.clear()
        daemon.reload(RULES.replace("web-*", "web-*, nothing").replace("domain:getattr, ", ""))
        assert owner.call("DOMAIN_DESTROY", domain("web-1", UUIDS[0])).status == OK
        daemon.reload(RULES)
        assert owner.call("DOMAIN_CREATE", domain("web-1", UUIDS[0])).status == OK
        owner.until(lambda messages: any(b"web-1" in payload for _, _, payload in messages))
        # its end, of which nobody was allowed to know, has not been told: 5 would be that it had stopped
        kinds = [struct.unpack(">i", payload[-8:-4])[0] for _, _, payload in owner.messages if b"web-1" in payload]
        assert kinds[0] != 5


# --- who somebody is

def test_rules_know_users_groups_certificates_and_logins(node):
    config = """access_rules = ["user 1000: *", "group 2000: read-only", "x509 O=Example,*: domain:read, connect:getattr",
        "sasl joe@*: connect:getattr", "user 3000: * on web-*, other"]"""
    calls = {"write": ("DOMAIN_SUSPEND", domain("db", UUIDS[2])), "read": ("DOMAIN_GET_INFO", domain("db", UUIDS[2])),
             "type": ("CONNECT_GET_TYPE", b""), "web": ("DOMAIN_SUSPEND", domain("web-1", UUIDS[0]))}
    cases = [
        ({"uid": 1000}, {"write", "read", "type", "web"}), ({"uid": 1001}, set()), ({"uid": 1001, "gid": 2000}, {"read", "type"}),
        ({"x509": "O=Example,CN=a"}, {"read", "type"}), ({"x509": "O=Other,CN=a"}, set()),
        ({"sasl": "joe@EXAMPLE.COM"}, {"type"}), ({"sasl": "jo"}, set()), ({"user": "root"}, set()), ({"uid": 3000}, {"web"}),
    ]  # fmt: skip
    with Daemon(config) as daemon:
        for facts, wanted in cases:
            with Client(daemon.rw) as client:
                client.open(node)
                assert client.act_as(**facts).status == OK
                allowed = set()
                for name, (call, payload) in calls.items():
                    answer = client.call(call, payload)
                    assert answer.status == OK or answer.code == ERR_ACCESS_DENIED, (facts, name, answer)
                    if answer.status == OK:
                        allowed.add(name)
                assert allowed == wanted, facts


def test_without_rules_those_who_have_logged_in_may_do_everything(daemon):
    for facts in ({"sasl": "joe"}, {"x509": "CN=joe"}):
        with Client(daemon.rw) as client:
            client.open()
            assert client.act_as(**facts).status == OK
            assert client.call("CONNECT_NUM_OF_DOMAINS").status == OK


def test_only_the_privileged_speak_for_others_and_only_once(daemon):
    with Client(daemon.rw) as client:
        client.open()
        assert client.act_as(uid=NOBODY).status == OK
        assert client.act_as(uid=0).code == ERR_ACCESS_DENIED
    with Client(daemon.ro) as client:
        client.open()
        assert client.act_as(uid=NOBODY).code == ERR_ACCESS_DENIED
    with Client(daemon.rw) as client:
        client.open()
        # a claim to be root does not make anybody root a second time
        assert client.act_as(sasl="joe").status == OK
        assert client.act_as(uid=0).code == ERR_ACCESS_DENIED


def test_identities_that_make_no_sense_are_refused(daemon):
    def params(*items):
        return uint(len(items)) + b"".join(items) + uint(0)

    uid = string("unix-user-id") + uint(4) + struct.pack(">Q", 1)
    cases = {
        "known of callers": string("shoe-size") + uint(4) + struct.pack(">Q", 1),
        "wrong type": string("unix-user-id") + uint(7) + string("1"),
        "out of range": string("unix-user-id") + uint(4) + struct.pack(">Q", 1 << 32),
    }
    with Client(daemon.rw) as client:
        client.open()
        for word, item in cases.items():
            answer = client.call("CONNECT_SET_IDENTITY", params(item))
            assert answer.code == ERR_INVALID_ARG and word in answer.message
        answer = client.call("CONNECT_SET_IDENTITY", params(uid, uid))
        assert answer.code == ERR_INVALID_ARG and "twice" in answer.message
        answer = client.call("CONNECT_SET_IDENTITY", uint(0) + uint(1))
        assert answer.code == ERR_INVALID_ARG
        assert client.act_as(uid=NOBODY).status == OK # nothing had been taken over


def test_rules_are_read_again():
    with Daemon('access_rules = ["user 65534: connect:*"]') as daemon, Client(daemon.rw) as client:
        client.open()
        client.act_as(uid=NOBODY)
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("test")).code == ERR_ACCESS_DENIED
        daemon.reload('access_rules = ["user 65534: connect:*, domain:getattr"]')
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("test")).status == OK
        daemon.reload('access_rules = []')
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("test")).code == ERR_ACCESS_DENIED
        daemon.reload('access_rules = ["nonsense"]') # which changes nothing
        assert client.call("DOMAIN_LOOKUP_BY_NAME", string("test")).code == ERR_ACCESS_DENIED
        assert "not read again" in daemon.log() and "nonsense" in daemon.log()


# --- coming in

@pytest.mark.parametrize("uri", ["test+unix:///default", "test+tcp://127.0.0.1/default", "test://127.0.0.1/default",
                                 "test+ext:///default?command=/bin/true", "qemu+unix:///system", "remote:///"])
def test_a_daemon_goes_on_to_no_other(daemon, uri):
    with Client(daemon.rw) as client:
        assert client.call("CONNECT_OPEN", string_or_null(uri) + uint(0)).code == ERR_NO_CONNECT


def test_files_are_not_read_for_those_who_might_not(daemon, node):
    with Client(daemon.ro) as client:
        answer = client.call("CONNECT_OPEN", string_or_null(node) + uint(0))
        assert answer.code == ERR_ACCESS_DENIED and "rights" in answer.message
        client.open()


def test_before_a_login_nothing_is_answered():
    with Daemon('auth_unix_rw = "sasl"\nauth_timeout = 3600') as daemon:
        with Client(daemon.rw) as client:
            assert client.call("AUTH_LIST").payload == uint(1) + uint(1)
            for program, item in procedures():
                if item["name"].startswith("REMOTE_PROC_AUTH_") or item["name"] == "REMOTE_PROC_CONNECT_CLOSE":
                    continue
                assert client.call(item["number"], b"", program).code == ERR_AUTH_FAILED, item["name"]
            # and who never logs in does not stay
            daemon.reload('auth_unix_rw = "sasl"\nauth_timeout = 1')
            with pytest.raises((EOFError, ConnectionError)):
                client.next()
        with Client(daemon.ro) as client:
            client.open()
        assert "has not proved who it is in time" in daemon.log()


def test_those_who_have_not_logged_in_are_few():
    with Daemon('auth_unix_rw = "sasl"\nmax_anonymous_clients = 2\nauth_timeout = 3600\nlog_level = 2') as daemon:
        first, second, third = Client(daemon.rw), Client(daemon.rw), Client(daemon.rw)
        with first, second, third:
            assert first.call("AUTH_LIST").status == OK
            assert second.call("AUTH_LIST").status == OK
            third.socket.settimeout(0.3)
            with pytest.raises(TimeoutError):
                third.call("AUTH_LIST")
            third.socket.settimeout(None)
            daemon.reload('auth_unix_rw = "sasl"\nmax_anonymous_clients = 2\nauth_timeout = 1\nlog_level = 2')
            # the others are sent away in the end, and then it is its turn
            assert third.wait(third.serial).status == OK


def test_the_owner_needs_no_polkit():
    with Daemon('auth_unix_rw = "polkit"') as daemon, Client(daemon.rw) as client:
        assert client.call("AUTH_LIST").payload == uint(1) + uint(0)
        assert client.call("AUTH_POLKIT").status == OK
        client.open()


STRANGER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from support import Client
os.setgroups([]); os.setgid(65534); os.setuid(65534)
client = Client(sys.argv[2])
print(client.call("AUTH_LIST").payload.hex(), client.call("CONNECT_OPEN", bytes(8)).code, client.act_as(uid=0).code, client.call("AUTH_POLKIT").code)
"""


def ask_as_stranger(path):
    run = subprocess.run([sys.executable, "-c", STRANGER, str(Path(__file__).parent), str(path)], capture_output=True, text=True,
                         env=os.environ | {"LD_PRELOAD": ""})
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


if os.geteuid() == 0: # nobody else can become somebody else

    def test_a_user_who_was_not_let_in_may_do_nothing():
        with Daemon('unix_sock_rw_perms = "0777"') as daemon:
            assert ask_as_stranger(daemon.rw) == ["0000000100000000", "88", "88", "45"]

    def test_a_users_own_daemon_lies_in_the_users_folder():
        with tempfile.TemporaryDirectory() as folder:
            os.chown(folder, NOBODY, NOBODY)
            program = shutil.copy(CORRALD, folder) # the build may lie where that user cannot look
            shutil.copytree(BUILD / "lib", f"{folder}/lib", symlinks=True)
            notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            notified.bind(f"{folder}/notify")
            os.chmod(f"{folder}/notify", 0o666)
            env = {"XDG_RUNTIME_DIR": folder, "XDG_CONFIG_HOME": folder, "HOME": folder, "NOTIFY_SOCKET": f"{folder}/notify",
                   "LD_LIBRARY_PATH": f"{folder}/lib", "ASAN_OPTIONS": "detect_leaks=0"}
            process = subprocess.Popen([program, "--timeout", "1"], user=NOBODY, group=NOBODY, extra_groups=[], env=env)
            assert "READY=1" in notified.recv(100).decode()
            assert sorted(os.listdir(f"{folder}/corral")) == ["corral-sock", "corrald.pid", "qemu"]
            assert os.stat(f"{folder}/corral").st_mode & 0o777 == os.stat(f"{folder}/corral/corral-sock").st_mode & 0o777 == 0o700
            with Client(f"{folder}/corral/corral-sock") as client:
                client.open()
            assert process.wait() == 0 # nobody is there any more
            notified.close()

    def test_a_stranger_has_to_ask_polkit():
        nobody = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
        with Daemon('unix_sock_rw_perms = "0777"\nauth_unix_rw = "polkit"', environment=nobody) as daemon:
            assert ask_as_stranger(daemon.rw) == ["0000000100000002", "45", "45", "94"]
