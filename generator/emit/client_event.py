"""Events that a daemon tells of: from messages to the callbacks that wait for them."""

from __future__ import annotations

from .. import model, wire, wire_c
from ..text import indent, snake

HEAD = """\
#include "core/drivers/remote/event_table.h"

#include "wire_objects.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    out = HEAD
    families = list(api.events.values())
    for events in families:
        told = [item for item in wired.procedures if item.events == events.name and _has_id(item)]
        out += "".join(_deliver(wired, item) for item in told)
        out += _table(api, events, told)
    out += "const struct remote_event_family *const remote_event_families[] = {\n"
    out += "".join(f"    &{_family(api, events)},\n" for events in families)
    out += "};\n\nconst size_t remote_n_event_families = G_N_ELEMENTS(remote_event_families);\n"
    out += "".join(_registration(api, events) for events in families)
    return {"remote_events.c": out}


def _has_id(procedure: wire.Procedure) -> bool:
    """The older messages name no callback; we never ask for them."""
    return any(member.role == "callback_id" for member in procedure.args.members)


def _family(api: model.Api, events: model.Events) -> str:
    return f"remote_{api.objects[events.object].short}_events"


def _callback(wired: wire.Wire, procedure: wire.Procedure) -> model.Callback:
    event = next(item for item in wired.api.events[procedure.events].events if item.name == procedure.event_name)
    return wired.api.callbacks[event.callback]


def _deliver(wired: wire.Wire, procedure: wire.Procedure) -> str:
    callback = _callback(wired, procedure)
    lines = [f"const wire_{procedure.args.name} *message = remote_event_message(event);"]
    after = []
    cells = []
    members = {member.arg: member for member in procedure.args.members}
    for arg in callback.args:
        if arg.type == "closure":
            cells.append("opaque")
        elif arg.type == "virConnect":
            cells.append("conn")
        elif arg.name in members:
            cells.append(_value(wired, members[arg.name], arg, lines, after))
        else: # the length of one before it
            listed = next(item for item in callback.args if item.length == arg.name)
            cells.append(f"message->{wire_c.counter(members[listed.name])}")
    lines += ["", f"(({callback.name})callback)({', '.join(cells)});", *after]
    head = "(virConnectPtr conn, struct event *event, event_callback callback, void *opaque)"
    return f"static void deliver_{procedure.name}{head}\n{{\n{indent(chr(10).join(lines))}\n}}\n\n"


def _value(wired: wire.Wire, member: wire.Member, arg: model.Arg, lines: list[str], after: list[str]) -> str:
    record = wired.records.get(member.base)
    if record and record.object:
        object_ = wired.api.objects[record.object]
        lines.append(f"{object_.pointer} {arg.name} = wire_new_{object_.short}(conn, &message->{member.name});")
        after.append(f"object_unref(&{arg.name}->base);")
        return arg.name
    return f"{'&' if record else ''}message->{member.name}"


def _table(api: model.Api, events: model.Events, told: list[wire.Procedure]) -> str:
    object_ = api.objects[events.object]
    out = f"static const struct remote_event_kind {object_.short}_kinds[] = {{\n"
    for item in told:
        out += f"    {{{item.event_name}, {item.number}, {wire_c.constant(item.args.name)}, deliver_{item.name}}},\n"
    out += "};\n\n"
    field = "uuid" if any(field.name == "uuid" for field in object_.fields) else "name"
    rows = {
        "what": f'"{object_.short.replace("_", " ")}"',
        "klass": f"{list(api.events).index(events.name)}",
        "last": str(len(events.events)),
        "key": f"EVENT_KEY_{field.upper()}",
        "n_kinds": f"G_N_ELEMENTS({object_.short}_kinds)",
        "kinds": f"{object_.short}_kinds",
        "ask": f"ask_{object_.short}",
        "leave": f"leave_{object_.short}",
    }
    out += f"static int ask_{object_.short}(virConnectPtr conn, int id);\n"
    out += f"static int leave_{object_.short}(virConnectPtr conn, int remote_id);\n\n"
    out += _key_of(object_, field, told)
    rows["key_of"] = f"{object_.short}_key"
    cells = "".join(f"    .{name} = {value},\n" for name, value in rows.items())
    return out + f"static const struct remote_event_family {_family(api, events)} = {{\n{cells}}};\n\n"


def _key_of(object_: model.Object, field: str, told: list[wire.Procedure]) -> str:
    """Where in each message the object's identity is."""
    cases = ""
    for item in told:
        member = next(member for member in item.args.members if member.base == object_.name)
        cases += f"    case {item.number}:\n        return ((const wire_{item.args.name} *)message)->{member.name}.{field};\n"
    head = f"static const void *{object_.short}_key(int procedure, const void *message)"
    return f"{head}\n{{\n    switch (procedure) {{\n{cases}    default:\n        return NULL;\n    }}\n}}\n\n"


def _registration(api: model.Api, events: model.Events) -> str:
    """The calls that ask for events and give them up again, all of one shape."""
    object_ = api.objects[events.object]
    register = next(item for item in api.functions.values() if item.rpc and any(arg.by and _is_of(api, events, item) for arg in item.args))
    deregister = api.functions[register.name.replace("EventRegisterAny", "EventDeregisterAny")]
    return REGISTRATION.format(
        short=object_.short, family=_family(api, events), pointer=object_.pointer,
        ask=snake(register.name), ASK=snake(register.name).upper(), leave=snake(deregister.name), LEAVE=snake(deregister.name).upper(),
        register=register.slot, deregister=deregister.slot,
        generic=next(arg.type for arg in register.args if arg.by), name=register.name, other=deregister.name,
        key="object->uuid" if any(field.name == "uuid" for field in object_.fields) else "object->name",
    )  # fmt: skip


def _is_of(api: model.Api, events: model.Events, function: model.Function) -> bool:
    return any(arg.type == events.object and arg.nullable for arg in function.args)


REGISTRATION = """
static int ask_{short}(virConnectPtr conn, int id)
{{
    wire_{ask}_args args = {{.eventID = id}};
    wire_{ask}_ret ret;

    if (remote_call(conn, "{name}", WIRE_PROGRAM_REMOTE, WIRE_PROC_{ASK}, &args, &ret) < 0)
        return -1;
    return ret.result;
}}

static int leave_{short}(virConnectPtr conn, int remote_id)
{{
    wire_{leave}_args args = {{.callbackID = remote_id}};

    return remote_call(conn, "{other}", WIRE_PROGRAM_REMOTE, WIRE_PROC_{LEAVE}, &args, NULL);
}}

int remote_{register}(virConnectPtr conn, {pointer} object, int id, {generic} callback, void *opaque, virFreeCallback freecb)
{{
    return remote_event_register(conn, &{family}, id, object ? {key} : NULL, (event_callback)callback, opaque, freecb);
}}

int remote_{deregister}(virConnectPtr conn, int id)
{{
    return remote_event_deregister(conn, &{family}, id);
}}
"""
