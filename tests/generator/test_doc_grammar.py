"""Grammars inside the library: the same text as the files, line by line."""

from __future__ import annotations

import ast
from pathlib import Path

from generator import documents
from generator.emit import doc_grammar, doc_rng

ROOT = Path(__file__).parent.parent.parent
DESCRIPTIONS = sorted(str(path) for path in (ROOT / "api" / "documents").glob("*.xml"))


def lines_of(text: str, kind: str) -> list[str]:
    """The strings of one array."""
    body = text.split(f"const {kind}_lines[] = {{\n")[1].split("    NULL};")[0]
    return [ast.literal_eval(line.strip().removesuffix(",")) for line in body.splitlines()]


def test_every_grammar_is_there_whole() -> None:
    described = documents.read(DESCRIPTIONS)
    text = doc_grammar.emit(described)["grammars.c"]
    files = doc_rng.emit(described)
    assert len(files) > 10
    for name, grammar in files.items():
        kind = name.removesuffix(".rng")
        assert f'{{"{kind}", {kind}_lines}}' in text
        assert lines_of(text, kind) == grammar.splitlines()
