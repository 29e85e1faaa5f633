"""Every call of the description under its documented name, with proper arguments and with hostile ones:
a result or a clear exception each time, and the process lives."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Iterator

import corral
import pytest
from corral import lxc, qemu
from conftest import GUEST, SOURCE
from generator import binding, builder

API = builder.load(str(SOURCE / "api.xml"))
CALLS = binding.calls(API)

#: what a refused or failed call may raise
REFUSALS = (corral.libvirtError, TypeError, ValueError, OverflowError, MemoryError)

INTEGERS = [0, -1, 1, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**31) - 1, -(2**63) - 1,
            10**40, True, 1.5, float("nan"), "1", b"1", None, [], {}, object()]
STRINGS = ["", "x", "\0", "a\0b", "\ud800", "\udcff", "é" * 10, "x" * 100_000, "%s%n", b"bytes", 3, None, [], {}, object()]
LISTS: list[Any] = [[], [None], [0] * 10_000, ["x"] * 10_000, [2**64], [-1], ["a\0b"], ["\ud800"], [object()], (), (1, 2), None, 3,
                    "text", b"bytes", {}, object(), [[[[]]]]]
DICTS: list[Any] = [{}, {"x": 1}, {"x": None}, {"x": 2**64}, {"x": -(2**63) - 1}, {"x": "a\0b"}, {"x" * 200: 1}, {"": ""}, {1: 2}, {b"x": 1},
                    {"x": 1.5}, {"x": [1, "2"]}, {"x": {"y": 1}}, {str(i): i for i in range(10_000)}, {"weight": "x"}, {"seconds": 1},
                    {"seconds": 2**70, "nseconds": 0}, {"seconds": 1, "nseconds": -1}, {4: 2**64}, {-1: 0}, None, [], 3, "x", object()]
BYTES: list[Any] = [b"", b"x", b"x" * 16, b"\0" * 100_000, bytearray(b"x"), memoryview(b"xyz"), "text", None, 3, [], object()]
OTHERS: list[Any] = [None, 3, "x", [], {}, object(), lambda *args: None]
HOSTILE = {
    "string": STRINGS, "bytes": BYTES, "uuid": BYTES, "list": LISTS, "cpumap": LISTS, "record": [*LISTS, ["x", "y"], ["x" * 9999, "y"]],
    "dict": DICTS, "preset": DICTS, "mapping": DICTS, "prompt": [*LISTS, [[1], None, None], [[], print, None], [["x"], print, 1], [1, 2, 3]],
    "object": OTHERS, "closure": OTHERS, "opaque": OTHERS, "double": INTEGERS,
}


def ignore(*args: Any) -> None:
    return None


@pytest.fixture(autouse=True)
def no_deadline_is_left() -> Iterator[None]:
    """One of the calls gives the thread a deadline, which outlives the connection."""
    yield
    with corral.open("test:///default") as conn:
        conn.setCallTimeout(0, corral.CORRAL_CALL_TIMEOUT_THREAD)


#: a world of the test's own, since these calls leave little of one
WORLD = """<node>
<network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'/></network>
<pool type='dir'><name>default-pool</name><target><path>/default-pool</path></target></pool>
<device><name>computer</name><capability type='system'><hardware><uuid>11111111-2222-3333-4444-555555555555</uuid></hardware></capability></device>
<interface type='ethernet' name='eth1'><start mode='onboot'/><mac address='aa:bb:cc:dd:ee:ff'/></interface>
</node>"""


class Things:
    """One proper object of each class, as far as the driver has them."""

    def __init__(self, conn: corral.virConnect, guest: corral.virDomain) -> None:
        self.found: dict[str, Any] = {"virConnect": conn, "virDomain": guest}
        for name, make in {
            "virNetwork": lambda: conn.networkLookupByName("default"),
            "virStoragePool": lambda: conn.storagePoolLookupByName("default-pool"),
            "virStream": lambda: conn.newStream(),
            "virStorageVol": lambda: self.found["virStoragePool"].createXML(
                "<volume><name>every-call</name><capacity>4096</capacity></volume>"),
            "virInterface": lambda: conn.listAllInterfaces()[0],
            "virNodeDevice": lambda: conn.listAllDevices()[0],
            "virSecret": lambda: conn.secretDefineXML("<secret ephemeral='yes' private='no'><usage type='volume'><volume>/x</volume></usage></secret>"),
            "virDomainSnapshot": lambda: guest.snapshotCreateXML("<domainsnapshot/>"),
            "virDomainCheckpoint": lambda: guest.checkpointCreateXML("<domaincheckpoint/>"),
        }.items():
            try:
                self.found[name] = make()
            except (corral.NoSupportError, corral.OperationUnsupportedError):
                pass

    def proper(self, parameter: binding.Parameter) -> Any:
        arg = parameter.args[-1]
        if parameter.kind == "object":
            return self.found.get(parameter.type)
        if parameter.kind == "list":
            found = self.found.get(arg.type)
            return [found] if found else ["x"] if arg.type == "string" else [1]
        return {"string": "x", "bytes": b"data", "uuid": bytes(16), "dict": {}, "preset": {"seconds": 1, "nseconds": 2}, "mapping": {4: 1},
                "cpumap": (True, False), "record": ["x", "y"], "prompt": [[1], ignore, None], "closure": ignore, "opaque": None}.get(parameter.kind, 1)


def target_of(call: binding.Call) -> Any:
    if call.owner:
        return getattr(getattr(corral, call.owner), call.name)
    module = API.module_of[call.function.name]
    return getattr({"qemu": qemu, "lxc": lxc}.get(module.namespace, corral), call.name)


def attempt(target: Any, /, *args: Any, **keywords: Any) -> None:
    try:
        target(*args, **keywords)
    except REFUSALS as error:
        assert str(error)


def hostile_arguments(call: binding.Call, things: Things) -> Iterator[list[Any]]:
    proper = [things.proper(parameter) for parameter in call.parameters]
    for index, parameter in enumerate(call.parameters):
        for value in HOSTILE.get(parameter.kind, INTEGERS):
            yield [*proper[:index], value, *proper[index + 1 :]]


#: these wait for something to happen
WAITING = ("virEventRunDefaultImpl",)
#: what they are given stays for the life of the process
FOREVER = ("virEventRegisterImpl", "registerErrorHandler")


@pytest.fixture
def things(tmp_path: Path) -> Iterator[Things]:
    (tmp_path / "world.xml").write_text(WORLD)
    conn = corral.open(f"test://{tmp_path}/world.xml")
    yield Things(conn, conn.createXML(GUEST.format(name="guest")))
    try:
        # what a call registered keeps its connection
        conn.unregisterCloseCallback()
    except corral.libvirtError:
        pass
    corral.registerErrorHandler(None, None)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.title)
def test_call_is_there_and_has_a_signature(call: binding.Call) -> None:
    names = [parameter.name for parameter in call.parameters]
    signature = inspect.signature(target_of(call))
    found = [name for name in signature.parameters if name != "self" and (name in names or name not in ("timeout", "reconnect"))]
    assert found == names
    required = [name for name, item in signature.parameters.items() if item.default is item.empty and name != "self"]
    assert required == [parameter.name for parameter in call.parameters if parameter.default is None]


@pytest.mark.parametrize("call", [call for call in CALLS if call.name not in WAITING], ids=lambda call: call.title)
def test_call_with_proper_and_hostile_arguments(call: binding.Call, things: Things) -> None:
    target = target_of(call)
    owner = [things.found.get(call.owner)] if call.owner else []
    arguments = [things.proper(parameter) for parameter in call.parameters]
    if call.owner and owner[0] is None:
        # nothing to call it on: the class of `self` is refused
        with pytest.raises(TypeError):
            target(None, *arguments)
        return
    attempt(target, *owner, *arguments)
    attempt(target, *owner, **{p.name: value for p, value in zip(call.parameters, arguments)})
    if call.releases:
        return
    for hostile in hostile_arguments(call, things):
        attempt(target, *owner, *hostile)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.title)
def test_call_with_wrong_arity_and_wrong_class(call: binding.Call, things: Things) -> None:
    target = target_of(call)
    arguments = [things.proper(parameter) for parameter in call.parameters]
    owner = [things.found.get(call.owner)] if call.owner else []
    with pytest.raises(TypeError):
        target(*owner, *arguments, None, None, None)
    with pytest.raises(TypeError):
        target(*owner, *arguments, no_such_argument=1)
    if not call.owner:
        return
    for wrong in (None, 3, "x", object(), things.found["virConnect" if call.owner != "virConnect" else "virDomain"]):
        with pytest.raises(TypeError):
            target(wrong, *arguments)
    with pytest.raises(TypeError):
        target()


@pytest.mark.parametrize("call", [call for call in CALLS if call.owner == "virConnect"], ids=lambda call: call.title)
def test_call_after_close(call: binding.Call, things: Things) -> None:
    conn = corral.open("test:///default")
    conn.close()
    arguments = [things.proper(parameter) for parameter in call.parameters]
    if call.receiver is None or call.function.returns.type in ("void", "virError"):
        attempt(target_of(call), conn, *arguments)
        return
    with pytest.raises((corral.libvirtError, ValueError, TypeError)):
        target_of(call)(conn, *arguments)
