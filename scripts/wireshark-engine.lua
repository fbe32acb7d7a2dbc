-- What follows the tables: it walks through a packet as bringup's own decoder does (src/review/apr/decode.ts).

local apr = Proto("apr", "Qualcomm APR/GPR")
local fields, kinds = {}, {}

-- One field for each name, so that a filter finds it in every packet.
for name, form in pairs(FIELDS) do
  local base = form.hex and base.HEX or base.DEC
  local label = name:gsub("_", " ")
  local id = "apr." .. name
  kinds[name] = form.type
  if form.type == "wide" then fields[name] = ProtoField.uint64(id, label, base)
  elseif form.type == "text" then fields[name] = ProtoField.string(id, label)
  elseif form.type == "raw" then fields[name] = ProtoField.bytes(id, label)
  else fields[name] = ProtoField.uint32(id, label, base, form.names and NAMES[form.names]) end
end
fields.answers = ProtoField.framenum("apr.answers", "answers", base.NONE, frametype.RESPONSE)
fields.after = ProtoField.relative_time("apr.after", "after")
apr.fields = fields

local short = ProtoExpert.new("apr.short", "The payload ends too early", expert.group.PROTOCOL, expert.severity.WARN)
local size = ProtoExpert.new("apr.size", "Its size field is not what came", expert.group.PROTOCOL, expert.severity.WARN)
local refused = ProtoExpert.new("apr.refused", "The DSP refused", expert.group.RESPONSE_CODE, expert.severity.NOTE)
apr.experts = { short, size, refused }

-- A number of one, two or four bytes.
local function number(reader, at, bytes)
  return reader.tvb(at, bytes):le_uint()
end

local function add(reader, name, bytes, value)
  local range = reader.tvb(reader.at, bytes)
  if kinds[name] == "raw" or kinds[name] == "text" then reader.tree:add(fields[name], range)
  else reader.tree:add_le(fields[name], range) end
  reader.at = reader.at + bytes
  if value then
    reader.seen[name] = value
    reader.first = reader.first or { name = name, value = value }
  end
end

local function zeros(reader, bytes)
  for at = reader.at, reader.at + bytes - 1 do
    if reader.tvb(at, 1):uint() ~= 0 then return false end
  end
  return true
end

-- Bytes without a meaning are told when they are not zero; zeros under another name, or not at all.
local function raw(reader, name, bytes, zero)
  if reader.at + bytes > reader.stop then return false end
  if name ~= "payload" and zeros(reader, bytes) then
    if zero then add(reader, zero, bytes) else reader.at = reader.at + bytes end
  else
    add(reader, name, bytes)
  end
  return true
end

local function count(reader, said)
  if type(said) == "number" then return said end
  return reader.seen[said] or 0
end

local read

local steps = {
  n = function(reader, step)
    if reader.at + step.s > reader.stop then return false end
    add(reader, step.f, step.s, number(reader, reader.at, step.s))
    return true
  end,
  a = function(reader, step)
    local wanted = count(reader, step.c)
    local there = math.min(wanted, math.floor((reader.stop - reader.at) / step.s))
    for _ = 1, there do add(reader, step.f, step.s) end
    return there == wanted
  end,
  w = function(reader, step)
    if reader.at + 8 > reader.stop then return false end
    add(reader, step.f, 8)
    return true
  end,
  t = function(reader, step)
    if reader.at + step.s > reader.stop then return false end
    add(reader, step.f, step.s)
    return true
  end,
  r = function(reader, step)
    return raw(reader, "reserved", step.s)
  end,
  x = function(reader, step)
    for _ = 1, count(reader, step.c) do
      if not read(reader, step.of) then return false end
    end
    return true
  end,
  f = function(reader)
    local size = count(reader, "block_size")
    if size == PCM_BLOCK_BYTES then return read(reader, PCM_BLOCK) end
    local there = math.min(size, reader.stop - reader.at)
    if there > 0 then raw(reader, "format_block", there, "padding") end
    return there == size
  end,
  p = function(reader)
    if not read(reader, PARAM_HEAD) then return false end
    local layout = PARAMS[reader.seen.module] and PARAMS[reader.seen.module][reader.seen.param]
    local wanted = reader.at + reader.seen.param_size
    local stop = reader.stop
    reader.stop = math.min(wanted, stop)
    local whole = layout == nil or read(reader, layout)
    if reader.at < reader.stop then raw(reader, "param_data", reader.stop - reader.at, "padding") end
    reader.at, whole, reader.stop = reader.stop, whole and reader.stop == wanted, stop
    return whole
  end,
}

read = function(reader, layout)
  for _, step in ipairs(layout) do
    if not steps[step.k](reader, step) then return false end
  end
  return true
end

-- Whose packet it is: by its size, or else by the length of its header.
local function is_gpr(tvb)
  local length = tvb:len()
  if length < 4 then return false end
  if tvb(2, 2):le_uint() == length then return false end
  if tvb(1, 3):le_uint() == length then return true end
  return math.floor(tvb(0, 1):uint() / 16) == 6
end

local function apr_header(tvb, tree)
  local first = tvb(0, 2):le_uint()
  local header = {
    version = first % 16, bytes = math.floor(first / 16) % 16 * 4, size = tvb(2, 2):le_uint(),
    src_svc = tvb(4, 1):uint(), src_domain = tvb(5, 1):uint(), src_port = tvb(6, 2):le_uint(),
    dest_svc = tvb(8, 1):uint(), dest_domain = tvb(9, 1):uint(), dest_port = tvb(10, 2):le_uint(),
    token = tvb(12, 4):le_uint(), opcode = tvb(16, 4):le_uint(), length = 20,
  }
  tree:add(fields.version, tvb(0, 1), header.version)
  tree:add(fields.header_bytes, tvb(0, 1), header.bytes)
  tree:add(fields.message_type, tvb(1, 1), math.floor(first / 256) % 4)
  tree:add_le(fields.packet_size, tvb(2, 2))
  local svc = function(domain, nr) return (domain == 3 and NAMES.modem_service or NAMES.service)[nr] end
  local named = function(item, name) if name then item:append_text(" (" .. name .. ")") end end
  named(tree:add(fields.src_svc, tvb(4, 1)), svc(header.src_domain, header.src_svc))
  tree:add(fields.src_domain, tvb(5, 1))
  tree:add_le(fields.src_port, tvb(6, 2))
  named(tree:add(fields.dest_svc, tvb(8, 1)), svc(header.dest_domain, header.dest_svc))
  tree:add(fields.dest_domain, tvb(9, 1))
  tree:add_le(fields.dest_port, tvb(10, 2))
  tree:add_le(fields.token, tvb(12, 4))
  tree:add_le(fields.opcode, tvb(16, 4))
  header.from = header.src_domain == 5 and "Linux" or svc(header.src_domain, header.src_svc) or "?"
  header.to = header.dest_domain == 5 and "Linux" or svc(header.dest_domain, header.dest_svc) or "?"
  header.sent = header.src_domain == 5 and header.dest_domain ~= 5
  return header
end

local function gpr_header(tvb, tree)
  local first = tvb(0, 1):uint()
  local header = {
    version = first % 16, bytes = math.floor(first / 16) * 4, size = tvb(1, 3):le_uint(),
    dest_domain = tvb(4, 1):uint(), src_domain = tvb(5, 1):uint(), src_port = tvb(8, 4):le_uint(),
    dest_port = tvb(12, 4):le_uint(), token = tvb(16, 4):le_uint(), opcode = tvb(20, 4):le_uint(), length = 24,
    src_svc = "", dest_svc = "",
  }
  tree:add(fields.version, tvb(0, 1), header.version)
  tree:add(fields.header_bytes, tvb(0, 1), header.bytes)
  tree:add(fields.packet_size, tvb(1, 3), header.size)
  tree:add(fields.gpr_dest_domain, tvb(4, 1))
  tree:add(fields.gpr_src_domain, tvb(5, 1))
  tree:add_le(fields.src_port, tvb(8, 4))
  tree:add_le(fields.dest_port, tvb(12, 4))
  tree:add_le(fields.token, tvb(16, 4))
  tree:add_le(fields.opcode, tvb(20, 4))
  local port = function(nr) return NAMES.gpr_port[nr] or string.format("port 0x%x", nr) end
  header.from = header.src_domain == 3 and "Linux" or port(header.src_port)
  header.to = header.dest_domain == 3 and "Linux" or port(header.dest_port)
  header.sent = header.src_domain == 3 and header.dest_domain ~= 3
  return header
end

-- What a capture of bringup says of a command that the channel did not take.
local comment = Field.new("frame.comment")

local function unsent()
  for _, info in ipairs({ comment() }) do
    if tostring(info):find("not sent: ", 1, true) then return true end
  end
  return false
end

-- Commands that wait for an answer, and what each answer was for; found once, when the file is read.
local waiting, answered = {}, {}

function apr.init()
  waiting, answered = {}, {}
end

local function take(key)
  local list = waiting[key]
  return list and table.remove(list, 1)
end

local function pair(pinfo, header, message, first)
  local key = function(svc, opcode) return svc .. " " .. header.token .. " " .. opcode end
  if header.sent then
    if message and message.kind == "command" and not unsent() then
      local mine = key(header.dest_svc, header.opcode)
      waiting[mine] = waiting[mine] or {}
      table.insert(waiting[mine], { frame = pinfo.number, time = pinfo.abs_ts })
    end
    return
  end
  if header.opcode == ACCEPTED then return end
  local commands = first and first.name == "command" and { first.value } or ANSWERS[header.opcode] or {}
  for _, command in ipairs(commands) do
    local found = take(key(header.src_svc, command))
    if found then
      answered[pinfo.number] = { frame = found.frame, after = pinfo.abs_ts - found.time }
      return
    end
  end
end

local function words(header, message, reader)
  local text = message and message.name or string.format("opcode 0x%x", header.opcode)
  local command = reader.seen.command
  if command then text = text .. " to " .. (NAMES.opcode[command] or string.format("0x%x", command)) end
  local status = reader.seen.status
  if status then text = text .. ": " .. (NAMES.status[status] or string.format("status 0x%x", status)) end
  local asked = command and MESSAGES[command] or message
  if asked and asked.stream then
    local port = header.sent and header.src_port or header.dest_port
    text = text .. string.format(", session %d stream %d", math.floor(port / 256), port % 256)
  end
  return text
end

function apr.dissector(tvb, pinfo, root)
  local gpr = is_gpr(tvb)
  local length = tvb:len()
  pinfo.cols.protocol = gpr and "GPR" or "APR"
  local tree = root:add(apr, tvb(), gpr and "Qualcomm GPR" or "Qualcomm APR")
  if length < (gpr and 24 or 20) then
    pinfo.cols.info = length .. " bytes, no packet"
    tree:add_proto_expert_info(short)
    return length
  end
  local header = (gpr and gpr_header or apr_header)(tvb, tree)
  local message = MESSAGES[header.opcode]
  local stop = math.min(header.size, length)
  local reader = { tvb = tvb, tree = tree, at = math.min(header.bytes, stop), stop = stop, seen = {} }
  local whole = message == nil or message.layout == nil or read(reader, message.layout)
  if reader.at < reader.stop then
    raw(reader, (message == nil or message.layout == nil) and "payload" or "rest", reader.stop - reader.at, "padding")
  end
  if not whole then tree:add_proto_expert_info(short) end
  if header.size ~= length then tree:add_proto_expert_info(size) end
  local status = reader.seen.status
  if status and status ~= 0 then
    tree:add_proto_expert_info(refused, "Status " .. (NAMES.status[status] or status) .. ": " .. (STATUS_WORDS[status] or "?"))
  end
  if not pinfo.visited then pair(pinfo, header, message, reader.first) end
  local reply = answered[pinfo.number]
  if reply then
    tree:add(fields.answers, reply.frame):set_generated()
    local seconds = math.floor(reply.after)
    tree:add(fields.after, NSTime.new(seconds, math.floor((reply.after - seconds) * 1e9 + 0.5))):set_generated()
  end
  pinfo.cols.src = header.from
  pinfo.cols.dst = header.to
  pinfo.cols.info = words(header, message, reader)
  tree:append_text(", " .. words(header, message, reader))
  return length
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER0, apr)
