"""Constants for SWIG languages that have them as plain values: enum values, macros, parameter names."""

from __future__ import annotations

from .. import model


def emit(api: model.Api) -> dict[str, str]:
    numbers = [value.name for enum in api.enums.values() for value in enum.values]
    numbers += [constant.name for module in api.modules for constant in module.constants]
    texts = [param.macro for paramset in api.paramsets.values() for param in paramset.params if param.macro]
    out = "/* The constants of the description, by their own names: C knows their values. */\n"
    # sets may share macros
    out += "".join(f"%constant long {name} = {name};\n" for name in dict.fromkeys(numbers))
    out += "".join(f"%constant char *{name} = {name};\n" for name in dict.fromkeys(texts))
    return {"swig/constants.i": out}
