"""Objects in C: structs, class checks, constructors, references, getters; deep free of public structs."""

from __future__ import annotations

from .. import model, shapes
from ..text import c_string

FIELD_C = {"string": "char *", "uuid": "unsigned char ", "int": "int "}


def emit(api: model.Api) -> dict[str, str]:
    return {"objects.h": _header(api), "objects.c": _source(api)}


def plain(api: model.Api) -> list[model.Object]:
    """Those whose struct follows from the description alone."""
    return [item for item in api.objects.values() if not item.core]


def _header(api: model.Api) -> str:
    out = "/* The private side of public objects. */\n#pragma once\n\n#include <corral/corral.h>\n#include \"core/base/export.h\"\n#include \"core/object/object.h\"\n\n"
    for item in api.objects.values():
        out += f"extern const struct object_class {item.name}_class;\n"
        out += f"#define is_{item.name}(object) object_is((object), &{item.name}_class)\n"
    out += "\n"
    for item in plain(api):
        out += _struct(api, item) + "\n"
    return out


def _struct(api: model.Api, item: model.Object) -> str:
    lines = ["struct object base;", "virConnectPtr conn;"]
    if item.parent != "virConnect":
        lines.append(f"{item.parent}Ptr parent;")
    for field in item.fields:
        lines.append(f"{FIELD_C[field.type]}{field.name}{'[VIR_UUID_BUFLEN]' if field.type == 'uuid' else ''};")
    body = "".join(f"    {line}\n" for line in lines)
    return f"struct _{item.name} {{\n{body}}};\nCORRAL_PRIVATE {_constructor(item)};\n"


def _constructor(item: model.Object) -> str:
    args = [f"{item.parent}Ptr parent"]
    types = {"string": "const char *", "uuid": "const unsigned char *", "int": "int "}
    args += [f"{types[field.type]}{field.name}" for field in item.fields]
    return f"{item.pointer} new_{item.short}({', '.join(args)})"


def _source(api: model.Api) -> str:
    out = "#include \"objects.h\"\n#include \"core/object/connect.h\"\n#include \"core/object/stream.h\"\n#include \"core/object/error.h\"\n#include \"core/base/uuid.h\"\n#include \"core/base/export.h\"\n#include <string.h>\n#include <stdlib.h>\n\n"
    for item in plain(api):
        out += _class(item) + _new(item)
    for module in api.modules:
        for function in module.functions:
            if function.impl == "field":
                out += _getter(api, function)
            elif function.impl == "ref":
                out += _ref(api, function)
            elif function.impl == "free":
                out += _free(api, function)
    return out


def _class(item: model.Object) -> str:
    parent = "" if item.parent == "virConnect" else "    object_unref(&self->parent->base);\n"
    frees = "".join(f"    free(self->{field.name});\n" for field in item.fields if field.type == "string")
    return (
        f"static void {item.short}_dispose(struct object *object)\n{{\n"
        f"    {item.pointer} self = ({item.pointer})object;\n\n{frees}{parent}"
        f"    object_unref(&self->conn->base);\n}}\n\n"
        f"const struct object_class {item.name}_class = {{ {c_string(item.name)}, sizeof(struct _{item.name}), {item.invalid}, {item.origin}, {item.short}_dispose }};\n\n"
    )


def _new(item: model.Object) -> str:
    conn = "parent" if item.parent == "virConnect" else "parent->conn"
    lines = [f"    {item.pointer} self = object_new(&{item.name}_class);", "", f"    self->conn = object_ref(&{conn}->base);"]
    if item.parent != "virConnect":
        lines.append("    self->parent = object_ref(&parent->base);")
    for field in item.fields:
        if field.type == "string":
            lines.append(f"    self->{field.name} = {field.name} ? strdup({field.name}) : NULL;")
        elif field.type == "uuid":
            lines.append(f"    memcpy(self->{field.name}, {field.name}, VIR_UUID_BUFLEN);")
        else:
            lines.append(f"    self->{field.name} = {field.name};")
    body = "\n".join(lines)
    return f"{_constructor(item)}\n{{\n{body}\n    return self;\n}}\n\n"


def _guarded(api: model.Api, function: model.Function, body: str) -> str:
    """A body behind the check of the object it is called on."""
    arg = function.args[0]
    failed = shapes.failure_value(api, function.returns)
    return (
        f"{shapes.prototype(api, function)}\n{{\n"
        f"    error_reset();\n"
        f"    if (G_UNLIKELY(!is_{arg.type}({arg.name}))) {{\n"
        f"        object_invalid({arg.name}, &{arg.type}_class, __func__);\n"
        f"        error_dispatch(NULL);\n"
        f"        return {failed};\n    }}\n{body}}}\n\n"
    )


def _getter(api: model.Api, function: model.Function) -> str:
    arg, returns = function.args[0], function.returns
    item = api.objects[arg.type]
    if returns.type == "virConnect":
        return _guarded(api, function, f"    return {arg.name}->conn;\n")
    if returns.type in api.objects:
        return _guarded(api, function, f"    return {arg.name}->parent;\n")
    if len(function.args) == 1:
        field = next(field for field in item.fields if field.get == function.name)
        value = f"{arg.name}->{field.name}"
        if field.type == "int":
            value = f"__atomic_load_n(&{value}, __ATOMIC_RELAXED)"
        return _guarded(api, function, f"    return {value};\n")
    out = function.args[1]
    check = (
        f"    if (!{out.name}) {{\n        object_null_argument(&{arg.type}_class, {c_string(out.name)}, __func__);\n"
        f"        error_dispatch({arg.name}->conn);\n        return -1;\n    }}\n"
    )
    copy = (
        f"    uuid_format({arg.name}->uuid, {out.name});\n" if out.type == "uuid-string"
        else f"    memcpy({out.name}, {arg.name}->uuid, VIR_UUID_BUFLEN);\n"
    )
    return _guarded(api, function, check + copy + "    return 0;\n")


def _ref(api: model.Api, function: model.Function) -> str:
    arg = function.args[0]
    return _guarded(api, function, f"    object_ref(&{arg.name}->base);\n    return 0;\n")


def _free(api: model.Api, function: model.Function) -> str:
    arg = function.args[0]
    if arg.type in api.objects:
        return _guarded(api, function, f"    object_unref(&{arg.name}->base);\n    return 0;\n")
    struct = api.structs[arg.type]
    if arg.array == "null-terminated":
        inner = _free_members(api, struct, "record", 2)
        free = (
            f"    for (size_t n = 0; {arg.name}[n]; n++) {{\n        {struct.pointer} record = {arg.name}[n];\n\n"
            f"{inner}        free(record);\n    }}\n"
        )
    else:
        free = _free_members(api, struct, arg.name)
    body = f"    if (!{arg.name})\n        return;\n{free}    free({arg.name});\n"
    return f"{shapes.prototype(api, function)}\n{{\n{body}}}\n\n"


def _free_members(api: model.Api, struct: model.Struct, at: str, depth: int = 1) -> str:
    pad = "    " * depth
    out = ""
    for member in struct.members:
        place = f"{at}->{member.name}"
        if member.size or member.owner == "borrowed":
            continue
        if member.type == "string" and member.array:
            out += f"{pad}for (size_t i = 0; i < (size_t){at}->{member.length}; i++)\n{pad}    free({place}[i]);\n{pad}free({place});\n"
        elif member.type in ("string", "cpumap"):
            out += f"{pad}free({place});\n"
        elif member.type in api.objects:
            out += f"{pad}if ({place})\n{pad}    object_unref(&{place}->base);\n"
        elif shapes.is_params(api, member.type):
            out += f"{pad}virTypedParamsFree({place}, {at}->{member.length});\n"
        elif member.type in api.structs and member.array:
            item = f"{member.name}_item"  # of its own, for there may be lists in lists
            inner = _free_members(api, api.structs[member.type], item, depth + 1)
            out += (
                f"{pad}for (size_t i = 0; i < (size_t){at}->{member.length}; i++) {{\n"
                f"{pad}    {shapes.pointer(api, member.type)} {item} = &{place}[i];\n{inner}{pad}}}\n{pad}free({place});\n"
            )
    return out
