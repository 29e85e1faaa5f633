-- Every call of the description, with usable arguments and with hostile ones: a result or a clear error.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "binding_support"

corral.virEventRegisterDefaultImpl()
-- something for every turn of the loop to do, so that none waits
local timer = corral.virEventAddTimeout(0, function() end)

local function connect()
    return corral.open("test:///default")
end

local function each(visit)
    for _, call in ipairs(support.calls) do
        if not support.apart[call.c] then
            visit(call)
        end
    end
end

local function describe_call(call)
    return (call.owner == "" and "" or call.owner .. ":") .. call.name
end

local function check(call, what, ok, result)
    if not ok and not support.is_error(result) then
        error(("%s with %s raised no error of ours: %s"):format(describe_call(call), what, tostring(result)), 0)
    end
end

describe("every call", function()
    teardown(function() corral.virEventRemoveTimeout(timer) end)

    it("is there under its name", function()
        for _, call in ipairs(support.calls) do
            assert.is_function(support.find(call), describe_call(call))
        end
        assert.is_true(#support.calls > 450)
    end)

    it("takes its arguments and gives a result or an error", function()
        local made = 0
        each(function(call)
            local conn <close> = connect()
            local receiver, there = support.receiver(call, conn)
            if there then
                made = made + 1
                check(call, "usable arguments", support.invoke(call, receiver, support.arguments(call, conn)))
            end
        end)
        assert.is_true(made > 300, made .. " calls could be made")
    end)

    it("refuses an argument too many, and one too few", function()
        each(function(call)
            local conn <close> = connect()
            local receiver, there = support.receiver(call, conn)
            if not there then
                return
            end
            local arguments, least = support.arguments(call, conn), 0
            for number, parameter in ipairs(call.parameters) do
                least = parameter.optional and least or number
            end
            arguments.n = arguments.n + 1
            local ok, result = support.invoke(call, receiver, arguments)
            assert(not ok and support.is_error(result), describe_call(call) .. " took too many arguments")
            assert.equal(corral.VIR_ERR_INVALID_ARG, result.code)
            assert.truthy(result.message:find("argument", 1, true), result.message)
            if least > 0 then
                arguments.n = least - 1
                ok, result = support.invoke(call, receiver, arguments)
                assert(not ok and support.is_error(result), describe_call(call) .. " took too few arguments")
            end
        end)
    end)

    it("refuses what is no object of its class", function()
        local conn <close> = connect()
        local stream, freed, closed = conn:newStream(), conn:newStream(), connect()
        freed:free()
        closed:close()
        each(function(call)
            if call.owner == "" then
                return
            end
            local arguments = support.arguments(call, conn)
            local wrong = call.owner == "virStream" and conn or stream
            for what, self in pairs { wrong = wrong, freed = freed, closed = closed, text = "x", file = io.stdout, list = {} } do
                local ok, result = support.invoke(call, self, arguments)
                assert(not ok and support.is_error(result), describe_call(call) .. " works on " .. what)
            end
            local ok, result = pcall(support.find(call))
            assert(not ok and support.is_error(result), describe_call(call) .. " works on nothing")
        end)
    end)

    it("takes any hostile value without harm", function()
        local seen = 0
        each(function(call)
            for number, parameter in ipairs(call.parameters) do
                local conn <close> = connect()
                for _, hostile in ipairs(support.hostile(conn)) do
                    local receiver, there = support.receiver(call, conn)
                    if not there then
                        break
                    end
                    local arguments = support.arguments(call, conn)
                    arguments[number] = hostile[2]
                    check(call, parameter.name .. " = " .. hostile[1], support.invoke(call, receiver, arguments))
                    seen = seen + 1
                    if call.releases then
                        break
                    end
                end
            end
        end)
        assert.is_true(seen > 8000, seen .. " calls made")
    end)

    -- kinds whose every value of another type must be refused, by the argument's name
    local accepts = {
        int = "number", uint = "number", long = "number", ulong = "number", llong = "number", ullong = "number",
        size = "number", fd = "number", double = "number", bool = "boolean", string = "string", closure = "function",
        object = "userdata",
    }

    it("names the argument that is of a wrong type", function()
        local conn <close> = connect()
        local wrong = { number = 3.5, boolean = true, string = "12", ["function"] = print, userdata = io.stdout, table = {} }
        each(function(call)
            local receiver, there = support.receiver(call, conn)
            local _, complete = support.arguments(call, conn)
            if not there or not complete or call.releases then
                return
            end
            for number, parameter in ipairs(call.parameters) do
                local wanted = accepts[parameter.kind]
                for kind, value in pairs(wrong) do
                    local refused = wanted and (kind ~= wanted or kind == "number" and parameter.kind ~= "double" or kind == "userdata")
                    if refused then
                        local arguments = support.arguments(call, conn)
                        arguments[number] = value
                        local ok, result = support.invoke(call, receiver, arguments)
                        local what = ("%s, %s = a %s"):format(describe_call(call), parameter.name, kind)
                        assert(not ok and support.is_error(result), what .. " is taken")
                        assert.truthy(result.message:find("'" .. parameter.name .. "'", 1, true), what .. ": " .. result.message)
                        assert.equal(corral.VIR_ERR_INVALID_ARG, result.code)
                    end
                end
            end
        end)
    end)

    it("survives a collection after each", function()
        collectgarbage("generational")
        each(function(call)
            local conn = connect()
            local receiver, there = support.receiver(call, conn)
            if there then
                check(call, "usable arguments", support.invoke(call, receiver, support.arguments(call, conn)))
            end
            conn, receiver = nil, nil
            collectgarbage()
        end)
        collectgarbage("incremental")
    end)
end)
