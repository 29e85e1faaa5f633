"""What is refused, and in whose name, is what the field's library refuses: each call, each argument wrong in turn."""

import json

import pytest
from conftest import FIELD, LIBRARY, SOURCE, run

#: where the field's answer depends on its test driver, which lacks the call (3) or looks first, or where it takes on trust
#: what it is given and may not live to answer (None); ours says what is wrong with the argument. call -> the field's answer
BETTER = {
    "virConnectSetIdentity(conn=NULL)": None,
    "virConnectSetIdentity(params=NULL)": [3, 20],
    "virNodeGetSEVInfo(params=NULL)": [3, 20],
    "virDomainCreateWithFiles(files=NULL)": [1, 12],
    "virDomainCreateXMLWithFiles(files=NULL)": [35, 20],
    "virDomainFDAssociate(domain=NULL)": None,
    "virDomainFDAssociate(name=NULL)": [3, 20],
    "virDomainMemoryStats(stats=NULL)": None,
    "virDomainAddIOThread(iothread_id=0)": [8, 12],
    "virDomainSetVcpusFlags(flags=VIR_DOMAIN_VCPU_GUEST|VIR_DOMAIN_VCPU_HOTPLUGGABLE)": [8, 12],
    "virDomainGetNumaParameters(flags=VIR_DOMAIN_AFFECT_LIVE|VIR_DOMAIN_AFFECT_CONFIG)": None,
    "virDomainSetBlkioParameters(nparams=0)": None,
    "virDomainSetSchedulerParameters(nparams=0)": None,
    "virDomainSetSchedulerParametersFlags(nparams=0)": None,
    "virDomainGetInterfaceParameters(device=NULL)": None,
    "virDomainGetInterfaceParameters(flags=VIR_DOMAIN_AFFECT_LIVE|VIR_DOMAIN_AFFECT_CONFIG)": None,
    "virDomainSetInterfaceParameters(device=NULL)": [74, 0],
    "virDomainRestoreParams(params=NULL)": [3, 20],
    "virDomainSaveParams(params=NULL)": [3, 20],
    "virDomainAgentSetResponseTimeout(timeout=-3)": [3, 20],
    "virDomainGetTime(seconds=NULL)": None,
    "virDomainGetTime(nseconds=NULL)": None,
    "virDomainOpenGraphics(read-only)": [8, 20],
    "virDomainGetLaunchSecurityInfo(domain=NULL)": None,
    "virDomainSetLaunchSecurityState(domain=NULL)": None,
    "virNodeDeviceGetAutostart(autostart=NULL)": [3, 22],
    "virStoragePoolCreate(flags=VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE|VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE)": [8, 12],
    "virStoragePoolCreateXML(flags=VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE|VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE)": [8, 12],
    "virStreamEventAddCallback(cb=NULL)": [3, 38],
    "virStreamSendHole(length=-1)": [3, 38],
    "virDomainQemuAgentCommand(cmd=NULL)": [3, 0],
    "virDomainQemuMonitorCommand(cmd=NULL)": [3, 0],
}


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
