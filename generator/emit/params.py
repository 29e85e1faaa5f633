"""Tables of typed parameters: what each set accepts."""

from __future__ import annotations

from .. import model
from ..text import c_string

TYPES = {
    "int": "VIR_TYPED_PARAM_INT",
    "uint": "VIR_TYPED_PARAM_UINT",
    "llong": "VIR_TYPED_PARAM_LLONG",
    "ullong": "VIR_TYPED_PARAM_ULLONG",
    "double": "VIR_TYPED_PARAM_DOUBLE",
    "bool": "VIR_TYPED_PARAM_BOOLEAN",
    "string": "VIR_TYPED_PARAM_STRING",
}


def emit(api: model.Api) -> dict[str, str]:
    header = "/* What the sets of typed parameters accept. */\n#pragma once\n\n#include \"core/object/params.h\"\n\n"
    source = "#include \"params_tables.h\"\n\n"
    for item in api.paramsets.values():
        if not item.params:
            continue
        table = f"const struct params_rule {item.name}_rules[{len(item.params)}]"
        header += f"extern {table};\n"
        source += f"{table} = {{\n{''.join(_rule(param) for param in item.params)}}};\n\n"
    return {"params_tables.h": header, "params_tables.c": source}


def _rule(param: model.Param) -> str:
    multiple = "TRUE" if param.multiple else "FALSE"
    return f"    {{ {c_string(param.pattern or param.name)}, {TYPES[param.type]}, {multiple} }},\n"
