"""The Python package's generated half: stubs, and the tables of constants and errors that it reads
when it runs."""

from __future__ import annotations

from .. import binding, model, shapes
from . import shim_callback, shim_struct, swig

DEFAULTS = {"null": "None", "false": "False"}


def emit(api: model.Api) -> dict[str, str]:
    files = {"python/corral/_tables.py": _tables(api), "python/corral/_names.py": _names(api), "python/corral/__init__.pyi": _stub(api)}
    for name, calls in namespaces(api).items():
        files[f"python/corral/{name}.pyi"] = _namespace_stub(api, calls)
    return files


def _namespace_stub(api: model.Api, calls: list[binding.Call]) -> str:
    objects = sorted({type for call in calls for type in (*(p.type for p in call.parameters), call.function.returns.type,
                     *(arg.type for p in call.parameters for cb in p.args if cb.type in api.callbacks
                       for arg in api.callbacks[cb.type].args)) if type in api.objects})
    out = f"from collections.abc import Callable, Mapping, Sequence\nfrom typing import Any\n\nfrom . import {', '.join(objects)}\n\n"
    out += "__all__ = [\n" + "".join(f'    "{call.name}",\n' for call in calls) + "]\n\n"
    return out + "".join(_signature(api, call) + "\n" for call in calls)


def default(parameter: binding.Parameter) -> str:
    return DEFAULTS.get(parameter.default or "", parameter.default or "")


def plain_parameters(call: binding.Call) -> str:
    """Names and defaults, without types."""
    parts = ["self"] if call.owner else []
    for parameter in call.parameters:
        parts.append(parameter.name if parameter.default is None else f"{parameter.name}={default(parameter)}")
    return ", ".join(parts)


# ---- tables


def error_name(code: str) -> str:
    """VIR_ERR_NO_DOMAIN -> NoDomainError"""
    words = code.removeprefix("VIR_ERR_").split("_")
    name = "".join(word if word.isdigit() else word.capitalize() for word in words)
    return name if name.endswith("Error") else name + "Error"


def errors(api: model.Api) -> list[tuple[int, str, str]]:
    return [(value.number, error_name(value.name), value.doc) for value in api.enums["virErrorNumber"].values if value.number]


def strings(api: model.Api) -> dict[str, str]:
    """Names of typed parameters, and constants of text."""
    found = {param.macro: param.pattern.replace("{n}", "%u") or param.name for item in api.paramsets.values() for param in item.params}
    return found | {c.name: c.value for module in api.modules for c in module.constants if c.type == "string"}


def numbers(api: model.Api) -> dict[str, int]:
    """Plain numbers: constants, and the sentinels behind the last value of an enum."""
    found = {}
    for module in api.modules:
        for constant in module.constants:
            if constant.type != "string":
                found[constant.name] = _number(api, found, constant.value)
    for enum in api.enums.values():
        if enum.last:
            highest = [value.bit if enum.flags else value.number for value in enum.values]
            found[enum.last] = max((number for number in highest if number is not None), default=-1) + 1
    return found


def _number(api: model.Api, known: dict[str, int], value: str) -> int:
    if value == "version":
        major, minor, micro = (int(part) for part in api.compatible.split("."))
        return major * 1000000 + minor * 1000 + micro
    names = known | {name: item.number for name, item in api.values.items()}
    plain = value.rstrip("ULul") if value[:1].isdigit() else value.replace("ULL", "").replace("LL", "")
    return int(eval(plain, {"__builtins__": {}}, names))  # noqa: S307 - our own description


def _tables(api: model.Api) -> str:
    out = '"""Constants and errors of the API; generated."""\n\n'
    out += "#: enum -> (whether its values are flags, name -> number)\nENUMS: dict[str, tuple[bool, dict[str, int]]] = {\n"
    for enum in api.enums.values():
        values = "".join(f"        {value.name!r}: {value.number},\n" for value in enum.values)
        out += f"    {enum.name!r}: ({enum.flags}, {{\n{values}    }}),\n"
    out += "}\n\nSTRINGS: dict[str, str] = {\n" + "".join(f"    {k!r}: {v!r},\n" for k, v in strings(api).items())
    out += "}\n\nNUMBERS: dict[str, int] = {\n" + "".join(f"    {k!r}: {v},\n" for k, v in numbers(api).items())
    out += "}\n\nERRORS: dict[int, tuple[str, str]] = {\n" + "".join(f"    {n}: ({name!r}, {doc!r}),\n" for n, name, doc in errors(api))
    out += "}\n\n#: how an event's id is registered: object -> (method, ids)\nEVENTS: dict[str, tuple[str, str, tuple[str, ...]]] = {\n"
    for call in binding.calls(api):
        arg = next((arg for arg in call.function.args if arg.by in api.events), None) or next(
            (arg for arg in call.function.args if arg.by and call.function.arg(arg.by).type in api.events), None)
        if arg and arg.type in api.callbacks:
            events = api.events[call.function.arg(arg.by).type]
            ids = "".join(f"        {event.name!r},\n" for event in events.events)
            undo = call.name.replace("Register", "Deregister")
            out += f"    {events.object!r}: ({call.name!r}, {undo!r}, (\n{ids}    )),\n"
    return out + "}\n"


def _names(api: model.Api) -> str:
    """What the package needs as soon as it is imported."""
    out = '"""Names of classes and modules; generated."""\n'
    out += "\n#: what belongs to one driver only: module -> its functions\nNAMESPACES: dict[str, tuple[str, ...]] = {\n"
    for name, calls in namespaces(api).items():
        out += f"    {name!r}: ({', '.join(repr(call.name) for call in calls)},),\n"
    out += "}\n\nOBJECTS: tuple[str, ...] = (\n" + "".join(f"    {name!r},\n" for name in api.objects) + ")\n"
    return out


def namespaces(api: model.Api) -> dict[str, list[binding.Call]]:
    found: dict[str, list[binding.Call]] = {}
    for call in binding.calls(api):
        module = api.module_of[call.function.name]
        if module.namespace and not call.owner:
            found.setdefault(module.namespace, []).append(call)
    return found


# ---- types

PYTHON = {"bytes": "bytes", "uuid": "bytes | str", "string": "str", "double": "float", "bool": "int", "cpumap": "Sequence[bool]",
          "dict": "Mapping[str, Any]", "preset": "Mapping[str, int]", "mapping": "Mapping[int, int]", "opaque": "Any",
          "record": "Sequence[Any]", "prompt": "Sequence[Any]"}


def parameter_type(api: model.Api, parameter: binding.Parameter) -> str:
    arg = parameter.args[-1]
    if parameter.kind == "list":
        item = "str" if arg.type == "string" else arg.type if arg.type in api.objects else "int"
        text = f"Sequence[{item}]"
    elif parameter.kind == "object":
        text = parameter.type
    elif parameter.kind == "closure":
        text = _callable(api, arg)
    else:
        text = PYTHON.get(parameter.kind, "int")
    return f"{text} | None" if parameter.nullable and text != "Any" else text


def _callable(api: model.Api, arg: model.Arg) -> str:
    """Who registers for a number gets what belongs to that number."""
    if arg.by:
        return "Callable[..., object]"
    return "Callable[[" + ", ".join(_handed(api, item) for item in shim_callback.script_args(api.callbacks[arg.type])) + "], object]"


def _handed(api: model.Api, arg: model.Arg) -> str:
    if arg.type == "closure" or arg.type in api.callbacks or arg.type in api.structs:
        return "Any"
    if shapes.is_params(api, arg.type):
        return "dict[str, Any]"
    if arg.type in api.objects:
        return arg.type
    return PYTHON.get(arg.type, "int") if arg.type in ("string", "bytes", "double") else "int"


def _member_type(api: model.Api, member: model.Member) -> str:
    if member.type == "string":
        return "list[str]" if member.array else "str"
    if member.type == "cpumap":
        return "list[bool]"
    if shapes.is_params(api, member.type):
        return "dict[str, Any]"
    if member.type in api.objects:
        return member.type
    if member.type in api.structs:
        return array_type(api, member.type)
    return {"double": "float", "bool": "bool"}.get(binding.plain(api, member.type), "int")


def struct_type(api: model.Api, name: str) -> str:
    struct = api.structs[name]
    members = [_member_type(api, member) for member in shim_struct.shown(struct)]
    if len(members) == 1:
        return members[0]
    if struct.view == "dict":
        return "dict[str, Any]"
    if struct.view == "tuple":
        return f"tuple[{', '.join(members)}]"
    return f"list[{members[0]}]" if len(set(members)) == 1 else "list[Any]"


def array_type(api: model.Api, name: str) -> str:
    struct = api.structs[name]
    if struct.view != "pairs":
        return f"list[{struct_type(api, name)}]"
    value = _member_type(api, struct.member(struct.val[0])) if len(struct.val) == 1 else "dict[str, Any]"
    return f"dict[str, {value}]"


def output_type(api: model.Api, arg: model.Arg) -> str:
    if arg.type in ("bytes", "uuid"):
        return "bytes"
    if shapes.is_params(api, arg.type):
        return "list[dict[str, Any]]" if arg.rows else "dict[str, Any]"
    if arg.type == "cpumap":
        return "list[bool]" if arg.array == "allocated" else "list[tuple[bool, ...]]" if arg.rows else "tuple[bool, ...]"
    if arg.keys:
        return "dict[int, dict[int, int]]"
    if arg.type in api.structs:
        return array_type(api, arg.type) if arg.array else struct_type(api, arg.type)
    item = "str" if arg.type in ("string", "uuid-string") else arg.type if arg.type in api.objects else "float" if arg.type == "double" else "int"
    return f"list[{item}]" if arg.array else item


def result_type(api: model.Api, call: binding.Call) -> str:
    function, parts = call.function, []
    if call.returns:
        parts.append(_returned_type(api, function.returns))
    parts += [output_type(api, arg) for arg in call.outputs]
    if not parts:
        return "None" if function.returns.type == "void" else "int"
    if any(arg.by for arg in call.outputs):
        return f"{parts[0]} | tuple[{', '.join(parts)}]"
    if len(parts) == 1:
        return f"{parts[0]} | int" if function.returns.also and parts[0] != "int" else parts[0]
    if function.view == "dict":
        return "dict[str, Any]"
    if function.view == "list":
        return f"list[{parts[0]}]" if len(set(parts)) == 1 else "list[Any]"
    return f"tuple[{', '.join(parts)}]"


def _returned_type(api: model.Api, returns: model.Returns) -> str:
    if returns.type == "virError":
        return "ErrorTuple | None"
    if returns.type in api.objects:
        return returns.type
    return {"string": "str", "bytes": "bytes"}.get(returns.type, "int")


# ---- the stub

HEAD = '''\
"""Virtual machines, containers, networks and storage through the vir* API. Generated."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum, IntFlag
from types import TracebackType
from typing import Any, Final, TypeAlias

ErrorTuple: TypeAlias = tuple[int, int, str, int, str | None, str | None, str | None, int, int]

class libvirtError(Exception):
    @property
    def err(self) -> ErrorTuple | None: ...
    @err.setter
    def err(self, fields: ErrorTuple | None) -> None: ...
    def __init__(self, defmsg: str) -> None: ...
    def get_error_code(self) -> int | None: ...
    def get_error_domain(self) -> int | None: ...
    def get_error_message(self) -> str | None: ...
    def get_error_level(self) -> int | None: ...
    def get_str1(self) -> str | None: ...
    def get_str2(self) -> str | None: ...
    def get_str3(self) -> str | None: ...
    def get_int1(self) -> int | None: ...
    def get_int2(self) -> int | None: ...

class _Object:
    this: Any
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def c_pointer(self) -> int: ...
'''

EXTRA = {"virConnect": '''\
    def __enter__(self) -> virConnect: ...
    def __exit__(self, exc_type_: type[BaseException] | None, exc_value_: BaseException | None, traceback_: TracebackType | None) -> None: ...
'''}

#: the package's own way to open: a deadline comes with it, and with the short ones the wish for a connection that lasts
DEADLINE = ", timeout: float | None = None"
LASTING = ", reconnect: bool = False"


def _signature(api: model.Api, call: binding.Call, extra: str = "") -> str:
    parts = ["self"] if call.owner else []
    for parameter in call.parameters:
        text = f"{parameter.name}: {parameter_type(api, parameter)}"
        parts.append(text if parameter.default is None else f"{text} = {default(parameter)}")
    return f"def {call.name}({', '.join(parts)}{extra}) -> {result_type(api, call)}: ..."


def opens(call: binding.Call) -> bool:
    """A function of the module that makes a connection."""
    return not call.owner and call.function.returns.type == "virConnect"


def may_last(call: binding.Call) -> bool:
    """One that is so short that a wish may go with it; who has more to say makes the call that outlives daemons."""
    return opens(call) and len(call.parameters) == 1


def keywords(call: binding.Call) -> str:
    return (DEADLINE if opens(call) else "") + (LASTING if may_last(call) else "")


def _stub(api: model.Api) -> str:
    out = HEAD
    for number, name, _ in errors(api):
        out += f"\nclass {name}(libvirtError): ..."
    out += "\n"
    calls = binding.calls(api)
    for enum in api.enums.values():
        body = "".join(f"    {value.name} = {value.number}\n" for value in enum.values) or "    ...\n"
        out += f"\nclass {enum.name}({'IntFlag' if enum.flags else 'IntEnum'}):\n{body}"
    for name in api.objects:
        own = [f"    {_signature(api, call)}\n" for call in calls if call.owner == name]
        if swig.lacks_connect(api, name, calls):
            own.append("    def connect(self) -> virConnect: ...\n")
        if api.objects[name].parent == "virDomain":
            own.append("    def domain(self) -> virDomain: ...\n")
        out += f"\nclass {name}(_Object):\n    def __init__(self, *args: Any, **kwargs: Any) -> None: ...\n" + "".join(own) + EXTRA.get(name, "")
    out += "\n" + "".join(_signature(api, call, keywords(call)) + "\n" for call in calls if not call.owner)
    out += "def virEventInvokeFreeCallback(opaque: Any) -> None: ...\n\n"
    for enum in api.enums.values():
        out += "".join(f"{value.name}: Final = {enum.name}.{value.name}\n" for value in enum.values)
    out += "".join(f"{name}: Final[str]\n" for name in strings(api))
    out += "".join(f"{name}: Final[int]\n" for name in numbers(api))
    return out
