"""The description against the facts of the field: names, prototypes, values, structs, callbacks."""

import csv
import json
import re
from pathlib import Path

import pytest

from generator import builder, shapes
from generator.emit import header

FACTS = Path(__file__).parent.parent / "facts"
ROOT = Path(__file__).parent.parent.parent


def rows(name: str) -> list[dict[str, str]]:
    with open(FACTS / name, encoding="utf-8") as stream:
        found = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if row.get("library") != "libvirt-admin"]


@pytest.fixture(scope="module")
def api():
    return builder.load(str(ROOT / "api.xml"))


def squeezed(text: str) -> str:
    # `const` behind a star says something about the callee's own copy only
    return re.sub(r"\s+", "", text.replace("char ** const ", "char ** "))


def declaration(row: dict[str, str]) -> str:
    args = ", ".join(arg.strip() for arg in row["args"].split(";")) if row["args"].strip() else "void"
    return f"{row['returns']} {row['name']}({args})"


def test_every_function_has_the_fields_prototype(api):
    for row in rows("functions.tsv"):
        function = api.functions[row["name"]]
        assert squeezed(shapes.prototype(api, function)) == squeezed(declaration(row))
        assert function.since == row["since"], row["name"]


def test_functions_are_the_fields_and_our_own(api):
    known = {row["name"] for row in rows("functions.tsv")}
    own = {function.name for function in api.functions.values() if function.name.startswith("corral") or function.internal}
    assert set(api.functions) - known - own == set()


def test_every_callback_has_the_fields_prototype(api):
    for row in rows("callbacks.tsv"):
        callback = api.callbacks[row["name"]]
        assert squeezed(shapes.callback_prototype(api, callback, callback.name)) == squeezed(declaration(row))


def test_every_enum_value_is_the_fields(api):
    values = {row["member"]: row["value"] for row in rows("enums.tsv")}
    sentinels = {enum.last for enum in api.enums.values() if enum.last}
    for member, text in values.items():
        while text in values:
            text = values[text]
        if member in sentinels:
            continue
        number = api.values[member].number
        assert number & 0xFFFFFFFF == int(text) & 0xFFFFFFFF, member


def test_sentinels_follow_the_last_value(api):
    values = {row["member"]: row["value"] for row in rows("enums.tsv")}
    for enum in api.enums.values():
        if enum.last and values.get(enum.last, "").isdigit():
            assert f"{enum.last} = {values[enum.last]}\n" in header._enum(enum), enum.name


def test_every_struct_has_the_fields_members(api):
    members: dict[str, list[str]] = {}
    for row in rows("structs.tsv"):
        if row["type"] != "opaque" and row["struct"] in api.structs and not api.structs[row["struct"]].builtin:
            members.setdefault(row["struct"], []).append(row["field"])
    for name, fields in members.items():
        assert [member.name for member in api.structs[name].members][-len(fields):] == fields


def test_every_procedure_and_permission_is_the_wires(api):
    wire = json.loads((FACTS / "wire.json").read_text())
    for function in api.functions.values():
        if not function.rpc:
            continue
        procedures = {row["number"]: row for row in wire[function.rpc.program]["procedures"]}
        row = procedures[function.rpc.proc]
        assert row["priority"] == function.rpc.priority, function.name
        plain = [need for need in row["acl"] if need.count(":") == 1]
        ours = [need for acl in function.acl if not acl.condition for need in acl.need]
        assert sorted(plain) == sorted(ours), function.name


def test_every_procedure_that_is_no_event_or_phase_belongs_to_a_function(api):
    wire = json.loads((FACTS / "wire.json").read_text())
    ours = {(function.rpc.program, function.rpc.proc) for function in api.functions.values() if function.rpc}
    events = {("remote", event.proc) for group in api.events.values() for event in group.events}
    left = [
        row["name"]
        for program in ("remote", "qemu", "lxc")
        for row in wire[program]["procedures"]
        if (program, row["number"]) not in ours | events and row["message"] is None
    ]
    internal = re.compile(r"AUTH_|MIGRATE_(PREPARE|PERFORM|FINISH|BEGIN|CONFIRM)|EVENT_(DE)?REGISTER|SUPPORTS_FEATURE|CLOSE_CALLBACK|OPEN$")
    assert [name for name in left if not internal.search(name)] == []
