"""wire.h: the structures of all messages, and the numbers of their types and procedures."""

from __future__ import annotations

from .. import model, wire, wire_c
from ..text import c_comment

HEAD = """/* The messages of the wire as C has them. One structure serves both directions: what is to be sent points
 * to what the caller has, what was received points into the message (see core/rpc/codec.h). */
#pragma once

#include <corral/corral.h>
#include <corral/qemu.h>
#include <corral/lxc.h>

#include "core/rpc/codec.h"
#include "core/rpc/procedure.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    out = HEAD + f"#define WIRE_STRING_MAX {api.wire.limits['string']}\n\n"
    out += _programs(api, wired) + _types(wired)
    for record in wired.records.values():
        if not record.public:
            out += _struct(wired, record.c, record.members, owned=True, borrowed=bool(record.object))
    for procedure in wired.procedures:
        for message in (procedure.args, procedure.ret):
            if message:
                out += _struct(wired, f"wire_{message.name}", message.members, message.owned, False)
    return {"wire.h": out}


def _programs(api: model.Api, wired: wire.Wire) -> str:
    out = ""
    for program in api.wire.programs:
        out += c_comment(program.doc)
        out += f"#define WIRE_PROGRAM_{program.name.upper()} 0x{program.number:08x}u\n"
        lines = "".join(f"    WIRE_PROC_{item.name.upper()} = {item.number},\n" for item in wired.of(program.name))
        out += f"enum wire_{program.name}_procedure {{\n{lines}}};\n\n"
    return out


def _types(wired: wire.Wire) -> str:
    names = [wire_c.constant(name) for name in (*wired.records, *(message.name for message in wired.messages()))]
    lines = "".join(f"    {name},\n" for name in ("WIRE_NONE", *names, "WIRE_TYPES"))
    return f"/* For wire_encode() and its like. */\nenum wire_type_id {{\n{lines}}};\n\n"


def _struct(wired: wire.Wire, name: str, members: tuple[wire.Member, ...], owned: bool, borrowed: bool) -> str:
    lines = "".join(wire_c.declaration(wired.records, member, owned and not borrowed) for member in members)
    return f"typedef struct {name} {{\n{lines}}} {name};\n\n"
