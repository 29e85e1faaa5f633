-- The annotations for editors against the module that runs: every name in both.
package.path = os.getenv("CORRAL_SOURCE") .. "/tests/api/lua/?.lua;" .. package.path
local corral = require "corral"
local support = require "binding_support"

local path = os.getenv("CORRAL_BUILD") .. "/generated/luacats/corral.lua"
local file <close> = assert(io.open(path))
local text = file:read("a")
local stubs = assert(load(text, "@" .. path))()

describe("the annotations", function()
    it("are Lua, and describe the module", function()
        assert.is_table(stubs)
        assert.truthy(text:find("^%-%-%-@meta corral\n"))
    end)

    it("have every function of the module and no other", function()
        for name, value in pairs(corral) do
            if type(value) == "function" then
                assert.is_function(stubs[name], name)
            end
        end
        for name, value in pairs(stubs) do
            assert.equal(type(value), type(corral[name]), name)
        end
    end)

    it("have every method of every class and no other", function()
        for class in pairs(support.classes) do
            for name in pairs(corral[class]) do
                assert.is_function(stubs[class][name], class .. ":" .. name)
            end
            for name in pairs(stubs[class]) do
                assert.is_function(corral[class][name], class .. ":" .. name)
            end
        end
    end)

    it("have every constant with its value", function()
        local count = 0
        for name, value in pairs(support.constants) do
            assert.equal(value, corral[name], name)
            assert.equal(value, stubs[name], name)
            count = count + 1
        end
        assert.is_true(count > 900)
        for name, value in pairs(corral) do
            if type(value) ~= "function" and type(value) ~= "table" then
                assert.equal(value, stubs[name], name)
            end
        end
    end)

    it("name the parameters of every call in order", function()
        for _, call in ipairs(support.calls) do
            local prefix = call.owner == "" and "corral." or call.owner .. ":"
            local _, _, given = text:find("function " .. prefix:gsub("%p", "%%%0") .. call.name .. "(%b()) end")
            assert.is_string(given, prefix .. call.name)
            local names = {}
            for _, parameter in ipairs(call.parameters) do
                names[#names + 1] = parameter.name:gsub("^end$", "end_")
            end
            assert.equal(table.concat(names, ", "), given:sub(2, -2))
        end
    end)

    it("use only types that are defined", function()
        local known = { integer = true, number = true, string = true, boolean = true, any = true, table = true, fun = true, ["nil"] = true, ["function"] = true }
        for name in text:gmatch("\n%-%-%-@class ([%w_.]+)") do
            known[name] = true
        end
        for name in text:gmatch("\n%-%-%-@alias ([%w_]+)") do
            known[name] = true
        end
        for type in text:gmatch("\n%-%-%-@param [%w_]+%?? ([^\n]*)") do
            local name = type:match("^[%w_.]+")
            assert(name == nil or known[name], type)
        end
        for type in text:gmatch("\n%-%-%-@return ([^\n]*)") do
            local name = type:match("^[%w_.]+")
            assert(name == nil or known[name], type)
        end
    end)
end)
