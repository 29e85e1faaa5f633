"""Cross-reference and shape checks: what no grammar can say. Every mistake names its place."""

from __future__ import annotations

from . import model, shapes, wire
from .reader import Mistake

IMPLEMENTATIONS = ("slot", "core", "field", "ref", "free")


def check(api: model.Api) -> None:
    _unique(api)
    for module in api.modules:
        if module.origin not in api.values:
            raise Mistake(module.where, f"module '{module.name}': origin '{module.origin}' is not an error domain")
        for enum in module.enums:
            _enum(api, enum)
        for object_ in module.objects:
            _object(api, object_)
        for struct in module.structs:
            _struct(api, struct)
        for callback in module.callbacks:
            _args(api, callback.name, callback.args)
        for events in module.events:
            _events(api, events)
        for function in module.functions:
            _function(api, function)
    if api.wire.programs:
        wire.build(api)


def _unique(api: model.Api) -> None:
    seen: dict[str, str] = {}
    kinds = "constants macros aliases variables enums objects structs paramsets callbacks functions"
    for module in api.modules:
        for kind in kinds.split():
            for item in getattr(module, kind):
                names = [item.name] + [value.name for value in getattr(item, "values", ())]
                for name in names:
                    if name in seen:
                        raise Mistake(item.where, f"'{name}' is defined already, at {seen[name]}")
                    seen[name] = item.where
    methods: dict[tuple[str, str], str] = {}
    for module in api.modules:
        for function in module.functions:
            key = (module.namespace if not function.method_class else "", function.method)
            if function.method and key in methods:
                raise Mistake(function.where, f"method '{function.method}' is taken already, by {methods[key]}")
            methods[key] = function.name


def _known(api: model.Api, where: str, owner: str, type: str) -> None:
    known = (
        type in shapes.SPECIAL
        or shapes.scalar(api, type)
        or any(type in kind for kind in (api.objects, api.structs, api.paramsets, api.callbacks))
    )
    if not known:
        accepted = ", ".join([*shapes.SCALARS, *shapes.SPECIAL])
        raise Mistake(where, f"{owner}: unknown type '{type}': accepted are {accepted}, and defined names")


def _enum(api: model.Api, enum: model.Enum) -> None:
    for value in enum.values:
        if value.alias and value.alias not in api.values:
            raise Mistake(value.where, f"{value.name}: alias of '{value.alias}', which is no value")
        if value.alias and api.values[value.alias].number != value.number:
            raise Mistake(value.where, f"{value.name} is {value.number}, but its alias {value.alias} is {api.values[value.alias].number}")
        if value.bit is not None and not enum.flags:
            raise Mistake(value.where, f"{value.name}: 'bit' in {enum.name}, which is not kind='flags'")


def _object(api: model.Api, object_: model.Object) -> None:
    if object_.parent and object_.parent not in api.objects:
        raise Mistake(object_.where, f"object {object_.name}: parent '{object_.parent}' is no object")
    if object_.close and object_.close not in api.functions:
        raise Mistake(object_.where, f"object {object_.name}: close '{object_.close}' is no function")
    for code in (object_.invalid, object_.origin):
        if code not in api.values:
            raise Mistake(object_.where, f"object {object_.name}: '{code}' is no enum value")
    for field in object_.fields:
        if field.get and field.get not in api.functions:
            raise Mistake(object_.where, f"object {object_.name}: getter '{field.get}' of '{field.name}' is no function")


def _struct(api: model.Api, struct: model.Struct) -> None:
    names = {member.name for member in struct.members}
    for member in struct.members:
        _known(api, member.where, f"{struct.name}.{member.name}", member.type)
        if member.length and member.length not in names:
            raise Mistake(member.where, f"{struct.name}.{member.name}: length '{member.length}' is no member")
    for name in (struct.key, *struct.val):
        if name and name not in names:
            raise Mistake(struct.where, f"{struct.name}: '{name}' is no member")
    if struct.view == "pairs" and not (struct.key and struct.val):
        raise Mistake(struct.where, f"{struct.name}: view='pairs' needs 'key' and 'val'")


def _events(api: model.Api, events: model.Events) -> None:
    if events.object not in api.objects:
        raise Mistake(events.where, f"events {events.name}: '{events.object}' is no object")
    for event in events.events:
        if event.name not in api.values:
            raise Mistake(events.where, f"events {events.name}: '{event.name}' is no enum value")
        if event.callback not in api.callbacks:
            raise Mistake(events.where, f"event {event.name}: '{event.callback}' is no callback")


def _args(api: model.Api, owner: str, args: tuple[model.Arg, ...]) -> None:
    names: dict[str, model.Arg] = {}
    for arg in args:
        if arg.name in names:
            raise Mistake(arg.where, f"{owner}: a second argument '{arg.name}'")
        names[arg.name] = arg
        _known(api, arg.where, f"{owner}({arg.name})", arg.type)
    for arg in args:
        for word in ("rows", "closure", "destroy", "by", "sizeof", "keys", "row_keys"):
            other = getattr(arg, word)
            if other and other not in names:
                raise Mistake(arg.where, f"{owner}({arg.name}): {word} '{other}' is no argument")
        if arg.length and arg.length != "return" and arg.length not in names:
            raise Mistake(arg.where, f"{owner}({arg.name}): length '{arg.length}' is no argument, nor 'return'")
        if arg.array in ("counted", "capacity", "two-call", "allocated") and not arg.length:
            raise Mistake(arg.where, f"{owner}({arg.name}): array='{arg.array}' needs 'length'")
        if arg.array in ("capacity", "two-call", "allocated") and arg.dir == "in":
            raise Mistake(arg.where, f"{owner}({arg.name}): array='{arg.array}' is an output: dir='out' is missing")
        for flag in [flag for group in arg.exclusive for flag in group]:
            if flag not in api.values:
                raise Mistake(arg.where, f"{owner}({arg.name}): exclusive '{flag}' is no enum value")
        for flag in [flag for one, needed in arg.requires for flag in (one, *needed)]:
            if flag not in api.values:
                raise Mistake(arg.where, f"{owner}({arg.name}): requires '{flag}' is no enum value: FLAG:ONE|OTHER is accepted")


def _function(api: model.Api, function: model.Function) -> None:
    name, where = function.name, function.where
    _args(api, name, function.args)
    if function.returns.type not in shapes.RESULTS:
        _known(api, where, f"{name}()", function.returns.type)
    if function.impl.startswith("via:"):
        if function.impl[4:] not in api.functions:
            raise Mistake(where, f"{name}: impl='{function.impl}' leads to no function")
    elif function.impl not in IMPLEMENTATIONS:
        accepted = ", ".join([*IMPLEMENTATIONS, "via:FUNCTION"])
        raise Mistake(where, f"{name}: impl '{function.impl}' is unknown: accepted are {accepted}")
    if function.impl == "slot" and not (function.driver and function.access):
        raise Mistake(where, f"{name}: a driver's function needs 'driver' and 'access'")
    if function.bound and not function.method:
        raise Mistake(where, f"{name}: 'method' is missing (bind='no' keeps it to C)")
    if "." in function.method and function.method_class not in api.objects:
        raise Mistake(where, f"{name}: method '{function.method}' of '{function.method_class}', which is no object")
    for error in function.errors:
        if error.code not in api.values:
            raise Mistake(where, f"{name}: error '{error.code}' is no enum value")
    for output in function.order:
        if output not in {arg.name for arg in function.args if arg.dir != "in"}:
            raise Mistake(where, f"{name}: '{output}' in 'order' is no output")
    for preset in function.presets:
        for other in (*preset.keys, *preset.sets, *filter(None, [preset.instead])):
            if other.partition("=")[0] not in {arg.name for arg in function.args}:
                raise Mistake(where, f"{name}: preset '{preset.name}' stands for '{other}', which is no argument")
