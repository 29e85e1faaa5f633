"""The tables of processors for core/conf/cpu: features, makers and models, each found by name through a hash."""

from __future__ import annotations

from .. import cpu
from ..text import c_string

HEADER = """/* How many words a set of features has. */
#pragma once

#define CPU_FEATURE_WORDS {words}
"""
SOURCE = '#include "core/conf/cpu/tables.h"\n\n'


def emit(families: list[cpu.Family]) -> dict[str, str]:
    words = max(1, *(-(-len(family.features) // 64) for family in families))
    source = SOURCE + "".join(_family(family, words) for family in families)
    return {"cpu_tables.h": HEADER.format(words=words), "cpu_tables.c": source}


def hash_of(name: str) -> int:
    """FNV-1a, as in tables.c."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def slots(names: list[str]) -> list[int]:
    """Where names are found: the hash's slot or one behind it holds the position + 1; 0 is free."""
    size = 1
    while size < 2 * len(names):
        size *= 2
    table = [0] * size
    for position, name in enumerate(names):
        slot = hash_of(name) % size
        while table[slot]:
            slot = (slot + 1) % size
        table[slot] = position + 1
    return table


def _family(family: cpu.Family, words: int) -> str:
    prefix = f"cpu_{family.name}"
    position = {feature.name: number for number, feature in enumerate(family.features)}
    makers = {maker.name: number for number, maker in enumerate(family.makers)}
    out = _array(f"struct cpu_maker {prefix}_makers", [_maker(maker) for maker in family.makers])
    out += _array(f"struct cpu_feature {prefix}_features", [_feature(feature) for feature in family.features])
    for model in family.models:
        out += _array(f"struct cpu_stamp {prefix}_{_identifier(model.name)}_stamps", [_stamp(item) for item in model.signatures])
        out += _array(f"struct cpu_version {prefix}_{_identifier(model.name)}_versions",
                      [f"{{{value:#x}, {mask:#x}}}" for value, mask in model.versions])
    out += _array(f"struct cpu_known {prefix}_models",
                  [_model(prefix, model, makers, position, words) for model in family.models])
    members = [f".arches = {' | '.join(f'1ULL << CPU_ARCH_{arch.upper()}' for arch in family.arches)}"]
    for name, items in (("makers", family.makers), ("features", family.features), ("models", family.models)):
        if items:
            members += [f".{name} = {prefix}_{name}", f".n_{name} = {len(items)}"]
    for name, items in (("feature", family.features), ("model", family.models)):
        table = slots([item.name for item in items])
        out += _array(f"uint16_t {prefix}_{name}_slots", [str(slot) for slot in table])
        members += [f".{name}_slots = {prefix}_{name}_slots", f".{name}_mask = {len(table) - 1}"]
    return out + f"const struct cpu_table {prefix}_table = {{\n" + "".join(f"    {member},\n" for member in members) + "};\n\n"


def _array(declaration: str, rows: list[str]) -> str:
    if not rows:
        return ""
    return f"static const {declaration}[] = {{\n" + "".join(f"    {row},\n" for row in rows) + "};\n\n"


def _maker(maker: cpu.Maker) -> str:
    return f"{{{c_string(maker.name)}, {c_string(maker.reads)}, {maker.number:#x}}}"


def _feature(feature: cpu.Feature) -> str:
    members = [f".name = {c_string(feature.name)}"]
    if feature.register:
        members += [f".leaf = {feature.leaf:#x}", f".subleaf = {feature.subleaf:#x}",
                    f".where = CPU_IN_{feature.register.upper()}", f".bit = {feature.bit}"]
    if feature.qemu:
        members.append(f".qemu = {c_string(' '.join(feature.qemu))}")
    if feature.linux:
        members.append(f".linux_name = {c_string(' '.join(feature.linux))}")
    if not feature.migratable:
        members.append(".stays = true")
    return f"{{{', '.join(members)}}}"


def _stamp(signature: cpu.Signature) -> str:
    return f"{{{signature.family}, {signature.model}, {signature.steppings[0]}, {signature.steppings[1]}}}"


def _model(prefix: str, model: cpu.Model, makers: dict[str, int], position: dict[str, int], words: int) -> str:
    members = [f".name = {c_string(model.name)}"]
    if model.maker:
        members.append(f".maker = &{prefix}_makers[{makers[model.maker]}]")
    members += [f".for_{side} = true" for side in model.stands_for]
    for name, items in (("stamps", model.signatures), ("versions", model.versions)):
        if items:
            members += [f".{name} = {prefix}_{_identifier(model.name)}_{name}", f".n_{name} = {len(items)}"]
    for name, features in (("features", model.features), ("had", model.had)):
        if features:
            members.append(f".{name} = {_set(features, position, words)}")
    return "{\n        " + ",\n        ".join(members) + "}"


def _set(features: frozenset[str], position: dict[str, int], words: int) -> str:
    bits = sum(1 << position[name] for name in features)
    return "{{" + ", ".join(f"{bits >> 64 * word & 0xFFFFFFFFFFFFFFFF:#x}" for word in range(words)) + "}}"


def _identifier(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
