"""Docstrings of the Python module: a signature that inspect understands, then the prose."""

from __future__ import annotations

from .. import binding, model
from ..text import wrap
from . import pyi, swig


def emit(api: model.Api) -> dict[str, str]:
    out = ""
    for call in binding.calls(api):
        target = f"{call.owner}::{call.name}" if call.owner else f"bind_{call.function.name}"
        out += f'%feature("docstring") {target} "{_escaped(_docstring(call))}";\n'
    for name in api.objects:
        if swig.lacks_connect(api, name, binding.calls(api)):
            out += f'%feature("docstring") {name}::connect "{name}_connect(self)\n--\n\nThe connection that it belongs to.";\n'
    return {"swig/python_doc.i": out}


def _docstring(call: binding.Call) -> str:
    wrapped = f"{call.owner}_{call.name}" if call.owner else call.name
    return f"{wrapped}({pyi.plain_parameters(call)})\n--\n\n{_prose(call)}"


def _prose(call: binding.Call) -> str:
    function = call.function
    parts = [function.doc] if function.doc else []
    parts += [f"{parameter.name}: {parameter.doc}" for parameter in call.parameters if parameter.doc]
    if function.returns.doc:
        parts.append(f"Returns {function.returns.doc}")
    return "\n\n".join(wrap(part, 88) for part in parts) or f"See {function.name}()."


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
