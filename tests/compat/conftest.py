"""What the tests of the field's names share: programs run on our library, and the same on the field's."""

import os
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(os.environ["CORRAL_SOURCE"])
BUILD = Path(os.environ["CORRAL_BUILD"])
COMPAT = BUILD / "compat"
OWN = ("PYTHONPATH", "LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "LUA_PATH", "LUA_CPATH")
#: nothing of ours: what Debian has installed
FIELD = {name: value for name, value in os.environ.items() if name not in OWN}
#: the field's programs, our library
LIBRARY = FIELD | {"LD_LIBRARY_PATH": f"{COMPAT / 'lib'}:{BUILD / 'lib'}"}
#: the field's scripts, our library and our modules
MODULES = LIBRARY | {"PYTHONPATH": f"{COMPAT / 'python'}:{BUILD / 'python'}", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Programs keep their files in a home of their own."""
    monkeypatch.chdir(tmp_path)
    for environment in (FIELD, LIBRARY, MODULES):
        environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def run(arguments, environment, **more):
    """What a program prints; it has to succeed."""
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
