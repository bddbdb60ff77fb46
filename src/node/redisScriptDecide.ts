/** Of the script in Redis: a decision over all limits with shares, lending and the waiting line, as `quota/decide.ts` has it. */
export const DECIDE = `
local ask
if op == 'take' then
  local lent = {}
  for index = 1, n[14] do lent[index] = n[14 + index] end
  ask = {id = ARGV[4], holder = ARGV[5], model = ARGV[6], priority = n[3], demand = {n[4], n[5], n[6], n[7], n[8]},
    waitedMs = n[9], patienceMs = n[10], fair = n[11] == 1, lent = lent, leaseMs = n[12], behind = n[13]}
end
local function grant(parts)
  for _, part in ipairs(parts) do
    local row, amount = rows[part[1] + 1], part[2] + part[3] + part[4] + part[5]
    row[@reserved] = row[@reserved] + amount
    row[@used0 + ask.priority] = row[@used0 + ask.priority] + amount
    if row[@windowMs] > 0 then noteUse(row, amount) end
  end
  local leaseUntil = now + ask.leaseMs
  head[@head_serial] = head[@head_serial] + 1
  head[@head_dueMs] = min(head[@head_dueMs], leaseUntil)
  head[@head_heldCount] = head[@head_heldCount] + 1
  return finish(1, 0, -1, 'h:' .. ask.id,
    heldText(head[@head_serial], ask.priority, leaseUntil, ask.demand, parts, ask.holder))
end
local function takeOwn()
  local own, parts, place = {}, {}, @share0 + ask.priority
  for index, row in ipairs(rows) do
    if applies(row, ask.model) then
      if now - row[@atMs] >= 1 then advance(row) end
      local amount = amountOf(row[@unit], ask.demand)
      if row[@plain] == 0 or amount <= 0 or row[place] < amount then
        for taken, value in pairs(own) do rows[taken][place] = value end
        return nil
      end
      own[index] = row[place]
      row[place] = row[place] - amount
      local part = {index - 1, 0, 0, 0, 0, 0}
      part[2 + ask.priority] = amount
      parts[#parts + 1] = part
    end
  end
  return parts
end
local STARVED_AFTER_MS, TRY_AGAIN_MS = 60000, 60000
local LEAST = {[@unit_share] = 0.0001, [@unit_usd] = 0.001}
local function at(list, index) return list[index + 1] or 0 end
local function untilBackMs(row, amount)
  if amount <= 0 then return 0 end
  if row[@refill] == @refill_sliding then
    local back = -row[@owed]
    for _, slot in ipairs(row.slots) do
      back = back + slot[2]
      if back >= amount * (1 - 1e-9) then return max(1, ceil(returnsAtMs(row, slot[1]) - now)) end
    end
    return INF
  end
  if row[@refill] == @refill_continuous then
    if row[@refillPerMs] <= 0 then return INF end
    return max(1, ceil(row[@atMs] + (amount + row[@owed]) / row[@refillPerMs] - now))
  end
  return row[@resetAtMs] == NEVER and INF or max(1, ceil(row[@resetAtMs] - now))
end
local function sumFrom(row, first)
  local sum = 0
  for share = first, 3 do sum = sum + row[@share0 + share] end
  return sum
end
local function refillUntil(row, priority, need)
  local trial = {unpack(row)}
  local refilled = 0
  for _ = 0, 4 do
    local missing = need - sumFrom(trial, priority)
    if missing <= CRUMB * row[@size] then return refilled end
    local weights, ours = openWeights(trial), 0
    for share = priority, 3 do if isOpen(trial, share) then ours = ours + weightOf(trial, share) end end
    local step = untilOneIsFull(trial)
    if weights == 0 then return INF end
    local enough = ours > 0 and (missing * weights) / ours or INF
    if enough <= step then return refilled + enough end
    fillRound(trial, step)
    refilled = refilled + step
  end
  return INF
end
local function lentOf(row, share)
  local kept = (1 - at(ask.lent, share)) * PARTS[share + 1] * row[@size]
  return max(0, row[@share0 + share] - kept)
end
local function lentTo(row, priority)
  local sum = 0
  for share = 0, min(priority, #ask.lent) - 1 do sum = sum + lentOf(row, share) end
  return sum
end
local function reach(row, priority)
  local sum = 0
  for share = priority, 3 do sum = sum + PARTS[share + 1] end
  return sum * row[@size]
end
local function verdictOf(row)
  if row[@status] == 0 or now >= row[@statusUntilMs] then return nil end
  if row[@status] == @status_rejected then
    return untilBackMs(row, max(row[@size] - levelOf(row), row[@size] * 1e-6))
  end
  if row[@unit] == @unit_share and not (ask.fair and ask.priority == 3) then return 0 end
  return nil
end
local function thresholdMs(row, amount, priority)
  if row[@threshold] == 0 or priority <= 1 then return 0 end
  local missing = min(row[@size], row[@threshold] + amount) - levelOf(row)
  return missing > row[@size] * CRUMB and untilBackMs(row, missing) or 0
end
local function shareMs(row, amount, priority)
  local needed = min(amount, reach(row, priority)) - lentTo(row, priority)
  if needed - sumFrom(row, priority) <= row[@size] * CRUMB then return 0 end
  return untilBackMs(row, refillUntil(row, priority, needed))
end
local function roomIn(row, amount, asked)
  local level, whole = levelOf(row), min(amount, row[@size])
  local priority = (not ask.fair or ask.waitedMs >= STARVED_AFTER_MS) and 0 or asked
  local leastOf = row[@unit] == @unit_units and 0.001 or (LEAST[row[@unit]] or 1)
  local needed = ask.fair and asked == 0 and row[@owed] == 0 and min(whole, leastOf) or whole
  local waitMs = needed + row[@owed] - level > row[@size] * CRUMB and untilBackMs(row, needed - level) or 0
  if priority == 0 or waitMs == INF then return waitMs end
  local sharesMs = max(thresholdMs(row, whole, asked), shareMs(row, whole, priority))
  local starves = ask.patienceMs >= STARVED_AFTER_MS
  return max(waitMs, starves and min(sharesMs, STARVED_AFTER_MS - ask.waitedMs) or sharesMs)
end
local function waitOf(row, amount)
  local waitMs = verdictOf(row) or roomIn(row, max(amount, LEAST[row[@unit]] or 0), ask.priority)
  if waitMs < INF and waitMs > -INF then return waitMs end
  local readAtMs = row[@source] == 0 and now or row[@readAtMs]
  return max(0, min(TRY_AGAIN_MS, readAtMs + TRY_AGAIN_MS - now))
end
local function look()
  local waitMs, tightest = 0, -1
  for index, row in ipairs(rows) do
    if applies(row, ask.model) then
      advance(row)
      local one = waitOf(row, amountOf(row[@unit], ask.demand))
      if one > waitMs then waitMs, tightest = one, index - 1 end
    end
  end
  return waitMs, tightest
end
local function rankOf(priority, waitedMs) return waitedMs >= STARVED_AFTER_MS and 0 or priority end
local function firstInLine()
  local sinceMs, rank = now - ask.waitedMs, rankOf(ask.priority, ask.waitedMs)
  for _, one in ipairs(waiting) do
    local theirs = rankOf(one.priority, now - one.sinceMs)
    if one.id ~= ask.id and (theirs < rank or (theirs == rank and one.sinceMs < sinceMs)) then
      local row = rows[one.limit + 1]
      if row and applies(row, ask.model) and applies(row, one.model) and amountOf(row[@unit], ask.demand) > 0 then
        local ahead = amountOf(row[@unit], one.demand) + amountOf(row[@unit], ask.demand)
        local waitMs = roomIn(row, ahead, one.priority)
        return waitMs < INF and waitMs > -INF and max(1, waitMs) or TRY_AGAIN_MS, one.limit
      end
    end
  end
  return 0, -1
end
local function take(row, index)
  local priority, left, part = ask.priority, amountOf(row[@unit], ask.demand), {index - 1, 0, 0, 0, 0, 0}
  local function takeFrom(share, most)
    local amount = min(left, most, row[@share0 + share])
    row[@share0 + share] = row[@share0 + share] - amount
    part[2 + share] = part[2 + share] + amount
    left = left - amount
  end
  for share = priority, 3 do if left > 0 then takeFrom(share, left) end end
  for share = priority - 1, 0, -1 do if left > 0 then takeFrom(share, lentOf(row, share)) end end
  for share = priority - 1, 0, -1 do if left > 0 then takeFrom(share, left) end end
  if priority > 0 or not ask.fair then return part end
  local owed = min(left, row[@size] - row[@owed])
  row[@owed] = row[@owed] + owed
  part[6] = owed
  return part
end

head[@head_asked0 + ask.priority] = now
local parts, waitMs, tightest = nil, 0, -1
if #waiting == 0 then parts = takeOwn() end
if not parts then
  waitMs, tightest = look()
  if waitMs <= 0 and #waiting > 0 then waitMs, tightest = firstInLine() end
  if waitMs <= 0 then
    parts = {}
    for index, row in ipairs(rows) do
      if applies(row, ask.model) then parts[#parts + 1] = take(row, index) end
    end
  end
end
leaveLine(ask.id)
if parts then return grant(parts) end
if ask.behind == ask.behind and tightest >= 0 then
  local leaseUntil = now + ask.leaseMs
  waiting[#waiting + 1] = {id = ask.id, holder = ask.holder, model = ask.model, priority = ask.priority,
    demand = ask.demand, limit = tightest, sinceMs = now - ask.waitedMs, lease = leaseUntil, behind = ask.behind}
  head[@head_dueMs] = min(head[@head_dueMs], leaseUntil)
  writeWaiting(waiting)
end
return finish(0, waitMs, tightest)
`;
