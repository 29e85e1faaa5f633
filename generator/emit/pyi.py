"""Python stubs, and the tables of constants and errors that the package reads when it runs."""

from __future__ import annotations

from .. import binding, model


def emit(api: model.Api) -> dict[str, str]:
    return {}


DEFAULTS = {"null": "None", "false": "False"}


def default(parameter: binding.Parameter) -> str:
    return DEFAULTS.get(parameter.default or "", parameter.default or "")


def plain_parameters(call: binding.Call) -> str:
    """Names and defaults, without types."""
    parts = ["self"] if call.owner else []
    for parameter in call.parameters:
        parts.append(parameter.name if parameter.default is None else f"{parameter.name}={default(parameter)}")
    return ", ".join(parts)
