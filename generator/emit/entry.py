"""Entry points: check the arguments, find the driver's slot, call it, report. They hold no other logic."""

from __future__ import annotations

from .. import model, shapes
from ..text import c_string, indent

HEAD = """\
#include "core/public/entry.h"

"""


def emit(api: model.Api) -> dict[str, str]:
    files: dict[str, str] = {}
    for module in api.modules:
        entries = [_entry(api, module, function) for function in module.functions if function.impl == "slot"]
        entries += [_via(api, module, function) for function in module.functions if function.impl.startswith("via:")]
        if entries:
            include = f"#include <corral/{module.header}.h>\n" if module.library else ""
            files[f"entry_{module.name.replace('-', '_')}.c"] = include + HEAD + "\n".join(entries)
    return files


def receiver(api: model.Api, function: model.Function) -> model.Arg:
    """The argument whose connection the call goes to: the first object."""
    return next(arg for arg in function.args if arg.type in api.objects)


def _connection(arg: model.Arg) -> str:
    return arg.name if arg.type == "virConnect" else f"{arg.name}->conn"


def _entry(api: model.Api, module: model.Module, function: model.Function) -> str:
    first = receiver(api, function)
    lines = ["virConnectPtr connection = NULL;", "", "error_reset();"]
    lines += _object_checks(api, function, first)
    lines += _access(api, function)
    for arg in function.args:
        lines += _arg_checks(api, function, arg)
    lines += _clears(api, function)
    lines += _call(api, function, first)
    body = indent("\n".join(lines)) + "\n"
    end = "fail:\n    error_dispatch(connection);\n"
    failed = shapes.failure_value(api, function.returns)
    where = f"#undef ORIGIN\n#define ORIGIN {module.origin}\n"
    return f"{where}{shapes.prototype(api, function)}\n{{\n{body}{end}    return{' ' + failed if failed else ''};\n}}\n"


def _object_checks(api: model.Api, function: model.Function, first: model.Arg) -> list[str]:
    lines = []
    for arg in function.args:
        if arg.type not in api.objects or arg.dir != "in":
            continue
        if arg.array:
            lines.append(f"CHECK_OBJECTS({arg.type}, {arg.name});")
            lines += [f"connection = {arg.name}[0]->conn;"] if arg is first else []
            continue
        lines.append(f"{'CHECK_OBJECT_OR_NULL' if arg.nullable else 'CHECK_OBJECT'}({arg.type}, {arg.name});")
        if arg is first:
            lines.append(f"connection = {_connection(first)};")
        if arg.same_connection:
            lines.append(f"CHECK_CONNECTION({arg.name}, connection);")
    return lines


READING = ("getattr", "read")


def denied_flags(function: model.Function) -> list[tuple[str, str]]:
    """(argument, value) pairs that ask for more than reading."""
    denied = []
    for acl in function.acl:
        needs = {need.partition(":")[2] for need in acl.need}
        if acl.condition and not acl.condition.startswith("!") and needs - set(READING):
            arg, _, value = acl.condition.rpartition("=" if "=" in acl.condition else ":")
            denied.append((arg or "flags", value))
    return denied


def _access(api: model.Api, function: model.Function) -> list[str]:
    if function.access == "write":
        return ["CHECK_WRITE(connection);"]
    lines = []
    for arg, value in denied_flags(function):
        test = f"{arg} & {value}" if arg == "flags" else f"{arg} == {value}"
        lines.append(f"CHECK_READ_ONLY_WITHOUT(connection, {test}, {c_string(value)});")
    return lines


def _arg_checks(api: model.Api, function: model.Function, arg: model.Arg) -> list[str]:
    lines = []
    lines.append(_min_check(api, arg, _least(api, function, arg)))
    if arg.array == "two-call":
        lines.append(f"CHECK_TWO_CALL({arg.name}, {arg.length});")
    elif arg.array in ("counted", "capacity") and arg.length != "return":
        lines.append(f"CHECK_ARRAY({arg.name}, {_length(function, arg)});" if not arg.nullable else "")
    elif is_pointer(api, arg) and not arg.nullable:
        lines.append(f"CHECK_NONNULL({arg.name});")
    if arg.rows:
        lines.append(f"CHECK_ROWS({arg.name}, {arg.rows}, {arg.length});")
    for group in arg.exclusive:
        for number, one in enumerate(group):
            for other in group[number + 1:]:
                lines.append(f"CHECK_EXCLUSIVE({arg.name}, {one}, {other});")
    for flag, needed in arg.requires:
        lines.append(f"CHECK_REQUIRES({arg.name}, {flag}, {' | '.join(needed)}, {c_string(' | '.join(needed))});")
    if arg.sizeof:
        struct = function.arg(arg.sizeof).type
        lines.append(f"CHECK_SIZE({arg.name}, sizeof({struct}));")
    return [line for line in lines if line]


def _least(api: model.Api, function: model.Function, arg: model.Arg) -> int | None:
    """The smallest value that is accepted; what says how long something is cannot be negative."""
    if arg.dir != "in" or arg.min is not None:
        return arg.min if arg.dir == "in" else None
    counts = any(arg.name in (other.length, other.rows) for other in function.args)
    return 0 if counts else None


def _min_check(api: model.Api, arg: model.Arg, least: int | None) -> str:
    unsigned = shapes.c_arg_type(api, arg).startswith(("unsigned", "size_t"))
    if least is None or (unsigned and least <= 0):
        return ""
    return f"CHECK_{'UNSIGNED_' if unsigned else ''}MIN({arg.name}, {c_string(arg.name)}, {least});"


def _length(function: model.Function, arg: model.Arg) -> str:
    return f"*{arg.length}" if function.arg(arg.length).dir != "in" else arg.length


def is_pointer(api: model.Api, arg: model.Arg) -> bool:
    if arg.type in ("closure", "virFreeCallback"):
        return False
    if arg.type in api.objects and not arg.array:
        return False
    if arg.type in api.callbacks:
        return True
    return shapes.c_arg_type(api, arg).endswith("*") or arg.type in api.structs or shapes.is_params(api, arg.type)


def _clears(api: model.Api, function: model.Function) -> list[str]:
    lines = []
    for arg in function.args:
        if arg.dir != "out":
            continue
        if arg.array == "allocated" or (arg.type == "string" and not arg.array):
            lines.append(f"CLEAR_POINTER({arg.name});")
        elif arg.type in api.structs and not arg.array:
            sized = next((other for other in function.args if other.sizeof == arg.name), None)
            lines.append(f"memset({arg.name}, 0, {sized.name if sized else f'sizeof(*{arg.name})'});")
    return lines


def _call(api: model.Api, function: model.Function, first: model.Arg) -> list[str]:
    own = api.objects[first.type].table == function.driver
    place = f"{first.name}->driver" if own else f"connection->tables.{function.driver}"
    check = f"CHECK_OWN_SLOT(connection, {first.name}, {function.slot});" if own else f"CHECK_SLOT(connection, {function.driver}, {function.slot});"
    declarations, args = [], []
    for arg in function.args:
        if arg.path == "absolute":
            declarations.append(f"g_autofree char *{arg.name}_absolute = g_canonicalize_filename({arg.name}, NULL);")
            args.append(f"{arg.name}_absolute")
        elif any(other.sizeof == arg.name for other in function.args):
            declarations.append(f"{arg.type} {arg.name}_whole = {{ 0 }};")
            args.append(f"&{arg.name}_whole")
        else:
            args.append(arg.name if not arg.sizeof else f"sizeof({function.arg(arg.sizeof).type})")
    call = f"{place}->{function.slot}({', '.join(args)})"
    body = declarations + _report(api, function, call)
    # a block of its own: `goto fail` must not jump over declarations
    return [check, "{", *[f"    {line}" if line else "" for line in body], "}"]


def _report(api: model.Api, function: model.Function, call: str) -> list[str]:
    type = shapes.c_return_type(api, function.returns)
    if type == "void":
        return [f"{call};", "return;"]
    opposite = {"< 0": ">= 0", "== 0": "!= 0", "== NULL": "!= NULL"}[shapes.failure(api, function.returns)]
    ways = [f"outcome {opposite}", *(f"outcome == {value}" for value in function.returns.also)]
    if function.returns.nullable:
        ways.append("error_code() == VIR_ERR_OK")
    good = " || ".join(ways)
    copies = [
        f"    memcpy({arg.sizeof}, &{arg.sizeof}_whole, {arg.name});" for arg in function.args if arg.sizeof
    ]
    lines = [f"{type}{'' if type.endswith('*') else ' '}outcome = {call};", ""]
    if not copies:
        return lines + [f"if (G_LIKELY({good}))", "    return outcome;"]
    return lines + [f"if (G_LIKELY({good})) {{", *copies, "    return outcome;", "}"]


def _via(api: model.Api, module: model.Module, function: model.Function) -> str:
    """The same call with an argument in another spelling: a UUID as text."""
    first, target = receiver(api, function), function.impl[4:]
    lines, args = ["error_reset();"], []
    lines.append(f"CHECK_OBJECT({first.type}, {first.name});")
    for arg in function.args:
        if arg.type == "uuid-string":
            lines += [
                f"CHECK_NONNULL({arg.name});",
                f"unsigned char {arg.name}_bytes[VIR_UUID_BUFLEN];",
                f"CHECK_UUID({arg.name}, {arg.name}_bytes);",
            ]
            args.append(f"{arg.name}_bytes")
        else:
            args.append(arg.name)
    lines.append(f"return {target}({', '.join(args)});")
    # the check of the object may be what failed
    conn = f"is_{first.type}({first.name}) ? {_connection(first)} : NULL"
    failed = shapes.failure_value(api, function.returns)
    return (
        f"#undef ORIGIN\n#define ORIGIN {module.origin}\n"
        f"{shapes.prototype(api, function)}\n{{\n{indent(chr(10).join(lines))}\n"
        f"fail:\n    error_dispatch({conn});\n    return {failed};\n}}\n"
    )
