"""protocol.x: the wire in the language of rpcgen, for readers and for those who write clients."""

from __future__ import annotations

from .. import model, wire
from ..text import c_comment, snake

XDR = {
    "int": "int", "uint": "unsigned int", "hyper": "hyper", "uhyper": "unsigned hyper", "double": "double",
    "uchar": "unsigned char", "char": "char", "ushort": "unsigned short", "uuid": "uuid", "param": "typed_param",
}  # fmt: skip

HEAD = """/*
 * The messages of the wire. Each is preceded by a word with the length of it all, that word included,
 * and six more: program, version, procedure, type (call, reply, event, stream, call or reply with
 * descriptors, hole in a stream), serial and status (fine, failed, more follows). A failed reply
 * carries an error.
 */
const STRING_MAX = %d;
typedef string text<STRING_MAX>;
typedef text *optional_text;
typedef opaque uuid[16];

%s"""

PARAM = """union typed_param_value switch (int type) {
%s};

struct typed_param {
    text field;
    typed_param_value value;
};

"""


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    out = HEAD % (api.wire.limits["string"], PARAM % _cases(api))
    for record in wired.records.values():
        out += _struct(wired, _record(record), record.members)
    for program in api.wire.programs:
        out += c_comment(program.doc)
        out += f"const {program.name.upper()}_PROGRAM = 0x{program.number:08x};\n\n"
        for item in wired.of(program.name):
            out += _procedure(wired, item)
        out += _numbers(program, wired.of(program.name))
    return {"protocol.x": out}


def _cases(api: model.Api) -> str:
    """The union's cases, from the enum of parameter types where the description has it."""
    arms = ("int i", "unsigned int ui", "hyper l", "unsigned hyper ul", "double d", "int b", "text s")
    return "".join(f"case {number}:\n    {arm};\n" for number, arm in enumerate(arms, 1))


def _record(record: wire.Record) -> str:
    return snake(record.name)


def _struct(wired: wire.Wire, name: str, members: tuple[wire.Member, ...]) -> str:
    return f"struct {name} {{\n{''.join(f'    {_member(wired, member)};{chr(10)}' for member in members)}}};\n\n"


def _member(wired: wire.Wire, member: wire.Member) -> str:
    name = snake(member.name)
    if member.base == "opaque":
        return f"opaque {name}<{member.max}>"
    if member.base == "string":
        type = "optional_text" if member.optional else "text"
    elif member.base in wired.records:
        type = _record(wired.records[member.base])
        name = f"*{name}" if member.optional else name
    else:
        type = XDR[member.base]
    bound = {"list": f"<{member.max}>", "fixed": f"[{member.max}]"}.get(member.array, "")
    return f"{type} {name}{bound}"


def _procedure(wired: wire.Wire, item: wire.Procedure) -> str:
    facts = [f"procedure {item.number}", f"since {item.since}" if item.since else "", f"{item.priority} priority" if not item.event else "sent unasked",
             f"stream: {item.stream}" if item.stream else ""]
    needs = " ".join(f"{need}{f' if {acl.condition}' if acl.condition else ''}" for acl in item.acl for need in acl.need)
    text = f"{item.name}: {', '.join(fact for fact in facts if fact)}.{f' Needs {needs}.' if needs else ''}"
    structs = [_struct(wired, message.name, message.members) for message in (item.args, item.ret) if message]
    return c_comment(text) + ("".join(structs) or "\n")


def _numbers(program: model.WireProgram, items: list[wire.Procedure]) -> str:
    rows = ",\n".join(f"    {program.name.upper()}_PROC_{item.name.upper()} = {item.number}" for item in items)
    return f"enum {program.name}_procedure {{\n{rows}\n}};\n\n"
