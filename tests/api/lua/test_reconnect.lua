-- Connections that outlive their daemon; those of Python's are in tests/system/test_reconnect.py.
local corral = require "corral"

local GUEST = [[<domain type='test'><name>%s</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>]]

describe("a connection that outlives its daemon #direct", function()
    local build = assert(os.getenv("CORRAL_BUILD"))
    local root, uri, pid, timer

    local function run(command)
        local pipe = assert(io.popen(command))
        local answer = pipe:read("l")
        pipe:close()
        return answer
    end

    local function start()
        pid = run(("env -u LD_PRELOAD '%s/bin/corrald' --root '%s' > '%s/log' 2>&1 & echo $!"):format(build, root, root))
        local conn
        repeat
            local fine, result = pcall(corral.open, uri)
            conn = fine and result
        until conn
        conn:close()
    end

    local function kill()
        os.execute("kill -9 " .. pid)
    end

    local function run_until(done)
        while not done() do
            corral.virEventRunDefaultImpl()
        end
    end

    setup(function()
        corral.virEventRegisterDefaultImpl()
        root = run("mktemp -d")
        uri = ("test+unix:///default?socket=%s/run/corral-sock"):format(root)
        timer = corral.virEventAddTimeout(10, function() end)
        start()
    end)

    teardown(function()
        kill()
        corral.virEventRemoveTimeout(timer)
        os.execute(("rm -rf '%s'"):format(root))
    end)

    it("tells of the gap, and of what has changed in it", function()
        local conn = corral.open(uri, 60, true)
        local gaps, heard = {}, {}
        local number = conn:registerGapCallback(function(link, event, reason, milliseconds, changes, opaque)
            assert(opaque == "opaque")
            gaps[#gaps + 1] = { event = event, reason = reason, milliseconds = milliseconds, changes = changes }
        end, "opaque")
        local watch = conn:domainEventRegisterAny(nil, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, function(link, dom, event)
            heard[#heard + 1] = dom:name() .. " " .. event
        end)
        conn:defineXML(GUEST:format("mine"))
        run_until(function() return #heard == 1 end)
        kill()
        run_until(function() return #gaps == 1 end)
        assert.equal(corral.CORRAL_GAP_BEGIN, gaps[1].event)
        assert.same({}, gaps[1].changes)
        start()
        run_until(function() return #gaps == 2 end)
        assert.equal(corral.CORRAL_GAP_END, gaps[2].event)
        assert.equal("integer", math.type(gaps[2].milliseconds))
        assert.equal(1, #gaps[2].changes)
        local change = gaps[2].changes[1]
        assert.equal("mine", change.name)
        assert.equal(corral.CORRAL_GAP_DOMAIN, change.object)
        assert.equal(corral.CORRAL_GAP_VANISHED, change.type)
        assert.equal(corral.VIR_DOMAIN_SHUTOFF, change.before)
        assert.equal(-1, change.after)
        conn:lookupByName("test"):suspend()
        run_until(function() return #heard == 2 end)
        assert.equal("test " .. corral.VIR_DOMAIN_EVENT_SUSPENDED, heard[2])
        conn:domainEventDeregisterAny(watch)
        conn:deregisterGapCallback(number)
        conn:close()
    end)

    it("fails at once in the gap, and can be closed there", function()
        local conn = corral.openReadOnly(uri, nil, true)
        kill()
        run_until(function() return not conn:isAlive() end)
        local fine, err = pcall(conn.listAllDomains, conn)
        assert.is_false(fine)
        assert.equal(corral.VIR_ERR_SYSTEM_ERROR, err.code)
        assert.truthy(tostring(err):find("is gone since", 1, true))
        conn:close()
        start()
    end)

    it("is what gaps are told of, and no other", function()
        local plain <close> = corral.open(uri)
        local fine, err = pcall(plain.registerGapCallback, plain, print)
        assert.is_false(fine)
        assert.equal(corral.VIR_ERR_OPERATION_INVALID, err.code)
        local within <close> = corral.open("test:///default", nil, true)
        within:deregisterGapCallback(within:registerGapCallback(print))
    end)
end)
