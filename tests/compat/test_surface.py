"""Everything that libvirt-python offers is there, by name, parameters and value: in corral and by the field's names."""

import json

import pytest
from conftest import FIELD, MODULES, SOURCE, run

PYTHON = "/usr/bin/python3"
SCRIPT = str(SOURCE / "tests" / "compat" / "surface.py")


def surface(module, environment):
    return json.loads(run([PYTHON, SCRIPT, module], environment))


@pytest.fixture(scope="module")
def field():
    return surface("libvirt", FIELD)


def public(names):
    return {name for name in names if not name.startswith("_")}


def test_the_measure_is_the_whole_of_it(field):
    methods = sum(len(public(field["classes"][name])) for name in public(field["classes"]) if name != "libvirtError")
    assert len(field["constants"]) == 1194
    assert len(public(field["functions"])) >= 21
    assert len(public(field["classes"])) == 15
    assert methods >= 450


@pytest.fixture(scope="module", params=["corral", "libvirt"])
def ours(request):
    return surface(request.param, MODULES)


def test_every_constant_has_its_value(field, ours):
    assert {name: ours["constants"].get(name) for name in field["constants"]} == field["constants"]


def fits(theirs, mine):
    """A call that theirs takes is one that ours takes, and means the same."""
    if theirs is None or mine is None:
        return theirs == mine
    for at, (name, kind, default) in enumerate(theirs):
        # None stands for an empty list, which is a trap as a default
        if at >= len(mine) or mine[at][:2] != [name, kind] or default not in (None, mine[at][2], "[]" if mine[at][2] == "None" else None):
            return False
    return all(default is not None for _, _, default in mine[len(theirs):])


def test_every_function_takes_what_theirs_takes(field, ours):
    wrong = {name: (theirs, ours["functions"].get(name)) for name, theirs in field["functions"].items()
             if not name.startswith("_") and not (name in ours["functions"] and fits(theirs, ours["functions"][name]))}
    assert wrong == {}


def test_every_method_takes_what_theirs_takes(field, ours):
    wrong = {}
    for owner in public(field["classes"]):
        mine = ours["classes"].get(owner, {})
        for name, theirs in field["classes"][owner].items():
            if not name.startswith("_") and not (name in mine and fits(theirs, mine[name])):
                wrong[f"{owner}.{name}"] = (theirs, mine.get(name))
    # a helper's own setting, of the field's name alone
    if "_o" not in ours["classes"]["virDomain"]:
        wrong.pop("virStorageVol.streamBufSize", None)
    assert wrong == {}


def test_an_error_is_an_exception(field, ours):
    assert ours["bases"]["libvirtError"] == field["bases"]["libvirtError"]


@pytest.mark.parametrize("module", ["libvirt_qemu", "libvirt_lxc"])
def test_modules_of_one_driver_are_complete(module):
    theirs, mine = surface(module, FIELD), surface(module, MODULES)
    assert {name: mine["constants"].get(name) for name in theirs["constants"]} == theirs["constants"]
    wrong = {name: (parameters, mine["functions"].get(name)) for name, parameters in theirs["functions"].items()
             if not (name in mine["functions"] and fits(parameters, mine["functions"][name]))}
    assert wrong == {}


def test_private_helpers_are_there_by_the_fields_names(field):
    ours = surface("libvirt", MODULES)
    assert {name for name in field["functions"] if name.startswith("_dispatch") or name.startswith("_event")} <= set(ours["functions"])
    for owner in public(field["classes"]):
        lacking = set(field["classes"][owner]) - set(ours["classes"][owner])
        assert lacking == set(), owner
        if owner != "libvirtError":
            assert fits(field["classes"][owner]["__init__"], ours["classes"][owner]["__init__"]), owner


@pytest.mark.parametrize("module", ["libvirtmod", "libvirtmod_qemu", "libvirtmod_lxc"])
def test_the_extensions_calls_are_there_by_their_c_names(module):
    """Those of the description; what frees objects and the like has no use there."""
    theirs, mine = surface(module, FIELD), surface(module, MODULES)
    lacking = {name for name in theirs["functions"] if name not in mine["functions"]}
    assert lacking == set()


def test_the_loop_for_asyncio_has_the_fields_surface():
    theirs, mine = surface("libvirtaio", FIELD), surface("libvirtaio", MODULES)
    for name in public(theirs["functions"]):
        assert fits(theirs["functions"][name], mine["functions"].get(name)), name
    # its own inner classes are nobody's concern
    for name in ("virEventAsyncIOImpl",):
        lacking = public(theirs["classes"][name]) - public(mine["classes"][name])
        assert lacking <= {"schedule_ff_callback"}


HELPERS = """
import libvirt, libvirtmod, libvirt_qemu
conn = libvirt.open("test:///default")
dom = conn.lookupByName("test")
assert libvirtmod.virDomainGetName(dom._o) == "test"
assert libvirtmod.virDomainSuspend(dom._o) == 0
assert libvirtmod.virDomainSuspend(dom._o) == -1 and libvirt.virGetLastError()
assert libvirtmod.virConnectGetCapabilities(conn._o).startswith("<capabilities>")
assert libvirtmod.virDomainLookupByName(conn._o, "nobody") is None
assert libvirtmod.virConnectListDomainsID(conn._o) == [1]
assert libvirtmod.virDomainFree(dom._o) == 0 and dom.name() == "test"
assert libvirtmod.virDomain_pointer(dom._o) == dom.c_pointer()
again = libvirt.virDomain(conn, _obj=dom._o)
assert again == dom and again.name() == "test" and again._conn is conn and again.connect() is conn
class Mine(libvirt.virConnect):
    def __init__(self, handle):
        libvirt.virConnect.__init__(self, _obj=handle)
assert Mine(conn._o).getHostname() == conn.getHostname()
for wrong in (None, 5, "x"):
    try:
        libvirt.virDomain(conn, _obj=wrong)
    except Exception as error:
        assert "Expected a wrapped C Object" in str(error), error
    else:
        raise AssertionError("made of nothing")
snap = dom.snapshotCreateXML("<domainsnapshot/>")
assert snap._dom.name() == "test" and snap._conn is conn
assert conn.listAllStoragePools()[0]._conn is conn
heard = []
data = {"cb": lambda *args: heard.append(args), "conn": conn, "opaque": 5}
conn._dispatchDomainEventLifecycleCallback(dom._o, 1, 2, data)
conn._dispatchDomainEventTunableCallback(dom._o, {"a": 1}, data)
conn._dispatchNetworkEventLifecycleCallback(conn.listAllNetworks()[0]._o, 1, 0, data)
conn._dispatchCloseCallback(3, data)
libvirt._dispatchEventHandleCallback(1, 2, 4, data)
libvirt._dispatchEventTimeoutCallback(9, data)
libvirt_qemu._dispatchQemuMonitorEventCallback(conn, dom._o, "STOP", 1, 2, "{}", data)
assert [call[0] is conn for call in heard] == [True, True, True, True, False, False, True]
assert heard[0][1:] == (dom, 1, 2, 5) and heard[3][1:] == (3, 5) and heard[5] == (9, 5) and heard[6][2] == "STOP"
# gone through _o like a fake would
conn.close()
"""


def test_private_helpers_do_what_theirs_do():
    run([PYTHON, "-c", HELPERS], MODULES)


ASYNCIO = """
import asyncio, libvirt, libvirtaio

async def main():
    impl = libvirtaio.virEventRegisterAsyncIOImpl()
    assert libvirtaio.getCurrentImpl() is impl
    conn = libvirt.open("test:///default")
    heard = asyncio.Queue()
    number = conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                         lambda conn, dom, event, detail, opaque: heard.put_nowait((dom.name(), event, opaque)), "mine")
    dom = conn.lookupByName("test")
    dom.suspend()
    dom.resume()
    assert await heard.get() == ("test", libvirt.VIR_DOMAIN_EVENT_SUSPENDED, "mine")
    assert await heard.get() == ("test", libvirt.VIR_DOMAIN_EVENT_RESUMED, "mine")
    fired = asyncio.Event()
    timer = libvirt.virEventAddTimeout(5, lambda timer, opaque: fired.set(), None)
    await fired.wait()
    libvirt.virEventUpdateTimeout(timer, -1)
    libvirt.virEventRemoveTimeout(timer)
    import os
    reading, writing = os.pipe()
    ready = asyncio.Queue()
    watch = libvirt.virEventAddHandle(reading, libvirt.VIR_EVENT_HANDLE_READABLE, lambda *args: ready.put_nowait(os.read(args[1], 9)), None)
    os.write(writing, b"x")
    assert await ready.get() == b"x"
    libvirt.virEventUpdateHandle(watch, 0)
    libvirt.virEventRemoveHandle(watch)
    conn.domainEventDeregisterAny(number)
    # what belongs to a connection keeps it
    del dom
    conn.close()
    await impl.drain()
    while not impl.is_idle():
        await asyncio.sleep(0.01)

asyncio.run(main())
"""


@pytest.mark.parametrize("environment", [FIELD, MODULES], ids=["theirs", "ours"])
def test_asyncio_runs_the_librarys_events(environment):
    run([PYTHON, "-c", ASYNCIO], environment)
