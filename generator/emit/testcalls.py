"""Every bound call with the shapes of its arguments, as a Lua table: what the tests of the binding walk over."""

from __future__ import annotations

from .. import binding, model
from .constants import values
from .pyi import may_last, opens


def emit(api: model.Api) -> dict[str, str]:
    rows = "".join(f"  {_call(api, call)},\n" for call in binding.calls(api))
    constants = "".join(f"  {name} = {number},\n" for name, number in values(api).items())
    return {"testcalls.lua": f"return {{\ncalls = {{\n{rows}}},\nconstants = {{\n{constants}}},\n}}\n"}

#: what the module adds to opening
TIMEOUT = '{ name = "timeout", kind = "seconds", type = "double", element = "", nullable = true, optional = true }'
RECONNECT = '{ name = "reconnect", kind = "bool", type = "bool", element = "", nullable = true, optional = true }'


def _call(api: model.Api, call: binding.Call) -> str:
    own = [_parameter(api, parameter) for parameter in call.parameters]
    parameters = ", ".join(own + [TIMEOUT] * opens(call) + [RECONNECT] * may_last(call))
    return (
        f'{{ c = "{call.function.name}", owner = "{call.owner}", name = "{call.name}", '
        f"releases = {_boolean(call.releases)}, parameters = {{ {parameters} }} }}"
    )


def _parameter(api: model.Api, parameter: binding.Parameter) -> str:
    element = binding.kind_of(api, parameter.args[-1]) if parameter.args else ""
    if parameter.kind == "list":
        type = parameter.args[-1].type
        element = "object" if type in api.objects else "string" if type == "string" else binding.plain(api, type)
    return (
        f'{{ name = "{parameter.name}", kind = "{parameter.kind}", type = "{parameter.type}", element = "{element}", '
        f"nullable = {_boolean(parameter.nullable)}, optional = {_boolean(parameter.default is not None)} }}"
    )


def _boolean(value: bool) -> str:
    return "true" if value else "false"

