"""The one table of types: what a described type is in C, and which way values of it go."""

from __future__ import annotations

from dataclasses import dataclass

from . import model


@dataclass(frozen=True)
class Scalar:
    """A plain value: its C type, its XDR type, its Python and its Lua type."""

    c: str
    wire: str
    python: str
    lua: str


SCALARS = {
    "int": Scalar("int", "int", "int", "integer"),
    "uint": Scalar("unsigned int", "unsigned int", "int", "integer"),
    "long": Scalar("long", "hyper", "int", "integer"),
    "ulong": Scalar("unsigned long", "unsigned hyper", "int", "integer"),
    "llong": Scalar("long long", "hyper", "int", "integer"),
    "ullong": Scalar("unsigned long long", "unsigned hyper", "int", "integer"),
    "double": Scalar("double", "double", "float", "number"),
    "size": Scalar("size_t", "unsigned hyper", "int", "integer"),
    "bool": Scalar("int", "int", "bool", "boolean"),
    "fd": Scalar("int", "int", "int", "integer"),
    "uchar": Scalar("unsigned char", "unsigned char", "int", "integer"),
    "ushort": Scalar("unsigned short", "unsigned short", "int", "integer"),
}

#: types that are neither plain values nor defined by the description
SPECIAL = ("string", "bytes", "uuid", "uuid-string", "cpumap", "closure", "virFreeCallback")

#: what a function may return beside a type: C type and the value that means failure
RESULTS = {
    "status": ("int", "< 0"),
    "bool": ("int", "< 0"),
    "count": ("int", "< 0"),
    "found": ("int", "< 0"),
    "moved": ("int", "< 0"),
    "fd": ("int", "< 0"),
    "void": ("void", ""),
}

FAILURE_OF_ERROR = {"0": "== 0", "-1": "< 0", "NULL": "== NULL"}


def scalar(api: model.Api, type: str) -> Scalar | None:
    """The plain type behind a name: a scalar itself, an enum, or an alias of one."""
    if type in SCALARS:
        return SCALARS[type]
    if type in api.enums:
        return SCALARS["uint" if api.enums[type].flags else "int"]
    if type in api.aliases:
        return scalar(api, api.aliases[type].of)
    return None


def carrier(api: model.Api, type: str, c: str) -> str:
    """The C type of one plain value; `c` overrides (an alias by its own name)."""
    if c in SCALARS:
        return SCALARS[c].c
    if c:
        return c
    plain = scalar(api, type)
    assert plain, type
    return plain.c


def is_params(api: model.Api, type: str) -> bool:
    return type in api.paramsets or type == "virTypedParameter"


def pointer(api: model.Api, type: str) -> str:
    """The C pointer type of an object or a struct."""
    if type in api.objects:
        return api.objects[type].pointer
    return api.structs[type].pointer


def _join(type: str, name: str) -> str:
    return f"{type}{name}" if type.endswith("*") else f"{type} {name}"


def c_arg(api: model.Api, arg: model.Arg, callback: bool = False) -> str:
    """`TYPE name` as it stands in a prototype."""
    return _join(c_arg_type(api, arg, callback), arg.name)


def c_arg_type(api: model.Api, arg: model.Arg, callback: bool = False) -> str:
    type, out = arg.type, arg.dir != "in"
    if type in api.callbacks or type == "virFreeCallback":
        return type
    if type == "closure":
        return "void *"
    if type == "string":
        return _c_string(arg, out)
    if type == "bytes":
        return _c_bytes(arg, out)
    if type == "uuid":
        return "unsigned char *" if out else "const unsigned char *"
    if type == "uuid-string":
        return "char *" if out else "const char *"
    if type == "cpumap":
        return "unsigned char **" if arg.array == "allocated" else "unsigned char *"
    if is_params(api, type):
        return "virTypedParameterPtr *" if arg.array == "allocated" else "virTypedParameterPtr"
    if type in api.objects or type in api.structs:
        return _c_record(api, arg, out, callback)
    return _c_scalar(api, arg, out)


def _c_string(arg: model.Arg, out: bool) -> str:
    if out:
        if arg.array == "allocated":
            return "char ***"
        return "const char **" if arg.owner == "borrowed" else "char **"
    return "const char **" if arg.array else "const char *"


def _c_bytes(arg: model.Arg, out: bool) -> str:
    base = {"void": "void", "uchar": "unsigned char"}.get(arg.c, "char")
    if arg.array == "allocated":
        return f"{base} **"
    return f"{base} *" if out else f"const {base} *"


def _c_record(api: model.Api, arg: model.Arg, out: bool, callback: bool) -> str:
    base = pointer(api, arg.type)
    if arg.array == "allocated":
        return f"{base} **" if arg.type in api.objects or arg.elements == "ptr" else f"{base} *"
    if arg.array == "null-terminated":
        return f"{base} *"
    if callback and arg.type in api.structs and not out and not api.structs[arg.type].builtin:
        return f"const {arg.type} *"
    return base


def _c_scalar(api: model.Api, arg: model.Arg, out: bool) -> str:
    base = carrier(api, arg.type, arg.c)
    if arg.array == "allocated":
        return f"{base} **"
    return f"{base} *" if out or arg.array else base


def c_return_type(api: model.Api, returns: model.Returns) -> str:
    type = returns.type
    if type in RESULTS:
        return RESULTS[type][0]
    if type == "string":
        return "const char *" if returns.owner == "borrowed" else "char *"
    if type == "bytes":
        return "unsigned char *"
    if is_params(api, type):
        return "virTypedParameterPtr"
    if type in api.objects or type in api.structs:
        return pointer(api, type)
    return carrier(api, type, "")


def failure(api: model.Api, returns: model.Returns) -> str:
    """The comparison that is true of a failed call's result; empty if it cannot fail."""
    if returns.error:
        return FAILURE_OF_ERROR[returns.error]
    if returns.type in RESULTS:
        return RESULTS[returns.type][1]
    if scalar(api, returns.type):
        return "< 0" if scalar(api, returns.type).c == "int" else "== (%s)-1" % c_return_type(api, returns)
    return "== NULL"


def failure_value(api: model.Api, returns: model.Returns) -> str:
    test = failure(api, returns)
    return {"": "", "< 0": "-1", "== 0": "0", "== NULL": "NULL"}.get(test, test.removeprefix("== "))


def prototype(api: model.Api, function: model.Function, name: str = "") -> str:
    args = ", ".join(c_arg(api, arg) for arg in function.args) or "void"
    return f"{_join(c_return_type(api, function.returns), name or function.name)}({args})"


def callback_prototype(api: model.Api, callback: model.Callback, name: str) -> str:
    args = ", ".join(c_arg(api, arg, callback=True) for arg in callback.args)
    return f"{_join(callback.returns, name)}({args})"
