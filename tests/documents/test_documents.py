"""Every document here is read and printed: NAME.xml gives NAME.out.xml, bad/NAME.xml gives the
error in bad/NAME.err. Each also goes through copy, compare and free on its way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from generator import documents

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ROUNDTRIP = Path(os.environ["CORRAL_BUILD"]) / "tests" / "doc_roundtrip"
GOOD = sorted(path for path in HERE.glob("*/*.xml") if not path.name.endswith(".out.xml"))
BAD = sorted(HERE.glob("*/bad/*.xml"))
SECURE_DEFINITION = "3"
VALIDATED = "19"


def roundtrip(kind: str, text: str, flags: str = SECURE_DEFINITION,
              grammars: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, DOC_GRAMMARS=str(grammars or ""))
    return subprocess.run([ROUNDTRIP, "-f", flags, kind], input=text, capture_output=True,
                          text=True, env=environment)


def name(path: Path) -> str:
    return str(path.relative_to(HERE).with_suffix(""))


@pytest.fixture(scope="session")
def grammars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grammars")
    descriptions = sorted(str(path) for path in (ROOT / "api" / "documents").glob("*.xml"))
    documents.run(["doc_rng"], folder, descriptions)
    return folder


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_is_printed_as_expected(path: Path) -> None:
    done = roundtrip(path.parent.name, path.read_text())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == path.with_suffix(".out.xml").read_text()


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_what_is_printed_reads_back(path: Path) -> None:
    expected = path.with_suffix(".out.xml").read_text()
    done = roundtrip(path.parent.name, expected)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == expected


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_the_grammar_allows_what_is_printed(path: Path, grammars: Path) -> None:
    done = roundtrip(path.parent.name, path.with_suffix(".out.xml").read_text(), VALIDATED,
                     grammars)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", BAD, ids=name)
def test_is_refused_as_expected(path: Path) -> None:
    done = roundtrip(path.parent.parent.name, path.read_text())
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == path.with_suffix(".err").read_text()


def test_the_grammar_refuses_what_reading_ignores(grammars: Path) -> None:
    text = "<secret><usage type='ceph'><name>x</name></usage><toaster/></secret>"
    assert roundtrip("secret", text).returncode == 0
    done = roundtrip("secret", text, VALIDATED, grammars)
    assert done.returncode == 1
    assert "Unable to validate doc against" in done.stderr
    assert "toaster" in done.stderr


def test_every_kind_has_documents() -> None:
    kinds = {kind.name for kind in documents.read(
        sorted((ROOT / "api" / "documents").glob("*.xml"))).documents.values() if kind.root}
    assert {path.parent.name for path in GOOD} == kinds
    assert {path.parent.parent.name for path in BAD} == kinds


GUEST = "<domain type='test'><name>x</name><memory>1</memory>{os}{more}</domain>"
HVM = "<os><type{attributes}>hvm</type>{more}</os>"
# What a guest may say as far as reading goes, each beside the closest that is right.
ONLY_READ = {
    "architecture": (HVM.format(attributes=" arch='{}'", more=""), "armv7b", "x86_64"),
    "machine": (HVM.format(attributes=" machine='{}'", more=""), "a+b", "a-b"),
    "smbios": (HVM.format(attributes="", more="<smbios mode='{}'/>"), "none", "host"),
}
SYSTEM = {
    "boot order": ("<os><type>{}</type><boot dev='hd'/></os>", "xen", "hvm"),
    "loader": ("<os><type>{}</type><loader>/a</loader></os>", "xenpvh", "hvm"),
    "smbios of a machine": ("<os><type>{}</type><smbios mode='host'/></os>", "linux", "hvm"),
    "program of a container": ("<os><type>{}</type><init>/a</init></os>", "hvm", "exe"),
}
DEVICE = {
    "disk without a server": ("<disk type='{}' device='cdrom'><target dev='hda'/></disk>",
                              "network", "block"),
    "register": ("<serial type='pty'><address type='spapr-vio' reg='{}'/></serial>",
                 "0x0000000100000000", "0x30000000"),
}


def guest(template: str, word: str) -> str:
    devices = not template.startswith("<os>")
    own = f"<devices>{template.format(word)}</devices>" if devices else ""
    return GUEST.format(os=HVM.format(attributes="", more="") if devices else template.format(word),
                        more=own)


@pytest.mark.parametrize("what", [*ONLY_READ, *SYSTEM, *DEVICE])
def test_the_grammar_is_stricter_than_reading(what: str, grammars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORRAL_PRINTED", raising=False) # no grammar is to accept these
    template, wrong, right = {**ONLY_READ, **SYSTEM, **DEVICE}[what]
    assert roundtrip("domain", guest(template, right), VALIDATED, grammars).returncode == 0
    assert roundtrip("domain", guest(template, wrong)).returncode == 0
    assert roundtrip("domain", guest(template, wrong), VALIDATED, grammars).returncode == 1


def test_no_grammar_knows_what_is_for_a_nodes_file(grammars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORRAL_PRINTED", raising=False)
    own = "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>5</test:runstate>"
    text = GUEST.format(os=HVM.format(attributes="", more=""), more=own)
    assert roundtrip("domain", text).returncode == 0
    assert roundtrip("domain", text, VALIDATED, grammars).returncode == 1
