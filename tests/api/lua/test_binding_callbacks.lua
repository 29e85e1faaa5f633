-- Lua functions that C calls: queued ones from the event loop, direct ones within a call.
local corral = require "corral"
local lfs = require "lfs"

corral.virEventRegisterDefaultImpl()

-- Turns the loop until `done` says so; a timer keeps it from waiting for ever.
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

-- Lets the loop free what has been removed.
local function settle()
    local turns = 0
    local timer = corral.virEventAddTimeout(0, function() turns = turns + 1 end)
    run_until(function() return turns > 2 end)
    corral.virEventRemoveTimeout(timer)
    corral.virEventRunDefaultImpl()
    collectgarbage()
    collectgarbage()
end

-- Runs a script of its own; its output and whether it went well.
local function run_script(text)
    local name = os.tmpname()
    local file <close> = io.open(name, "w")
    file:write(text)
    file:flush()
    local pipe = io.popen("lua5.4 " .. name .. " 2>&1")
    local output = pipe:read("a")
    local ok = pipe:close()
    os.remove(name)
    return output, ok
end

describe("timers", function()
    it("call with their number and what was registered with them", function()
        local seen = {}
        local timer
        timer = corral.virEventAddTimeout(0, function(...)
            seen = { n = select("#", ...), ... }
        end, "opaque")
        run_until(function() return seen.n end)
        assert.same({ n = 2, timer, "opaque" }, seen)
        corral.virEventRemoveTimeout(timer)
    end)

    it("may remove themselves", function()
        local timer, calls = nil, 0
        timer = corral.virEventAddTimeout(0, function()
            calls = calls + 1
            corral.virEventRemoveTimeout(timer)
        end)
        settle()
        assert.equal(1, calls)
    end)

    it("let go of the function and its value when they are removed", function()
        local weak = setmetatable({}, { __mode = "v" })
        local timer
        do
            local opaque = {}
            weak[1], weak[2] = function() return opaque end, opaque
            timer = corral.virEventAddTimeout(100000, weak[1], weak[2])
        end
        collectgarbage()
        assert.is_function(weak[1])
        assert.is_table(weak[2])
        corral.virEventRemoveTimeout(timer)
        settle()
        assert.is_nil(weak[1])
        assert.is_nil(weak[2])
    end)

    it("let go of the function of a registration that failed", function()
        local weak = setmetatable({}, { __mode = "v" })
        weak[1] = {}
        assert.is_false((pcall(corral.virEventAddHandle, -1, 1, function() end, weak[1])))
        settle()
        assert.is_nil(weak[1])
    end)

    it("may yield in their callbacks", function()
        local timer
        local thread = coroutine.create(function()
            timer = corral.virEventAddTimeout(0, function()
                coroutine.yield("from the callback")
            end)
            corral.virEventRunDefaultImpl()
            return "done"
        end)
        assert.same({ true, "from the callback" }, { coroutine.resume(thread) })
        assert.same({ true, "done" }, { coroutine.resume(thread) })
        corral.virEventRemoveTimeout(timer)
    end)

    it("raise out of the loop's run function, and leave the others waiting", function()
        local calls = 0
        local trouble = setmetatable({}, { __name = "trouble" })
        local one = corral.virEventAddTimeout(0, function() error(trouble) end)
        local two = corral.virEventAddTimeout(0, function() calls = calls + 1 end)
        local ok, err = pcall(corral.virEventRunDefaultImpl)
        assert.is_false(ok)
        assert.equal(trouble, err)
        corral.virEventRemoveTimeout(one)
        while corral.pending() > 0 do
            pcall(corral.dispatch)
        end
        settle()
        assert.is_true(calls > 0)
        corral.virEventRemoveTimeout(two)
    end)
end)

describe("handles", function()
    local function descriptors()
        local listed, found = {}, {}
        for name in lfs.dir("/proc/self/fd") do
            listed[#listed + 1] = name
        end
        -- without the one that the listing itself was read by
        for _, name in ipairs(listed) do
            found[name] = lfs.attributes("/proc/self/fd/" .. name) and tonumber(name)
        end
        return found
    end

    it("call when there is something to read", function()
        local before = descriptors()
        local pipe = io.popen("echo hello; sleep 0.2")
        local fd
        for name, number in pairs(descriptors()) do
            fd = not before[name] and number or fd
        end
        local seen
        local watch
        watch = corral.virEventAddHandle(fd, corral.VIR_EVENT_HANDLE_READABLE, function(...)
            seen = { ... }
            corral.virEventUpdateHandle(watch, 0)
        end, "opaque")
        run_until(function() return seen end)
        assert.same({ watch, fd }, { seen[1], seen[2] })
        assert.is_true(seen[3] & corral.VIR_EVENT_HANDLE_READABLE ~= 0)
        assert.equal("opaque", seen[4])
        corral.virEventRemoveHandle(watch)
        settle()
        pipe:close()
    end)
end)

describe("events of guests", function()
    it("come with the connection, the guest, the event, its detail and the opaque value", function()
        local conn = corral.open("test:///default")
        local dom = conn:lookupByName("test")
        local seen = {}
        local id = conn:domainEventRegisterAny(nil, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, function(...)
            seen[#seen + 1] = { n = select("#", ...), ... }
        end, "opaque")
        assert.equal("integer", math.type(id))
        dom:suspend()
        dom:resume()
        run_until(function() return #seen == 2 end)
        assert.equal(5, seen[1].n)
        assert.is_true(seen[1][1] == conn)
        assert.is_true(seen[1][2] == dom)
        assert.equal(corral.VIR_DOMAIN_EVENT_SUSPENDED, seen[1][3])
        assert.equal(corral.VIR_DOMAIN_EVENT_RESUMED, seen[2][3])
        assert.equal("integer", math.type(seen[1][4]))
        assert.equal("opaque", seen[1][5])
        conn:domainEventDeregisterAny(id)
        dom:suspend()
        dom:resume()
        settle()
        assert.equal(2, #seen)
        seen = {}
        settle()
        dom:free()
        assert.equal(0, conn:close())
    end)

    it("may be of one guest, and refuse one of another class", function()
        local conn <close> = corral.open("test:///default")
        local ok, err = pcall(conn.domainEventRegisterAny, conn, conn, 0, function() end)
        assert.is_false(ok)
        assert.truthy(err.message:find("argument 'dom'", 1, true), err.message)
        for _, number in ipairs { -1, 1000, 1 << 31 } do
            assert.is_false((pcall(conn.domainEventRegisterAny, conn, nil, number, function() end)))
        end
    end)

    it("have the old pair of calls too", function()
        local conn = corral.open("test:///default")
        local dom = conn:lookupByName("test")
        local calls = 0
        local function count(_, _, _, _, opaque)
            calls = calls + opaque
        end
        conn:domainEventRegister(count, 10)
        dom:suspend()
        run_until(function() return calls == 10 end)
        conn:domainEventDeregister(count)
        dom:resume()
        settle()
        assert.equal(10, calls)
        local ok, err = pcall(conn.domainEventDeregister, conn, count)
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_INVALID_ARG, err.code)
        dom:free()
        conn:close()
    end)
end)

describe("functions called within a call", function()
    local conn, pool, volume

    before_each(function()
        conn = corral.open("test:///default")
        pool = conn:storagePoolLookupByName("default-pool")
        volume = pool:createXML("<volume><name>streamed</name><capacity>1048576</capacity></volume>")
    end)
    after_each(function()
        volume:delete()
        conn:close()
    end)

    local function upload(handler, opaque)
        local stream <close> = conn:newStream()
        volume:upload(stream, 0, 0)
        stream:sendAll(handler, opaque)
        stream:finish()
    end

    it("carry a stream's data, zero bytes included", function()
        local text = ("a\0b"):rep(1000)
        local rest = text
        upload(function(_, room, opaque)
            assert(opaque == 5)
            local part = rest:sub(1, math.min(room, 700))
            rest = rest:sub(#part + 1)
            return part
        end, 5)
        local stream, got = conn:newStream(), {}
        volume:download(stream, 0, #text)
        stream:recvAll(function(of, data, opaque)
            assert(of == stream and opaque == nil)
            got[#got + 1] = data
        end)
        stream:finish()
        assert.equal(text, table.concat(got))
    end)

    it("raise through the call, whatever they raise", function()
        local trouble = {}
        local ok, err = pcall(upload, function() error(trouble) end)
        assert.is_false(ok)
        assert.equal(trouble, err)
        ok, err = pcall(upload, function() error("text") end)
        assert.is_false(ok)
        assert.truthy(tostring(err):find("text", 1, true))
    end)

    it("refuse to yield, with an error", function()
        local thread = coroutine.create(function() upload(function() coroutine.yield() end) end)
        local ok, err = coroutine.resume(thread)
        coroutine.close(thread)
        assert.is_false(ok)
        assert.truthy(tostring(err):find("yield", 1, true))
    end)

    it("refuse answers that are no data", function()
        for _, answer in ipairs { true, {}, 1.5, print, conn } do
            local ok, err = pcall(upload, function() return answer end)
            assert.is_false(ok, tostring(answer))
            assert.equal(corral.Error, getmetatable(err))
        end
        assert.is_false((pcall(upload, function(_, room) return ("x"):rep(room + 1) end)))
    end)

    it("may free what the call works on", function()
        local stream = conn:newStream()
        volume:download(stream, 0, 1024)
        pcall(stream.recvAll, stream, function()
            stream:free()
            collectgarbage()
        end)
        assert.is_false((pcall(stream.finish, stream)))
        collectgarbage() -- the handler was given the stream too
    end)

    it("may make calls of their own, and catch their errors", function()
        local calls = 0
        upload(function()
            calls = calls + 1
            local ok, err = pcall(conn.lookupByName, conn, "nobody")
            assert(not ok and err.code == corral.VIR_ERR_NO_DOMAIN)
            return calls == 1 and "data" or ""
        end)
        assert.equal(2, calls)
    end)
end)

describe("error handlers", function()
    it("hear of every error until they are taken away", function()
        local conn <close> = corral.open("test:///default")
        local heard = {}
        corral.registerErrorHandler(function(...) heard[#heard + 1] = { ... } end, "context")
        pcall(conn.lookupByName, conn, "nobody")
        corral.registerErrorHandler(nil)
        pcall(conn.lookupByName, conn, "nobody")
        assert.equal(1, #heard)
        assert.equal("context", heard[1][1])
        assert.equal(corral.VIR_ERR_NO_DOMAIN, heard[1][2][1])
    end)
end)

describe("an event loop in Lua", function()
    local loop = [[
        local corral = require "corral"
        local timers, last = {}, 0
        corral.virEventRegisterImpl(
            function(fd, events, callback, opaque) return 1 end,
            function(watch, events) end,
            function(watch) return 0 end,
            function(timeout, callback, opaque)
                last = last + 1
                timers[last] = { timeout = timeout, callback = callback, opaque = opaque }
                return last
            end,
            function(timer, timeout) timers[timer].timeout = timeout end,
            function(timer)
                timers[timer].opaque:free()
                timers[timer] = nil
                return 0
            end)
        local function turn()
            for number, timer in pairs(timers) do
                if timer.timeout >= 0 then
                    timer.callback(number, timer.opaque)
                end
            end
            corral.dispatch()
        end
    ]]

    it("delivers events", function()
        local output, ok = run_script(loop .. [[
            local conn = corral.open("test:///default")
            local dom = conn:lookupByName("test")
            local seen
            local id = conn:domainEventRegisterAny(nil, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, function(_, _, event) seen = event end)
            dom:suspend()
            for _ = 1, 10 do turn() end
            print(seen == corral.VIR_DOMAIN_EVENT_SUSPENDED)
            conn:domainEventDeregisterAny(id)
            turn()
            dom:free()
            collectgarbage() -- what the callback was given
            print(conn:close())
        ]])
        assert.equal("true\n0\n", output)
        assert.is_true(ok)
    end)

    it("runs timers and refuses to call what has been freed", function()
        local output, ok = run_script(loop .. [[
            local calls = 0
            local timer = corral.virEventAddTimeout(0, function(_, opaque) calls = calls + opaque end, 3)
            turn()
            local kept = timers[timer]
            corral.virEventRemoveTimeout(timer)
            print(calls, timers[timer])
            local ok, err = pcall(kept.callback, timer, kept.opaque)
            print(ok, err.name)
            for _, bad in ipairs { 1, "x", {}, io.stdout } do
                assert(not pcall(kept.callback, timer, bad))
            end
            assert(not pcall(kept.callback))
        ]])
        assert.equal("3\tnil\nfalse\tVIR_ERR_INVALID_ARG\n", output)
        assert.is_true(ok)
    end)

    it("may raise", function()
        local output = run_script([[
            local corral = require "corral"
            local function fail() error("no such loop") end
            corral.virEventRegisterImpl(fail, fail, fail, fail, fail, fail)
            print(pcall(corral.virEventAddTimeout, 0, function() end))
        ]])
        assert.truthy(output:find("^false.*no such loop"), output)
    end)
end)

describe("the end of a script", function()
    it("may come with everything still registered", function()
        local output, ok = run_script([[
            local corral = require "corral"
            corral.virEventRegisterDefaultImpl()
            local conn = corral.open("test:///default")
            local dom = conn:lookupByName("test")
            conn:domainEventRegisterAny(nil, 0, function() end, {})
            pcall(conn.registerCloseCallback, conn, function() end, {})
            corral.virEventAddTimeout(0, function() end, {})
            dom:suspend()
            dom:resume()
            corral.virEventAddTimeout(0, function() error("out") end)
            print(pcall(corral.virEventRunDefaultImpl))
            print(corral.pending() >= 0)
        ]])
        assert.truthy(output:find("true\n$"), output)
        assert.is_true(ok)
    end)
end)
