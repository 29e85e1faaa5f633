"""Text helpers that every emitter uses."""

from __future__ import annotations

import os
import re
import textwrap


def snake(name: str) -> str:
    """virStoragePool -> storage_pool, virNWFilterBinding -> nwfilter_binding"""
    name = re.sub(r"^(vir|corral)", "", name).replace("NWFilter", "Nwfilter")
    name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


def indent(text: str, by: int = 4) -> str:
    return textwrap.indent(text, " " * by)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> str:
    return "\n".join(
        textwrap.fill(part, width, initial_indent=first if not number else rest,
                      subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
        for number, part in enumerate(text.split("\n\n"))
    )


def c_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def c_comment(text: str, width: int = 96, margin: str = "") -> str:
    """A block comment; empty without text."""
    if not text:
        return ""
    lines = []
    for paragraph in text.replace("*/", "* /").split("\n\n"):
        for part in paragraph.split("\n"):
            lines += textwrap.wrap(part, width - len(margin), break_long_words=False,
                                   break_on_hyphens=False, subsequent_indent="  " if part.startswith("- ") else "")
        lines.append("")
    lines.pop()
    if len(lines) == 1 and len(lines[0]) < width - 8:
        return f"{margin}/* {lines[0]} */\n"
    body = "\n".join(f"{margin} * {line}".rstrip() for line in lines)
    return f"{margin}/*\n{body}\n{margin} */\n"


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def write_if_changed(path: str, text: str) -> bool:
    """Leaves the file, and so everything built from it, alone when nothing changed."""
    try:
        with open(path, encoding="utf-8") as stream:
            if stream.read() == text:
                return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    return True
