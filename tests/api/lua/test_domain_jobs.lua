-- Jobs on whole guests: backups, their figures and their ends; saved images; how fast memory is written to.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "job_support"
local refused, hear, poll = support.refused, support.hear, support.poll

local COMPLETED, FAILED, CANCELLED = corral.VIR_DOMAIN_JOB_COMPLETED, corral.VIR_DOMAIN_JOB_FAILED, corral.VIR_DOMAIN_JOB_CANCELLED
local UNBOUNDED, NONE = corral.VIR_DOMAIN_JOB_UNBOUNDED, corral.VIR_DOMAIN_JOB_NONE
local PAST, KEEP = corral.VIR_DOMAIN_JOB_STATS_COMPLETED, corral.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED
local PUSH = "<domainbackup><disks><disk name='vda'><target file='/backup/vda'/></disk></disks></domainbackup>"
local PULL = "<domainbackup mode='pull'/>"

describe("a job on a guest", function()
    local conn, dom

    before_each(function()
        conn = support.open_world()
        dom = conn:defineXML(support.GUEST)
        dom:create()
    end)
    after_each(function()
        conn:close()
    end)

    it("is missing where there is none", function()
        assert.same({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, dom:jobInfo())
        assert.same({ type = NONE }, dom:jobStats())
        assert.same({ type = NONE }, dom:jobStats(PAST))
        refused(corral.VIR_ERR_OPERATION_INVALID, "no job is active", dom.abortJob, dom)
        refused(corral.VIR_ERR_NO_DOMAIN_BACKUP, "no domain backup job", dom.backupGetXMLDesc, dom)
        refused(corral.VIR_ERR_INVALID_ARG, "is required by flag", dom.jobStats, dom, KEEP)
        refused(corral.VIR_ERR_INVALID_ARG, "unsupported flags", dom.jobStats, dom, 1 << 9)
        dom:destroy()
        for _, call in ipairs { "jobInfo", "jobStats", "abortJob" } do
            refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom[call], dom)
        end
        assert.same({ type = NONE }, dom:jobStats(PAST))
    end)

    it("pushes a backup and ends by itself", function()
        local heard = hear(conn, "completed")
        local capacity = dom:blockInfo("vda")[1]
        local begun, info = 0, dom:jobInfo()
        while info[1] == NONE do -- it lasts a tenth of a second, and a look at it may come too late
            dom:backupBegin(PUSH, nil)
            begun, info = begun + 1, dom:jobInfo()
        end
        assert.equal(UNBOUNDED, info[1])
        assert.equal(capacity, info[4])
        assert.equal(info[4], info[5] + info[6])
        support.run_until(function() return #heard == begun end)
        local figures = heard[begun][2]
        assert.equal(corral.VIR_DOMAIN_JOB_OPERATION_BACKUP, figures.operation)
        assert.is_true(figures.success)
        assert.equal(capacity, figures.disk_processed)
        assert.equal(COMPLETED, dom:jobStats(PAST | KEEP).type)
        assert.equal(COMPLETED, dom:jobStats(PAST).type)
        assert.equal(NONE, dom:jobStats(PAST).type)
    end)

    it("says what a backup is", function()
        dom:backupBegin(PULL, "<domaincheckpoint><name>first</name></domaincheckpoint>")
        local xml = dom:backupGetXMLDesc()
        assert.truthy(xml:find("<server transport='tcp' name='localhost' port='10809'/>", 1, true))
        assert.truthy(xml:find("<scratch file='/pool/top.first'/>", 1, true))
        assert.equal("first", dom:listAllCheckpoints()[1]:getName())
        dom:abortJob()
        dom:backupBegin("<domainbackup mode='pull'><incremental>first</incremental></domainbackup>", nil)
        assert.truthy(dom:backupGetXMLDesc():find("backupmode='incremental'", 1, true))
    end)

    it("offers a backup until it is called off", function()
        dom:backupBegin(PULL, nil)
        assert.equal(UNBOUNDED, dom:jobStats().type)
        refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "already in active block job", dom.blockPull, dom, "vda")
        refused(corral.VIR_ERR_OPERATION_INVALID, "post-copy", dom.abortJobFlags, dom, corral.VIR_DOMAIN_ABORT_JOB_POSTCOPY)
        dom:abortJobFlags(0)
        local figures = dom:jobStats(PAST)
        assert.equal(CANCELLED, figures.type)
        assert.is_false(figures.success)
    end)

    it("dies with the run", function()
        local heard = hear(conn, "completed", "lifecycle")
        dom:backupBegin(PULL, nil)
        dom:destroy()
        support.run_until(function() return #heard == 2 end)
        assert.equal("completed", heard[1][1])
        assert.is_false(heard[1][2].success)
        assert.equal(FAILED, dom:jobStats(PAST).type)
    end)

    it("fails where a node says so", function()
        local node = support.open_world("<corral:job name='virDomainBackupBegin' message='no space'/>")
        local guest = node:defineXML(support.GUEST)
        guest:create()
        guest:backupBegin(PUSH, nil)
        poll(function() return guest:jobInfo()[1] == NONE end)
        local figures = guest:jobStats(PAST)
        assert.equal(FAILED, figures.type)
        assert.equal("no space", figures.errmsg)
        node:close()
    end)

    for _, case in ipairs {
        { "<domainbackup", "XML_DETAIL", "" },
        { "<domainbackup><disks><disk name='vdz'/></disks></domainbackup>", "CONFIG_UNSUPPORTED", "no disk named 'vdz'" },
        { "<domainbackup><disks><disk name='hda'/></disks></domainbackup>", "CONFIG_UNSUPPORTED", "'hda'" },
        { "<domainbackup><disks><disk name='vda'/><disk name='vda'/></disks></domainbackup>", "XML_ERROR", "twice" },
        { "<domainbackup><disks><disk name='vda' backup='no'/></disks></domainbackup>", "CONFIG_UNSUPPORTED", "no disks selected" },
        { "<domainbackup><incremental>none</incremental></domainbackup>", "NO_DOMAIN_CHECKPOINT", "'none'" },
        { "<domainbackup><disks><disk name='vda' backupmode='incremental'/></disks></domainbackup>", "INVALID_ARG", "'vda'" },
        { "<domainbackup mode='pull'><server transport='rdma' name='host'/></domainbackup>", "CONFIG_UNSUPPORTED", "rdma" },
    } do
        it("cannot back up " .. case[1], function()
            refused(corral["VIR_ERR_" .. case[2]], case[3], dom.backupBegin, dom, case[1],
                "<domaincheckpoint><name>not-made</name></domaincheckpoint>")
            assert.same({}, dom:listAllCheckpoints())
            assert.equal(NONE, dom:jobInfo()[1])
        end)
    end

    it("cannot begin beside another", function()
        dom:checkpointCreateXML("<domaincheckpoint><name>part</name><disks><disk name='vdb'/></disks></domaincheckpoint>")
        refused(corral.VIR_ERR_CHECKPOINT_INCONSISTENT, "'vda'", dom.backupBegin, dom,
            "<domainbackup><incremental>part</incremental><disks><disk name='vda'/></disks></domainbackup>", nil)
        refused(corral.VIR_ERR_OPERATION_FAILED, "part already exists", dom.backupBegin, dom, PUSH,
            "<domaincheckpoint><name>part</name></domaincheckpoint>")
        dom:blockCopy("vda", "<disk type='file'><source file='/copy'/></disk>")
        refused(corral.VIR_ERR_BLOCK_COPY_ACTIVE, "", dom.backupBegin, dom, PUSH, nil)
        dom:blockJobAbort("vda")
        dom:backupBegin(PULL, nil)
        refused(corral.VIR_ERR_OPERATION_INVALID, "another job", dom.backupBegin, dom, PUSH, nil)
        dom:destroy()
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.backupBegin, dom, PUSH, nil)
    end)

    it("saves with settings", function()
        local path = os.tmpname()
        local titled = dom:XMLDesc(corral.VIR_DOMAIN_XML_SECURE):gsub("<memory", "<title>moved</title><memory", 1)
        local changed = titled:gsub("vdb", "vdc")
        refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "", dom.saveParams, dom, { file = path, dxml = changed })
        refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "'path'", dom.saveParams, dom, { path = path })
        refused(corral.VIR_ERR_INVALID_ARG, "dxml", dom.saveParams, dom, { dxml = titled })
        dom:saveParams { file = path, dxml = titled }
        refused(corral.VIR_ERR_OPERATION_INVALID, "", dom.saveParams, dom, { file = path })
        refused(corral.VIR_ERR_INVALID_ARG, "file", conn.restoreParams, conn, {})
        refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "", conn.restoreParams, conn, { file = path, dxml = changed })
        conn:restoreParams({ file = path }, corral.VIR_DOMAIN_SAVE_PAUSED)
        os.remove(path)
        assert.equal(corral.VIR_DOMAIN_PAUSED, dom:state()[1])
        assert.truthy(dom:XMLDesc(0):find("<title>moved</title>", 1, true))
    end)

    it("keeps the document of a managed image", function()
        refused(corral.VIR_ERR_OPERATION_INVALID, "managed save image", dom.managedSaveGetXMLDesc, dom)
        refused(corral.VIR_ERR_OPERATION_INVALID, "managed save image", dom.managedSaveDefineXML, dom, support.GUEST)
        dom:saveParams {}
        local xml = dom:managedSaveGetXMLDesc()
        refused(corral.VIR_ERR_CONFIG_UNSUPPORTED, "", dom.managedSaveDefineXML, dom, (xml:gsub("vdb", "vdc")))
        assert.equal(xml, dom:managedSaveGetXMLDesc())
        dom:managedSaveDefineXML((xml:gsub("<memory", "<title>woken</title><memory", 1)), corral.VIR_DOMAIN_SAVE_PAUSED)
        dom:create()
        assert.truthy(dom:XMLDesc(0):find("<title>woken</title>", 1, true))
        assert.equal(corral.VIR_DOMAIN_PAUSED, dom:state()[1])
    end)

    it("measures how fast memory is written to", function()
        local function rate()
            return conn:getAllDomainStats(corral.VIR_DOMAIN_STATS_DIRTYRATE)[1][2]
        end
        assert.equal(corral.VIR_DOMAIN_DIRTYRATE_UNSTARTED, rate()["dirtyrate.calc_status"])
        for _, seconds in ipairs { 0, 61, -1 } do
            refused(corral.VIR_ERR_INVALID_ARG, "within [1, 60]", dom.startDirtyRateCalc, dom, seconds)
        end
        refused(corral.VIR_ERR_INVALID_ARG, "mutually exclusive", dom.startDirtyRateCalc, dom, 1, 3)
        refused(corral.VIR_ERR_OPERATION_INVALID, "dirty-ring", dom.startDirtyRateCalc, dom, 1,
            corral.VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING)
        dom:startDirtyRateCalc(60)
        assert.equal(corral.VIR_DOMAIN_DIRTYRATE_MEASURING, rate()["dirtyrate.calc_status"])
        assert.equal("page-sampling", rate()["dirtyrate.calc_mode"])
        dom:startDirtyRateCalc(1)
        poll(function() return rate()["dirtyrate.calc_status"] == corral.VIR_DOMAIN_DIRTYRATE_MEASURED end)
        assert.equal(0, rate()["dirtyrate.megabytes_per_second"])
    end)
end)
