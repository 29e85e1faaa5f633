"""One C file per module that compiles only against headers which declare what is described.

They name the headers as the field does, so the same file is compiled against the field's own headers (FIELD_HEADERS,
which do not have what came later) and against ours."""

from __future__ import annotations

from .. import model, shapes
from ..text import c_string, version_key
from . import compat, header, pyi

def emit(api: model.Api) -> dict[str, str]:
    included = "".join(f"#include <libvirt/{name}>\n" for name in compat.headers(api))
    head = f"#define VIR_ENUM_SENTINELS\n#include <stddef.h>\n{included}\n"
    modules = [module for module in api.modules if module.library != "corral"]
    return {f"abi/{module.name}.c": head + "\n".join(_module(api, module)) for module in modules}


def _module(api: model.Api, module: model.Module) -> list[str]:
    numbers = pyi.numbers(api)
    parts = [_later(api, item, _value(item.name, c_string(item.value) if item.type == "string" else str(numbers[item.name])))
             for item in module.constants]
    parts += [_later(api, param, _value(param.macro, c_string(param.pattern.replace("{n}", "%u") or param.name)))
              for paramset in module.paramsets for param in paramset.params]
    parts += [_later(api, item, _enum(api, item)) for item in module.enums]
    parts += [_same(item.pointer, f"{item.name} *", item.pointer) for item in module.objects]
    parts += [_later(api, item, _struct(api, item)) for item in module.structs if not item.builtin]
    parts += [_later(api, item, _same(item.name, shapes.callback_prototype(api, item, "(*)"), item.name)) for item in module.callbacks]
    parts += [_same(f"__typeof__({item.name})", shapes.pointer(api, item.type), item.name) for item in module.variables]
    parts += [_later(api, item, _same(f"__typeof__({item.name})", _function_type(api, item), item.name))
              for item in module.functions if not item.internal]
    return parts


def _later(api: model.Api, item: model.Definition, text: str) -> str:
    if item.since and version_key(item.since) > version_key(api.compatible):
        return f"#ifndef FIELD_HEADERS\n{text}#endif\n"
    return text


def _assert(test: str, name: str) -> str:
    return f"_Static_assert({test},\n               {c_string(name)});\n"


def _same(one: str, other: str, name: str) -> str:
    return _assert(f"__builtin_types_compatible_p({one}, {other})", name)


def _value(name: str, value: str) -> str:
    return _assert(f"__builtin_strcmp({name}, {value}) == 0" if value.startswith('"') else f"{name} == {value}", name)


def _function_type(api: model.Api, function: model.Function) -> str:
    args = ", ".join(shapes.c_arg_type(api, arg) for arg in function.args) or "void"
    return f"{shapes.c_return_type(api, function.returns)} ({args})"


def _enum(api: model.Api, enum: model.Enum) -> str:
    text = _assert(f"sizeof({enum.name}) == sizeof(int)", enum.name)
    text += "".join(_later(api, value, _value(value.name, str(value.number))) for value in enum.values)
    if not enum.last:
        return text
    old = [value for value in enum.values if version_key(value.since) <= version_key(api.compatible)]
    now = _assert(f"{enum.last} == {_last(enum, enum.values)}", enum.last)
    then = _assert(f"{enum.last} == {_last(enum, old)}", enum.last)
    return text + (now if now == then else f"#ifdef FIELD_HEADERS\n{then}#else\n{now}#endif\n")


def _last(enum: model.Enum, values) -> int:
    numbers = [value.bit if enum.flags else value.number for value in values]
    return max((number for number in numbers if number is not None), default=-1) + 1


def _struct(api: model.Api, struct: model.Struct) -> str:
    ours = f"struct described_{struct.name}"
    members = "".join(f"    {header.c_member(api, member)}\n" for member in struct.members)
    text = f"{ours} {{\n{members}}};\n" + _assert(f"sizeof({struct.name}) == sizeof({ours})", struct.name)
    text += _same(struct.pointer, f"{struct.name} *", struct.pointer)
    for member in struct.members:
        place = f"{struct.name}.{member.name}"
        text += _assert(f"offsetof({struct.name}, {member.name}) == offsetof({ours}, {member.name})", place)
        text += _same(f"__typeof__((({struct.name} *)0)->{member.name})", f"__typeof__((({ours} *)0)->{member.name})", place)
    return text
