-- Processor calls through the Lua module, on the test driver.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "job_support"
local refused = support.refused

local HOST = "<cpu><arch>x86_64</arch><model>%s</model>%s</cpu>"
local GUEST = "<cpu match='exact'><model>%s</model></cpu>"
local EXPAND, MIGRATABLE = corral.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES, corral.VIR_CONNECT_BASELINE_CPU_MIGRATABLE
local FAIL = corral.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE

describe("a processor", function()
    local conn

    before_each(function()
        conn = support.open_world("<cpu><model>pentium</model></cpu>")
    end)
    after_each(function()
        conn:close()
    end)

    it("is what two hosts have in common", function()
        local hosts = { HOST:format("Westmere", ""), HOST:format("Nehalem", "<feature name='invtsc'/>") }
        local expected = "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Nehalem</model>\n</cpu>\n"
        assert.equal(expected, conn:baselineCPU(hosts))
        assert.equal(expected, conn:baselineHypervisorCPU(nil, nil, nil, nil, hosts))
    end)

    it("is told as the flags want", function()
        local hosts = { HOST:format("486", "<feature name='invtsc'/>") }
        assert.is_nil(conn:baselineCPU(hosts):find("fpu"))
        assert.is_truthy(conn:baselineCPU(hosts, EXPAND):find("fpu"))
        assert.is_nil(conn:baselineCPU(hosts, EXPAND | MIGRATABLE):find("invtsc"))
        refused(corral.VIR_ERR_INVALID_ARG, "0x4", conn.baselineCPU, conn, hosts, 4)
        refused(corral.VIR_ERR_XML_ERROR, "Missing CPU architecture", conn.baselineCPU, conn, { "<cpu/>" })
        refused(corral.VIR_ERR_INTERNAL_ERROR, "Unknown CPU model 586", conn.baselineCPU, conn, { HOST:format("586", "") })
    end)

    it("has a model with a name", function()
        assert.is_true(#conn:getCPUModelNames("x86_64") > 50)
        assert.same({}, conn:getCPUModelNames("aarch64"))
        refused(corral.VIR_ERR_INVALID_ARG, "cannot find architecture z80", conn.getCPUModelNames, conn, "z80")
        refused(corral.VIR_ERR_NO_SUPPORT, "riscv64", conn.getCPUModelNames, conn, "riscv64")
    end)

    it("fits a host or does not", function()
        assert.equal(corral.VIR_CPU_COMPARE_IDENTICAL, conn:compareCPU(GUEST:format("pentium")))
        assert.equal(corral.VIR_CPU_COMPARE_SUPERSET, conn:compareCPU(GUEST:format("486")))
        assert.equal(corral.VIR_CPU_COMPARE_INCOMPATIBLE, conn:compareCPU(GUEST:format("Haswell")))
        assert.equal(corral.VIR_CPU_COMPARE_SUPERSET, conn:compareHypervisorCPU(nil, nil, nil, nil, GUEST:format("486")))
        refused(corral.VIR_ERR_CPU_INCOMPATIBLE, "required features: pae", conn.compareCPU, conn, GUEST:format("pentium2"), FAIL)
        refused(corral.VIR_ERR_INVALID_ARG, "'x86_64'", conn.compareHypervisorCPU, conn, nil, "x86_64", nil, nil, GUEST:format("486"))
    end)
end)
