"""python -m generator --emit NAME... -o DIR FILE: writes what the emitters make of a description.

FILE is api.xml, for the doc_* emitters the files of api/documents, for cpu those of api/cpu."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from . import builder, cpu, documents
from .reader import Mistake
from .text import write_if_changed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="generator", description=__doc__)
    parser.add_argument("--emit", action="append", required=True, metavar="NAME", help="an emitter, a module of generator/emit")
    parser.add_argument("-o", dest="directory", required=True, metavar="DIR")
    parser.add_argument("--depfile", metavar="FILE", help="what the outputs depend on, for make and ninja")
    parser.add_argument("--list", action="store_true", help="print the names of the outputs, write nothing")
    parser.add_argument("description", nargs="+")
    options = parser.parse_args(arguments)
    try:
        outputs, files = _run(options)
    except (Mistake, documents.DescriptionError) as mistake:
        print(mistake, file=sys.stderr)
        return 1
    if options.list:
        print(";".join(outputs))
        return 0
    for name, text in outputs.items():
        write_if_changed(os.path.join(options.directory, name), text)
    if options.depfile:
        target = os.path.join(options.directory, ".stamp")
        write_if_changed(options.depfile, f"{target}: {' '.join(files)}\n")
    return 0


def _run(options: argparse.Namespace) -> tuple[dict[str, str], list[str]]:
    if any(name.startswith("doc_") for name in options.emit):
        description, files = documents.read(options.description), options.description
    elif options.emit == ["cpu"]:
        description, files = cpu.read(options.description), options.description
    else:
        description = builder.load(options.description[0])
        files = [os.path.relpath(file) for file in description.files]
    outputs: dict[str, str] = {}
    for name in options.emit:
        outputs |= importlib.import_module(f"generator.emit.{name}").emit(description)
    return outputs, files


if __name__ == "__main__":
    sys.exit(main())
