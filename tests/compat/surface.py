"""Prints, as JSON, what a module named on the command line offers: constants, functions, classes and their methods."""

import importlib
import inspect
import json
import sys
import typing


def parameters(function):
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    empty = inspect.Parameter.empty
    return [[item.name, item.kind.name, None if item.default is empty else repr(item.default)] for item in signature.parameters.values()]


def methods(cls):
    """None for what is no function."""
    return {name: parameters(getattr(cls, name)) if callable(getattr(cls, name)) else None
            for name in dir(cls) if not name.startswith("__") or name in ("__init__", "__enter__", "__exit__")}


def surface(module):
    found = {"constants": {}, "functions": {}, "classes": {}, "bases": {}}
    for name in dir(module):
        value = getattr(module, name)
        # what a module has imported is not its own
        if name.startswith("__") or isinstance(value, typing.TypeVar) or getattr(value, "__module__", "") in ("typing", "types", "builtins"):
            continue
        if inspect.isclass(value):
            found["classes"][name] = methods(value)
            found["bases"][name] = [base.__name__ for base in value.__mro__]
        elif callable(value):
            found["functions"][name] = parameters(value)
        elif isinstance(value, (int, str)):
            found["constants"][name] = value if isinstance(value, str) else int(value)
    return found


print(json.dumps(surface(importlib.import_module(sys.argv[1]))))
