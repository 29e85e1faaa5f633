"""The remote driver's slots: arguments into a message, a call, and what came back to where the caller wants it.

A call that takes or gives callbacks or descriptors is written by hand, in core/drivers/remote; so is what
core/drivers/remote/slots.h lists.
"""

from __future__ import annotations

import os
import re

from .. import model, shapes, wire, wire_c
from ..text import indent
from . import driver
from .entry import receiver

HAND = os.path.join(os.path.dirname(__file__), "..", "..", "core", "drivers", "remote", "slots.h")

HEAD = """\
#include "core/drivers/remote/call.h"

#include "remote_slots.h"
#include "wire_objects.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    hand = _by_hand()
    procedures = [item for item in wired.procedures if item.function and _is_generated(api, item.function, hand)]
    made = {item.function.slot for item in procedures if item.function}
    slots = "".join(_Slot(wired, item).text() for item in procedures)
    return {"remote_slots.h": _header(api, hand), "remote_slots.c": HEAD + slots + _tables(api, made | hand)}


def _header(api: model.Api, hand: set[str]) -> str:
    out = "/* The remote driver's tables, and the calls in them that are written by hand. */\n"
    out += '#pragma once\n\n#include "core/object/stream.h"\n\n'
    functions = [item for item in api.functions.values() if item.impl == "slot" and item.slot in hand]
    out += "".join(f"{shapes.prototype(api, item, f'remote_{item.slot}')};\n" for item in functions)
    out += "\nextern const struct driver_tables remote_tables;\nextern const struct stream_driver remote_stream_driver;\n"
    return out


def _by_hand() -> set[str]:
    """The slots that core/drivers/remote has: SLOT(name) in its slots.h."""
    with open(HAND, encoding="utf-8") as file:
        return set(re.findall(r"\bSLOT\((\w+)\)", file.read()))


def _is_generated(api: model.Api, function: model.Function, hand: set[str]) -> bool:
    if function.impl != "slot" or function.slot in hand or function.returns.type == "fd":
        return False
    return not any(arg.type in api.callbacks or arg.type in ("closure", "fd") for arg in function.args)


def _tables(api: model.Api, made: set[str]) -> str:
    out = ""
    for kind in driver.kinds(api):
        rows = "".join(f"    .{item.slot} = remote_{item.slot},\n" for item in driver.slots(api, kind) if item.slot in made)
        out += f'const struct {kind}_driver remote_{kind}_driver = {{\n    .name = "remote",\n{rows}}};\n\n'
    cells = "".join(f"    .{kind} = &remote_{kind}_driver,\n" for kind in driver.connection_kinds(api))
    return out + f"const struct driver_tables remote_tables = {{\n{cells}}};\n"


class _Slot:
    def __init__(self, wired: wire.Wire, procedure: wire.Procedure) -> None:
        assert procedure.function
        self.api, self.wired, self.procedure, self.function = wired.api, wired, procedure, procedure.function
        self.args = procedure.args.members if procedure.args else ()
        self.ret = procedure.ret.members if procedure.ret else ()
        self.failed = shapes.failure_value(self.api, self.function.returns)
        self.fail = f"return {self.failed};" if self.failed else "return;"

    def text(self) -> str:
        before, cells, after = self.arguments()
        lines = self.declarations(before, cells)
        lines += ["", *self.call(after)]
        lines += self.results()
        body = indent("\n".join(lines))
        return f"static {shapes.prototype(self.api, self.function, f'remote_{self.function.slot}')}\n{{\n{body}\n}}\n\n"

    def declarations(self, before: list[str], cells: list[str]) -> list[str]:
        first = receiver(self.api, self.function)
        conn = first.name if first.type == "virConnect" else f"{first.name}{'[0]' if first.array else ''}->conn"
        lines = [] if conn == "conn" else [f"virConnectPtr conn = {conn};"]
        lines += before
        if self.args:
            lines.append(f"wire_{self.procedure.args.name} args = {{{', '.join(cells)}}};")
        if self.ret:
            lines.append(f"wire_{self.procedure.ret.name} ret;")
        if self.ret and self.returned():
            type = shapes.c_return_type(self.api, self.function.returns)
            lines.append(f"{type}{'' if type.endswith('*') else ' '}result;")
        return lines

    def call(self, after: list[str]) -> list[str]:
        program = f"WIRE_PROGRAM_{self.procedure.program.upper()}"
        stream = next((arg.name for arg in self.function.args if arg.type == "virStream"), "")
        cells = [
            "conn", f'"{self.function.name}"', *([stream] if stream else []), program, self.number(),
            "&args" if self.args else "NULL", "&ret" if self.ret else "NULL",
        ]  # fmt: skip
        call = f"{'remote_call_stream' if stream else 'remote_call'}({', '.join(cells)})"
        if after:
            return [f"int status = {call};", *after, "if (status < 0)", f"    {self.fail}"]
        return [f"if ({call} < 0)", f"    {self.fail}"]

    def number(self) -> str:
        return f"WIRE_PROC_{self.procedure.name.upper()}"

    # what goes out

    def arguments(self) -> tuple[list[str], list[str], list[str]]:
        """Declarations before, initializers of the message, cleanup after."""
        before: list[str] = []
        cells: list[str] = []
        after: list[str] = []
        for member in self.args:
            arg = next((arg for arg in self.function.args if arg.name == member.arg), None)
            if member.role == "need_results":
                cells.append(f".{member.name} = {self.wanted()} != NULL")
            elif member.role == "capacity":
                cells.append(f".{member.name} = {'*' if arg and arg.dir != 'in' else ''}{member.arg}")
            elif arg is None:
                cells += self.unnamed(member)
            elif member.role == "value":
                cells += self.outgoing(member, arg, before, after)
        return before, cells, after

    def wanted(self) -> str:
        return next(arg.name for arg in self.function.args if arg.array == "allocated" and arg.dir == "out")

    def unnamed(self, member: wire.Member) -> list[str]:
        """need_X asks for the output X where it may be left out."""
        name = member.name.removeprefix("need_")
        outputs = [arg.name for arg in self.function.args if arg.dir == "out"]
        match = next((item for item in outputs if item == name or item.endswith(name)), "")
        return [f".{member.name} = {match} != NULL"] if match else []

    def outgoing(self, member: wire.Member, arg: model.Arg, before: list[str], after: list[str]) -> list[str]:
        record = self.wired.records.get(member.base)
        if record and record.object:
            return self.outgoing_object(member, arg, before, after)
        if member.base == "string" and member.array:
            return [f".{member.name} = {arg.name}", f".{wire_c.counter(member)} = {arg.length}"]
        if wire_c.counted(member):
            plain = member.base not in ("opaque", "param")
            value = f"({wire_c.SCALARS[member.base]} *){arg.name}" if plain and member.base in wire_c.SCALARS else arg.name
            return [f".{member.name} = {value}", f".{wire_c.counter(member)} = {arg.length}"]
        if record:
            return [f".{member.name} = *{arg.name}"]
        return [f".{member.name} = {'*' if arg.dir != 'in' else ''}{arg.name}"]

    def outgoing_object(self, member: wire.Member, arg: model.Arg, before: list[str], after: list[str]) -> list[str]:
        short = self.api.objects[arg.type].short
        if not member.optional:
            return [f".{member.name} = wire_of_{short}({arg.name})"]
        before.append(f"wire_{short} {arg.name}_identity;")
        return [f".{member.name} = {arg.name} ? ({arg.name}_identity = wire_of_{short}({arg.name}), &{arg.name}_identity) : NULL"]

    # what comes back

    def returned(self) -> str:
        """What the slot returns, read from the answer; empty where that is always 0."""
        returns = self.function.returns
        result = next((item for item in self.ret if item.role == "result"), None)
        if result is not None:
            record = self.wired.records.get(result.base)
            if record and record.object:
                return f"wire_new_{self.api.objects[record.object].short}(conn, &ret.{result.name})"
            if result.base == "string" and returns.owner == "borrowed":
                return f'remote_word(conn, "{self.function.name}", ret.{result.name})' # which nobody frees
            if result.base in ("string", "opaque"):
                return f"g_steal_pointer(&ret.{result.name})"
            return f"ret.{result.name}"
        loose = next((item for item in self.ret if not item.arg and item.role == "value"), None)
        if loose is not None:
            return f"ret.{loose.name}"
        listed = next((item for item in self.ret if wire_c.counted(item)), None)
        if listed is not None and returns.type in ("count", "int"):
            return f"ret.{wire_c.counter(listed)}"
        return ""

    def results(self) -> list[str]:
        if not self.ret:
            return ["return 0;"]
        lines: list[str] = []
        checks: list[str] = []
        for member in self.ret:
            arg = next((arg for arg in self.function.args if arg.name == member.arg), None)
            if member.role == "result" and member.base == "opaque":
                lines.append(f"*{self.function.returns.length} = ret.{wire_c.counter(member)};")
            elif arg is not None and member.role in ("value", "count"):
                checks += self.room(member, arg)
                lines += self.incoming(member, arg)
        returned = self.returned()
        if returned: # before what it counts is taken away
            lines.insert(0, f"result = {returned};")
        end = [f"wire_clear({wire_c.constant(self.procedure.ret.name)}, &ret);", f"return {'result' if returned else '0'};"]
        return [*checks, *lines, *end]

    def room(self, member: wire.Member, arg: model.Arg) -> list[str]:
        """The peer may answer with more than there is room for."""
        if arg.array not in ("capacity", "two-call") and not (member.base == "opaque" and arg.array != "allocated"):
            return []
        if not wire_c.counted(member):
            return []
        length = self.function.arg(arg.length)
        room = f"{'*' if length.dir != 'in' else ''}{length.name}"
        if arg.rows:
            room = f"(size_t){arg.rows} * {room}"
        count = f"ret.{wire_c.counter(member)}"
        clear = f"wire_clear({wire_c.constant(self.procedure.ret.name)}, &ret);"
        return [f'if (remote_check_room("{self.function.name}", {count}, {room}) < 0) {{', f"    {clear}", f"    {self.fail}", "}"]

    def incoming(self, member: wire.Member, arg: model.Arg) -> list[str]:
        lines = self.taken(member, arg)
        if (arg.nullable or member.optional) and arg.dir == "out" and lines:
            return [f"if ({arg.name}) {{", *[f"    {line}" for line in lines], "}"]
        return lines

    def taken(self, member: wire.Member, arg: model.Arg) -> list[str]:
        record = self.wired.records.get(member.base)
        count = f"ret.{wire_c.counter(member)}"
        if record and record.object:
            return self.taken_objects(member, arg)
        if arg.array == "allocated":
            return self.taken_allocated(member, arg)
        if wire_c.counted(member):
            return self.taken_list(member, arg, count)
        if member.base == "uuid":
            return [f"memcpy({arg.name}, ret.{member.name}, VIR_UUID_BUFLEN);"]
        if member.base == "string":
            return [f"*{arg.name} = g_steal_pointer(&ret.{member.name});"]
        if record:
            return [f"*{arg.name} = ret.{member.name};", f"memset(&ret.{member.name}, 0, sizeof(ret.{member.name}));"]
        return [f"*{arg.name} = ret.{member.name};"]

    def taken_list(self, member: wire.Member, arg: model.Arg, count: str) -> list[str]:
        """Into the caller's array; what the elements own goes with them."""
        size = count if member.base == "opaque" else f"{count} * sizeof(*{arg.name})"
        copy = [f"if ({count}) {{", f"    memcpy({arg.name}, ret.{member.name}, {size});"]
        length = self.function.arg(arg.length)
        told = any(item.role == "count" and item.arg == length.name for item in self.ret)
        lines = [f"*{length.name} = {count};"] if length.dir != "in" and not told else []
        if member.base in ("string", "param"):
            copy += [f"    {count} = 0;", f"    g_clear_pointer(&ret.{member.name}, g_free);"]
        elif self.owns(member):
            copy += [f"    memset(ret.{member.name}, 0, {size});"]
        return [*lines, *copy, "}"]

    def owns(self, member: wire.Member) -> bool:
        """Whether an element of a list has more to be freed than itself."""
        record = self.wired.records.get(member.base)
        return record is not None and any(part.base == "string" or wire_c.counted(part) or self.owns(part) for part in record.members)

    def taken_allocated(self, member: wire.Member, arg: model.Arg) -> list[str]:
        count = f"ret.{wire_c.counter(member)}"
        lines = []
        if arg.length and arg.length != "return" and not any(item.role == "count" and item.arg == arg.length for item in self.ret):
            lines.append(f"*{arg.length} = {count};")
        if member.pointers and arg.elements == "value":
            return [f"REMOTE_TAKE_VALUES({arg.name}, ret.{member.name}, {count});", *lines]
        if member.base == "string":
            return [f"*{arg.name} = remote_take_strings(&ret.{member.name}, &{count});", *lines]
        return [f"*{arg.name} = g_steal_pointer(&ret.{member.name});", *lines, f"{count} = 0;"]

    def taken_objects(self, member: wire.Member, arg: model.Arg) -> list[str]:
        object_ = self.api.objects[arg.type]
        if arg.array == "allocated":
            count = f"ret.{wire_c.counter(member)}"
            return [
                f"*{arg.name} = g_new0({object_.pointer}, {count} + 1);",
                f"for (unsigned int i = 0; i < {count}; i++)",
                f"    (*{arg.name})[i] = wire_new_{object_.short}(conn, &ret.{member.name}[i]);",
            ]
        # the object itself comes back: what may have changed is what does not identify it
        names = [field.name for field in object_.fields if field.name in object_.wire and field.type == "int"]
        return [f"{arg.name}->{name} = ret.{member.name}.{name};" for name in names]
