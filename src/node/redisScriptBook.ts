/** Of the script in Redis: reading a book, what time brings back (`quota/refill.ts`, `quota/shares.ts`), keeping it. */
export const OPEN = `
local n = {struct.unpack('<' .. ('d'):rep(#ARGV[2] / 8), ARGV[2])}
local min, max, floor, ceil, exp, INF = math.min, math.max, math.floor, math.ceil, math.exp, math.huge
local known, wants = n[2], table.remove(n, 3)
if not raw then
  if redis.call('EXISTS', key) == 1 then return redis.error_reply('SLUICEFOREIGN') end
  if known > 0 or op == 'get' then return {struct.pack('<dddddddd', 0, 0, 0, -1, serverMs, serverMs, 0, -1)} end
  if op == 'put' then raw = nil else
    raw = struct.pack('<@headDoubles', @format, serverMs, serverMs, 0, 0, INF, 0, -8.64e15,
      -8.64e15, -8.64e15, -8.64e15, -8.64e15, 0, 0, 0, 0, -1, 0)
  end
elseif #raw < @headBytes or struct.unpack('<d', raw) ~= @format then return redis.error_reply('SLUICEFOREIGN') end
local head = raw and {struct.unpack('<@headDoubles', raw)} or {}
local before = head[@head_seq] or 0

if op == 'put' then
  if before ~= known then
    local reply = {struct.pack('<dddddddd', 2, 0, 0, -1, serverMs, serverMs, before, head[@head_base] or -1)}
    reply[2] = redis.call('HGETALL', key)
    return reply
  end
  redis.call('DEL', key)
  if oldLog then redis.call('DEL', oldLog) end
  for at = 4, #ARGV, 1000 do redis.call('HSET', key, unpack(ARGV, at, min(at + 999, #ARGV))) end
  redis.call('PEXPIRE', key, @keepMs)
  redis.call('SADD', KEYS[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[2], @keepMs)
  return {struct.pack('<dddddddd', 1, 1, 0, -1, serverMs, serverMs, before, -1)}
end

local now = head[@head_atMs] + max(0, min(serverMs - head[@head_wallMs], @longestMs))
if op == 'get' then
  local reply = {struct.pack('<dddddddd', 1, 1, 0, -1, now, serverMs, before, head[@head_base])}
  if known ~= before then reply[2] = redis.call('HGETALL', key) end
  return reply
end
head[@head_atMs], head[@head_wallMs] = now, serverMs

local cold = redis.call('HGET', key, 'c')
local rows, slides, models, slotsText, slotsAt = {}, false, false, nil, 1
for index = 1, head[@head_rowCount] do
  local row = {struct.unpack('<' .. ('d'):rep(@hot), raw, @headBytes + 1 + (index - 1) * @hot * 8)}
  for field, value in ipairs({struct.unpack('<' .. ('d'):rep(@cold), cold, 1 + (index - 1) * @cold * 8)}) do
    if field <= @cold then row[@hot + field] = value end
  end
  rows[index] = row
  if row[@hasModel] == 1 then models = true end
  if row[@refill] == @refill_sliding or row[@slotCount] > 0 then
    slides = true
    slotsText = slotsText or redis.call('HGET', key, 's') or ''
    row.slots = {}
    for slot = 1, row[@slotCount] do
      local number, amount
      number, amount, slotsAt = struct.unpack('<dd', slotsText, slotsAt)
      row.slots[slot] = {number, amount}
    end
  end
end
if models then
  local names = cjson.decode(redis.call('HGET', key, 'n')).rows
  for index, row in ipairs(rows) do row.model = names[index].model end
end
local PARTS = {0.4, 0.3, 0.2, 0.1}
local CRUMB, NEVER = 1e-9, 8.64e15

local function levelOf(row) return row[@share0] + row[@share1] + row[@share2] + row[@share3] end
local function weightOf(row, share)
  local part = PARTS[share + 1]
  local entitled, used = part * row[@size], row[@used0 + share]
  if share > 0 and used > entitled and head[@head_lenient] == 0 then return (part * entitled) / used end
  return part
end
local function isOpen(row, share) return row[@share0 + share] < PARTS[share + 1] * row[@size] * (1 - CRUMB) end
local function openWeights(row)
  local sum = 0
  for share = 0, 3 do if isOpen(row, share) then sum = sum + weightOf(row, share) end end
  return sum
end
local function untilOneIsFull(row)
  local weights, least = openWeights(row), INF
  for share = 0, 3 do
    if isOpen(row, share) then
      local missing = PARTS[share + 1] * row[@size] - row[@share0 + share]
      least = min(least, (missing * weights) / weightOf(row, share))
    end
  end
  return least
end
local function trim(row)
  for share = @share0, @share3 do row[share] = max(0, row[share]) end
  local over = levelOf(row) - row[@size]
  while over > 0 do
    local largest = @share0
    for share = @share1, @share3 do if row[share] > row[largest] then largest = share end end
    row[largest] = max(0, row[largest] - over)
    if over < row[@size] * 2.220446049250313e-16 then break end
    over = levelOf(row) - row[@size]
  end
end
local function fillRound(row, left)
  local step, weights = min(left, untilOneIsFull(row)), openWeights(row)
  if weights == 0 then return left end
  for share = 0, 3 do
    if isOpen(row, share) then
      row[@share0 + share] = row[@share0 + share] + (step * weightOf(row, share)) / weights
    end
  end
  return step
end
local function fill(row, amount)
  local left, round = min(amount, row[@size] - levelOf(row)), 0
  while round < 4 and left > CRUMB * row[@size] do
    left = left - fillRound(row, left)
    round = round + 1
  end
  trim(row)
end
local function returnsAtMs(row, number) return (number + 1) * (row[@windowMs] / 24) + row[@windowMs] end
local function slide(row)
  local slots = row.slots
  while slots[1] and now >= returnsAtMs(row, slots[1][1]) do
    local first = table.remove(slots, 1)
    local repaid = min(row[@owed], first[2])
    row[@owed] = row[@owed] - repaid
    fill(row, first[2] - repaid)
  end
  local kept = exp(-(row[@windowMs] / 24) / row[@windowMs])
  for used = @used0, @used3 do row[used] = #slots == 0 and 0 or row[used] * kept end
end
local function advance(row)
  local elapsed = now - row[@atMs]
  if elapsed < 1 then return end
  local whole, refill = floor(elapsed), row[@refill]
  row[@atMs] = row[@atMs] + whole
  if refill == @refill_continuous then
    if row[@refillPerMs] > 0 then
      local back = whole * row[@refillPerMs]
      local repaid = min(row[@owed], back)
      row[@owed] = row[@owed] - repaid
      fill(row, back - repaid)
      local kept = exp((-whole * row[@refillPerMs]) / row[@size])
      for used = @used0, @used3 do row[used] = row[used] * kept end
    end
  elseif refill == @refill_sliding then slide(row)
  elseif refill == @refill_at_reset and now >= row[@resetAtMs] then
    row[@resetAtMs], row[@owed], row[@foreign] = NEVER, 0, 0
    local bounded = max(0, row[@size])
    for share = 0, 3 do
      row[@used0 + share] = 0
      row[@share0 + share] = bounded * PARTS[share + 1]
    end
    trim(row)
  end
end
local function amountOf(unit, demand)
  if unit == @unit_requests then return 1 end
  if unit == @unit_tokens then return demand[1] + demand[2] end
  if unit == @unit_input_tokens then return max(0, demand[1] - (demand[3] == demand[3] and demand[3] or 0)) end
  if unit == @unit_output_tokens then return demand[2] end
  if unit == @unit_usd then return demand[4] == demand[4] and demand[4] or 0 end
  if unit == @unit_units then return demand[5] == demand[5] and demand[5] or (demand[1] + demand[2]) / 1000 end
  return 0
end
local function applies(row, model) return row[@hasModel] == 0 or row.model == model end
local function noteUse(row, amount)
  if row[@refill] == @refill_at_reset then
    if row[@windowMs] > 0 and row[@resetAtMs] == NEVER and amount > 0 then row[@resetAtMs] = now + row[@windowMs] end
    return
  end
  if row[@refill] ~= @refill_sliding then return end
  local number, slots = floor(now / (row[@windowMs] / 24)), row.slots
  if amount > 0 then
    local newest = slots[#slots]
    if newest and newest[1] == number then newest[2] = newest[2] + amount
    else slots[#slots + 1] = {number, amount} end
    return
  end
  local left = -amount
  while left > 0 and slots[1] do
    local last = slots[#slots]
    local back = min(left, last[2])
    last[2] = last[2] - back
    left = left - back
    if last[2] > 0 then return end
    slots[#slots] = nil
  end
end
`;

export const CLOSE = `
local function finish(ok, waitMs, tightest, field, value)
  head[@head_seq], head[@head_base] = before + 1, wants == 1 and before + 1 or -1
  local parts, colds, slots = {}, {}, {}
  for index, row in ipairs(rows) do
    local refill, plain = row[@refill], row[@status] == 0 and row[@threshold] == 0 and row[@owed] == 0
    row[@plain] = plain and 1 or 0
    local begun = refill ~= @refill_at_reset or row[@windowMs] <= 0 or row[@resetAtMs] ~= NEVER
    row[@quick] = plain and row[@hasModel] == 0 and refill ~= @refill_sliding and begun and 1 + refill or 0
    if row.slots then
      row[@slotCount] = #row.slots
      for _, slot in ipairs(row.slots) do slots[#slots + 1] = struct.pack('<dd', slot[1], slot[2]) end
    end
    parts[index + 1] = struct.pack('<' .. ('d'):rep(@hot), unpack(row, 1, @hot))
    colds[index] = struct.pack('<' .. ('d'):rep(@cold), unpack(row, @hot + 1, @hot + @cold))
  end
  local keep = serverMs - head[@head_keptMs] > 3600000 or before == 0
  if keep then head[@head_keptMs] = serverMs end
  parts[1] = struct.pack('<@headDoubles', unpack(head))
  redis.call('HSET', key, 'b', table.concat(parts), 'c', table.concat(colds))
  if field then redis.call('HSET', key, field, value) end
  if slides then redis.call('HSET', key, 's', table.concat(slots)) end
  -- What frees memory comes after what needs some: Redis asks only once whether it has any.
  if oldLog then redis.call('DEL', oldLog) end
  if wants == 1 then
    local log = KEYS[3] .. string.format('%.0f', before + 1)
    redis.call('DEL', log)
    redis.call('RPUSH', log, '')
    redis.call('PEXPIRE', log, @keepMs)
  end
  if keep then
    redis.call('PEXPIRE', key, @keepMs)
    redis.call('SADD', KEYS[2], ARGV[3])
    redis.call('PEXPIRE', KEYS[2], @keepMs)
  end
  local reply = {struct.pack('<dddddddd', 1, ok, waitMs, tightest, now, serverMs, before, head[@head_base])}
  if known ~= before then reply[2] = redis.call('HGETALL', key) end
  return reply
end
local function heldText(serial, priority, leaseUntil, demand, parts, holder)
  local values = {serial, priority, leaseUntil, demand[1], demand[2], demand[3], demand[4], demand[5], #parts}
  for _, part in ipairs(parts) do
    local count = #values
    for field = 1, 6 do values[count + field] = part[field] end
  end
  return struct.pack('<' .. ('d'):rep(#values), unpack(values)) .. holder
end
`;
