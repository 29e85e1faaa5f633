"""The linker's version script: every public symbol under the version it came with."""

from __future__ import annotations

from .. import model
from ..text import version_key

NODES = {"": "LIBVIRT", "qemu": "LIBVIRT_QEMU", "lxc": "LIBVIRT_LXC", "corral": "CORRAL"}


def emit(api: model.Api) -> dict[str, str]:
    nodes: dict[str, dict[str, list[str]]] = {}
    for module in api.modules:
        exported = [function for function in module.functions if not function.internal]
        for item in (*exported, *module.variables):
            nodes.setdefault(module.library, {}).setdefault(item.since, []).append(item.name)
    out = ""
    for library, versions in nodes.items():
        previous = ""
        for version in sorted(versions, key=version_key):
            name = f"{NODES[library]}_{version}"
            symbols = "".join(f"        {symbol};\n" for symbol in sorted(versions[version]))
            out += f"{name} {{\n    global:\n{symbols}}}{' ' + previous if previous else ''};\n\n"
            previous = name
    # what is not hidden and not named above is for our own bindings, daemon and modules
    out += f"CORRAL_PRIVATE_{api.version} {{\n    global:\n        *;\n}};\n"
    return {"corral.map": out}
