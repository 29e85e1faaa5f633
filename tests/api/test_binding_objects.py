"""Objects, constants, errors and the module itself, as scripts use them."""

from __future__ import annotations

import enum
import gc
import inspect
import os
import subprocess
import sys
import threading
import weakref

import corral
import pytest
from conftest import ENVIRONMENT, GUEST


def test_every_public_method_has_a_signature() -> None:
    classes = [value for value in vars(corral).values() if inspect.isclass(value) and value.__name__.startswith("vir") and not issubclass(value, int)]
    assert len(classes) >= 13
    for cls in classes:
        for name in dir(cls):
            if not name.startswith("_") and callable(getattr(cls, name)) and name != "thisown":
                assert inspect.signature(getattr(cls, name)) is not None, f"{cls.__name__}.{name}"


def test_lists_give_objects_that_are_equal_to_looked_up_ones(conn: corral.virConnect) -> None:
    found = {dom.name(): dom for dom in conn.listAllDomains()}
    dom = conn.lookupByName("test")
    assert found["test"] == dom and hash(found["test"]) == hash(dom)
    assert dom in conn.listAllDomains() and dom in set(conn.listAllDomains())
    assert dom != conn and dom != conn.networkLookupByName("default") and dom != "test"


def test_the_same_guest_of_two_connections_to_one_uri_is_equal() -> None:
    with corral.open("test:///default") as one, corral.open("test:///default") as two:
        assert one.lookupByName("test") == two.lookupByName("test")
        assert one != two


def test_guests_of_different_worlds_differ(tmp_path) -> None:
    (tmp_path / "a.xml").write_text("<node/>")
    (tmp_path / "b.xml").write_text("<node/>")
    text = GUEST.format(name="g").replace("<name>", "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><name>")
    with corral.open(f"test://{tmp_path}/a.xml") as one, corral.open(f"test://{tmp_path}/b.xml") as two:
        assert one.createXML(text) != two.createXML(text)


def test_repr_tells_name_and_uuid(conn: corral.virConnect) -> None:
    dom = conn.lookupByName("test")
    assert repr(dom) == f"<virDomain name='test' uuid={dom.UUIDString()}>"
    assert repr(conn) == f"<virConnect uri='{conn.getURI()}'>"
    conn.close()
    assert "closed" in repr(conn)


def test_an_object_knows_its_connection(conn: corral.virConnect) -> None:
    conn.note = "mine"
    assert conn.lookupByName("test").connect() is conn
    assert conn.storagePoolLookupByName("default-pool").connect().note == "mine"


def test_close_returns_the_references_left(conn: corral.virConnect) -> None:
    dom = conn.lookupByName("test")
    assert conn.close() == 1
    assert dom.info()[0] == corral.VIR_DOMAIN_RUNNING
    with pytest.raises(corral.InvalidConnError, match="virConnectGetVersion"):
        conn.getVersion()
    with pytest.raises(corral.libvirtError):
        conn.close()
    assert corral.open("test:///default").close() == 0


def test_with_closes(conn: corral.virConnect) -> None:
    with corral.open("test:///default") as inner:
        assert inner.numOfDomains() >= 1
    assert not inner.c_pointer()
    with corral.open("test:///default") as again:
        again.close()


def test_a_call_goes_on_when_another_thread_closes() -> None:
    """Ten threads use connections while they are closed under them."""
    stop, wrong = threading.Event(), []
    shared = [corral.open("test:///default")]

    def use() -> None:
        while not stop.is_set():
            try:
                shared[0].listAllDomains()
            except corral.InvalidConnError:
                pass
            except Exception as error:  # noqa: BLE001
                wrong.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(300):
        old, shared[0] = shared[0], corral.open("test:///default")
        old.close()
    stop.set()
    for thread in threads:
        thread.join()
    shared[0].close()
    assert wrong == []


def test_methods_can_be_patched(conn: corral.virConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corral.virDomain, "name", lambda self: "patched")
    assert conn.lookupByName("test").name() == "patched"


def test_weak_references_and_attributes(conn: corral.virConnect) -> None:
    dom = conn.lookupByName("test")
    dom.colour = "blue"
    reference = weakref.ref(dom)
    assert reference() is dom and dom.colour == "blue"
    del dom
    gc.collect()
    assert reference() is None


def test_results_are_plain(conn: corral.virConnect) -> None:
    dom = conn.lookupByName("test")
    assert type(dom.isActive()) is int and dom.isActive() == 1
    assert type(dom.state()) is list and type(dom.state()[0]) is int
    assert type(conn.getInfo()[0]) is str
    assert type(dom.UUID()) is bytes and len(dom.UUID()) == 16
    assert dom.suspend() == 0 and dom.resume() == 0


def test_constants_are_enum_members_made_on_first_use() -> None:
    code = (
        "import sys, corral; before = len(vars(corral)); import corral._constants as c;"
        "assert 'virDomainState' not in vars(corral);"
        "assert corral.VIR_DOMAIN_RUNNING == 1; assert 'virDomainState' in vars(corral)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
    assert isinstance(corral.VIR_DOMAIN_RUNNING, enum.IntEnum) and corral.VIR_DOMAIN_RUNNING is corral.virDomainState.VIR_DOMAIN_RUNNING
    assert isinstance(corral.VIR_DOMAIN_XML_SECURE | corral.VIR_DOMAIN_XML_INACTIVE, corral.virDomainXMLFlags)
    assert corral.VIR_DOMAIN_BLKIO_WEIGHT == "weight" and type(corral.LIBVIR_VERSION_NUMBER) is int
    with pytest.raises(AttributeError, match="VIR_NO_SUCH_THING"):
        corral.VIR_NO_SUCH_THING  # noqa: B018


def test_star_import_brings_everything() -> None:
    names: dict[str, object] = {}
    exec("from corral import *", names)
    assert names["VIR_DOMAIN_RUNNING"] == 1 and names["open"] is corral.open and names["NoDomainError"] is corral.NoDomainError


def test_a_failed_call_raises_the_class_of_its_code(conn: corral.virConnect) -> None:
    with pytest.raises(corral.libvirtError) as caught:
        conn.lookupByName("no such guest")
    error = caught.value
    assert type(error) is corral.NoDomainError
    assert error.get_error_code() == corral.VIR_ERR_NO_DOMAIN and error.get_error_domain() == corral.VIR_FROM_TEST
    assert str(error) == error.get_error_message() == error.err[2] and "no such guest" in str(error)
    assert error.get_error_level() == corral.VIR_ERR_ERROR and error.get_str1() and error.get_int1() is not None
    assert len(error.err) == 9


def test_every_code_has_a_class() -> None:
    for value in corral.virErrorNumber:
        if value:
            cls = corral._errors.error_of(int(value))
            assert issubclass(cls, corral.libvirtError) and getattr(corral, cls.__name__) is cls
    assert corral._errors.error_of(54321) is corral.libvirtError


def test_scripts_make_errors() -> None:
    corral.virResetLastError()
    error = corral.libvirtError("text")
    assert str(error) == "text" and error.get_error_code() is None and error.get_str1() is None
    with pytest.raises(corral.libvirtError, match="mine"):
        raise corral.NoDomainError("mine")


def test_nothing_is_printed() -> None:
    code = "import corral\ntry: corral.open('test:///default').lookupByName('x')\nexcept corral.libvirtError: pass"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=ENVIRONMENT)
    assert done.stdout == b"" and done.stderr == b""


def test_error_handler_is_called(conn: corral.virConnect) -> None:
    heard: list[tuple] = []
    corral.registerErrorHandler(lambda context, error: heard.append((context, error)), "context")
    try:
        with pytest.raises(corral.NoDomainError):
            conn.lookupByName("nobody")
    finally:
        corral.registerErrorHandler(None, None)
    assert heard[0][0] == "context" and heard[0][1][0] == corral.VIR_ERR_NO_DOMAIN
    with pytest.raises(corral.NoDomainError):
        conn.lookupByName("nobody")
    assert len(heard) == 1


@pytest.mark.parametrize("value, expected", [("a\0b", ValueError), ("\ud800", UnicodeEncodeError), (b"x", TypeError), (None, TypeError), (3, TypeError)])
def test_strings_that_are_refused(conn: corral.virConnect, value: object, expected: type) -> None:
    with pytest.raises(expected):
        conn.lookupByName(value)  # type: ignore[arg-type]


def test_what_is_no_utf8_comes_back_as_it_went(conn: corral.virConnect) -> None:
    with pytest.raises(corral.NoDomainError) as caught:
        conn.lookupByName("caf\udce9")
    assert "caf\udce9" in str(caught.value)


@pytest.mark.parametrize("value", [-1, 2**64, 10**30])
def test_numbers_out_of_range(guest: corral.virDomain, value: int) -> None:
    with pytest.raises(OverflowError, match=f"virDomain.setMemory.*memory.*{value}.*0 to 18446744073709551615"):
        guest.setMemory(value)


def test_numbers_of_other_kinds(guest: corral.virDomain) -> None:
    with pytest.raises(TypeError, match="int is accepted, not float"):
        guest.setMemory(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int is accepted, not str"):
        guest.setMemory("1")  # type: ignore[arg-type]


def test_messages_name_the_argument(conn: corral.virConnect) -> None:
    with pytest.raises(TypeError, match=r"virConnect\.lookupByName\(\): argument 'name': str is accepted, not None"):
        conn.lookupByName(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="virConnect is accepted, not virDomain"):
        corral.virConnect.getVersion(conn.lookupByName("test"))  # type: ignore[arg-type]


def test_calls_release_the_gil(conn: corral.virConnect) -> None:
    """A thread waits in the event loop, and this one goes on."""
    done = threading.Event()
    timer = corral.virEventAddTimeout(50, lambda *args: done.set(), None)

    def run() -> None:
        while not done.is_set():
            corral.virEventRunDefaultImpl()

    thread = threading.Thread(target=run)
    thread.start()
    count = 0
    while not done.is_set():
        count += conn.isAlive()
    thread.join()
    corral.virEventRemoveTimeout(timer)
    assert count > 10


def test_a_guest_that_is_off_has_the_id_minus_one(conn: corral.virConnect) -> None:
    conn.lookupByName("test").destroy()
    assert conn.lookupByName("test").ID() == -1


def test_memory_of_the_host_is_in_mib(conn: corral.virConnect) -> None:
    assert conn.getInfo()[1] == 3072


def test_version_with_and_without_a_driver() -> None:
    assert isinstance(corral.getVersion(), int)
    assert isinstance(corral.getVersion("Test"), tuple) and len(corral.getVersion("Test")) == 2


def test_the_fields_names_are_the_same_modules() -> None:
    folder = os.path.join(os.environ["CORRAL_BUILD"], "compat", "python")
    code = f"import sys; sys.path.insert(0, {folder!r}); import libvirt, libvirt_qemu, corral; assert libvirt is corral; libvirt_qemu.qemuMonitorCommand"
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
