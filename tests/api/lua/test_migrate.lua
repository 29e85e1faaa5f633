-- Migration between two worlds of the test driver: phases, events, refusals, and failures at each phase.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "job_support"
local refused, hear, life = support.refused, support.hear, support.life

local LIVE, PEER, TUNNEL = corral.VIR_MIGRATE_LIVE, corral.VIR_MIGRATE_PEER2PEER, corral.VIR_MIGRATE_TUNNELLED
local PERSIST, UNDEFINE, OFFLINE = corral.VIR_MIGRATE_PERSIST_DEST, corral.VIR_MIGRATE_UNDEFINE_SOURCE, corral.VIR_MIGRATE_OFFLINE
local PAST = corral.VIR_DOMAIN_JOB_STATS_COMPLETED
local RUNNING, PAUSED = corral.VIR_DOMAIN_RUNNING, corral.VIR_DOMAIN_PAUSED

describe("a migration", function()
    local source, destination, dom

    before_each(function()
        source, destination = support.open_world(), support.open_world()
        dom = source:defineXML(support.GUEST)
        dom:create()
    end)
    after_each(function()
        source:close()
        destination:close()
    end)

    local function names(conn)
        local list = {}
        for number, domain in ipairs(conn:listAllDomains()) do
            list[number] = domain:name()
        end
        return table.concat(list, " ")
    end

    local function is_moved(domain)
        local state = domain:state()
        return state[1] == corral.VIR_DOMAIN_SHUTOFF and state[2] == corral.VIR_DOMAIN_SHUTOFF_MIGRATED
    end

    it("comes with its events", function()
        local here, there = hear(source, "lifecycle", "iteration"), hear(destination, "lifecycle")
        local moved = dom:migrate(destination, LIVE | PERSIST | UNDEFINE)
        assert.equal("worker", moved:name())
        assert.equal(support.UUID, moved:UUIDString())
        assert.same({ RUNNING, corral.VIR_DOMAIN_RUNNING_MIGRATED }, moved:state())
        assert.equal("", names(source))
        here.wait({ "iteration", 1 }, { "iteration", 2 }, life("SUSPENDED", "MIGRATED"), life("STOPPED", "MIGRATED"),
            life("UNDEFINED", "REMOVED"))
        there.wait(life("STARTED", "MIGRATED"), life("DEFINED", "ADDED"), life("RESUMED", "MIGRATED"))
    end)

    it("lets a guest that is not live stand still from the start", function()
        local heard = hear(source, "lifecycle", "iteration", "completed")
        local moved = dom:migrate2(destination, nil, 0, nil, nil, 0)
        assert.is_false(not not (moved:isPersistent() == true or moved:isPersistent() == 1))
        assert.is_true(is_moved(dom))
        heard.wait({ "iteration", 1 }, life("SUSPENDED", "MIGRATED"), { "iteration", 2 }, life("STOPPED", "MIGRATED"), { "completed" })
        local figures = dom:jobStats(PAST)
        assert.equal(corral.VIR_DOMAIN_JOB_COMPLETED, figures.type)
        assert.equal(256 << 20, figures.memory_processed)
        assert.equal(corral.VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN, moved:jobStats(PAST).operation)
    end)

    it("leaves a paused guest paused", function()
        dom:suspend()
        local heard = hear(destination, "lifecycle")
        local moved = dom:migrate3(destination, {}, LIVE)
        assert.same({ PAUSED, corral.VIR_DOMAIN_PAUSED_USER }, moved:state())
        heard.wait(life("STARTED", "MIGRATED"), life("SUSPENDED", "PAUSED"))
    end)

    it("has settings", function()
        local titled = dom:XMLDesc(0):gsub("<memory", "<title>there</title><memory", 1)
        local stored = support.GUEST:gsub("<memory", "<title>stored</title><memory", 1)
        local moved = dom:migrate3(destination, {
            destination_name = "other", destination_xml = titled, persistent_xml = stored, migrate_uri = "tcp:host:1",
            bandwidth = 1 << 20, migrate_disks = { "vda", "vdb" },
        }, LIVE | PERSIST | corral.VIR_MIGRATE_PAUSED | corral.VIR_MIGRATE_NON_SHARED_DISK)
        assert.equal("other", moved:name())
        assert.truthy(moved:XMLDesc(0):find("<title>there</title>", 1, true))
        assert.truthy(moved:XMLDesc(corral.VIR_DOMAIN_XML_INACTIVE):find("<title>stored</title>", 1, true))
    end)

    it("goes by way of the source", function()
        dom:migrateToURI(destination:getURI(), PEER | LIVE, "first")
        local first = destination:lookupByName("first")
        assert.is_true(is_moved(dom))
        dom:undefine()
        first:migrateToURI2(source:getURI(), nil, nil, PEER | TUNNEL, "second")
        assert.equal("", names(destination))
        source:lookupByName("second"):migrateToURI3(destination:getURI(), { destination_name = "third" }, PEER | PERSIST)
        assert.equal("third", names(destination))
    end)

    it("moves a definition alone", function()
        local here, there = hear(source, "lifecycle"), hear(destination, "lifecycle")
        dom:migrate(destination, OFFLINE | PERSIST)
        assert.equal(RUNNING, dom:state()[1])
        there.wait(life("DEFINED", "ADDED"))
        dom:destroy()
        here.wait(life("STOPPED", "DESTROYED"))
        dom:migrateToURI3(destination:getURI(), {}, PEER | OFFLINE | PERSIST | UNDEFINE)
        there.wait(life("DEFINED", "UPDATED"))
        here.wait(life("UNDEFINED", "REMOVED"))
    end)

    for _, case in ipairs {
        { corral.VIR_MIGRATE_NON_SHARED_DISK | corral.VIR_MIGRATE_NON_SHARED_INC, "INVALID_ARG", "mutually exclusive" },
        { PEER | TUNNEL | corral.VIR_MIGRATE_PARALLEL, "INVALID_ARG", "mutually exclusive" },
        { corral.VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES, "INVALID_ARG", "is required by flag" },
        { TUNNEL, "OPERATION_INVALID", "peer2peer" },
        { OFFLINE, "OPERATION_INVALID", "persistent flag" },
        { OFFLINE | PERSIST | corral.VIR_MIGRATE_NON_SHARED_DISK, "OPERATION_INVALID", "non-shared storage" },
        { OFFLINE | PERSIST | PEER | TUNNEL, "OPERATION_INVALID", "tunnelled offline" },
        { corral.VIR_MIGRATE_POSTCOPY | PEER | TUNNEL, "OPERATION_INVALID", "post-copy" },
        { corral.VIR_MIGRATE_POSTCOPY_RESUME, "OPERATION_INVALID", "interrupted" },
        { corral.VIR_MIGRATE_ZEROCOPY, "OPERATION_INVALID", "parallel" },
        { 1 << 29, "INVALID_ARG", "unsupported flags" },
    } do
        it(("refuses flags 0x%x"):format(case[1]), function()
            local before = dom:XMLDesc(0)
            refused(corral["VIR_ERR_" .. case[2]], case[3], dom.migrate, dom, destination, case[1])
            assert.equal(before, dom:XMLDesc(0))
            assert.equal("", names(destination))
        end)
    end

    it("refuses ways that lead nowhere", function()
        refused(corral.VIR_ERR_INVALID_ARG, "virDomainMigrateToURI3", dom.migrate3, dom, destination, {}, PEER)
        refused(corral.VIR_ERR_INVALID_ARG, "peer2peer", dom.migrate3, dom, destination, {}, TUNNEL)
        refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "direct migration", dom.migrateToURI, dom, "tcp:host", LIVE)
        refused(corral.VIR_ERR_INVALID_ARG, "dconnuri", dom.migrateToURI3, dom, nil, {}, PEER)
        for _, uri in ipairs { "test:///nowhere", "qemu:///system", "no uri", "" } do
            refused(corral.VIR_ERR_OPERATION_FAILED, ("'%s'"):format(uri), dom.migrateToURI3, dom, uri, {}, PEER)
        end
        refused(corral.VIR_ERR_INTERNAL_ERROR, "same host", dom.migrate, dom, source)
        refused(corral.VIR_ERR_OPERATION_DENIED, "", dom.migrate, dom, corral.openReadOnly("test:///default"))
        assert.equal(RUNNING, dom:state()[1])
    end)

    it("refuses settings that are wrong", function()
        local other = support.GUEST:gsub("<vcpu>2", "<vcpu>3")
        for _, case in ipairs {
            { { speed = 1 }, "ARGUMENT_UNSUPPORTED" }, { { destination_xml = "<domain" }, "XML_DETAIL" },
            { { destination_xml = other }, "CONFIG_UNSUPPORTED" }, { { persistent_xml = other }, "CONFIG_UNSUPPORTED" },
            { { migrate_disks = { "vdz" } }, "INVALID_ARG" },
        } do
            refused(corral["VIR_ERR_" .. case[2]], "", dom.migrate3, dom, destination, case[1], LIVE | PERSIST)
        end
        assert.equal("", names(destination))
    end)

    it("leaves a guest where its state keeps it", function()
        dom:blockPull("vda", 1)
        refused(corral.VIR_ERR_OPERATION_INVALID, "active block job", dom.migrate, dom, destination)
        dom:blockJobAbort("vda")
        dom:backupBegin("<domainbackup mode='pull'/>", nil)
        refused(corral.VIR_ERR_OPERATION_TIMEOUT, "backup", dom.migrate, dom, destination)
        dom:abortJob()
        dom:snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>")
        refused(corral.VIR_ERR_OPERATION_INVALID, "1 snapshots", dom.migrate, dom, destination)
        dom:snapshotLookupByName("s"):delete()
        dom:destroy()
        refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom.migrate, dom, destination)
        source:defineXML((support.GUEST:gsub("type='qcow2'/><source file='/pool/top'", "type='qcow2' cache='writeback'/><source file='/pool/top'")))
        dom:create()
        refused(corral.VIR_ERR_MIGRATE_UNSAFE, "cache", dom.migrate, dom, destination)
        dom:migrate(destination, corral.VIR_MIGRATE_UNSAFE)
    end)

    it("finds the guest at its destination", function()
        local there = destination:defineXML(support.GUEST)
        dom:migrate(destination, LIVE)
        dom:create()
        refused(corral.VIR_ERR_OPERATION_INVALID, "already active", dom.migrate, dom, destination)
        refused(corral.VIR_ERR_OPERATION_FAILED, support.UUID, dom.migrate, dom, destination, 0, "other")
        there:destroy()
        there:undefine()
        destination:defineXML((support.GUEST:gsub("<uuid>4d", "<uuid>5d")))
        refused(corral.VIR_ERR_OPERATION_FAILED, "already exists", dom.migrate, dom, destination)
    end)

    for phase, side in pairs { Begin = "source", Prepare = "destination", Perform = "source", Finish = "destination" } do
        for way, flags in pairs { managed = 0, ["peer to peer"] = PEER, protected = corral.VIR_MIGRATE_CHANGE_PROTECTION } do
            it(("leaves everything as it was when %s fails, %s"):format(phase, way), function()
                local fault = ("<corral:call name='virDomainMigrate%s3Params' error='VIR_ERR_OPERATION_FAILED' message='broken' count='1'/>"):format(phase)
                local from = support.open_world(side == "source" and fault or "")
                local to = support.open_world(side == "destination" and fault or "")
                local guest = from:defineXML(support.GUEST)
                guest:create()
                refused(corral.VIR_ERR_OPERATION_FAILED, "broken", guest.migrate, guest, to, LIVE | PERSIST | UNDEFINE | flags)
                assert.equal(RUNNING, guest:state()[1])
                assert.equal("", names(to))
                guest:setMemory(1024)
                from:close()
                to:close()
            end)
        end
    end

    it("resumes the guest when sending breaks off", function()
        local from = support.open_world("<corral:job name='virDomainMigratePerform3Params' message='cable cut' count='1'/>")
        local guest = from:defineXML(support.GUEST)
        guest:create()
        local heard = hear(from, "lifecycle")
        refused(corral.VIR_ERR_OPERATION_FAILED, "migration out job: cable cut", guest.migrate, guest, destination)
        heard.wait(life("SUSPENDED", "MIGRATED"), life("RESUMED", "MIGRATED"))
        assert.equal(corral.VIR_DOMAIN_JOB_FAILED, guest:jobStats(PAST).type)
        guest:migrate(destination)
        from:close()
    end)

    -- through a daemon the source never hears of the phase that fails before it is reached
    it("is not undone by its last phase #direct", function()
        local from = support.open_world("<corral:call name='virDomainMigrateConfirm3Params' error='VIR_ERR_OPERATION_FAILED'/>")
        local guest = from:defineXML(support.GUEST)
        guest:create()
        guest:migrate(destination)
        assert.is_true(is_moved(guest))
        from:close()
    end)

    it("keeps to limits", function()
        assert.equal(math.maxinteger >> 20, dom:migrateGetMaxSpeed())
        assert.equal(0, dom:migrateGetMaxSpeed(1))
        assert.equal(300, dom:migrateGetMaxDowntime())
        assert.equal(64 << 20, dom:migrateGetCompressionCache())
        dom:migrateSetMaxSpeed(1)
        dom:migrateSetMaxSpeed(5, corral.VIR_DOMAIN_MIGRATE_MAX_SPEED_POSTCOPY)
        dom:migrateSetMaxDowntime(7)
        dom:migrateSetCompressionCache(4096)
        assert.same({ 1, 5, 7, 4096 }, { dom:migrateGetMaxSpeed(), dom:migrateGetMaxSpeed(1), dom:migrateGetMaxDowntime(),
            dom:migrateGetCompressionCache() })
        refused(corral.VIR_ERR_OVERFLOW, "bandwidth must be less than", dom.migrateSetMaxSpeed, dom, 1 << 44)
        refused(corral.VIR_ERR_OPERATION_INVALID, "in progress", dom.migrateStartPostCopy, dom)
        source:setCallTimeout(50)
        refused(corral.VIR_ERR_OPERATION_TIMEOUT, "", dom.migrate, dom, destination, LIVE)
        source:setCallTimeout(0)
        assert.equal(RUNNING, dom:state()[1])
        assert.equal("", names(destination))
        dom:destroy()
        for _, call in ipairs { "migrateGetMaxDowntime", "migrateGetCompressionCache", "migrateStartPostCopy" } do
            refused(corral.VIR_ERR_OPERATION_INVALID, "not running", dom[call], dom)
        end
    end)
end)
