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
    header = "/* The sets of typed parameters. */\n#pragma once\n\n#include \"object/params.h\"\n\n"
    source = "#include \"params_tables.h\"\n\n"
    for item in api.paramsets.values():
        header += f"extern const struct params_set {item.name}_params;\n"
        rows = "".join(
            f"    {{ {c_string(param.pattern.replace('{n}', '%u') or param.name)}, {TYPES[param.type]}, {'true' if param.multiple else 'false'} }},\n"
            for param in item.params
        )
        if rows:
            source += f"static const struct params_field {item.name}_fields[] = {{\n{rows}}};\n"
        table = f"{item.name}_fields, G_N_ELEMENTS({item.name}_fields)" if rows else "NULL, 0"
        source += f"const struct params_set {item.name}_params = {{ {c_string(item.name)}, {table}, {'true' if item.open else 'false'} }};\n\n"
    return {"params_tables.h": header, "params_tables.c": source}
