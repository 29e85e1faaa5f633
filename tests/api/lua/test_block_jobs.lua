-- Jobs on disks: pull, commit, copy; how they end, and what becomes of the chain of layers.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "job_support"
local refused, hear, chain, poll = support.refused, support.hear, support.chain, support.poll

local PULL, COPY = corral.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL, corral.VIR_DOMAIN_BLOCK_JOB_TYPE_COPY
local COMMIT, ACTIVE = corral.VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT, corral.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT
local COMPLETED, FAILED = corral.VIR_DOMAIN_BLOCK_JOB_COMPLETED, corral.VIR_DOMAIN_BLOCK_JOB_FAILED
local CANCELED, READY = corral.VIR_DOMAIN_BLOCK_JOB_CANCELED, corral.VIR_DOMAIN_BLOCK_JOB_READY
local PIVOT, ASYNC = corral.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT, corral.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC
local INACTIVE = corral.VIR_DOMAIN_XML_INACTIVE
local TARGET = "<disk type='file'><driver type='raw'/><source file='/pool/copy'/></disk>"

describe("a job on a disk", function()
    local conn, dom

    before_each(function()
        conn = support.open_world()
        dom = conn:defineXML(support.GUEST)
        dom:create()
    end)
    after_each(function()
        conn:close()
    end)

    local function idle(disk)
        local info = dom:blockJobInfo(disk or "vda")
        return not info or not next(info)
    end

    local function wait_until_ready()
        poll(function() return support.disk(dom):find("ready='yes'", 1, true) end)
    end

    it("pulls until one layer is left", function()
        local heard = hear(conn, "image", "disk")
        dom:blockPull("vda", 1)
        local info = dom:blockJobInfo("vda")
        assert.equal(PULL, info.type)
        assert.equal(1, info.bandwidth)
        assert.is_true(info.cur >= 0 and info.cur < info["end"])
        assert.equal(dom:blockInfo("vda")[1], info["end"])
        assert.equal("/pool/top /pool/middle /pool/base", chain(dom))
        dom:blockJobSetSpeed("vda", 0)
        poll(idle)
        assert.equal("/pool/top", chain(dom))
        assert.equal("/pool/top", chain(dom, INACTIVE))
        heard.wait({ "image", "/pool/top", PULL, COMPLETED }, { "disk", "vda", PULL, COMPLETED })
    end)

    it("ends without being asked", function()
        local heard = hear(conn, "disk")
        dom:blockPull("vda")
        heard.wait({ "disk", "vda", PULL, COMPLETED })
        assert.equal("/pool/top", chain(dom))
    end)

    it("keeps what is below the base of a rebase", function()
        dom:blockRebase("vda", "/pool/base")
        poll(idle)
        assert.equal("/pool/top /pool/base", chain(dom))
    end)

    it("takes layers by number and by path, and limits in bytes", function()
        for _, base in ipairs { "vda[2]", "/pool/base" } do
            dom:blockRebase("vda", base, 1 << 20, corral.VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES)
            assert.equal(1, dom:blockJobInfo("vda").bandwidth)
            assert.equal(1 << 20, dom:blockJobInfo("vda", corral.VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES).bandwidth)
            dom:blockJobAbort("vda")
            assert.equal("/pool/top /pool/middle /pool/base", chain(dom))
        end
    end)

    it("commits a middle layer", function()
        local heard = hear(conn, "disk")
        dom:blockCommit("vda", nil, "/pool/middle", 1, corral.VIR_DOMAIN_BLOCK_COMMIT_SHALLOW)
        assert.equal(COMMIT, dom:blockJobInfo("vda").type)
        dom:blockJobSetSpeed("vda", 0)
        heard.wait({ "disk", "vda", COMMIT, COMPLETED })
        assert.equal("/pool/top /pool/base", chain(dom))
    end)

    it("waits for its end after an active commit", function()
        local heard = hear(conn, "disk")
        dom:blockCommit("vda", nil, nil, 1, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
        refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "not ready", dom.blockJobAbort, dom, "vda", PIVOT)
        assert.truthy(support.disk(dom):find("<mirror type='file' job='active-commit'>", 1, true))
        dom:blockJobSetSpeed("vda", 0)
        heard.wait({ "disk", "vda", ACTIVE, READY })
        dom:blockJobAbort("vda", PIVOT)
        heard.wait({ "disk", "vda", ACTIVE, COMPLETED })
        assert.equal("/pool/base", chain(dom))
        assert.equal("/pool/base", chain(dom, INACTIVE))
    end)

    it("changes nothing when an active commit is called off", function()
        local before = dom:XMLDesc(0)
        dom:blockCommit("vda", "/pool/middle", nil, 0, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
        wait_until_ready()
        dom:blockJobAbort("vda", ASYNC)
        assert.equal(before, dom:XMLDesc(0))
    end)

    it("copies, with two ends", function()
        local heard = hear(conn, "image", "disk")
        local before = dom:XMLDesc(0)
        dom:blockCopy("vda", TARGET, { bandwidth = 1 << 20, granularity = 65536, ["buf-size"] = 0 })
        assert.truthy(support.disk(dom):find("<mirror type='file' file='/pool/copy' format='raw' job='copy'>", 1, true))
        dom:blockJobAbort("vda")
        heard.wait({ "image", "/pool/top", COPY, CANCELED }, { "disk", "vda", COPY, CANCELED })
        assert.equal(before, dom:XMLDesc(0))
        dom:blockCopy("vda", TARGET)
        heard.wait({ "image", "/pool/top", COPY, READY }, { "disk", "vda", COPY, READY })
        dom:blockJobAbort("vda", PIVOT)
        heard.wait({ "image", "/pool/top", COPY, COMPLETED }, { "disk", "vda", COPY, COMPLETED })
        assert.equal("/pool/copy", chain(dom))
        assert.equal("/pool/copy", chain(dom, INACTIVE))
    end)

    it("shares the layers of a shallow copy", function()
        dom:blockRebase("vda", "/dev/copy", 0, corral.VIR_DOMAIN_BLOCK_REBASE_COPY | corral.VIR_DOMAIN_BLOCK_REBASE_SHALLOW
            | corral.VIR_DOMAIN_BLOCK_REBASE_COPY_DEV)
        wait_until_ready()
        dom:blockJobAbort("vda", PIVOT)
        assert.equal("/dev/copy /pool/middle /pool/base", chain(dom))
    end)

    it("leaves a definition with another image as it is", function()
        conn:defineXML((support.GUEST:gsub("/pool/top", "/pool/next")))
        dom:blockPull("vda")
        poll(idle)
        assert.equal("/pool/top", chain(dom))
        assert.equal("/pool/next /pool/middle /pool/base", chain(dom, INACTIVE))
    end)

    it("works on each disk by itself, as long as the guest runs", function()
        dom:blockPull("vda", 1)
        dom:blockCopy("vdb", TARGET, { bandwidth = 1 })
        assert.equal(PULL, dom:blockJobInfo("vda").type)
        assert.equal(COPY, dom:blockJobInfo("vdb").type)
        dom:destroy()
        dom:create()
        assert.is_true(idle("vda") and idle("vdb"))
    end)

    local starts = {
        virDomainBlockPull = function(it, disk) it:blockPull(disk) end,
        virDomainBlockRebase = function(it, disk) it:blockRebase(disk, nil) end,
        virDomainBlockCopy = function(it, disk) it:blockCopy(disk, TARGET) end,
        virDomainBlockCommit = function(it, disk) it:blockCommit(disk, nil, nil, 0, corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE) end,
    }
    local started = {
        virDomainBlockPull = PULL, virDomainBlockRebase = PULL, virDomainBlockCopy = COPY, virDomainBlockCommit = ACTIVE,
    }
    for call, start in pairs(starts) do
        it("fails where a node says so: " .. call, function()
            local node = support.open_world(("<corral:job name='%s' count='1'/>"):format(call))
            local guest = node:defineXML(support.GUEST)
            guest:create()
            local before = guest:XMLDesc(0)
            local heard = hear(node, "disk")
            start(guest, "vda")
            heard.wait({ "disk", "vda", started[call], FAILED })
            assert.equal(before, guest:XMLDesc(0))
            node:close()
        end)

        it("cannot be where something is in the way: " .. call, function()
            refused(corral.VIR_ERR_INVALID_ARG, "'vdz'", start, dom, "vdz")
            refused(corral.VIR_ERR_INVALID_ARG, "source", start, dom, "hda")
            dom:blockPull("vda", 1)
            refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "already in active block job", start, dom, "vda")
            dom:blockJobAbort("vda")
            dom:blockCopy("vda", TARGET)
            refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "already in active block job", start, dom, "vda")
            dom:destroy()
            refused(corral.VIR_ERR_OPERATION_INVALID, "not running", start, dom, "vda")
        end)
    end

    it("fails only where a node names the call", function()
        refused(corral.VIR_ERR_XML_ERROR, "corral:job", support.open_world, "<corral:job message='of what?'/>")
    end)

    it("is missing where there is none", function()
        assert.is_true(idle("vda"))
        refused(corral.VIR_ERR_INVALID_ARG, "does not have an active block job", dom.blockJobAbort, dom, "vda")
        refused(corral.VIR_ERR_INVALID_ARG, "does not have an active block job", dom.blockJobSetSpeed, dom, "vda", 1)
        for _, call in ipairs { "blockJobAbort", "blockJobInfo" } do
            refused(corral.VIR_ERR_INVALID_ARG, "not found", dom[call], dom, "vdz")
        end
        dom:blockPull("vda", 1)
        refused(corral.VIR_ERR_OPERATION_INVALID, "does not support pivot", dom.blockJobAbort, dom, "vda", PIVOT)
        dom:destroy()
        for _, call in ipairs { "blockJobAbort", "blockJobInfo" } do
            refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom[call], dom, "vda")
        end
    end)

    it("takes no limit that cannot be counted in bytes", function()
        local text = "bandwidth must be less than"
        refused(corral.VIR_ERR_OVERFLOW, text, dom.blockPull, dom, "vda", 1 << 44)
        refused(corral.VIR_ERR_OVERFLOW, text, dom.blockRebase, dom, "vda", nil, 1 << 44)
        refused(corral.VIR_ERR_OVERFLOW, text, dom.blockCommit, dom, "vda", nil, "/pool/middle", 1 << 44)
        refused(corral.VIR_ERR_OVERFLOW, text, dom.blockJobSetSpeed, dom, "vda", 1 << 44)
        assert.is_true(idle())
    end)

    it("refuses rebases that make no sense", function()
        for _, name in ipairs { "SHALLOW", "REUSE_EXT", "COPY_RAW", "COPY_DEV" } do
            refused(corral.VIR_ERR_INVALID_ARG, "requires a copy job", dom.blockRebase, dom, "vda", "/pool/base", 0,
                corral["VIR_DOMAIN_BLOCK_REBASE_" .. name])
        end
        refused(corral.VIR_ERR_INVALID_ARG, "must not be NULL", dom.blockRebase, dom, "vda", nil, 0, corral.VIR_DOMAIN_BLOCK_REBASE_COPY)
        refused(corral.VIR_ERR_INVALID_ARG, "non-null base", dom.blockRebase, dom, "vda", nil, 0, corral.VIR_DOMAIN_BLOCK_REBASE_RELATIVE)
        for _, base in ipairs { "/pool/other", "vda[3]", "vdb[1]", "vda[", "/pool/top" } do
            refused(corral.VIR_ERR_INVALID_ARG, base, dom.blockRebase, dom, "vda", base)
        end
    end)

    it("refuses commits that make no sense", function()
        local active, shallow = corral.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE, corral.VIR_DOMAIN_BLOCK_COMMIT_SHALLOW
        for _, case in ipairs {
            { nil, nil, 0, "requires active flag" }, { nil, "/pool/middle", active, "is not active" },
            { nil, "/pool/other", 0, "/pool/other" }, { "/pool/other", nil, active, "/pool/other" },
            { "/pool/middle", "/pool/middle", 0, "below" }, { nil, "/pool/base", 0, "no backing file" },
            { "/pool/base", nil, active | shallow, "not immediately below" },
        } do
            refused(corral.VIR_ERR_INVALID_ARG, case[4], dom.blockCommit, dom, "vda", case[1], case[2], 0, case[3])
        end
        refused(corral.VIR_ERR_INVALID_ARG, "no backing file", dom.blockCommit, dom, "vdb", nil, nil, 0, active)
    end)

    it("refuses copies that make no sense", function()
        refused(corral.VIR_ERR_XML_DETAIL, "", dom.blockCopy, dom, "vda", "<disk")
        refused(corral.VIR_ERR_XML_ERROR, "'disk'", dom.blockCopy, dom, "vda", "<copy/>")
        refused(corral.VIR_ERR_INVALID_ARG, "source", dom.blockCopy, dom, "vda", "<disk type='file'/>")
        refused(corral.VIR_ERR_INVALID_ARG, "power of 2", dom.blockCopy, dom, "vda", TARGET, { granularity = 65535 })
        refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "'speed'", dom.blockCopy, dom, "vda", TARGET, { speed = 1 })
    end)

    it("stays when other devices change", function()
        dom:blockCopy("vda", TARGET)
        wait_until_ready()
        local mirror = support.disk(dom):match("<mirror.-</mirror>")
        dom:attachDevice("<disk type='file'><source file='/pool/more'/><target dev='vdc' bus='virtio'/></disk>")
        assert.equal(mirror, support.disk(dom):match("<mirror.-</mirror>"))
        refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "'vda'", dom.detachDevice, dom, support.disk(dom))
        dom:blockJobAbort("vda", PIVOT)
        assert.equal("/pool/copy", chain(dom))
        dom:blockPull("vda", 1)
        refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "'vda'", dom.detachDevice, dom, support.disk(dom))
    end)

    it("finds disks of any size", function()
        dom:blockResize("vda", 4096)
        assert.same({ 4096 << 10, 4096 << 10, 4096 << 10 }, dom:blockInfo("vda"))
        dom:blockResize("vda", 512, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
        assert.equal(512, dom:blockInfo("vda")[1])
        refused(corral.VIR_ERR_INVALID_ARG, "vdz", dom.blockResize, dom, "vdz", 1)
        refused(corral.VIR_ERR_INVALID_ARG, "empty path", dom.blockResize, dom, "", 1)
        refused(corral.VIR_ERR_OVERFLOW, "size must be less than", dom.blockResize, dom, "vda", 1 << 54)
        dom:destroy()
        refused(corral.VIR_ERR_OPERATION_INVALID, "", dom.blockResize, dom, "vda", 1)
    end)

    it("has thresholds beside it", function()
        local heard = hear(conn, "threshold")
        dom:blockResize("vda", 1000, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
        dom:setBlockThreshold("vda", 900)
        heard.wait({ "threshold", "vda", "/pool/top", 900, 100 })
        dom:setBlockThreshold("vda", 1500)
        dom:setBlockThreshold("vda", 0)
        dom:setBlockThreshold("vda", 1500)
        dom:blockResize("vda", 1600, corral.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
        heard.wait({ "threshold", "vda", "/pool/top", 1500, 100 })
        dom:setBlockThreshold("vda[1]", 600)
        heard.wait({ "threshold", "vda[1]", "/pool/middle", 600, 1000 })
        for _, name in ipairs { "", "vdz", "vda[9]", "vda[", "/pool/top" } do
            refused(corral.VIR_ERR_INVALID_ARG, ("'%s'"):format(name), dom.setBlockThreshold, dom, name, 1)
        end
    end)
end)
