-- What the tests of jobs share: a guest with layered disks, worlds of their own, and the events that come.
local assert = require "luassert"
local corral = require "corral"

corral.virEventRegisterDefaultImpl()

local support = {}

support.UUID = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
support.GUEST = ([[<domain type='test'><name>worker</name><uuid>%s</uuid><memory unit='MiB'>256</memory><vcpu>2</vcpu>
<os><type>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/pool/top'/>
<backingStore type='file'><format type='qcow2'/><source file='/pool/middle'/>
<backingStore type='file'><format type='raw'/><source file='/pool/base'/><backingStore/></backingStore></backingStore>
<target dev='vda' bus='virtio'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/pool/data'/><target dev='vdb' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/></disk>
</devices></domain>]]):format(support.UUID)

local kinds = {
    lifecycle = "LIFECYCLE", image = "BLOCK_JOB", disk = "BLOCK_JOB_2", threshold = "BLOCK_THRESHOLD",
    completed = "JOB_COMPLETED", iteration = "MIGRATION_ITERATION",
}

-- A world of its own, with what a node description says of it.
function support.open_world(content)
    local path = os.tmpname()
    local file <close> = io.open(path, "w")
    file:write("<node xmlns:corral='https://corral.dev/xmlns/test/1.0'>", content or "", "</node>")
    file:flush()
    local conn = corral.open("test://" .. path)
    os.remove(path)
    return conn
end

-- A call fails with that code, and its message has the text in it.
function support.refused(code, text, call, ...)
    local ok, problem = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(code, problem.code, tostring(problem))
    assert.truthy(problem.message:find(text, 1, true), problem.message)
end

function support.run_until(done)
    local timer = corral.virEventAddTimeout(1, function() end)
    while not done() do
        corral.virEventRunDefaultImpl()
    end
    corral.virEventRemoveTimeout(timer)
end

-- Hears of what happens, as lists of kind and arguments.
function support.hear(conn, ...)
    local heard = {}
    for _, kind in ipairs { ... } do
        conn:domainEventRegisterAny(nil, corral["VIR_DOMAIN_EVENT_ID_" .. kinds[kind]], function(_, _, ...)
            heard[#heard + 1] = { kind, ... }
        end)
    end
    function heard.wait(...)
        local expected = { ... }
        support.run_until(function() return #heard >= #expected end)
        for number = 1, #heard do
            for place, value in ipairs(expected[number] or {}) do
                assert.equal(value, heard[number][place], ("%s, event %d"):format(expected[number][1], number))
            end
        end
        assert.equal(#expected, #heard)
        for number = #heard, 1, -1 do
            heard[number] = nil
        end
    end
    return heard
end

function support.life(event, detail)
    return { "lifecycle", corral["VIR_DOMAIN_EVENT_" .. event], corral[("VIR_DOMAIN_EVENT_%s_%s"):format(event, detail)] }
end

-- Asks again and again.
function support.poll(done)
    while not done() do
    end
end

-- The part of a guest's document about a disk.
function support.disk(dom, target, flags)
    for disk in dom:XMLDesc(flags or 0):gmatch("<disk.-</disk>") do
        if disk:find("<target dev='" .. (target or "vda") .. "'", 1, true) then
            return disk
        end
    end
end

-- The images of vda, topmost first.
function support.chain(dom, flags)
    local images = {}
    local disk = support.disk(dom, "vda", flags):gsub("<mirror.-</mirror>", "")
    for image in disk:gmatch("<source %a+='(.-)'") do
        images[#images + 1] = image
    end
    return table.concat(images, " ")
end

return support
