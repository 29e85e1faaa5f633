"""Tables over enums that the core needs: the openings of error messages, and the names of error domains and numbers."""

from __future__ import annotations

from .. import model
from ..text import c_string


def emit(api: model.Api) -> dict[str, str]:
    texts = "".join(
        f"    [{value.name}] = {{ {c_string(value.text)}, {c_string(value.detail)} }},\n"
        for enum in api.enums.values()
        for value in enum.values
        if value.text
    )
    labels = "".join(
        f"    [{value.name}] = {c_string(value.label)},\n"
        for value in api.enums["virErrorDomain"].values
        if value.label
    ) if "virErrorDomain" in api.enums else ""
    numbers = "".join(
        f"    {{ {c_string(value.name)}, {value.name} }},\n" for value in api.enums["virErrorNumber"].values
    ) if "virErrorNumber" in api.enums else ""
    return {
        "error_numbers.h": "/* What error numbers are called. */\n#pragma once\n\n#include <corral/corral.h>\n\n"
        f"static const struct {{ const char *name; int code; }} error_numbers[] = {{\n{numbers}}};\n",
        "error_texts.h": "/* How messages open: by code, alone and with a detail. */\n#pragma once\n\n#include <corral/corral.h>\n\n"
        f"static const struct {{ const char *text, *detail; }} error_texts[] = {{\n{texts}}};\n\n"
        f"static const char *const error_domains[] = {{\n    [0] = NULL,\n{labels}}};\n"
    }
