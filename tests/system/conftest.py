"""Builds without the Python module, as those under ThreadSanitizer are, leave out what needs it."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path

import pytest

BUILT = (Path(os.environ["CORRAL_BUILD"]) / "python" / "corral").exists()
# scripts inside the files begin their lines like this, too
WHOLE = re.compile(r"^(import corral\b|from (corral|qemu_guest|test_transport)\b)", re.MULTILINE)
PART = re.compile(r"\bimport corral\b|\"corral\"")

collect_ignore = [] if BUILT else [path.name for path in Path(__file__).parent.glob("test_*.py") if WHOLE.search(path.read_text())]


def needs_module(item: pytest.Item) -> bool:
    return "[corral]" in item.name or PART.search(inspect.getsource(item.function)) is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needing = [] if BUILT else [item for item in items if needs_module(item)]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]
