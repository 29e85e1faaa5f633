"""What the other tests have called through daemons, and the table of procedures that is made of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ["CORRAL_SOURCE"])
BUILD = Path(os.environ["CORRAL_BUILD"])

from generator import builder, model  # noqa: E402
from generator.site import procedures  # noqa: E402

#: tests/system calls them frame by frame, on daemons of its own: logins, what a daemon without a URI has chosen, what our client
#: knows without asking, and what only older clients ask for
ELSEWHERE = re.compile(
    r"auth_.*|connect_get_uri|connect_is_secure|domain_migrate_(begin|prepare|perform|finish|confirm|prepare_tunnel)\d?|domain_migrate_prepare_tunnel3_params|"
    r"connect_(domain_)?event_(de)?register(_any_legacy)?|connect_domain_event_(de)?register(_any_legacy)?|connect_(un)?register_close_callback"
)


@pytest.fixture(scope="module")
def api() -> model.Api:
    before = os.getcwd()
    os.chdir(SOURCE)
    try:
        return builder.load("api.xml")
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def table(api: model.Api) -> list[procedures.Row]:
    record = procedures.read(str(BUILD / "called"))
    assert record, "no test has recorded its calls"
    return procedures.rows(api, record)


def test_every_procedure_is_served_or_was_never_more_than_a_number(table: list[procedures.Row]) -> None:
    assert [row.name for row in table if row.served == "no"] == []


def test_every_procedure_has_been_called(table: list[procedures.Row]) -> None:
    assert [row.name for row in table if row.tested is None and not ELSEWHERE.fullmatch(row.name)] == []


def test_nearly_all_have_been_answered_otherwise_than_by_an_error(table: list[procedures.Row]) -> None:
    """Those that the test driver knows; what it has not got is an error that says so."""
    answered = [row for row in table if row.tested and row.tested[0] > row.tested[1]]
    assert len(answered) > 0.8 * len(table)


def test_the_table_of_the_site_says_it(api: model.Api, table: list[procedures.Row], tmp_path: Path) -> None:
    env = os.environ | {"CORRAL_CALLED_FOLDER": str(BUILD / "called")}
    subprocess.run([sys.executable, "-m", "generator", "--emit", "html", "-o", str(tmp_path), "api.xml"], cwd=SOURCE, env=env, check=True)
    text = (tmp_path / "site" / "wire.html").read_text()
    assert f"{len(table)} procedures can be called" in text
    for row in table:
        assert f"<code>{row.name}</code>" in text
    looked_up = next(row for row in table if row.name == "domain_get_info")
    assert looked_up.tested and f"{looked_up.tested[0]} times" in text
    if (BUILD / "site").is_dir():
        (BUILD / "site" / "wire.html").write_text(text)
