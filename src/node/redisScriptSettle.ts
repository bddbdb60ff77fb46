/** Of the script in Redis: ending reservations, leases and the small operations, as `quota/operations.ts` has them. */
export const SETTLE = `

local function giveBack(row, part, amount, priority)
  row[@used0 + priority] = max(0, row[@used0 + priority] - amount)
  if row[@windowMs] > 0 then noteUse(row, -amount) end
  local owed = min(row[@owed], amount)
  row[@owed] = row[@owed] - owed
  local left = min(amount - owed, row[@size] - levelOf(row))
  local function put(share)
    local back = max(0, min(left, part[2 + share]))
    row[@share0 + share] = row[@share0 + share] + back
    left = left - back
  end
  for share = 0, priority - 1 do put(share) end
  for share = 3, priority, -1 do put(share) end
  fill(row, left)
end
local function drain(row, amount, priority)
  row[@used0 + priority] = row[@used0 + priority] + amount
  if row[@windowMs] > 0 then noteUse(row, min(amount, levelOf(row))) end
  local left = amount
  local function from(share)
    local part = min(left, row[@share0 + share])
    row[@share0 + share] = row[@share0 + share] - part
    left = left - part
  end
  for share = priority, 3 do from(share) end
  for share = priority - 1, 0, -1 do from(share) end
  row[@owed] = min(row[@size], row[@owed] + left)
end
local function release(held, used)
  for _, part in ipairs(held.parts) do
    local row = rows[part[1] + 1]
    if row then
      advance(row)
      local reserved = 0 + part[2] + part[3] + part[4] + part[5]
      local spent = used and amountOf(row[@unit], used) or 0
      row[@reserved] = max(0, row[@reserved] - reserved)
      if row[@reserved] < row[@size] * 1e-12 then row[@reserved] = 0 end
      local unpaid = min(part[6], row[@owed])
      row[@owed] = row[@owed] - unpaid
      local paid = reserved + part[6] - unpaid
      if spent <= paid then giveBack(row, part, paid - spent, held.priority)
      else drain(row, spent - paid, held.priority) end
    end
  end
end
local function readHeld(text)
  local held, at, count = {demand = {}, parts = {}}, 1, 0
  local d = held.demand
  held.serial, held.priority, held.lease, d[1], d[2], d[3], d[4], d[5], count, at = struct.unpack('<ddddddddd', text)
  if count == -1 then
    for index, row in ipairs(rows) do
      held.parts[index] = {index - 1, 0, 0, 0, 0, 0}
      held.parts[index][2 + held.priority] = amountOf(row[@unit], d)
    end
  end
  for index = 1, count do
    local part = {struct.unpack('<dddddd', text, at)}
    at = part[7]
    part[7] = nil
    held.parts[index] = part
  end
  held.holder = text:sub(at)
  return held
end
local function readWaiting()
  local list, at, text = {}, 1, head[@head_waitingCount] > 0 and redis.call('HGET', key, 'w') or ''
  for index = 1, head[@head_waitingCount] do
    local one = {demand = {}}
    local d = one.demand
    one.priority, one.limit, one.sinceMs, one.lease, one.behind, d[1], d[2], d[3], d[4], d[5], one.id, one.holder,
      one.model, at = struct.unpack('<ddddddddddI4c0I4c0I4c0', text, at)
    list[index] = one
  end
  return list
end
local function writeWaiting(list)
  local texts = {}
  for index, one in ipairs(list) do
    local d = one.demand
    texts[index] = struct.pack('<ddddddddddI4c0I4c0I4c0', one.priority, one.limit, one.sinceMs, one.lease, one.behind,
      d[1], d[2], d[3], d[4], d[5], #one.id, one.id, #one.holder, one.holder, #one.model, one.model)
  end
  head[@head_waitingCount] = #list
  redis.call('HSET', key, 'w', table.concat(texts))
end
local function reservations()
  local all, held, lapsed = redis.call('HGETALL', key), {}, {}
  for index = 1, #all, 2 do
    local kind = all[index]:sub(1, 2)
    local list = kind == 'h:' and held or kind == 'l:' and lapsed
    if list then
      local one = readHeld(all[index + 1])
      one.id = all[index]:sub(3)
      list[#list + 1] = one
    end
  end
  local function bySerial(a, b) return a.serial < b.serial end
  table.sort(held, bySerial)
  table.sort(lapsed, bySerial)
  return held, lapsed
end
local waiting = readWaiting()
local function keepHeld(kind, one)
  redis.call('HSET', key, kind .. one.id, heldText(one.serial, one.priority, one.lease, one.demand, one.parts, one.holder))
end
local function expire()
  local held, lapsed = reservations()
  local due = INF
  for index = #held, 1, -1 do
    local one = held[index]
    if one.lease > now then due = min(due, one.lease)
    else
      release(one, nil)
      head[@head_serial] = head[@head_serial] + 1
      one.serial = head[@head_serial]
      redis.call('HDEL', key, 'h:' .. one.id)
      head[@head_heldCount] = head[@head_heldCount] - 1
      lapsed[#lapsed + 1] = one
      keepHeld('l:', one)
    end
  end
  local alive, kept = {}, {}
  for _, one in ipairs(waiting) do
    if one.lease > now then
      alive[#alive + 1] = one
      due = min(due, one.lease)
    end
  end
  if #alive < #waiting then
    waiting = alive
    writeWaiting(waiting)
  end
  for _, one in ipairs(lapsed) do
    if one.lease > now - @lapsedForMs then kept[#kept + 1] = one
    else redis.call('HDEL', key, 'l:' .. one.id) end
  end
  for index, one in ipairs(kept) do
    if index <= #kept - 1000 then redis.call('HDEL', key, 'l:' .. one.id)
    else due = min(due, one.lease + @lapsedForMs) end
  end
  head[@head_lapsedCount] = min(#kept, 1000)
  head[@head_dueMs] = due
end
if now >= head[@head_dueMs] then expire() end
local function leaveLine(id)
  for index, one in ipairs(waiting) do
    if one.id == id then
      table.remove(waiting, index)
      writeWaiting(waiting)
      return true
    end
  end
  return false
end

if op == 'settle' then
  local id, used = ARGV[4], n[3] == 1 and {n[4], n[5], n[6], n[7], n[8]} or nil
  local text = redis.call('HGET', key, 'h:' .. id)
  if text then
    redis.call('HDEL', key, 'h:' .. id)
    head[@head_heldCount] = head[@head_heldCount] - 1
    release(readHeld(text), used)
    return finish(1, 0, -1)
  end
  text = redis.call('HGET', key, 'l:' .. id)
  if not text then return finish(0, 0, -1) end
  redis.call('HDEL', key, 'l:' .. id)
  head[@head_lapsedCount] = head[@head_lapsedCount] - 1
  local late = readHeld(text)
  if used then
    for _, part in ipairs(late.parts) do
      local row = rows[part[1] + 1]
      if row then
        advance(row)
        drain(row, amountOf(row[@unit], used), late.priority)
      end
    end
  end
  return finish(1, 0, -1)
end
if op == 'leave' then return finish(leaveLine(ARGV[4]) and 1 or 0, 0, -1) end
if op == 'renew' then
  local leaseUntil = now + n[3]
  for _, one in ipairs((reservations())) do
    if one.holder == ARGV[4] then
      one.lease = leaseUntil
      keepHeld('h:', one)
    end
  end
  for _, one in ipairs(waiting) do if one.holder == ARGV[4] then one.lease = leaseUntil end end
  if #waiting > 0 then writeWaiting(waiting) end
  head[@head_dueMs] = min(head[@head_dueMs], leaseUntil)
  return finish(1, 0, -1)
end
if op == 'poll' then
  local waitMs = max(0, head[@head_polledAtMs] + n[3] - now)
  if waitMs == 0 then head[@head_polledAtMs] = now end
  return finish(waitMs == 0 and 1 or 0, waitMs, -1)
end
`;
