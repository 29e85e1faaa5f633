-- Consoles, channels, screens and the monitor of guests of the test driver.
local corral = require "corral"

corral.virEventRegisterDefaultImpl()

local GUEST = [[<domain type='test'><name>lua-lines</name><memory>65536</memory><os><type>hvm</type></os>
<metadata><c:guest xmlns:c='https://corral.dev/xmlns/test/1.0'><port name='org.corral.0' greeting='hello'/></c:guest></metadata><devices>
<console type='pty'/><channel type='unix'><target type='virtio' name='org.corral.0'/></channel><graphics type='vnc'/>
<disk type='file' device='disk'><source file='/disk'/><target dev='vda'/></disk></devices></domain>]]

local function refused(code, text, call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(code, err.code, err.message)
    assert.truthy(err.message:find(text, 1, true), err.message)
end

local function run_until(done)
    local timer = corral.virEventAddTimeout(1, function() end)
    for _ = 1, 5000 do
        if done() then
            break
        end
        corral.virEventRunDefaultImpl()
    end
    corral.virEventRemoveTimeout(timer)
    assert(done(), "it never came")
end

describe("lines", function()
    local conn, dom

    before_each(function()
        conn = corral.open("test:///default")
        dom = conn:createXML(GUEST)
    end)
    after_each(function()
        pcall(dom.destroy, dom)
        conn:close()
    end)

    it("greet and say again what they hear", function()
        local stream = conn:newStream()
        dom:openConsole(nil, stream)
        assert.equal("lua-lines login: ", stream:recv(64))
        stream:send("root\n")
        assert.equal("root\n", stream:recv(64))
        stream:finish()
        stream = conn:newStream()
        dom:openChannel("org.corral.0", stream)
        assert.equal("hello", stream:recv(64))
        stream:abort()
    end)

    it("have one user, until somebody takes over", function()
        local one, two = conn:newStream(), conn:newStream()
        dom:openConsole(nil, one)
        refused(corral.VIR_ERR_OPERATION_FAILED, "Active console session", dom.openConsole, dom, nil, two)
        dom:openConsole(nil, two, corral.VIR_DOMAIN_CONSOLE_FORCE)
        -- what has come already is given out first
        refused(corral.VIR_ERR_OPERATION_FAILED, "taken the line over", function() repeat until not one:recv(64) end)
        dom:destroy()
        assert.equal("lua-lines login: ", two:recv(64))
        assert.equal("", two:recv(64))
    end)

    it("are found or refused", function()
        local stream = conn:newStream()
        refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot find console device x", dom.openConsole, dom, "x", stream)
        refused(corral.VIR_ERR_INTERNAL_ERROR, "cannot find channel x", dom.openChannel, dom, "x", stream)
        refused(corral.VIR_ERR_INVALID_ARG, "it has 1", dom.openGraphicsFD, dom, 1)
        stream:abort()
    end)

    it("do as the monitor says", function()
        local say = function(line) return corral.qemuMonitorCommand(dom, line, corral.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) end
        local heard = {}
        local number = conn:domainEventRegisterAny(dom, corral.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, function(_, _, path, alias, action, reason)
            heard[#heard + 1] = { path, alias, action, reason }
        end)
        local names = {}
        local listener = corral.qemuMonitorEventRegister(conn, dom, nil, function(_, _, name) names[#names + 1] = name end)
        say("event io-error disk=vda action=pause reason=enospc")
        run_until(function() return #heard == 1 and #names == 2 end)
        assert.same({ "/disk", "disk0", corral.VIR_DOMAIN_EVENT_IO_ERROR_PAUSE, "enospc" }, heard[1])
        assert.same({ "BLOCK_IO_ERROR", "STOP" }, names)
        assert.equal(corral.VIR_DOMAIN_PAUSED, dom:state()[1])
        assert.equal("VM status: paused\r\n", say("info status"))
        refused(corral.VIR_ERR_INVALID_ARG, "unknown event", say, "event storm")
        assert.same({ '{"return":{"name":"lua-lines"}}', {} }, corral.qemuMonitorCommandWithFiles(dom, '{"execute":"query-name"}'))
        conn:domainEventDeregisterAny(number)
        corral.qemuMonitorEventDeregister(conn, listener)
    end)
end)

describe("callbacks that wait", function()
    it("are not called any more when they have been deregistered", function()
        local conn <close> = corral.open("test:///default")
        local dom, calls, number = conn:lookupByName("test"), 0, nil
        number = conn:domainEventRegisterAny(dom, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, function()
            calls = calls + 1
            if calls == 1 then
                conn:domainEventDeregisterAny(number)
            end
        end)
        for _ = 1, 3 do
            dom:suspend()
            dom:resume()
        end
        run_until(function() return calls > 0 end)
        local turns = 0
        local timer = corral.virEventAddTimeout(0, function() turns = turns + 1 end)
        run_until(function() return turns > 3 end)
        corral.virEventRemoveTimeout(timer)
        assert.equal(1, calls)
    end)

    it("are not called when a timer has removed another", function()
        local calls, one, two = 0, nil, nil
        local function first()
            calls = calls + 1
            corral.virEventRemoveTimeout(one)
            corral.virEventRemoveTimeout(two)
        end
        one, two = corral.virEventAddTimeout(0, first), corral.virEventAddTimeout(0, first)
        run_until(function() return calls > 0 end)
        assert.equal(1, calls)
        assert.equal(0, corral.lost())
    end)
end)
