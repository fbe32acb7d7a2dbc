-- Frames of DPAA for Wireshark: shows the frame descriptor and the scatter/gather table that bringup writes into the
-- comment of a frame as fields, so that they can be filtered (dpaa.fd.format == 4, dpaa.sgt.sum != dpaa.fd.length).
-- Wireshark 3.6 or newer; put it into the folder of personal Lua plugins, or use tshark -X lua_script:FILE.
-- SPDX-License-Identifier: GPL-2.0-only

local dpaa = Proto("dpaa", "DPAA frame descriptor (bringup)")

local formats = { [0] = "contiguous", [1] = "compound", [2] = "contiguous, long", [4] = "scatter/gather",
  [6] = "scatter/gather, long" }

local f = {
  bpid = ProtoField.uint8("dpaa.fd.bpid", "Buffer pool", base.DEC),
  addr = ProtoField.uint64("dpaa.fd.addr", "Address", base.HEX),
  format = ProtoField.uint8("dpaa.fd.format", "Format", base.DEC, formats),
  offset = ProtoField.uint16("dpaa.fd.offset", "Offset", base.DEC),
  length = ProtoField.uint32("dpaa.fd.length", "Length", base.DEC),
  word = ProtoField.uint32("dpaa.fd.cmd_status", "Command or status", base.HEX),
  entry = ProtoField.none("dpaa.sgt.entry", "Entry"),
  entry_addr = ProtoField.uint64("dpaa.sgt.addr", "Address", base.HEX),
  entry_length = ProtoField.uint32("dpaa.sgt.length", "Length", base.DEC),
  entry_bpid = ProtoField.uint8("dpaa.sgt.bpid", "Buffer pool", base.DEC),
  entry_offset = ProtoField.uint16("dpaa.sgt.offset", "Offset", base.DEC),
  entry_final = ProtoField.bool("dpaa.sgt.final", "Final"),
  sum = ProtoField.uint32("dpaa.sgt.sum", "Sum of the lengths", base.DEC),
}
dpaa.fields = { f.bpid, f.addr, f.format, f.offset, f.length, f.word, f.entry, f.entry_addr, f.entry_length,
  f.entry_bpid, f.entry_offset, f.entry_final, f.sum }

local wrong = ProtoExpert.new("dpaa.wrong", "bringup found something wrong", expert.group.PROTOCOL, expert.severity.ERROR)
dpaa.experts = { wrong }

local comment = Field.new("frame.comment")

-- The 32-bit words behind a label at the beginning of a line of the comment; nil without one.
local function words_behind(text, label)
  local line = ("\n" .. text):match("\n" .. label .. ": ([%x ]+)")
  if line == nil then return nil end
  local words = {}
  for word in line:gmatch("%x%x%x%x%x%x%x%x") do words[#words + 1] = tonumber(word, 16) end
  return words
end

-- Bits hi..lo of a word, without the bit library that Lua versions do not share.
local function bits(word, hi, lo)
  return math.floor(word / 2 ^ lo) % 2 ^ (hi - lo + 1)
end

local function address(high, low)
  return UInt64.new(low, bits(high, 7, 0))
end

local function show_table(tree, words)
  local sum = 0
  for index = 0, math.floor(#words / 4) - 1 do
    local a, b, c, d = words[4 * index + 1], words[4 * index + 2], words[4 * index + 3], words[4 * index + 4]
    local length, final = bits(c, 29, 0), bits(c, 30, 30) == 1
    sum = sum + length
    local entry = tree:add(f.entry):set_text(string.format("Entry %d: %d bytes%s", index, length, final and ", final" or ""))
    entry:add(f.entry_addr, address(a, b))
    entry:add(f.entry_length, length)
    entry:add(f.entry_bpid, bits(d, 23, 16))
    entry:add(f.entry_offset, bits(d, 12, 0))
    entry:add(f.entry_final, final)
    if final then break end
  end
  tree:add(f.sum, sum)
end

function dpaa.dissector(_, pinfo, root)
  for _, one in ipairs({ comment() }) do
    local text = tostring(one.value)
    local fd = words_behind(text, "fd")
    if fd ~= nil and #fd >= 4 then
      local format = bits(fd[3], 31, 29)
      local is_short = format == 0 or format == 4
      local length = bits(fd[3], is_short and 19 or 28, 0)
      local title = string.format("DPAA frame descriptor: %s, %d bytes", formats[format] or "unknown format", length)
      local tree = root:add(dpaa, title)
      tree:add(f.bpid, bits(fd[1], 23, 16))
      tree:add(f.addr, address(fd[1], fd[2]))
      tree:add(f.format, format)
      tree:add(f.offset, is_short and bits(fd[3], 28, 20) or 0)
      tree:add(f.length, length)
      tree:add(f.word, fd[4])
      local sgt = words_behind(text, "sgt")
      if sgt ~= nil then show_table(tree, sgt) end
      for line in ("\n" .. text):gmatch("\nwrong: ([^\n]+)") do tree:add_proto_expert_info(wrong, line) end
    end
  end
end

register_postdissector(dpaa)
