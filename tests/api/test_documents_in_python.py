"""Documents as dictionaries: what parse() gives, what build() takes, what both refuse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import ENVIRONMENT, SOURCE

import corral
import corral.documents
from corral.documents import INACTIVE, MIGRATABLE

DOCUMENTS = SOURCE / "tests" / "documents"
BUILD = Path(os.environ["CORRAL_BUILD"])
PRINTED = sorted(DOCUMENTS.glob("*/*.out.xml"))
BAD = sorted(DOCUMENTS.glob("*/bad/*.xml"))
SECURE_DEFINITION = "3"

SECRET = """<secret ephemeral='no' private='yes'>
  <uuid>55806c7d-8e93-456f-829b-607d8c198367</uuid>
  <description>a key &amp; more</description>
  <usage type='ceph'>
    <name>client.admin</name>
  </usage>
</secret>
"""


def of(kind: str) -> Any:
    module = getattr(corral.documents, kind)
    assert isinstance(module, ModuleType)
    return module


def name(path: Path) -> str:
    return str(path.relative_to(DOCUMENTS))


def reread(kind: str, text: str) -> tuple[int, str, str]:
    """What the engine makes of its own output."""
    done = subprocess.run([BUILD / "tests" / "doc_roundtrip", "-f", SECURE_DEFINITION, kind], input=text,
                          capture_output=True, text=True, env=ENVIRONMENT)
    return done.returncode, done.stdout, done.stderr


def guest(**more: Any) -> dict[str, Any]:
    return {"type": "test", "name": "made", "memory": {"text": 65536}, "os": {"type": {"text": "hvm"}}, **more}


# ---- every document


@pytest.mark.parametrize("path", PRINTED, ids=name)
def test_what_is_parsed_builds_what_is_printed(path: Path) -> None:
    module, text = of(path.parent.name), path.read_text()
    code, expected, error = reread(path.parent.name, text)
    assert code == 0, error
    assert module.build(module.parse(text, INACTIVE), INACTIVE) == expected


@pytest.mark.parametrize("path", PRINTED, ids=name)
def test_a_document_does_not_differ_from_itself(path: Path) -> None:
    module = of(path.parent.name)
    parsed = module.parse(path.read_text())
    assert module.diff(parsed, module.parse(module.build(parsed))) == []


@pytest.mark.parametrize("path", BAD, ids=name)
def test_a_mistake_is_the_librarys_own(path: Path) -> None:
    done, _, error = reread(path.parent.parent.name, path.read_text())
    code, _, message = error.rstrip("\n").partition(" ")
    assert done == 1
    with pytest.raises(corral.libvirtError) as raised:
        of(path.parent.parent.name).parse(path.read_text(), INACTIVE)
    assert (raised.value.get_error_code(), raised.value.get_error_message()) == (int(code), message)


def test_there_is_a_module_for_every_kind() -> None:
    kinds = {path.parent.name for path in PRINTED}
    assert kinds == set(corral.documents.__all__) - {"INACTIVE", "MIGRATABLE"}
    assert sys.modules["corral.documents.domain"] is of("domain")


def test_the_grammar_refuses_what_reading_ignores() -> None:
    odd = SECRET.replace("<uuid>", "<toaster/><uuid>")
    secret = corral.documents.secret
    assert secret.parse(odd) == secret.parse(odd, 0, False) == secret.parse(SECRET, validate=True)
    with pytest.raises(corral.libvirtError, match="(?s)Unable to validate doc against.*toaster") as raised:
        secret.parse(odd, validate=True)
    assert raised.value.get_error_code() == corral.VIR_ERR_XML_INVALID_SCHEMA
    with pytest.raises(corral.libvirtError) as raised:
        secret.build({"usage": {"type": "none"}, "uuid": ""}, validate=True)
    assert raised.value.get_error_code() == corral.VIR_ERR_XML_INVALID_SCHEMA
    assert secret.build(secret.parse(SECRET), validate=True) == SECRET
    with pytest.raises(TypeError, match="'validate': a truth value is accepted, not"):
        secret.parse(SECRET, validate="yes")


# ---- shapes


def test_values_have_the_types_of_the_description() -> None:
    assert corral.documents.secret.parse(SECRET) == {
        "ephemeral": False, "private": True, "uuid": "55806c7d-8e93-456f-829b-607d8c198367",
        "description": "a key & more", "usage": {"type": "ceph", "name": "client.admin"},
    }
    assert corral.documents.secret.build(corral.documents.secret.parse(SECRET)) == SECRET


def test_sizes_are_numbers_in_the_printed_unit() -> None:
    parsed = corral.documents.domain.parse(corral.documents.domain.build(guest()).replace(
        "<memory unit='KiB'>65536", "<memory unit='GiB'>2"))
    assert parsed["memory"] == {"text": 2 << 20}
    assert parsed["current_memory"] == 65536


def test_lists_are_lists_and_zeroes_stay() -> None:
    text = corral.documents.domain.build(guest(devices={"disks": [
        {"source": {"file": "/a"}, "target": {"dev": "sda", "bus": "scsi"}}]}))
    disk, = corral.documents.domain.parse(text)["devices"]["disks"]
    assert disk["address"] == {"type": "drive", "drive": {"controller": 0, "bus": 0, "target": 0, "unit": 0}}
    assert "readonly" not in disk and "serial" not in disk


def test_what_may_stand_in_a_mixed_list_is_told_by_its_key() -> None:
    text = """<filter name='f'><rule action='drop' direction='in'><ip match='no' srcipaddr='10.0.0.1'/></rule>
              <filterref filter='other'/></filter>"""
    parsed = corral.documents.nwfilter.parse(text)
    rule, reference = parsed["entries"]
    assert reference == {"filterref": {"filter": "other"}}
    match, = rule["rule"]["matches"]
    assert match == {"ip": {"srcipaddr": "10.0.0.1"}, "match": False}
    built = corral.documents.nwfilter.build(parsed)
    assert "<ip match='no' srcipaddr='10.0.0.1'/>" in built and "<filterref filter='other'/>" in built


def test_a_document_within_another_is_nested() -> None:
    parsed = corral.documents.domainsnapshot.parse(
        f"<domainsnapshot><name>s</name>{corral.documents.domain.build(guest())}</domainsnapshot>")
    assert parsed["domain"]["name"] == "made"


def test_foreign_namespaces_are_read_whatever_driver_they_are_of() -> None:
    text = corral.documents.domain.build(guest(qemu={"commandline": {"args": [{"value": "-s"}]}}))
    assert "<domain type='test' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>" in text
    assert "<qemu:arg value='-s'/>" in text
    assert corral.documents.domain.parse(text)["qemu"] == {"commandline": {"args": [{"value": "-s"}]}}


def test_passwords_are_not_lost() -> None:
    text = corral.documents.domain.build(guest(devices={"graphics": [{"type": "vnc", "passwd": "s<e>'c"}]}))
    assert "passwd='s&lt;e&gt;&apos;c'" in text
    assert corral.documents.domain.parse(text)["devices"]["graphics"][0]["passwd"] == "s<e>'c"


def test_a_running_guests_own_is_read_unless_inactive() -> None:
    text = "<domain type='test' id='7'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>"
    assert corral.documents.domain.parse(text)["id"] == 7
    assert "id" not in corral.documents.domain.parse(text, INACTIVE)
    parsed = corral.documents.domain.parse(text)
    assert "id='7'" in corral.documents.domain.build(parsed)
    assert "id='7'" not in corral.documents.domain.build(parsed, INACTIVE | MIGRATABLE)


def test_what_a_connection_prints_goes_round(conn: corral.virConnect) -> None:
    domain = conn.lookupByName("test")
    parsed = corral.documents.domain.parse(domain.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE))
    parsed["description"] = "changed"
    conn.defineXML(corral.documents.domain.build(parsed))
    assert "<description>changed</description>" in domain.XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE)


def test_what_is_only_printed_is_read(conn: corral.virConnect) -> None:
    text = "<volume><name>v</name><capacity>8</capacity><physical unit='bytes'>5</physical></volume>"
    parsed = corral.documents.storagevol.parse(text)
    assert parsed["physical"] == 5
    assert "<physical unit='bytes'>5</physical>" in corral.documents.storagevol.build(parsed)


# ---- refused


def refused(kind: type[Exception], document: Any, module: str = "domain") -> str:
    with pytest.raises(kind) as raised:
        of(module).build(document)
    return str(raised.value)


def test_an_unknown_key_is_refused_with_its_path_and_what_is_known() -> None:
    message = refused(ValueError, guest(devices={"disks": [{}, {"target": {"dve": "vda"}}]}))
    assert message.startswith("documents.domain.build(): argument 'document': devices.disks[1].target: "
                              "'dve' is unknown here: accepted are dev, bus")


@pytest.mark.parametrize("change, message", [
    ({"name": 3}, "name: a string is accepted, not an integer"),
    ({"name": b"x"}, "name: a string is accepted, not bytes"),
    ({"name": None}, "name: a string is accepted, not nothing"),
    ({"type": True}, "type: a word is accepted, not a boolean"),
    ({"memory": {"text": "64"}}, "memory.text: an integer is accepted, not a string"),
    ({"memory": {"text": True}}, "memory.text: an integer is accepted, not a boolean"),
    ({"memory": {"text": 1.5}}, "memory.text: an integer is accepted, not a floating point number"),
    ({"memory": 65536}, "memory: a dictionary is accepted, not an integer"),
    ({"devices": {"disks": {}}}, "devices.disks: a list is accepted, not a dictionary"),
    ({"devices": {"disks": [1]}}, "devices.disks[0]: a dictionary is accepted, not an integer"),
    ({"features": {"acpi": 1}}, "features.acpi: a boolean is accepted, not an integer"),
    ({"memory": {"dump_core": "on"}}, "memory.dump_core: a boolean is accepted, not a string"),
    ({3: "x"}, "a string as key is accepted, not an integer"),
    ({"name": object()}, "name: a string is accepted, not object"),
    ({"qemu": []}, "qemu: a dictionary is accepted, not a list"),
])
def test_a_wrong_type_is_refused_with_its_path(change: dict[Any, Any], message: str) -> None:
    found = refused(TypeError, {**guest(), **change})
    assert found == f"documents.domain.build(): argument 'document': {message}"


@pytest.mark.parametrize("value, message", [
    ("a\x01b", "name: a string of characters that XML can hold is accepted"),
    ("\udcff", "name: a string of characters that XML can hold is accepted"),
])
def test_text_that_xml_cannot_hold_is_refused(value: str, message: str) -> None:
    assert refused(ValueError, guest(name=value)).endswith(message)


@pytest.mark.parametrize("text", ["x", "<a/>", "<metadata/><name>x</name>", "<metadata>"])
def test_raw_xml_is_one_element(text: str) -> None:
    assert refused(ValueError, guest(metadata=text)).endswith("metadata: XML with one element 'metadata' is accepted")


@pytest.mark.parametrize("entry", [{}, {"rule": {}, "filterref": {}}, {"toaster": {}}, {"rule": {}, "match": True}])
def test_a_mixed_lists_item_has_one_key(entry: dict[str, Any]) -> None:
    message = refused(ValueError, {"name": "f", "entries": [entry]}, "nwfilter")
    assert message.endswith("entries[0]: a dictionary with one key is accepted: filterref, rule")


@pytest.mark.parametrize("document", [None, 1, "x", [], b"x", object()])
def test_a_document_is_a_dictionary(document: Any) -> None:
    assert "argument 'document': a dictionary is accepted, not " in refused(TypeError, document)


def test_what_a_word_or_number_may_be_the_library_says() -> None:
    with pytest.raises(corral.XmlError, match=r"attribute 'bus' in element 'target': 'zz'.*devices/disk/target/@bus"):
        corral.documents.domain.build(guest(devices={"disks": [{"target": {"dev": "vda", "bus": "zz"}}]}))
    with pytest.raises(corral.libvirtError, match="Expected non-negative integer value"):
        corral.documents.domain.build(guest(memory={"text": -1}))
    with pytest.raises(corral.libvirtError):
        corral.documents.domain.build({"name": "x"})


@pytest.mark.parametrize("text", [None, 1, b"<secret/>", []])
def test_parse_takes_a_string(text: Any) -> None:
    with pytest.raises(TypeError, match=r"documents.secret.parse\(\): argument 'xml': a string is accepted, not "):
        of("secret").parse(text)


def test_flags_that_are_not_known_are_refused() -> None:
    with pytest.raises(ValueError, match=r"documents.secret.parse\(\): argument 'flags'"):
        of("secret").parse(SECRET, 2)
    with pytest.raises(ValueError, match=r"documents.secret.build\(\): argument 'flags'"):
        of("secret").build({}, 1 << 31)
    with pytest.raises(TypeError, match=r"argument 'flags'"):
        of("secret").build({}, "x")


def test_a_dictionary_within_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["devices"] = loop
    with pytest.raises(ValueError):
        of("domain").build(loop)


def test_a_refused_document_leaves_the_next_one_alone() -> None:
    for _ in range(50):
        refused(ValueError, guest(devices={"disks": [{"target": {"dve": "x"}}]}))
    assert corral.documents.secret.build(corral.documents.secret.parse(SECRET)) == SECRET


def test_chains_of_images_may_be_long() -> None:
    chain: dict[str, Any] = {}
    for number in range(20):
        chain = {"type": "file", "format": {"type": "qcow2"}, "source": {"file": f"/{number}"}, "backing_store": chain}
    disk = {"source": {"file": "/top"}, "target": {"dev": "vda"}, "backing_store": chain}
    text = corral.documents.domain.build(guest(devices={"disks": [disk]}))
    assert text.count("<backingStore type='file'>") == 20
    assert corral.documents.domain.build(corral.documents.domain.parse(text)) == text


# ---- types


def test_classes_are_there_to_annotate_with() -> None:
    from corral.documents.domain import Domain, DomainDisk

    assert {"name", "devices"} <= Domain.__annotations__.keys()
    assert "target" in DomainDisk.__annotations__
    with pytest.raises(AttributeError, match="module 'corral.documents.domain' has no attribute 'Toaster'"):
        of("domain").Toaster


SCRIPT = '''
import corral.documents
from corral.documents.secret import Secret
from corral.documents import domain

secret: Secret = corral.documents.secret.parse("<secret/>", corral.documents.INACTIVE)
secret["usage"] = {"type": "ceph", "name": "x"}
text: str = corral.documents.secret.build(secret)
guest = domain.parse(text)
bus: str = guest["devices"]["disks"][0]["target"]["bus"]
'''

WRONG = '''
import corral.documents
secret = corral.documents.secret.parse("<secret/>")
secret["usage"] = {"type": "cpeh"}
secret["toaster"] = 1
secret["private"] = "yes"
corral.documents.secret.build({"uuid": 3})
'''


def mypy(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(text)
    environment = ENVIRONMENT | {"MYPYPATH": str(BUILD / "python")}
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", "script.py"], cwd=folder, env=environment,
                          capture_output=True, text=True)


def test_the_types_are_strict(tmp_path: Path) -> None:
    done = mypy(tmp_path, SCRIPT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_find_mistakes(tmp_path: Path) -> None:
    done = mypy(tmp_path, WRONG)
    assert "Found 4 errors" in done.stdout, done.stdout + done.stderr


# ---- what differs


def test_what_differs_has_path_and_values() -> None:
    old = guest(devices={"disks": [{"target": {"dev": "vda", "bus": "virtio"}, "source": {"file": "/a"}, "readonly": True}]})
    new = guest(memory={"text": 131072}, title="t", devices={"disks": [
        {"target": {"dev": "vda", "bus": "scsi"}, "source": {"file": "/a"}, "driver": {"cache": "none"}}]})
    assert [one for one in corral.documents.domain.diff(old, new)
            if not one[0].startswith(("devices.controllers", "devices.disks[0].address"))] == [
        ("memory.text", 65536, 131072), ("current_memory", 65536, 131072),
        ("devices.disks[0].target.bus", "virtio", "scsi"), ("devices.disks[0].readonly", True, None),
        ("devices.disks[0].driver", None, {"cache": "none"}), ("title", None, "t")]


def test_items_that_one_list_has_more() -> None:
    one: Any = {"name": "n", "dns": {"txts": [{"name": "a", "value": "1"}]}}
    two: Any = {"name": "n", "dns": {"txts": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}}
    assert corral.documents.network.diff(one, two) == [("dns.txts[1]", None, {"name": "b", "value": "2"})]
    assert corral.documents.network.diff(two, one) == [("dns.txts[1]", {"name": "b", "value": "2"}, None)]


UUID = "55806c7d-8e93-456f-829b-607d8c198367"


def test_spelling_and_what_is_made_up_are_no_difference() -> None:
    assert corral.documents.domain.diff(guest(), guest()) == []
    assert corral.documents.secret.diff({"uuid": UUID.upper(), "usage": {"type": "ceph", "name": "x"}},
                                        {"uuid": UUID, "usage": {"type": "ceph", "name": "x"}}) == []


def test_differ_or_print_alike() -> None:
    texts = [path.read_text() for path in sorted(DOCUMENTS.glob("network/*.out.xml"))]
    module = corral.documents.network
    for one in texts:
        for two in texts:
            parsed = module.parse(one), module.parse(two)
            assert (module.diff(*parsed) == []) == (module.build(parsed[0]) == module.build(parsed[1]))


@pytest.mark.parametrize("old, new, message", [
    (None, {}, "argument 'old'"), ({}, 5, "argument 'new'"), ({"nmae": "x"}, {"name": "x"}, "argument 'old': 'nmae' is unknown"),
])
def test_what_is_no_document_has_no_difference(old: Any, new: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError, corral.libvirtError)) as refused:
        corral.documents.domain.diff(old, new)
    if old is not None and new != 5:
        assert str(refused.value).startswith(f"documents.domain.diff(): {message}")
