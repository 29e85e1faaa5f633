"""The field's headers, by their names: each only includes ours."""

from __future__ import annotations

from .. import model

UMBRELLA = "libvirt.h"


def emit(api: model.Api) -> dict[str, str]:
    files = {}
    for module in _modules(api):
        whole = [f"libvirt/{UMBRELLA}"] if module.library or module.field else []
        files[name(module)] = _header(module.summary, [*whole, f"corral/{module.header}.h"])
    inside = [f"libvirt/{name(module)}" for module in _modules(api) if not module.library and not module.field]
    files[UMBRELLA] = _header("Everything but errors and what belongs to one driver", inside)
    return {f"compat/libvirt/{file}": text for file, text in files.items()}


def headers(api: model.Api) -> list[str]:
    """Those that a program may include itself."""
    return [UMBRELLA, *(name(module) for module in _modules(api) if module.library or module.field)]


def name(module: model.Module) -> str:
    return f"{module.field or 'libvirt-' + module.header}.h"


def _modules(api: model.Api) -> list[model.Module]:
    return [module for module in api.modules if module.library != "corral"]


def _header(summary: str, included: list[str]) -> str:
    lines = "".join(f"#include <{file}>\n" for file in included)
    return f"/* {summary}. */\n#pragma once\n\n{lines}"
