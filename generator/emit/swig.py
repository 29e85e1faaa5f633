"""SWIG interfaces: every call as a method or a function of the module, in types that each language has
typemaps for (bindings/TYPEMAPS.md)."""

from __future__ import annotations

from .. import binding, model, shapes
from . import shim


def emit(api: model.Api) -> dict[str, str]:
    return {"swig/api.i": _interface(api)}


def _interface(api: model.Api) -> str:
    calls = binding.calls(api)
    out = "/* The calls of the description; included by each language's lang.i. */\n%nodefaultctor;\n\n"
    out += "%header %{\n#include \"shim.h\"\n#include \"bindings/shim_support.h\"\n"
    out += "static swig_type_info **const bind_types[] = {\n"
    out += "".join(f"    [BIND_{name}] = &SWIGTYPE_p_{name},\n" for name in api.objects) + "};\n%}\n\n"
    # typemaps come first: methods see those that are known where their class is
    out += "".join(f"BIND_CLASS({name})\n" for name in api.objects)
    for name in sorted({call.owner for call in calls if call.releases}):
        out += f"#ifdef BIND_CLOSABLE\nBIND_CLOSABLE({name})\n#endif\n"
    out += "".join(f"typedef struct {{ }} {name};\n" for name in api.objects)
    out += "\n" + "".join(_class(api, name, [call for call in calls if call.owner == name]) for name in api.objects)
    for call in calls:
        if not call.owner:
            out += _function(api, call)
    for callback in shim.shim_callback.invoked(api):
        args = "".join(f", {shapes.c_arg(api, arg, callback=True)}" for arg in callback.args if arg.type != "closure")
        out += f"bind_value bind_invoke_{callback.name}(struct native_callback *callback{args});\n"
    return out + "bind_value bind_free_native(struct native_callback *callback);\n"


def lacks_connect(api: model.Api, name: str, calls: list[binding.Call]) -> bool:
    """Every object tells its connection, also those that C has no call for."""
    return bool(api.objects[name].parent) and not any(call.owner == name and call.name == "connect" for call in calls)


def _class(api: model.Api, name: str, calls: list[binding.Call]) -> str:
    body = "".join(_method(api, name, call) for call in calls)
    if lacks_connect(api, name, calls):
        body += "    bind_value connect() { return bind_share_object(BIND_virConnect, bind_connection($self)); }\n"
    # other languages see to these in C
    body += "#ifdef SWIGPYTHON\n    bind_value _identity() { return bind_take_string(bind_identity($self)); }\n"
    body += "    bind_value _describe() { return bind_take_string(bind_describe($self)); }\n#endif\n"
    return f"%extend {name} {{\n    ~{name}() {{ bind_release($self); }}\n{body}}}\n\n"


def _method(api: model.Api, name: str, call: binding.Call) -> str:
    method = f"    {_declaration(api, call)} {{ {_body(call)} }}\n"
    return f"    BIND_RELEASES({name})\n{method}    BIND_KEEPS({name})\n" if call.releases else method


def _body(call: binding.Call) -> str:
    args = ["$self"] if call.receiver else []
    args += [parameter.name for parameter in call.parameters]
    unused = "" if call.receiver else "(void)$self; "
    return f"{unused}return bind_{call.function.name}({', '.join(args)});"


def _declaration(api: model.Api, call: binding.Call, name: str = "") -> str:
    parameters = ", ".join(_parameter(parameter) for parameter in call.parameters)
    return f"bind_value {name or call.name}({parameters})"


def _function(api: model.Api, call: binding.Call) -> str:
    name = f"bind_{call.function.name}"
    return f"%rename({call.name}) {name};\n{_declaration(api, call, name)};\n"


def c_type(parameter: binding.Parameter) -> str:
    """The type that a language's typemaps go by."""
    maybe = "_or_null" if parameter.nullable else ""
    if parameter.kind == "object":
        return f"{parameter.type}{maybe} *"
    if parameter.kind == "prompt":
        return f"bind_prompt{maybe} *"
    if parameter.is_tree:
        return f"bind_tree{maybe} *"
    if parameter.kind == "string":
        return f"bind_text{maybe} "
    if parameter.kind == "closure":
        return f"bind_function{maybe} *"
    if parameter.kind == "opaque":
        return "struct closure_opaque *"
    if parameter.kind in ("bool", "fd"):
        return "bind_flag " if parameter.kind == "bool" else "bind_fd "
    return f"{shapes.SCALARS[parameter.kind].c} "


DEFAULTS = {"null": "NULL", "false": "0"}


def _parameter(parameter: binding.Parameter) -> str:
    default = "" if parameter.default is None else f" = {DEFAULTS.get(parameter.default, parameter.default)}"
    return f"{c_type(parameter)}{parameter.name}{default}"
