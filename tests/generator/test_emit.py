"""Golden outputs: the mini description through every emitter. CORRAL_UPDATE_GOLDEN=1 writes them anew."""

import importlib
import os
from pathlib import Path

import pytest

from generator import builder
from generator.text import write_if_changed

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
EMIT = HERE.parent.parent / "generator" / "emit"
SITE = EMIT.parent / "site"
EMITTERS = sorted(
    path.stem for path in EMIT.glob("*.py") if not path.stem.startswith("doc_") and "\ndef emit(api" in path.read_text()
)


@pytest.mark.parametrize("name", EMITTERS)
def test_output_of_the_mini_description(name, monkeypatch):
    monkeypatch.chdir(GOLDEN)
    outputs = importlib.import_module(f"generator.emit.{name}").emit(builder.load("mini.xml"))
    assert outputs, "an emitter without output"
    # the site's style and script are copied as they are
    outputs = {file: text for file, text in outputs.items() if not (SITE / Path(file).name).exists()}
    folder = GOLDEN / "expected" / name
    if os.environ.get("CORRAL_UPDATE_GOLDEN"):
        for file, text in outputs.items():
            write_if_changed(str(folder / file), text)
    expected = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert sorted(outputs) == sorted(expected)
    for file, text in outputs.items():
        assert text == expected[file], f"{name}: {file}"


def test_output_is_written_only_when_it_changed(tmp_path):
    file = str(tmp_path / "out" / "a.h")
    assert write_if_changed(file, "one\n")
    before = os.stat(file).st_mtime_ns
    assert not write_if_changed(file, "one\n")
    assert os.stat(file).st_mtime_ns == before
    assert write_if_changed(file, "two\n")


def test_no_emitter_knows_a_function_by_name():
    """Emitters say nothing about single functions: the description does."""
    api = builder.load(str(HERE.parent.parent / "api.xml"))
    helpers = {"virTypedParamsFree"}  # what generated code itself calls
    for path in EMIT.glob("*.py"):
        text = path.read_text()
        named = [name for name in api.functions if f'"{name}"' in text or f"'{name}'" in text]
        assert not set(named) - helpers, f"{path.name} names {named}"
