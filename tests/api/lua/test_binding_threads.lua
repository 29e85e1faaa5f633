-- The event loop in a thread of its own, as an embedding program may have it: callbacks wait for dispatch().
package.cpath = os.getenv("CORRAL_BUILD") .. "/tests/?.so;" .. package.cpath
local corral = require "corral"
local loop = require "loop_thread"
local sleep = require("system").sleep

corral.virEventRegisterDefaultImpl()

local function wait(done)
    for _ = 1, 5000 do
        corral.dispatch()
        if done() then
            return
        end
        sleep(0.002)
    end
    error("it never came", 2)
end

describe("an event loop in another thread", function()
    setup(function() assert(loop.start()) end)
    teardown(function() loop.stop() end)

    it("queues events, which dispatch() delivers in this one", function()
        local conn <close> = corral.open("test:///default")
        local dom = conn:lookupByName("test")
        local seen, main = {}, coroutine.running()
        local id = conn:domainEventRegisterAny(nil, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, function(_, of, event)
            assert(coroutine.running() == main and of == dom)
            seen[#seen + 1] = event
        end)
        for _ = 1, 100 do
            dom:suspend()
            dom:resume()
        end
        wait(function() return #seen == 200 end)
        for number, event in ipairs(seen) do
            assert.equal(number % 2 == 1 and corral.VIR_DOMAIN_EVENT_SUSPENDED or corral.VIR_DOMAIN_EVENT_RESUMED, event)
        end
        conn:domainEventDeregisterAny(id)
    end)

    it("lets go of functions that its thread has freed", function()
        local weak = setmetatable({}, { __mode = "v" })
        for number = 1, 100 do
            weak[number] = {}
            corral.virEventRemoveTimeout(corral.virEventAddTimeout(100000, function() end, weak[number]))
        end
        wait(function()
            corral.getVersion()
            collectgarbage()
            return next(weak) == nil
        end)
    end)

    it("keeps no more than a script can be expected to take", function()
        local timers = {}
        for number = 1, 50 do
            timers[number] = corral.virEventAddTimeout(0, function() end)
        end
        local most = 0
        repeat
            most = math.max(most, corral.pending())
            sleep(0.002)
        until corral.lost() > 0
        assert.is_true(corral.pending() <= 65536)
        assert.is_true(most <= 65536)
        for _, timer in ipairs(timers) do
            corral.virEventRemoveTimeout(timer)
        end
        -- those that wait are dropped: their timers are gone
        corral.dispatch()
        assert.equal(0, corral.pending())
    end)

    it("fires timers while Lua works", function()
        local calls = 0
        local timer = corral.virEventAddTimeout(1, function() calls = calls + 1 end)
        local made = {}
        for number = 1, 20000 do
            made[number] = { number }
        end
        wait(function() return calls >= 5 end)
        corral.virEventRemoveTimeout(timer)
    end)
end)
