"""What is refused, and in whose name, is what the field's library refuses: each call, each argument wrong in turn."""

import json

import pytest
from conftest import FIELD, LIBRARY, SOURCE, run

#: where the field's test driver speaks before its entry point, or takes on trust what it is given; ours says what is
#: wrong with the argument. call -> what the field answers
BETTER = {
%s}


@pytest.fixture(scope="module")
def answers():
    command = ["/usr/bin/python3", str(SOURCE / "tests" / "compat" / "refusals.py")]
    path = {"PYTHONPATH": str(SOURCE), "CORRAL_SOURCE": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    return tuple(json.loads(run(command, environment | path)) for environment in (FIELD, LIBRARY))


def test_every_refusal_has_the_fields_code_and_domain(answers):
    theirs, ours = answers
    assert len(theirs) > 800 and theirs.keys() == ours.keys()
    different = {call: theirs[call] for call in theirs if theirs[call] != ours[call]}
    assert different == BETTER


def test_ours_refuses_what_is_wrong(answers):
    """Also where the field does not."""
    assert [call for call, answer in answers[1].items() if answer is None] == []
