"""The description against the facts of the field: names, prototypes, values, structs, callbacks."""

import csv
import json
import re
from pathlib import Path

import pytest

from generator import binding, builder, shapes
from generator.emit import header
from generator.text import version_key

FACTS = Path(__file__).parent.parent / "facts"
ROOT = Path(__file__).parent.parent.parent


def rows(name: str) -> list[dict[str, str]]:
    with open(FACTS / name, encoding="utf-8") as stream:
        found = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if row.get("library") != "libvirt-admin"]


def newer() -> list[dict[str, str]]:
    """What came later, without what nobody knows the signature of."""
    return [row for row in rows("newer.tsv") if row["procedure"] != "unknown" and not row["name"].startswith("(event)")]


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
    known = {row["name"] for row in [*rows("functions.tsv"), *newer()]}
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
        later = [value for value in enum.values if version_key(value.since) > version_key(api.compatible)]
        if enum.last and values.get(enum.last, "").isdigit() and not later:
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
        if version_key(function.since) > version_key(api.compatible):
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


def test_what_came_later_is_described_in_full(api):
    bound = {call.function.name for call in binding.calls(api)}
    assert len(newer()) == 8
    for row in newer():
        function = api.functions[row["name"]]
        assert (function.since, function.rpc.proc) == (row["since"], int(row["procedure"])), row["name"]
        assert function.name in bound and function.doc and function.errors and function.acl, row["name"]
        assert all(arg.doc for arg in function.args) and function.returns.doc, row["name"]
        # behind the object, whose spelling is its own
        lengths = {arg.length for arg in function.args}
        plain = [arg.name for arg in function.args[1:] if arg.dir == "in" and arg.name not in lengths]
        wire = [re.sub(r"\(.*", "", word) for word in re.sub(r"\((opt|char) ", r"(", row["wire arguments"]).split()]
        assert plain == wire[-len(plain):] if plain else len(wire) == 1, row["name"]


def test_what_came_later_has_its_events(api):
    described = {event.proc: event.name for group in api.events.values() for event in group.events}
    for row in rows("newer.tsv"):
        if row["name"].startswith("(event)"):
            words = row["name"].removeprefix("(event) ").upper().split()
            kind = "_".join(words[1:])
            assert described[int(row["procedure"])] == f"VIR_{words[0]}_EVENT_ID_{kind}"


def test_the_version_is_the_one_that_is_complete(api):
    assert api.compatible == "9.0.0"
