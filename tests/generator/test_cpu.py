"""The tables of processors: what is refused, with its message, and what becomes of what is accepted."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from generator import cpu
from generator.emit import cpu as emitter
from generator.reader import Mistake
from generator.text import write_if_changed

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
GRAMMAR = ROOT / "generator" / "cpu.rng"
BAD = sorted((HERE / "bad_cpu").glob("*.xml"))
GOLDEN = HERE / "golden_cpu"
TABLES = sorted((ROOT / "api" / "cpu").glob("*.xml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_table_is_refused_with_its_message(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with pytest.raises(Mistake) as caught:
        cpu.read([path.name])
    expected = path.with_suffix(".err")
    if os.environ.get("CORRAL_UPDATE_GOLDEN"):
        write_if_changed(str(expected), f"{caught.value}\n")
    assert str(caught.value) == expected.read_text().rstrip("\n")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_table_fits_the_grammar(path):
    result = subprocess.run(["xmllint", "--noout", "--relaxng", str(GRAMMAR), str(path)], capture_output=True)
    assert result.returncode == 0, result.stderr.decode()


def test_family_is_described_once(tmp_path):
    text = '<processors family="x86" arch="i686"/>'
    files = [tmp_path / "a.xml", tmp_path / "b.xml"]
    for file in files:
        file.write_text(text)
    with pytest.raises(Mistake, match=r"b\.xml:1: family 'x86' is described twice"):
        cpu.read([str(file) for file in files])


def test_output_of_a_small_table(monkeypatch):
    monkeypatch.chdir(GOLDEN)
    outputs = emitter.emit(cpu.read(["small.xml"]))
    if os.environ.get("CORRAL_UPDATE_GOLDEN"):
        for file, text in outputs.items():
            write_if_changed(str(GOLDEN / file), text)
    assert sorted(outputs) == sorted(path.name for path in GOLDEN.iterdir() if path.suffix != ".xml")
    for file, text in outputs.items():
        assert text == (GOLDEN / file).read_text(), file


def test_model_like_another_has_its_features_and_its_own():
    models = {model.name: model for model in cpu.read([str(GOLDEN / "small.xml")])[0].models}
    assert models["second"].features == {"fpu", "sse"}
    assert models["second"].had == {"mmx"}


def test_every_name_is_found_through_its_slot():
    for family in cpu.read([str(path) for path in TABLES]):
        for names in ([item.name for item in family.features], [item.name for item in family.models]):
            table = emitter.slots(names)
            for position, name in enumerate(names):
                slot = emitter.hash_of(name) % len(table)
                while table[slot] != position + 1:
                    assert table[slot], f"{name} is not reached"
                    slot = (slot + 1) % len(table)


def test_architectures_are_those_of_the_documents():
    known = re.search(r'name="arch" values="([^"]*)"', (ROOT / "api" / "documents" / "cpu.xml").read_text())
    for family in cpu.read([str(path) for path in TABLES]):
        assert not set(family.arches) - set(known[1].split())
