"""The daemon's side of each call: arguments out of a message, the public call, what it gave into the answer.

What has no rule is written by hand, in core/daemon: core/daemon/slots.h lists it.
"""

from __future__ import annotations

import os
import re

from .. import model, shapes, wire, wire_c
from ..text import indent, snake

HAND = os.path.join(os.path.dirname(__file__), "..", "..", "core", "daemon", "slots.h")

HEAD = """\
#include "core/daemon/dispatch.h"

#include <corral/lxc.h>
#include <corral/qemu.h>

#include "internal.h"
#include "wire_objects.h"

"""

SIGNATURE = "(struct dispatch_call *call, const void *message, void *answer)"


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    hand = by_hand()
    calls = [item for item in wired.procedures if not item.event]
    made = [item for item in calls if item.name not in hand and item.function]
    text = HEAD + "".join(_Call(wired, item).text() for item in made)
    known = {item.name for item in made} | hand
    text += "".join(f"int dispatch_{item.name}{SIGNATURE};\n" for item in calls if item.name in hand)
    for program in api.wire.programs:
        rows = "".join(f"    [{item.number}] = dispatch_{item.name},\n" for item in calls if item.program == program.name and item.name in known)
        highest = max((item.number for item in wired.of(program.name)), default=0)
        text += f"\nstatic const dispatch_function {program.name}_calls[{highest + 1}] = {{\n{rows}}};\n"
    text += "\ndispatch_function dispatch_find(guint32 program, gint32 procedure)\n{\n    switch (program) {\n"
    for program in api.wire.programs:
        text += f"    case WIRE_PROGRAM_{program.name.upper()}:\n        return procedure >= 0 && (size_t)procedure < "
        text += f"G_N_ELEMENTS({program.name}_calls) ? {program.name}_calls[procedure] : NULL;\n"
    text += "    default:\n        return NULL;\n    }\n}\n"
    return {"dispatch_calls.c": text}


def by_hand() -> set[str]:
    """The procedures that core/daemon has: CALL(name) in its slots.h."""
    with open(HAND, encoding="utf-8") as file:
        return set(re.findall(r"\bCALL\((\w+)\)", file.read()))


class _Call:
    """One function: declarations, the call, what comes back, and what has to be let go."""

    def __init__(self, wired: wire.Wire, procedure: wire.Procedure) -> None:
        assert procedure.function
        self.api, self.wired, self.procedure, self.function = wired.api, wired, procedure, procedure.function
        self.args = procedure.args.members if procedure.args else ()
        self.ret = procedure.ret.members if procedure.ret else ()
        self.before: list[str] = []
        self.checks: list[str] = []
        self.after: list[str] = []
        self.release: list[str] = []

    def text(self) -> str:
        cells = [self.cell(arg) for arg in self.function.args]
        body = self.body(cells)
        return f"static int dispatch_{self.procedure.name}{SIGNATURE}\n{{\n{indent(chr(10).join(body))}\n}}\n\n"

    def body(self, cells: list[str]) -> list[str]:
        call = f"{self.function.name}({', '.join(cells)})"
        lines = []
        if self.args and any("args->" in line for line in [*self.before, *self.checks, call, *self.after]):
            lines.append(f"const wire_{self.procedure.args.name} *args = message;")
        outcome = self.outcome(call)
        if self.ret:
            lines.append(f"wire_{self.procedure.ret.name} *ret = answer;")
        lines += self.before
        lines += ["int status = -1;", ""]
        lines += self.checks
        lines += outcome
        if self.checks:
            lines.append("done:")
        lines += self.release
        return [*lines, "return status;"]

    def outcome(self, call: str) -> list[str]:
        """The call, and what is to be done when it has succeeded."""
        returns = self.function.returns
        type = shapes.c_return_type(self.api, returns)
        failed = shapes.failure(self.api, returns)
        good = [*self.result(), *self.after, "status = 0;"]
        opposite = {"< 0": ">= 0", "== 0": "!= 0", "== NULL": "!= NULL"}.get(failed, "")
        if type == "void" or not opposite:
            return [f"{call};", *good]
        tests = [f"outcome {opposite}", *(f"outcome == {value}" for value in returns.also)]
        if returns.nullable:
            tests.append("error_code() == VIR_ERR_OK")
        declare = f"{type}{'' if type.endswith('*') else ' '}outcome = {call};"
        return ["{", f"    {declare}", "", f"    if ({' || '.join(tests)}) {{", *[f"        {line}" for line in good], "    }", "}"]

    def result(self) -> list[str]:
        result = next((item for item in self.ret if item.role == "result"), None)
        if result is None:
            loose = next((item for item in self.ret if not item.arg and item.role == "value"), None)
            return [f"ret->{loose.name} = outcome;"] if loose is not None else []
        record = self.wired.records.get(result.base)
        if record and record.object:
            short = self.api.objects[record.object].short
            return [f"dispatch_keep(call, &outcome->base);", f"ret->{result.name} = wire_of_{short}(outcome);"]
        if result.base == "opaque":
            return [f"ret->{result.name} = outcome;", f"ret->{wire_c.counter(result)} = {self.function.returns.length};"]
        if result.base == "string" and self.function.returns.owner == "borrowed":
            return [f"ret->{result.name} = g_strdup(outcome);"]
        return [f"ret->{result.name} = outcome;"]

    # arguments of the call

    def member(self, members, arg: model.Arg) -> wire.Member | None:
        return next((item for item in members if item.arg == arg.name and item.role != "need_results"), None)

    def cell(self, arg: model.Arg) -> str:
        if arg.type == "virConnect":
            return "call->conn"
        if arg.type == "virStream":
            return "call->stream"
        if arg.dir == "in" or (arg.dir == "inout" and self.member(self.ret, arg) is None and not self.lengths(arg)):
            return self.cell_in(arg)
        return self.cell_out(arg)

    def lengths(self, arg: model.Arg) -> list[model.Arg]:
        return [other for other in self.function.args if other.length == arg.name]

    def cell_in(self, arg: model.Arg) -> str:
        member = self.member(self.args, arg)
        owner = next((other for other in self.function.args if arg.name in (other.length, other.rows)), None)
        if member is None and owner is not None:
            return self.cell_length(arg, owner)
        if member is None:
            return arg.default or "0"
        record = self.wired.records.get(member.base)
        if record and record.object:
            return self.cell_object(arg, member)
        if record and not member.array:
            return f"({record.c} *)&args->{member.name}"
        if member.base == "string" and member.array:
            return f"(const char **)args->{member.name}"
        if member.array or member.base in ("opaque", "param"):
            type = shapes.c_arg_type(self.api, arg)
            return f"({type})args->{member.name}"
        return f"args->{member.name}"

    def cell_length(self, arg: model.Arg, owner: model.Arg) -> str:
        """How many there are of what the message has; its count stands beside it."""
        member = self.member(self.args, owner)
        if member is not None:
            return f"args->{wire_c.counter(member)}"
        return f"args->{arg.name}"

    def cell_object(self, arg: model.Arg, member: wire.Member) -> str:
        object_ = self.api.objects[arg.type]
        made = f"wire_new_{object_.short}(call->conn, {'' if member.optional else '&'}args->{member.name})"
        if member.optional:
            made = f"args->{member.name} ? {made} : NULL"
        self.before.append(f"{object_.pointer} {arg.name} = {made};")
        back = self.member(self.ret, arg)
        if back is not None: # the answer points into it
            self.after.append(f"ret->{back.name} = wire_of_{object_.short}({arg.name});")
            self.release.append(f"dispatch_keep(call, &{arg.name}->base);")
        elif member.optional:
            self.release += [f"if ({arg.name})", f"    object_unref(&{arg.name}->base);"]
        else:
            self.release.append(f"object_unref(&{arg.name}->base);")
        return arg.name

    # outputs

    def cell_out(self, arg: model.Arg) -> str:
        member = self.member(self.ret, arg)
        owners = self.lengths(arg)
        if owners:
            return self.cell_count(arg, owners[0], member)
        if arg.name == self.function.returns.length:
            self.before.append(f"{shapes.carrier(self.api, arg.type, arg.c)} {arg.name} = 0;")
            return f"&{arg.name}"
        if member is None:
            return "NULL"
        if arg.array == "allocated":
            return self.cell_allocated(arg, member)
        if arg.array in ("capacity", "two-call") or (member.base == "opaque"):
            return self.cell_room(arg, member)
        record = self.wired.records.get(member.base)
        if record and record.object:
            return self.cell_object_out(arg, member)
        if member.base in wire_c.SCALARS:
            return self.cell_scalar(arg, member)
        return f"&ret->{member.name}"

    def cell_scalar(self, arg: model.Arg, member: wire.Member) -> str:
        """A variable of the argument's own type: the message's may be another."""
        type = shapes.carrier(self.api, arg.type, arg.c)
        first = self.member(self.args, arg)
        self.before.append(f"{type} {arg.name} = {f'args->{first.name}' if first is not None else '0'};")
        self.after.append(f"ret->{member.name} = {arg.name};")
        return f"&{arg.name}"

    def cell_object_out(self, arg: model.Arg, member: wire.Member) -> str:
        object_ = self.api.objects[arg.type]
        self.before.append(f"{object_.pointer} {arg.name} = NULL;")
        self.after += [f"dispatch_keep(call, &{arg.name}->base);", f"ret->{member.name} = wire_of_{object_.short}({arg.name});"]
        return f"&{arg.name}"

    def cell_count(self, arg: model.Arg, owner: model.Arg, member: wire.Member | None) -> str:
        """The length of an output: room when it goes in, how many when it comes back."""
        type = shapes.carrier(self.api, arg.type, arg.c)
        listed = self.member(self.ret, owner)
        room = next((item for item in self.args if item.arg == arg.name), None)
        self.before.append(f"{type} {arg.name} = {f'args->{room.name}' if room is not None and arg.dir == 'inout' else '0'};")
        if member is not None and member.role == "count":
            self.after.append(f"ret->{member.name} = {arg.name};")
        if listed is not None and arg.dir != "in":
            test = f"args->{room.name} ? {arg.name} : 0" if room is not None and owner.array == "two-call" else arg.name
            self.after.append(f"ret->{wire_c.counter(listed)} = {test};")
        return f"&{arg.name}"

    def amount(self, name: str) -> str:
        """A length, told as such or beside what it counts."""
        if any(item.arg == name for item in self.args):
            return f"args->{name}"
        owner = next(other for other in self.function.args if other.length == name and self.member(self.args, other) is not None)
        return f"args->{wire_c.counter(self.member(self.args, owner))}"

    def cell_room(self, arg: model.Arg, member: wire.Member) -> str:
        """A buffer for what comes back, as large as the client's and no larger than a message takes."""
        length, rows = self.amount(arg.length), self.amount(arg.rows) if arg.rows else "1"
        room = f"(guint64){length} * {rows}" if arg.rows else length
        size = "1" if member.base == "opaque" else f"sizeof(*ret->{member.name})"
        self.checks += [
            f'if (dispatch_check_room("{self.function.name}", {length}, {rows}, {member.max}) < 0)', "    goto done;",
            f"ret->{member.name} = {length} ? g_malloc0_n({room}, {size}) : NULL;",
        ]  # fmt: skip
        if self.function.arg(arg.length).dir == "in":
            self.after.append(f"ret->{wire_c.counter(member)} = {self.how_many(arg, member, room)};")
        return f"({shapes.c_arg_type(self.api, arg)})ret->{member.name}"

    def how_many(self, arg: model.Arg, member: wire.Member, room: str) -> str:
        """How much of the room has been filled, as far as the call says."""
        counts = self.function.returns.type in ("count", "int")
        if member.base == "opaque":
            return f"(guint64)outcome * args->{arg.length}" if arg.rows and counts else room
        return f"MIN((guint64)outcome, (guint64){room})" if counts else room

    def cell_allocated(self, arg: model.Arg, member: wire.Member) -> str:
        record = self.wired.records.get(member.base)
        if record and record.object:
            return self.cell_objects(arg, member)
        count = f"ret->{wire_c.counter(member)}"
        wanted = self.wanted(arg)
        if member.pointers and arg.elements == "value":
            pointer = shapes.pointer(self.api, arg.type)
            self.before.append(f"{pointer} {arg.name} = NULL;")
            self.after.append(f"DISPATCH_GIVE_VALUES(ret->{member.name}, {count}, {arg.name}, outcome);")
            return f"&{arg.name}"
        if arg.length == "return":
            value = "(outcome + 7) / 8" if member.base == "opaque" else "outcome" # a bit for each
            self.after.append(f"{count} = ret->{member.name} ? {value} : 0;")
        type = shapes.c_arg_type(self.api, arg)
        place = f"({type})&ret->{member.name}"
        return f"{wanted} ? {place} : NULL" if wanted else place

    def wanted(self, arg: model.Arg) -> str:
        """The member that says whether the client wants this output."""
        for item in self.args:
            if item.role == "need_results":
                return f"args->{item.name}"
            if not item.arg and item.role == "value" and item.name.startswith("need_") and arg.name.endswith(item.name[5:]):
                return f"args->{item.name}"
        return ""

    def cell_objects(self, arg: model.Arg, member: wire.Member) -> str:
        object_ = self.api.objects[arg.type]
        count = f"ret->{wire_c.counter(member)}"
        self.before.append(f"{object_.pointer} *{arg.name} = NULL;")
        filtered = any(item.filter for item in self.procedure.acl)
        self.after += [f"if ({arg.name}) {{"]
        self.after += [f"    outcome = dispatch_keep_list(call, (struct object **){arg.name}, outcome, {'TRUE' if filtered else 'FALSE'});"]
        self.after += [
            f"    ret->{member.name} = g_new(wire_{object_.short}, outcome);",
            f"    for ({count} = 0; {count} < (unsigned int)outcome; {count}++)",
            f"        ret->{member.name}[{count}] = wire_of_{object_.short}({arg.name}[{count}]);",
            f"    g_free({arg.name});",
            "}",
        ]
        result = next((item for item in self.ret if item.role == "result"), None)
        if result is not None:
            self.after.append(f"ret->{result.name} = outcome;")
        return f"args->need_results ? &{arg.name} : NULL"
