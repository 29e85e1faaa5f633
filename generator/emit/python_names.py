"""What only the field's own Python names need: C names of the calls, names of the functions that hand on events."""

from __future__ import annotations

from .. import binding, model
from . import pyi


def emit(api: model.Api) -> dict[str, str]:
    return {"python/compat/_libvirt_names.py": _names(api), "python/compat/_libvirt_calls.py": _calls(api)}


def _calls(api: model.Api) -> str:
    out = '"""The C names behind the methods; generated."""\n\n'
    out += "#: library -> C name -> (class, method, what stands for a failure)\nCALLS: dict[str, dict[str, tuple[str, str, int | None]]] = {\n"
    for library in sorted({module.library for module in api.modules} - {"corral"}):
        rows = "".join(
            f"        {call.function.name!r}: ({call.owner!r}, {call.name!r}, {_failed(api, call)}),\n"
            for call in binding.calls(api)
            if api.module_of[call.function.name].library == library
        )
        out += f"    {library!r}: {{\n{rows}    }},\n"
    return out + "}\n"


def _names(api: model.Api) -> str:
    out = '"""What only the field\'s own names need; generated."""\n\n'
    out += "#: library -> names of its own constants\nCONSTANTS: dict[str, tuple[str, ...]] = {\n"
    for module in api.modules:
        if module.namespace:
            out += f"    {module.namespace!r}: ({''.join(f'{value.name!r}, ' for enum in module.enums for value in enum.values)}),\n"
    out += "}\n\n#: function that hands on an event -> class of what the event is about\nDISPATCHERS: dict[str, str] = {\n"
    out += "".join(f"    {name!r}: {owner!r},\n" for name, owner in _dispatchers(api).items())
    out += "}\n\n#: class -> class of what it belongs to\nPARENTS: dict[str, str] = {\n"
    return out + "".join(f"    {item.name!r}: {item.parent!r},\n" for item in api.objects.values()) + "}\n"


def _failed(api: model.Api, call: binding.Call) -> int | None:
    return -1 if pyi.result_type(api, call) == "int" else None


def _dispatchers(api: model.Api) -> dict[str, str]:
    found = {}
    for events in api.events.values():
        for event in events.events:
            name = event.callback.removeprefix(api.objects[events.object].parent or "")
            stem = name.removesuffix("EventCallback")
            # the oldest has no kind in its name
            kind = f"{stem}EventLifecycleCallback" if stem != name else name
            found[f"_dispatch{kind}"] = events.object
    return found
