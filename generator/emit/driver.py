"""Driver tables: one struct of slots per driver kind, NULL meaning unsupported."""

from __future__ import annotations

from .. import model, shapes


def kinds(api: model.Api) -> list[str]:
    """The driver kinds in the order in which the description first names them."""
    seen: list[str] = []
    for function in api.functions.values():
        if function.driver and function.driver not in seen:
            seen.append(function.driver)
    return seen


def slots(api: model.Api, kind: str) -> list[model.Function]:
    return [function for function in api.functions.values() if function.driver == kind and function.impl == "slot"]


def connection_kinds(api: model.Api) -> list[str]:
    """Kinds whose table hangs on the connection (a stream carries its own)."""
    own = {item.table for item in api.objects.values()}
    return [kind for kind in kinds(api) if kind not in own]


def emit(api: model.Api) -> dict[str, str]:
    out = "/* What a driver implements: every slot has the prototype of the public call of that name. */\n"
    out += "#pragma once\n\n#include <corral/corral.h>\n#include <corral/qemu.h>\n#include <corral/lxc.h>\n\n"
    for kind in kinds(api):
        lines = "".join(f"    {shapes.prototype(api, function, f'(*{function.slot})')};\n" for function in slots(api, kind))
        out += f"struct {kind}_driver {{\n    const char *name;\n{lines}}};\n\n"
    table = "".join(f"    const struct {kind}_driver *{kind};\n" for kind in connection_kinds(api))
    out += f"/* The tables of one connection, and what each driver keeps with it. */\nstruct driver_tables {{\n{table}}};\n\n"
    data = "".join(f"    void *{kind};\n" for kind in connection_kinds(api))
    out += f"struct driver_data {{\n{data}}};\n"
    return {"drivers.h": out, "internal.h": internal(api)}


def internal(api: model.Api) -> str:
    """Calls from driver to driver, which no public header has: the phases of a migration, and the like."""
    out = "/* Calls between drivers: entry points as the public ones are, declared for nobody else. */\n"
    out += '#pragma once\n\n#include <corral/corral.h>\n\n#include "core/base/export.h"\n'
    for function in api.functions.values():
        if function.internal:
            out += f"\nCORRAL_PRIVATE {shapes.prototype(api, function)};\n"
    return out
