"""wire_objects.h and .c: objects to their identities on the wire, and from them."""

from __future__ import annotations

from .. import model, wire


def emit(api: model.Api) -> dict[str, str]:
    wired = wire.build(api)
    objects = [api.objects[record.object] for record in wired.records.values() if record.object]
    return {"wire_objects.h": _header(api, objects), "wire_objects.c": _source(api, objects)}


def _header(api: model.Api, objects: list[model.Object]) -> str:
    out = "/* Objects to their identities on the wire, and from them. An identity points into its object. */\n"
    out += '#pragma once\n\n#include "core/base/export.h"\n#include "objects.h"\n#include "wire.h"\n\n'
    for item in objects:
        out += f"static inline wire_{item.short} wire_of_{item.short}({item.pointer} object)\n{{\n"
        out += f"    return (wire_{item.short}){{{', '.join(_cells(api, item))}}};\n}}\n\n"
    out += "/* A new object with what parents it needs; never NULL. */\n"
    return out + "".join(f"CORRAL_PRIVATE {_prototype(item)};\n" for item in objects)


def _cells(api: model.Api, item: model.Object) -> list[str]:
    fields = {field.name for field in item.fields}
    return [
        f".{word} = object->{word}" if word in fields else f".{word} = wire_of_{api.objects[item.parent].short}(object->parent)"
        for word in item.wire
    ]


def _prototype(item: model.Object) -> str:
    return f"{item.pointer} wire_new_{item.short}(virConnectPtr conn, const wire_{item.short} *from)"


def _source(api: model.Api, objects: list[model.Object]) -> str:
    out = '#include "wire_objects.h"\n\n'
    for item in objects:
        fields = {field.name for field in item.fields}
        values = [f"from->{field.name}" for field in item.fields]
        parent = next((word for word in item.wire if word not in fields), "")
        if not parent:
            out += f"{_prototype(item)}\n{{\n    return new_{item.short}({', '.join(['conn', *values])});\n}}\n\n"
            continue
        owner = api.objects[item.parent]
        out += f"{_prototype(item)}\n{{\n"
        out += f"    {owner.pointer} parent = wire_new_{owner.short}(conn, &from->{parent});\n"
        out += f"    {item.pointer} object = new_{item.short}({', '.join(['parent', *values])});\n"
        out += "    object_unref(&parent->base);\n    return object;\n}\n\n"
    return out
