"""The grammars inside the library, so that the validate flags need no file at run time.

A grammar is a list of lines: what several kinds have in common (a guest, and a snapshot of one)
the compiler keeps once.
"""

from __future__ import annotations

from generator.documents import Documents
from generator.emit import doc_rng


def literal(line: str) -> str:
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'


def emit(documents: Documents) -> dict[str, str]:
    grammars = {name.removesuffix(".rng"): text for name, text in doc_rng.emit(documents).items()}
    lines = ["/* Generated from the documents' descriptions; do not edit. */",
             '#include "core/conf/doc/engine.h"', ""]
    for name, text in grammars.items():
        lines.append(f"static const char *const {name}_lines[] = {{")
        lines += [f"    {literal(line)}," for line in text.splitlines()]
        lines += ["    NULL};", ""]
    lines.append("const struct doc_grammar doc_grammars[] = {")
    lines += [f'    {{"{name}", {name}_lines}},' for name in grammars]
    lines += ["    {NULL, NULL}};", ""]
    return {"grammars.c": "\n".join(lines)}
