-- A real guest from nothing: lua5.4 guest.lua FOLDER [URI]; see guest.py, which prints the same.
local corral = require "corral"

local folder, uri = arg[1], arg[2]
local here = arg[0]:match("^(.*)/[^/]*$") or "."
if not folder or not folder:match("^/") then
    error("guest.lua FOLDER [URI]: the folder's path is absolute")
end

local function exists(path)
    local file = io.open(path)
    if file then file:close() end
    return file ~= nil
end

local function read(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("a")
    file:close()
    return text
end

local function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end

-- Words go in, lines come out.
local Console = {}
Console.__index = Console

function Console.new(conn, domain)
    local self = setmetatable({stream = conn:newStream(0), text = ""}, Console)
    domain:openConsole(nil, self.stream, 0)
    return self
end

function Console:wait(word)
    while not self.text:find(word, 1, true) do
        local data = self.stream:recv(4096)
        if #data == 0 then error("the console has ended: " .. self.text) end
        self.text = self.text .. data
    end
    local first, last = self.text:find(word, 1, true)
    local before = self.text:sub(1, first - 1)
    self.text = self.text:sub(last + 1)
    return before
end

function Console:ask(word, answer)
    self.stream:send(word .. "\n")
    return self:wait(answer)
end

local function has_disk(console)
    console:ask("disks", "guest: disks")
    return console:wait("\n"):find("vda", 1, true) ~= nil
end

local function picture(conn, domain, path)
    local stream = conn:newStream(0)
    local kind = domain:screenshot(stream, 0)
    local pieces = {}
    repeat
        local data = stream:recv(65536)
        pieces[#pieces + 1] = data
    until #data == 0
    stream:finish()
    write(path, table.concat(pieces))
    return kind
end

os.execute("mkdir -p '" .. folder .. "'")
if not exists(folder .. "/initrd") then
    assert(os.execute("'" .. here .. "/guest_image.sh' '" .. folder .. "'"))
end

local conn = corral.open(uri or "qemu:///embed?root=" .. folder .. "/host")
local domain = conn:defineXML((read(here .. "/qemu.xml"):gsub("FOLDER", folder)))
domain:create()
print("started: " .. domain:name())
local console = Console.new(conn, domain)
console:wait("guest: ready")
print("the guest is ready")

write(folder .. "/disk", ("\0"):rep(1 << 20))
domain:attachDevice(([[<disk type='file'><driver name='qemu' type='raw'/><source file='%s/disk'/>
<target dev='vda' bus='virtio'/></disk>]]):format(folder))
repeat until has_disk(console)
print("it has a disk: vda")

print("a picture: " .. picture(conn, domain, folder .. "/screen"))
domain:save(folder .. "/image")
print("saved, and off: " .. (domain:isActive() and "False" or "True"))
conn:restore(folder .. "/image")
console = Console.new(conn, domain)
console:ask("ping", "guest: pong")
print("restored, and it answers")

domain:shutdown()
repeat until not domain:isActive()
print("turned off")
domain:undefine()
conn:close()
