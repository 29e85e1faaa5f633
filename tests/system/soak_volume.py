"""Large volumes with holes through the daemon."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from test_volume import MIB, check


def test_1_gib_with_holes(tmp_path: Path) -> None:
    check(tmp_path, 1024 * MIB, times=3)


def test_1_gib_with_debians_virsh() -> None:
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).with_name("test_clients.py")), "-k",
                          "virsh_moves_a_volume or a_volume_at_their_daemon"], env=os.environ | {"CORRAL_VOLUME_MIB": "1024"}, capture_output=True, text=True)
    print(run.stdout.splitlines()[-1])
    assert run.returncode == 0, run.stdout
