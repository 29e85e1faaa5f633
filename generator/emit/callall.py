"""Every public call from C, with each of its arguments wrong in turn: what tests/every_call.c runs.

What a call has to answer follows from the description: which checks it has, in which order they come,
and that a driver without slots supports nothing."""

from __future__ import annotations

from .. import model, shapes
from ..text import c_string
from . import driver, entry

HEAD = '#include "tests/support/every_call.h"\n\n'
SIGNED = ("int", "long", "long long")
EDGES = {
    "int": ("0", "-1", "G_MAXINT", "G_MININT"),
    "unsigned int": ("0", "G_MAXINT", "0x80000000U", "G_MAXUINT"),
    "long": ("0", "-1", "0x80000000L", "G_MAXLONG", "G_MINLONG"),
    "long long": ("0", "-1", "0x80000000LL", "G_MAXINT64", "G_MININT64"),
    "unsigned long": ("0", "0x80000000UL", "(1UL << 53) + 1", "G_MAXLONG", "1UL << 63", "G_MAXULONG"),
    "unsigned long long": ("0", "0x80000000ULL", "(1ULL << 53) + 1", "G_MAXINT64", "1ULL << 63", "G_MAXUINT64"),
    "size_t": ("0", "0x80000000UL", "(1UL << 53) + 1", "G_MAXINT64", "1UL << 63", "G_MAXSIZE"),
    "double": ("0", "-1", "NAN", "INFINITY"),
}
BAD_UUIDS = ('""', '"x"', '"\\xff\\xfe"', '"6695eb01-f6a4-8304-79aa-97f2502e193"', '"6695eb01-f6a4-8304-79aa-97f2502e193fa"', "long_text")
ODD_STRINGS = ('""', '"\\xff\\xfe"', "long_text")


def emit(api: model.Api) -> dict[str, str]:
    functions = [function for function in api.functions.values() if not function.internal]
    modules = "".join(f"#include <corral/{module.header}.h>\n" for module in api.modules)
    out = modules + HEAD + _world(api) + "".join(_function(api, function) for function in functions)
    rows = "".join(f"    {{{c_string(function.name)}, call_{function.name}}},\n" for function in functions)
    table = f"const struct every_call every_call[] = {{\n{rows}}};\n"
    return {"callall.c": out + table + "const size_t n_every_call = G_N_ELEMENTS(every_call);\n"}


# -- the objects that calls are made on


def _world(api: model.Api) -> str:
    kinds = driver.connection_kinds(api)
    tables = "".join(f"static const struct {kind}_driver empty_{kind};\n" for kind in kinds)
    sets = "".join(f"    conn->tables.{kind} = &empty_{kind};\n" for kind in kinds)
    out = f"{tables}\nvoid every_call_fill(virConnectPtr conn)\n{{\n{sets}}}\n\n"
    objects = _parents_first(api)
    fields = "".join(f"    {item.pointer} {item.name};\n" for item in objects)
    out += f"struct world {{\n{fields}}};\n\nstatic struct world worlds[EVERY_CALL_WORLDS];\n"
    out += "static struct world *const full = &worlds[0], *const readonly = &worlds[1], *const bare = &worlds[2];\n\n"
    made = "".join(f"    world->{item.name} = {_construct(item)};\n" for item in objects[1:])
    out += f"void every_call_set_up(int number, virConnectPtr conn)\n{{\n    struct world *world = &worlds[number];\n\n"
    out += f"    world->{objects[0].name} = conn;\n{made}}}\n\n"
    freed = "".join(f"    object_unref((struct object *)world->{item.name});\n" for item in reversed(objects))
    return out + f"void every_call_tear_down(int number)\n{{\n    struct world *world = &worlds[number];\n\n{freed}}}\n\n"


def _parents_first(api: model.Api) -> list[model.Object]:
    order: list[model.Object] = []

    def visit(item: model.Object) -> None:
        if item.parent:
            visit(api.objects[item.parent])
        if item not in order:
            order.append(item)

    for item in api.objects.values():
        visit(item)
    return order


def _construct(item: model.Object) -> str:
    if item.core:
        return f"{item.short}_new(world->{item.parent}, 0)"
    values = {"string": '"some"', "uuid": "uuid_bytes", "int": "1"}
    args = [f"world->{item.parent}"] + [values[field.type] for field in item.fields]
    return f"new_{item.short}({', '.join(args)})"


# -- arguments that are as they should be


def _function(api: model.Api, function: model.Function) -> str:
    failure = shapes.failure(api, function.returns)
    call = f"{function.name}({', '.join(arg.name for arg in function.args)})"
    test = f"({call}) {failure}" if failure else f"({call}, TRUE)"
    lines = [line for arg in function.args for line in _declare(api, function, arg)]
    lines += ["", *(line for line in _cases(api, function) if line)]
    body = "".join(f"    {line}\n" if line else "\n" for line in lines)
    unused = "".join(f"    (void){arg.name};\n" for arg in function.args)
    return f"#undef FAILS\n#define FAILS {test}\nstatic void call_{function.name}(void)\n{{\n{body}{unused}}}\n\n"


def _declare(api: model.Api, function: model.Function, arg: model.Arg) -> list[str]:
    type = shapes.c_arg_type(api, arg)
    if arg.type in api.callbacks:
        return [f"{type} {arg.name} = ({type})every_call_callback;"]
    if arg.type == "virFreeCallback":
        return [f"{type} {arg.name} = every_call_freed;"]
    if arg.type == "closure":
        return [f"{type} {arg.name} = NULL;"]
    if arg.type in api.objects and arg.dir == "in":
        return _declare_object(arg, type)
    if arg.type in ("string", "uuid-string") and arg.dir == "in" and not arg.array:
        text = '"6695eb01-f6a4-8304-79aa-97f2502e193f"' if arg.type == "uuid-string" else '"text"'
        return [f"{type} {arg.name} = {text};"]
    room = _room(api, arg, type)
    if room:
        return [f"{room} {arg.name}_room[64] = {{{_contents(api, arg)}}};", f"{_joined(type, arg.name)} = {arg.name}_room;"]
    return [f"{_joined(type, arg.name)} = {_number(function, arg)};"]


def _joined(type: str, name: str) -> str:
    return f"{type}{name}" if type.endswith("*") else f"{type} {name}"


def _declare_object(arg: model.Arg, type: str) -> list[str]:
    if not arg.array:
        return [f"{type} {arg.name} = full->{arg.type};"]
    return [f"{arg.type}Ptr {arg.name}_room[] = {{full->{arg.type}, NULL, NULL}};", f"{_joined(type, arg.name)} = {arg.name}_room;"]


def _room(api: model.Api, arg: model.Arg, type: str) -> str:
    """What a pointer argument points to; empty for a plain value."""
    if type.endswith("*"):
        target = type[:-1].strip()
        if arg.type == "string":
            return target
        target = target.removeprefix("const ")
        return "unsigned char" if target == "void" else target
    if shapes.is_params(api, arg.type):
        return "virTypedParameter"
    return arg.type if arg.type in api.structs else ""


def _contents(api: model.Api, arg: model.Arg) -> str:
    if arg.type == "string" and arg.dir == "in":
        return '"one", "two"'
    if shapes.is_params(api, arg.type) and arg.dir == "in":
        return '{.field = "one", .type = VIR_TYPED_PARAM_INT}, {.field = "two", .type = VIR_TYPED_PARAM_INT}'
    if arg.dir == "inout" and not arg.array and arg.min is not None:
        return "2"
    return _poison(arg)


def _poison(arg: model.Arg) -> str:
    return "(void *)&poison" if _cleared(arg) else "0" if arg.dir != "in" and not arg.array else ""


def _cleared(arg: model.Arg) -> bool:
    """Whether a pointer goes out through the argument, and is NULL until it does."""
    return arg.dir == "out" and (arg.array == "allocated" or (arg.type == "string" and not arg.array))


def _number(function: model.Function, arg: model.Arg) -> str:
    if arg.sizeof:
        return f"sizeof({function.arg(arg.sizeof).type})"
    if any(arg.name in (other.length, other.rows) for other in function.args):
        return str(max(2, arg.min or 0))
    return str(max(0, arg.min or 0))


# -- the cases


def _cases(api: model.Api, function: model.Function) -> list[str]:
    lines: list[str] = []
    for arg in function.args:
        if arg.type in api.objects and arg.dir == "in":
            lines += _object_cases(api, function, arg)
        elif _null_refused(api, function, arg):
            lines.append(_null_case(api, function, arg))
    if function.impl in ("slot", "field") or function.impl.startswith("via:"):
        lines += _answer(api, function)
    if function.impl == "slot" or function.impl.startswith("via:"):
        for arg in function.args:
            lines += _value_cases(api, function, arg)
        lines += _access_cases(api, function)
    return lines


def _target(function: model.Function) -> str:
    return function.impl[4:] if function.impl.startswith("via:") else function.name


def _refused(api: model.Api, function: model.Function, code: str = "VIR_ERR_INVALID_ARG") -> str:
    """The calls about errors leave the thread's last one as it is."""
    return "VIR_ERR_OK" if api.module_of[function.name].name == "error" else code


def _with(arg: model.Arg, value: str, code: str, text: str) -> str:
    return f"WITH({arg.name}, {value}, {code}, {c_string(text if code != 'VIR_ERR_OK' else '')});"


def _unsupported(function: model.Function) -> tuple[str, str]:
    return "VIR_ERR_NO_SUPPORT", f"{_target(function)} (driver Empty)"


def _null_refused(api: model.Api, function: model.Function, arg: model.Arg) -> bool:
    if not entry.is_pointer(api, arg):
        return False
    if arg.array == "two-call":
        return True
    return not arg.nullable


def _null_case(api: model.Api, function: model.Function, arg: model.Arg) -> str:
    if function.impl == "free":
        return _with(arg, "NULL", "VIR_ERR_OK", "")
    if function.impl == "core":
        return _with(arg, "NULL", _refused(api, function), "")
    checker = function.name if arg.type == "uuid-string" else _target(function)
    return _with(arg, "NULL", "VIR_ERR_INVALID_ARG", f"{arg.name} in {checker} must not be NULL")


def _object_cases(api: model.Api, function: model.Function, arg: model.Arg) -> list[str]:
    item = api.objects[arg.type]
    code, text = _refused(api, function, item.invalid), function.name
    other = next(name for name in reversed(api.objects) if name != arg.type)
    if arg.array:
        return _array_cases(arg, other, code, text)
    lines = [] if arg.nullable else [_with(arg, "NULL", code, text)]
    lines += [_with(arg, f"(void *)full->{other}", code, text), _with(arg, "freed_object()", code, text)]
    if arg.same_connection:
        lines.append(_with(arg, f"readonly->{arg.type}", "VIR_ERR_INVALID_ARG", f"{arg.name} in {function.name} must match"))
    return lines


def _array_cases(arg: model.Arg, other: str, code: str, text: str) -> list[str]:
    room = f"{arg.name}_room"
    return [
        _with(arg, "NULL", "VIR_ERR_INVALID_ARG", arg.name),
        f"{room}[0] = (void *)full->{other};",
        f"EXPECT({c_string('of another class')}, {code}, {c_string(text)});",
        f"{room}[0] = full->{arg.type};",
        f"{room}[1] = freed_object();",
        f"EXPECT({c_string('with a freed one')}, {code}, {c_string(text)});",
        f"{room}[1] = readonly->{arg.type};",
        f"EXPECT({c_string('of two connections')}, VIR_ERR_INVALID_ARG, {c_string(arg.name)});",
        f"{room}[0] = {room}[1] = NULL;",
        f"EXPECT({c_string('empty')}, VIR_ERR_INVALID_ARG, {c_string(arg.name)});",
        f"{room}[0] = full->{arg.type};",
    ]


def _answer(api: model.Api, function: model.Function) -> list[str]:
    """With everything as it should be: a getter answers, a driver without slots supports nothing."""
    if function.impl == "field":
        return ["SUCCEEDS(FAILS);"]
    code, text = _unsupported(function)
    lines = [f"EXPECT({c_string('valid')}, {code}, {c_string(text)});"]
    lines += [f"CLEARED({arg.name}_room[0]);" for arg in function.args if _cleared(arg)]
    return lines + _in_world(api, function, "bare", "without tables", code, text)


def _in_world(api: model.Api, function: model.Function, world: str, what: str, code: str, text: str) -> list[str]:
    """The same on another world's objects."""
    def move(to: str) -> list[str]:
        return [
            f"{arg.name}{'_room[0]' if arg.array else ''} = {to}->{arg.type};"
            for arg in function.args
            if arg.type in api.objects and arg.dir == "in"
        ]

    return [*move(world), f"EXPECT({c_string(what)}, {code}, {c_string(text)});", *move("full")]


def _access_cases(api: model.Api, function: model.Function) -> list[str]:
    target = api.functions[_target(function)]
    denied = ("VIR_ERR_OPERATION_DENIED", target.name)
    if target.access == "write":
        return _in_world(api, function, "readonly", "read-only", *denied)
    lines = _in_world(api, function, "readonly", "read-only", *_unsupported(function))
    for name, value in entry.denied_flags(target):
        lines += [f"{name} = {value};", *_in_world(api, function, "readonly", f"read-only, {value}", *denied), f"{name} = 0;"]
    return lines


def _value_cases(api: model.Api, function: model.Function, arg: model.Arg) -> list[str]:
    type = shapes.c_arg_type(api, arg)
    if arg.type == "uuid-string" and arg.dir == "in":
        text = f"{arg.name} in {function.name} must be a valid UUID"
        return [_with(arg, value, "VIR_ERR_INVALID_ARG", text) for value in BAD_UUIDS]
    if arg.type == "string" and arg.dir == "in" and not arg.array:
        return [_with(arg, value, *_unsupported(function)) for value in ODD_STRINGS]
    if arg.array == "two-call":
        text = f"{arg.length} in {function.name} must"
        return [f"{arg.length}_room[0] = {value};\n    EXPECT({c_string(f'*{arg.length} = {value}')}, VIR_ERR_INVALID_ARG, {c_string(text)});"
                for value in ("-1", "G_MININT")] + [f"{arg.length}_room[0] = 2;"]
    if arg.exclusive or arg.requires:
        return _flag_cases(function, arg)
    if arg.dir == "in" and not arg.array and type in EDGES:
        return [_with(arg, value, *_judge(function, arg, type, value)) for value in EDGES[type]]
    return []


def _flag_cases(function: model.Function, arg: model.Arg) -> list[str]:
    pairs = [(one, other) for group in arg.exclusive for at, one in enumerate(group) for other in group[at + 1:]]
    lines = [_with(arg, f"{one} | {other}", "VIR_ERR_INVALID_ARG", f"'{one}' and '{other}'") for one, other in pairs]
    if pairs:
        lines.append(_with(arg, "~0U", "VIR_ERR_INVALID_ARG", "mutually exclusive"))
    return lines + [_with(arg, flag, "VIR_ERR_INVALID_ARG", f"is required by flag '{flag}'") for flag, _ in arg.requires]


def _least(function: model.Function, arg: model.Arg) -> int | None:
    if arg.min is None and any(arg.name in (other.length, other.rows) for other in function.args):
        return 0
    return arg.min


def _below(value: str, least: int | None) -> bool:
    if least is None:
        return False
    return value.startswith("G_MIN") or (value in ("0", "-1") and int(value) < least)


def _judge(function: model.Function, arg: model.Arg, type: str, value: str) -> tuple[str, str]:
    """What a number has to lead to."""
    least = _least(function, arg)
    if _below(value, least if type in SIGNED else max(least or 0, 0)):
        return "VIR_ERR_INVALID_ARG", f"{arg.name} in {function.name} must"
    if arg.sizeof and value != "0":
        return "VIR_ERR_INVALID_ARG", f"{arg.name} in {function.name} must not exceed"
    grid = any(other.rows and arg.name in (other.rows, other.length) for other in function.args)
    if grid and value not in ("0", "-1") and not value.startswith("G_MIN"):
        return "VIR_ERR_OVERFLOW", "input too large"
    return _unsupported(function)
