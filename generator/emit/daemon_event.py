"""Events on the daemon's side: callbacks that put what they are told into messages."""

from __future__ import annotations

from .. import model, shapes, wire, wire_c
from ..text import indent

HEAD = """\
#include "core/daemon/event.h"

#include "wire_objects.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    out = HEAD
    told = [item for item in wired.procedures if item.events]
    out += "".join(_tell(wired, item) for item in told)
    for events in api.events.values():
        short = api.objects[events.object].short
        for suffix, wanted in (("", True), ("_legacy", False)):
            rows = [item for item in told if item.events == events.name and _has_id(item) == wanted]
            if not rows and not wanted:
                continue
            cells = "".join(f"    [{item.event_name}] = (event_callback)tell_{item.name},\n" for item in rows)
            out += f"const event_callback daemon_{short}_events{suffix}[{len(events.events)}] = {{\n{cells}}};\n\n"
    return {"daemon_events.c": out}


def _has_id(procedure: wire.Procedure) -> bool:
    return any(member.role == "callback_id" for member in procedure.args.members)


def _tell(wired: wire.Wire, procedure: wire.Procedure) -> str:
    event = next(item for item in wired.api.events[procedure.events].events if item.name == procedure.event_name)
    callback = wired.api.callbacks[event.callback]
    opaque = next(arg.name for arg in callback.args if arg.type == "closure")
    cells = [_cell(wired, callback, member, opaque) for member in procedure.args.members]
    subject = next((member.name for member in procedure.args.members if member.base in wired.api.objects), "")
    type = wired.api.objects[next(member.base for member in procedure.args.members if member.name == subject)]
    lines = [
        f"wire_{procedure.args.name} message = {{{', '.join(cells)}}};", "",
        f"daemon_tell({opaque}, {procedure.number}, {wire_c.constant(procedure.args.name)}, &message, {wire_c.constant(type.name)}, &message.{subject});",
    ]  # fmt: skip
    if callback.returns != "void":
        lines.append("return 0;")
    return f"static {shapes.callback_prototype(wired.api, callback, f'tell_{procedure.name}')}\n{{\n{indent(chr(10).join(lines))}\n}}\n\n"


def _cell(wired: wire.Wire, callback: model.Callback, member: wire.Member, opaque: str) -> str:
    if member.role == "callback_id":
        return f".{member.name} = daemon_callback_id({opaque})"
    arg = next(item for item in callback.args if item.name == member.arg)
    record = wired.records.get(member.base)
    if record and record.object:
        return f".{member.name} = wire_of_{wired.api.objects[record.object].short}({arg.name})"
    if record:
        return f".{member.name} = *{arg.name}"
    if member.array:
        return f".{member.name} = {arg.name}, .{wire_c.counter(member)} = {arg.length}"
    return f".{member.name} = {arg.name}"
