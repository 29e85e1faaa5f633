"""The public C headers: one per module, and the umbrella."""

from __future__ import annotations

from .. import model, shapes
from ..text import c_comment, c_string, indent, version_key

BUILTIN = {
    "virTypedParameter": """\
typedef struct _virTypedParameter virTypedParameter;
struct _virTypedParameter {
    char field[VIR_TYPED_PARAM_FIELD_LENGTH];
    int type;
    union {
        int i;
        unsigned int ui;
        long long int l;
        unsigned long long int ul;
        double d;
        char b;
        char *s;
    } value;
};
typedef virTypedParameter *virTypedParameterPtr;
""",
    "virError": """\
typedef struct _virError virError;
struct _virError {
    int code;
    int domain;
    char *message;
    virErrorLevel level;
    virConnectPtr conn;
    virDomainPtr dom;
    char *str1;
    char *str2;
    char *str3;
    int int1;
    int int2;
    virNetworkPtr net;
};
typedef virError *virErrorPtr;
""",
}


def emit(api: model.Api) -> dict[str, str]:
    files = {f"include/corral/{module.header}.h": _header(api, module) for module in api.modules}
    files["include/corral/corral.h"] = _umbrella(api)
    return files


def _guard(name: str, body: str) -> str:
    guard = f"CORRAL_{name.upper().replace('-', '_')}_H"
    return (
        f"#ifndef {guard}\n#define {guard}\n\n{body}\n#endif\n"
    )


def _umbrella(api: model.Api) -> str:
    includes = "".join(f"#include <corral/{module.header}.h>\n" for module in _in_order(api) if not module.library)
    extra = "".join(f"#include <corral/{module.header}.h>\n" for module in api.modules if module.library == "corral")
    return _guard("corral", "/* Everything but the calls of single drivers (qemu.h, lxc.h). */\n\n" + includes + extra)


def _types_used(module: model.Module) -> set[str]:
    used = set()
    for function in module.functions:
        used.update(arg.type for arg in function.args)
        used.add(function.returns.type)
    for callback in module.callbacks:
        used.update(arg.type for arg in callback.args)
    for struct in module.structs:
        used.update(member.type for member in struct.members)
    for alias in module.aliases:
        used.add(alias.of)
    if any(struct.name == "virError" for struct in module.structs):
        used.update(("virConnect", "virDomain", "virNetwork"))
    return used


def _needs(api: model.Api, module: model.Module) -> list[model.Module]:
    names = set()
    for type in _types_used(module):
        home = api.module_of.get(type)
        # parameter sets and flags leave no trace in C
        if home and home is not module and type not in api.paramsets:
            names.add(home.name)
        if shapes.is_params(api, type) and module.name != "common":
            names.add("common")
        if type == "virFreeCallback" and module.name != "common":
            names.add("common")
    for enum in module.enums:
        for value in enum.values:
            home = api.module_of.get(_enum_of(api, value.alias)) if value.alias else None
            if home and home is not module:
                names.add(home.name)
    return [other for other in api.modules if other.name in names]


def _after_their_needs(items, needs) -> list:
    """C wants a name defined before its use; otherwise the description's order stays."""
    by_name = {item.name: item for item in items}
    order: list = []

    def visit(item) -> None:
        if item in order:
            return
        for name in by_name:
            if name in needs(item) and name != item.name:
                visit(by_name[name])
        order.append(item)

    for item in items:
        visit(item)
    return order


def _alias_homes(api: model.Api, enum: model.Enum) -> set[str]:
    return {_enum_of(api, value.alias) for value in enum.values if value.alias}


def _enum_of(api: model.Api, value: str) -> str:
    return next((enum.name for enum in api.enums.values() if any(v.name == value for v in enum.values)), "")


def _in_order(api: model.Api) -> list[model.Module]:
    order: list[model.Module] = []

    def visit(module: model.Module) -> None:
        if module in order:
            return
        for other in _needs(api, module):
            visit(other)
        order.append(module)

    for module in api.modules:
        visit(module)
    return order


def _header(api: model.Api, module: model.Module) -> str:
    includes = "".join(f"#include <corral/{other.header}.h>\n" for other in _needs(api, module))
    parts = [f"/* {module.summary}. */\n"]
    parts.append("#include <stddef.h>\n" + includes)
    parts.append("#ifdef __cplusplus\nextern \"C\" {\n#endif\n")
    # within the library everything is hidden but what a public header declares
    parts.append("#ifdef CORRAL_BUILDING\n#pragma GCC visibility push(default)\n#endif\n")
    parts += [_constant(api, item) for item in module.constants]
    parts += [_param_constants(item) for item in module.paramsets if item.params]
    parts += [_object(item) for item in module.objects]
    parts += [_enum(item) for item in _after_their_needs(module.enums, lambda item: _alias_homes(api, item))]
    parts += [_forward(item) for item in module.structs if not item.builtin]
    parts += [BUILTIN[item.name] for item in module.structs if item.builtin]
    parts += [_alias(api, item) for item in module.aliases]
    parts += [_callback(api, item) for item in _after_their_needs(module.callbacks, lambda item: {arg.type for arg in item.args})]
    parts += [_struct(api, item) for item in module.structs if not item.builtin]
    parts += [_macro(item) for item in module.macros]
    parts += [f"extern {shapes.pointer(api, item.type)} {item.name};\n" for item in module.variables]
    parts += [_function(api, item) for item in module.functions if not item.internal]
    parts.append("#ifdef CORRAL_BUILDING\n#pragma GCC visibility pop\n#endif\n")
    parts.append("#ifdef __cplusplus\n}\n#endif\n")
    return _guard(module.header, "\n".join(parts))


def _version_number(version: str) -> str:
    """9.0.0 -> 9000000"""
    major, minor, release = version_key(version)
    return str(major * 1000000 + minor * 1000 + release)


def _constant(api: model.Api, item: model.Constant) -> str:
    value = c_string(item.value) if item.type == "string" else item.value
    value = _version_number(api.compatible) if value == "version" else value
    return f"{c_comment(item.doc)}#define {item.name} {value}\n"


def _param_constants(paramset: model.Paramset) -> str:
    lines = []
    for param in paramset.params:
        lines.append(c_comment(param.doc) + f"#define {param.macro} {c_string(param.pattern.replace('{n}', '%u') or param.name)}\n")
    return "".join(lines)


def _macro(item: model.Macro) -> str:
    return f"{c_comment(item.doc)}#define {item.name}({', '.join(item.args)}) {item.value}\n"


def _object(item: model.Object) -> str:
    return (
        f"{c_comment(item.doc)}typedef struct _{item.name} {item.name};\n"
        f"typedef {item.name} *{item.pointer};\n"
    )


def _value(value: model.Value) -> str:
    if value.alias:
        return value.alias
    if value.bit is not None:
        # the last bit makes the enum unsigned, as the field has it
        return "1U << 31" if value.bit == 31 else f"1 << {value.bit}"
    return str(value.number)


def _enum(enum: model.Enum) -> str:
    lines = []
    for value in enum.values:
        lines.append(f"{c_comment(value.doc, 92)}{value.name} = {_value(value)},\n")
    body = indent("".join(lines))
    if enum.last:
        last = max((value.number for value in enum.values), default=-1) + 1
        if enum.flags:
            last = max((value.bit for value in enum.values if value.bit is not None), default=-1) + 1
        body += f"#ifdef VIR_ENUM_SENTINELS\n    {enum.last} = {last}\n#endif\n"
    return f"{c_comment(enum.doc)}typedef enum {{\n{body}}} {enum.name};\n"


def _forward(struct: model.Struct) -> str:
    return f"typedef struct _{struct.tag} {struct.name};\ntypedef {struct.name} *{struct.pointer};\n"


def _alias(api: model.Api, alias: model.Alias) -> str:
    if alias.of in api.structs:
        return f"{c_comment(alias.doc)}#define _{alias.name} _{api.structs[alias.of].tag}\ntypedef struct _{api.structs[alias.of].tag} {alias.name};\ntypedef {alias.name} *{alias.name}Ptr;\n"
    return f"{c_comment(alias.doc)}typedef {shapes.carrier(api, alias.of, '')} {alias.name};\n"


def _callback(api: model.Api, callback: model.Callback) -> str:
    doc = c_comment(_described(callback.doc, callback.args, ""))
    return f"{doc}typedef {shapes.callback_prototype(api, callback, f'(*{callback.name})')};\n"


def c_member(api: model.Api, member: model.Member) -> str:
    if member.size:
        return f"char {member.name}[{member.size}];"
    if member.type == "string":
        const = "const " if member.owner == "borrowed" and not member.array and not member.c else ""
        return f"{'char **' if member.array else const + 'char *'}{member.name};"
    if member.type == "cpumap":
        return f"unsigned char *{member.name};"
    if member.type == "closure":
        return f"void *{member.name};"
    if shapes.is_params(api, member.type):
        return f"virTypedParameterPtr {member.name};"
    if member.type in api.callbacks:
        return f"{member.type} {member.name};"
    if member.type in api.objects or member.type in api.structs:
        return f"{shapes.pointer(api, member.type)} {member.name};"
    star = "*" if member.array else ""
    return f"{shapes.carrier(api, member.type, member.c)} {star}{member.name};"


def _struct(api: model.Api, struct: model.Struct) -> str:
    lines = "".join(c_comment(member.doc, 92) + c_member(api, member) + "\n" for member in struct.members)
    return f"{c_comment(struct.doc)}struct _{struct.tag} {{\n{indent(lines)}}};\n"


def _described(doc: str, args: tuple[model.Arg, ...], returns: str) -> str:
    parts = [doc] if doc else []
    described = [f"@{arg.name}: {arg.doc}" for arg in args if arg.doc]
    if described:
        parts.append("\n".join(described))
    if returns:
        parts.append(f"Returns {returns}")
    return "\n\n".join(parts)


def _function(api: model.Api, function: model.Function) -> str:
    doc = c_comment(_described(function.doc, function.args, function.returns.doc))
    return f"{doc}{shapes.prototype(api, function)};\n"


def newest(api: model.Api) -> str:
    versions = {function.since for function in api.functions.values()}
    return max(versions, key=version_key)
