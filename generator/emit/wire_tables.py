"""wire_tables.c: what the interpreter of core/rpc/codec.c and the daemon's gates go by."""

from __future__ import annotations

import re

from .. import model, wire, wire_c
from ..reader import Mistake

HEAD = """#include "wire.h"

#include <stddef.h>

G_STATIC_ASSERT(sizeof(long) == 8);

"""


class Names:
    """One string with a zero byte behind each name; a name is its offset."""

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {"": 0}
        self.size = 1

    def __call__(self, name: str) -> int:
        if name not in self.offsets:
            self.offsets[name] = self.size
            self.size += len(name) + 1
        return self.offsets[name]

    def text(self) -> str:
        lines = "\n".join(f'    "{name}\\0"' for name in self.offsets)
        return f"const char wire_names[] =\n{lines};\n\n"


def emit(api: model.Api) -> dict[str, str]:
    wired, names = wire.build(api), Names()
    tables = _types(wired, names) + _procedures(api, wired, names)
    if names.size > 0xFFFF:
        raise Mistake(api.files[0], f"the names of the wire take {names.size} bytes, and 65535 are room for")
    return {"wire_tables.c": HEAD + names.text() + tables}


def _types(wired: wire.Wire, names: Names) -> str:
    rows, types, first = "", "    [WIRE_NONE] = {0},\n", 0
    holders = [(item.name, item.c, item.members, item.public, True) for item in wired.records.values()]
    holders += [(item.name, f"wire_{item.name}", item.members, False, item.owned) for item in wired.messages()]
    for name, c, members, public, owned in holders:
        rows += "".join(_field(wire_c.field(wired, c, member, public), names) for member in members)
        types += (f"    [{wire_c.constant(name)}] = {{{names(name)}, {first}, {len(members)}, sizeof({c}), "
                  f"{wire_c.least(wired, members)}, {int(owned)}}},\n")
        first += len(members)
    return f"const struct wire_field wire_fields[] = {{\n{rows}}};\n\nconst struct wire_type wire_types[] = {{\n{types}}};\n\n"


def _field(field: wire_c.Field, names: Names) -> str:
    flags = " | ".join(field.flags) or "0"
    return (f"    {{{names(field.name)}, {field.kind}, {flags}, {field.offset}, {field.count}, {field.type}, "
            f"{field.room}, {field.max}}},\n")


def _procedures(api: model.Api, wired: wire.Wire, names: Names) -> str:
    acls: list[str] = []
    out = programs = ""
    for program in api.wire.programs:
        items = wired.of(program.name)
        rows = "".join(_procedure(api, wired, item, names, acls) for item in items)
        out += f"static const struct wire_procedure {program.name}_procedures[] = {{\n{rows}}};\n\n"
        programs += (f'    {{"{program.name}", 0x{program.number:08x}u, {program.version}, '
                     f"{items[-1].number}, {program.name}_procedures}},\n")
    out = f"const struct wire_acl wire_acls[] = {{\n{''.join(acls)}}};\n\n" + out
    out += f"const struct wire_program wire_programs[] = {{\n{programs}}};\n"
    return out + "const size_t wire_n_programs = G_N_ELEMENTS(wire_programs);\n"


def _procedure(api: model.Api, wired: wire.Wire, item: wire.Procedure, names: Names, acls: list[str]) -> str:
    mine = [row for acl in item.acl for row in _acls(api, item, acl, names)]
    subject = wire.subject(wired, item)
    cells = {
        "name": names(item.name),
        "args": wire_c.constant(item.args.name) if item.args else "WIRE_NONE",
        "ret": wire_c.constant(item.ret.name) if item.ret else "WIRE_NONE",
        "subject": f"offsetof(wire_{item.args.name}, {subject.name})" if subject and item.args else "WIRE_NO_SUBJECT",
        "subject_type": wire_c.constant(subject.base) if subject else "WIRE_NONE",
        "acl": len(acls),
        "acls": len(mine),
        "stream": f"WIRE_STREAM_{item.stream.upper() or 'NONE'}",
        "high": int(item.priority == "high"),
        "event": int(item.event),
        "write": int(item.write),
    }
    acls += mine
    return f"    [{item.number}] = {{{', '.join(f'.{name} = {cell}' for name, cell in cells.items())}}},\n"


def _acls(api: model.Api, item: wire.Procedure, acl: model.Acl, names: Names) -> list[str]:
    rows = []
    for words, when in ((acl.need, _when(api, item, acl.condition)), (acl.filter, ("WIRE_FILTER", 0, "0"))):
        for word in words:
            if word == "none":
                continue
            object_, _colon, permission = word.partition(":")
            kind, mask, offset = when
            rows.append(f"    {{{names(object_)}, {names(permission)}, {offset}, {kind}, {mask}}},\n")
    return rows


def _when(api: model.Api, item: wire.Procedure, condition: str) -> tuple[str, int, str]:
    if not condition:
        return "WIRE_ALWAYS", 0, "0"
    match = re.fullmatch(r"(!?)(?:(\w+):)?([\w|]+)", condition)
    if not match or not item.args or (match[2] or "flags") not in {member.name for member in item.args.members}:
        raise Mistake(item.where, f"{item.name}: '{condition}' is no condition: FLAG|…, !FLAG|… or ARGUMENT:VALUE is accepted")
    mask = 0
    for name in match[3].split("|"):
        if name not in api.values:
            raise Mistake(item.where, f"{item.name}: '{name}' of a condition is no value")
        mask |= api.values[name].number
    kind = "WIRE_IF_VALUE" if match[2] else "WIRE_UNLESS_FLAG" if match[1] else "WIRE_IF_FLAG"
    return kind, mask, f"offsetof(wire_{item.args.name}, {match[2] or 'flags'})"
