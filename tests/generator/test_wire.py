"""The messages that follow from the description, against the field's: same types, order and bounds; names may differ."""

import csv
import json
import re
from pathlib import Path

import pytest

from generator import builder, wire, wire_c
from generator.reader import Mistake

ROOT = Path(__file__).parent.parent.parent
FACTS = json.loads((ROOT / "tests/facts/wire.json").read_text())
PROGRAMS = ("remote", "qemu", "lxc")
STRUCTS = {name: fields for program in PROGRAMS for name, fields in FACTS[program]["structs"].items()}
CONSTANTS = {name: value for program in FACTS.values() for name, value in program["constants"].items()} | {
    "VIR_SECURITY_MODEL_BUFLEN": "257", "VIR_SECURITY_LABEL_BUFLEN": "4097", "VIR_SECURITY_DOI_BUFLEN": "257",
}  # fmt: skip
PLAIN = {
    "int": "int", "unsigned int": "uint", "unsigned": "uint", "hyper": "hyper", "unsigned hyper": "uhyper",
    "double": "double", "unsigned char": "uchar", "char": "char", "unsigned short": "ushort", "remote_uuid": "uuid",
    "remote_auth_type": "int", "remote_typed_param": "param",
}  # fmt: skip
STRING = ("string", int(CONSTANTS["REMOTE_STRING_MAX"]))


@pytest.fixture(scope="module")
def wired():
    return wire.build(builder.load(str(ROOT / "api.xml")))


def number(word):
    while word in CONSTANTS:
        word = CONSTANTS[word]
    return int(word, 0)


def field_leaves(field):
    """What a field of the facts is on the wire: nested structures dissolve, for XDR does not mark them."""
    type, bound, count = re.fullmatch(r"(.+?) \*?\w+(?:<(\w*)>|\[(\w+)\])?", field).groups()
    if type == "opaque":
        return [("opaque", number(bound))]
    if bound:
        return [("list", number(bound), tuple(type_leaves(type)))]
    if count:
        return [("fixed", number(count), tuple(type_leaves(type)))]
    return type_leaves(type)


def type_leaves(type):
    if type in PLAIN:
        return [PLAIN[type]]
    if type == "remote_nonnull_string":
        return [STRING]
    if type == "remote_string":
        return [("optional", STRING)]
    if type in STRUCTS:
        return [leaf for field in STRUCTS[type] for leaf in field_leaves(field)]
    return [("optional", *type_leaves(type.replace("remote_", "remote_nonnull_")))]


def our_leaves(wired, member):
    if member.base == "opaque":
        return [("opaque", member.max)]
    if member.base in wired.records:
        leaves = [leaf for item in wired.records[member.base].members for leaf in our_leaves(wired, item)]
    else:
        leaves = [("string", wired.api.wire.limits["string"])] if member.base == "string" else [member.base]
    if member.optional:
        leaves = [("optional", *leaves)]
    return [(member.array, member.max, tuple(leaves))] if member.array else leaves


def message_leaves(wired, message):
    return [leaf for member in (message.members if message else ()) for leaf in our_leaves(wired, member)]


def rows():
    return [(program, row) for program in PROGRAMS for row in FACTS[program]["procedures"]]


def test_every_message_of_every_procedure_is_the_fields(wired):
    ours = {(item.program, item.number): item for item in wired.procedures}
    for program, row in rows():
        item = ours[program, row["number"]]
        assert item.event == (row["message"] is not None), row["name"]
        for message, name in ((item.args, row["args"] or row["message"]), (item.ret, row["ret"])):
            assert message_leaves(wired, message) == (type_leaves(name) if name else []), f"{row['name']}: {name}"


def test_the_error_and_the_programs_are_the_fields(wired):
    members = wired.records["error"].members
    assert [leaf for member in members for leaf in our_leaves(wired, member)] == type_leaves("remote_error")
    for program in wired.api.wire.programs:
        assert program.number == number(f"{program.name.upper()}_PROGRAM")
        assert program.version == number(f"{program.name.upper()}_PROTOCOL_VERSION")


def test_priorities_and_streams_are_the_fields(wired):
    ours = {(item.program, item.number): item for item in wired.procedures}
    for program, row in rows():
        item = ours[program, row["number"]]
        assert item.priority == row["priority"], row["name"]
        # the facts tell what a generator there did with it, so consoles only read, and one stream is not told at all
        if row["readstream"] is not None:
            assert item.stream in ("read", "both"), row["name"]
        if row["writestream"] is not None:
            assert item.stream in ("write", "both"), row["name"]


def test_permissions_their_conditions_and_filters_are_the_fields(wired):
    ours = {(item.program, item.number): item for item in wired.procedures}
    for program, row in rows():
        item = ours[program, row["number"]]
        needs = [f"{need}{':' * (2 if ':' in acl.condition else 1)}{acl.condition}" if acl.condition else need
                 for acl in item.acl for need in acl.need]
        assert sorted(needs or ["none"]) == sorted(row["acl"] or ["none"]), row["name"]
        assert sorted(name for acl in item.acl for name in acl.filter) == sorted(row["aclfilter"]), row["name"]


def test_of_what_no_function_stands_for_only_changes_are_kept_from_read_only_connections(wired):
    for item in wired.procedures:
        needs = [need for acl in item.acl for need in acl.need]
        if item.function is None:
            assert item.write == ("domain:migrate" in needs), item.name
        else:
            assert item.write == (item.function.access == "write"), item.name


#: how newer.tsv writes things
NEWER = {
    "callbackID": ["int"], "net": type_leaves("remote_nonnull_network"), "dom": type_leaves("remote_nonnull_domain"),
    "params": [("list", 32, ("param",))], "flags": ["uint"],
    "int": ["int"], "uint": ["uint"], "string": [STRING], "opt string": [("optional", STRING)],
}  # fmt: skip


def newer_leaves(text):
    if text == "-":
        return []
    return [leaf for name, type in re.findall(r"(\w+)(?:\(([\w ]+)\))?", text) for leaf in NEWER[type or name]]


def newer():
    with open(ROOT / "tests/facts/newer.tsv", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))[1:]
    return [row for row in rows if row[2].isdigit() and not row[3].startswith("see")]


@pytest.mark.parametrize("name, since, proc, args, ret", newer(), ids=lambda value: str(value)[:30])
def test_newer_procedures_are_the_fields(wired, name, since, proc, args, ret):
    item = next(item for item in wired.of("remote") if item.number == int(proc))
    assert message_leaves(wired, item.args) == newer_leaves(args), name
    assert message_leaves(wired, item.ret) == newer_leaves(ret), name


def test_what_an_element_takes_at_least_is_what_it_takes_with_nothing_in_it(wired):
    assert wire_c.least(wired, wired.records["virDomain"].members) == 4 + 16 + 4
    assert wire_c.least(wired, wired.records["error"].members) == 11 * 4
    assert wire_c.least(wired, wired.records["virNodeInfo"].members) == 32 * 4 + 8 + 6 * 4


MINI = (ROOT / "tests/generator/golden/mini.xml").read_text()


@pytest.mark.parametrize("old, new, message", [
    ('proc="4" event="yes"', 'proc="1" event="yes"', "procedure 1 of 'remote' is"),
    ("callback_id:int farm:virFarm", "callback_id", "NAME:TYPE is accepted"),
    ("callback_id:int farm:virFarm", "callback_id:int* farm:virFarm", "'int*' is no type of a message"),
    ('<rpc proc="2"/>', '<rpc proc="2" in="barn"/>', "'barn' of a message is no argument"),
    (' max="4"', ' max="0"', "params: it has as many elements as a message says, and needs 'max'"),
    ('if="VIR_FARM_OPEN"', 'if="VIR_FARM_SHUT"', "'VIR_FARM_SHUT' of a condition is no value"),
    ('if="VIR_FARM_OPEN"', 'if="colour:VIR_FARM_OPEN"', "is no condition"),
    ('wire="name uuid"', "", "object virFarm: it is part of a message"),
])
def test_what_cannot_be_a_message_is_refused(tmp_path, old, new, message):
    from generator.emit import wire_tables

    assert old in MINI
    (tmp_path / "mini.xml").write_text(MINI.replace(old, new, 1))
    with pytest.raises(Mistake, match=re.escape(message)):
        wire_tables.emit(builder.load(str(tmp_path / "mini.xml")))
