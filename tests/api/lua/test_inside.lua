-- What is inside a guest of the test driver: its agent, and what its author writes of it.
local corral = require "corral"

local URI = "https://corral.dev/xmlns/test/1.0"
local GUEST = "<domain type='test'><name>%s</name><memory unit='MiB'>256</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>"

local function refused(code, text, call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(corral.Error, getmetatable(err), tostring(err))
    assert.equal(code, err.code, err.message)
    assert.truthy(err.message:find(text, 1, true), err.message)
end

local function write(guest, inside)
    guest:setMetadata(corral.VIR_DOMAIN_METADATA_ELEMENT, "<guest>" .. inside .. "</guest>", "corral", URI, corral.VIR_DOMAIN_AFFECT_LIVE)
end

-- Every call that asks the agent.
local asking = {
    ["guest-get-time"] = function(g) return g:getTime() end,
    ["guest-set-time"] = function(g) return g:setTime({ seconds = 5 }) end,
    ["guest-fsfreeze-freeze"] = function(g) return g:fsFreeze() end,
    ["guest-fsfreeze-thaw"] = function(g) return g:fsThaw() end,
    ["guest-fstrim"] = function(g) return g:fSTrim(nil, 0) end,
    ["guest-get-fsinfo"] = function(g) return g:fsInfo() end,
    ["guest-set-user-password"] = function(g) return g:setUserPassword("root", "secret") end,
    ["guest-get-host-name"] = function(g) return g:hostname() end,
    ["guest-get-vcpus"] = function(g) return g:guestVcpus() end,
    ["guest-set-vcpus"] = function(g) return g:setGuestVcpus("1", true) end,
    ["guest-ssh-get-authorized-keys"] = function(g) return g:authorizedSSHKeysGet("root") end,
    ["guest-ssh-add-authorized-keys"] = function(g) return g:authorizedSSHKeysSet("root", { "a" }) end,
    ["guest-get-users"] = function(g) return g:guestInfo(corral.VIR_DOMAIN_GUEST_INFO_USERS) end,
    ["guest-network-get-interfaces"] = function(g) return g:interfaceAddresses(corral.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT) end,
    ["guest-ping"] = function(g) return corral.qemuAgentCommand(g, '{"execute":"guest-ping"}', -1, 0) end,
}

describe("a guest's inside", function()
    local conn, guest

    before_each(function()
        conn = corral.open("test:///default")
        guest = conn:createXML(GUEST:format("lua-inside"))
    end)
    after_each(function()
        pcall(guest.destroy, guest)
        conn:close()
    end)

    for command, ask in pairs(asking) do
        it("answers " .. command .. ", unless it is said to be otherwise", function()
            ask(guest)
            write(guest, "<agent state='disconnected'/>")
            refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "is not connected", ask, guest)
            write(guest, "<agent state='none'/>")
            refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "is not configured", ask, guest)
            write(guest, "<agent><answer command='" .. command .. "' error='the disk is gone'/></agent>")
            refused(corral.VIR_ERR_INTERNAL_ERROR, "the disk is gone", ask, guest)
            write(guest, "<agent><answer command='" .. command .. "' missing='yes'/></agent>")
            refused(corral.VIR_ERR_OPERATION_UNSUPPORTED, "no command", ask, guest)
            write(guest, "<agent/>")
            ask(guest)
            guest:suspend()
            refused(corral.VIR_ERR_OPERATION_INVALID, "not running", ask, guest)
        end)
    end

    it("is waited for as long as was said", function()
        write(guest, "<agent state='silent'/>")
        guest:agentSetResponseTimeout(0)
        refused(corral.VIR_ERR_AGENT_UNRESPONSIVE, "within 0 seconds", guest.hostname, guest)
        refused(corral.VIR_ERR_INVALID_ARG, "must be -2 or greater", guest.agentSetResponseTimeout, guest, -3)
    end)

    it("is told as it was written", function()
        write(guest, [[<agent><hostname>web1</hostname><timezone name='CET' offset='3600'/><os id='debian'/>
            <user name='alice' login='1700000000000'/><key user='alice'>ssh-ed25519 AAAA</key></agent>]])
        local info = guest:guestInfo()
        assert.equal("web1", info.hostname)
        assert.equal(3600, info["timezone.offset"])
        assert.equal("debian", info["os.id"])
        assert.equal(1, info["user.count"])
        assert.equal(1700000000000, info["user.0.login-time"])
        assert.same({ "ssh-ed25519 AAAA" }, guest:authorizedSSHKeysGet("alice"))
    end)

    it("has processors of its own", function()
        guest:setGuestVcpus("1", false)
        assert.same({ vcpus = "0-1", online = "0", offlinable = "1" }, guest:guestVcpus())
        refused(corral.VIR_ERR_INVALID_ARG, "cannot give up", guest.setGuestVcpus, guest, "0", false)
        refused(corral.VIR_ERR_INVALID_ARG, "it has 0-1", guest.setGuestVcpus, guest, "7", false)
        guest:setVcpu("1", false)
        assert.equal(1, guest:vcpusFlags())
        refused(corral.VIR_ERR_INVALID_ARG, "already", guest.setVcpu, guest, "1", false)
    end)

    it("has to be right", function()
        local before = guest:XMLDesc()
        refused(corral.VIR_ERR_XML_ERROR, "no element 'agents'", write, guest, "<agents/>")
        refused(corral.VIR_ERR_XML_ERROR, "is wanted", write, guest, "<agent state='here'/>")
        assert.equal(before, guest:XMLDesc())
    end)

    it("asks for a time, or for the hardware's", function()
        refused(corral.VIR_ERR_INVALID_ARG, "only with 'flags'", guest.setTime, guest)
        guest:setTime(nil, corral.VIR_DOMAIN_TIME_SYNC)
    end)
end)

describe("networks and hosts", function()
    it("lend addresses and keep memory in reserve", function()
        local conn <close> = corral.open("test:///default")
        local lease = conn:networkLookupByName("default"):DHCPLeases("aa:bb:cc:dd:ee:ff")[1]
        assert.equal("virbr0", lease.iface)
        assert.equal(24, lease.prefix)
        assert.equal(2, conn:allocPages({ [2048] = 10 }, 0, 2))
        assert.equal(10, conn:getFreePages({ 2048 }, 1, 1)[1][2048])
        assert.equal(2, conn:allocPages({ [2048] = 0 }, 0, 2, corral.VIR_NODE_ALLOC_PAGES_SET))
        assert.equal(3145728, conn:getMemoryStats(-1).total)
        assert.equal(47, conn:getSEVInfo().cbitpos)
        assert.truthy(conn:getDomainCapabilities():find("<vcpu max='32'/>", 1, true))
        assert.equal(8, conn:getMemoryParameters() and 8)
        assert.same({ { "libvirt-test", true } }, conn:lookupByName("test"):securityLabelList())
        refused(corral.VIR_ERR_ARGUMENT_UNSUPPORTED, "Suspend-to-RAM", conn.suspendForDuration, conn, 0, 60)
    end)
end)
