/**
 * Of the script in Redis: what stands first, and the common case of a request, without functions, and without a table or a
 * text for each row.
 *
 * What windows worked out themselves stands in the log (`redisLog.ts`) until the script runs: then it is taken over into the
 * book, as far as each entry follows the one before; an entry of a window that somebody was faster than counts for nothing,
 * and whatever comes behind it. A request is decided in one pass, where each limit is plain and the own share of each is
 * enough: the same as the whole script decides, at a third of its time. Whatever else comes up goes to the whole script.
 */
export const TAKE_QUICKLY = `
local key, op, call = KEYS[1], ARGV[1], redis.call
local raw, serverMs = call('HGET', key, 'b'), struct.unpack('<d', ARGV[2])
if serverMs ~= serverMs then
  local t = call('TIME')
  serverMs = t[1] * 1000 + t[2] / 1000
end
local oldLog
if raw and #raw >= @headBytes and struct.unpack('<d', raw) == @format then
  local format, atMs, wallMs, seq, serial, dueMs, keptMs, polledAtMs, asked0, asked1, asked2, asked3, held, lapsed,
    waits, count, base, lenient = struct.unpack('<@headDoubles', raw)
  if base >= 0 then
    oldLog = KEYS[3] .. string.format('%.0f', base)
    local hotEnd, hot = 40 + count * @hot * 8, nil
    for _, entry in ipairs(call('LRANGE', oldLog, seq - base + 1, -1)) do
      if #entry < hotEnd + 4 then break end
      local after, entryWallMs, now, lease, asked = struct.unpack('<ddddd', entry)
      if after ~= seq + 1 then break end
      seq, wallMs, atMs, hot = after, entryWallMs, now, entry:sub(41, hotEnd)
      if lease > 0 then
        local id, rest = struct.unpack('<I4c0', entry, hotEnd + 65)
        serial, held = serial + 1, held + 1
        if lease < dueMs then dueMs = lease end
        if asked == 0 then asked0 = now
        elseif asked == 1 then asked1 = now
        elseif asked == 2 then asked2 = now
        else asked3 = now end
        call('HSET', key, 'h:' .. id, struct.pack('<d', serial) .. entry:sub(hotEnd + 1, hotEnd + 64) .. entry:sub(rest))
      else
        held = held - 1
        call('HDEL', key, 'h:' .. struct.unpack('<I4c0', entry, hotEnd + 1))
      end
    end
    if hot then
      raw = struct.pack('<@headDoubles', format, atMs, wallMs, seq, serial, dueMs, keptMs, polledAtMs, asked0, asked1,
        asked2, asked3, held, lapsed, waits, count, base, lenient) .. hot
      call('HSET', key, 'b', raw)
    end
  end
  local fits = waits == 0 and seq > 0 and serverMs - keptMs <= 3600000
  if fits and op == 'take' then
    local _, known, wants, priority, input, output, cached, usd, units, waited, patience, fair, leaseMs =
      struct.unpack('<ddddddddddddd', ARGV[2])
    local now = serverMs - wallMs
    if now < 0 then now = 0 elseif now > @longestMs then now = @longestMs end
    now = atMs + now
    fits = now < dueMs
    local v = fits and {struct.unpack('<' .. ('d'):rep(@hot * count), raw, @headBytes + 1)}
    local at, last = 0, @hot * count
    while fits and at < last do
      local quick, unit, size, amount = v[at + @quick], v[at + @unit], v[at + @size], 0
      local s0, s1, s2, s3 = v[at + @share0], v[at + @share1], v[at + @share2], v[at + @share3]
      if unit == @unit_requests then amount = 1
      elseif unit == @unit_tokens then amount = input + output
      elseif unit == @unit_input_tokens then
        amount = input
        if cached == cached then amount = input - cached end
      elseif unit == @unit_output_tokens then amount = output
      elseif unit == @unit_usd then
        if usd == usd then amount = usd end
      elseif unit == @unit_units then
        amount = units
        if units ~= units then amount = (input + output) / 1000 end
      end
      if quick == 0 or amount <= 0 or (quick == 2 and now >= v[at + @resetAtMs]) then fits = false end
      local elapsed = now - v[at + @atMs]
      if elapsed >= 1 then
        elapsed = elapsed - elapsed % 1
        v[at + @atMs] = v[at + @atMs] + elapsed
        local perMs = v[at + @refillPerMs]
        if quick == 1 and perMs > 0 then
          local u0, u1, u2, u3 = v[at + @used0], v[at + @used1], v[at + @used2], v[at + @used3]
          local left, round, crumb = size - (s0 + s1 + s2 + s3), 0, 1e-9 * size
          if elapsed * perMs < left then left = elapsed * perMs end
          while round < 4 and left > crumb do
            local e0, e1, e2, e3 = 0.4 * size, 0.3 * size, 0.2 * size, 0.1 * size
            local w0, w1, w2, w3, step = 0, 0, 0, 0, left
            if s0 < e0 * (1 - 1e-9) then w0 = 0.4 end
            if s1 < e1 * (1 - 1e-9) then w1 = lenient == 0 and u1 > e1 and 0.3 * e1 / u1 or 0.3 end
            if s2 < e2 * (1 - 1e-9) then w2 = lenient == 0 and u2 > e2 and 0.2 * e2 / u2 or 0.2 end
            if s3 < e3 * (1 - 1e-9) then w3 = lenient == 0 and u3 > e3 and 0.1 * e3 / u3 or 0.1 end
            local all = w0 + w1 + w2 + w3
            if all == 0 then break end
            if w0 > 0 and step * w0 > (e0 - s0) * all then step = (e0 - s0) * all / w0 end
            if w1 > 0 and step * w1 > (e1 - s1) * all then step = (e1 - s1) * all / w1 end
            if w2 > 0 and step * w2 > (e2 - s2) * all then step = (e2 - s2) * all / w2 end
            if w3 > 0 and step * w3 > (e3 - s3) * all then step = (e3 - s3) * all / w3 end
            s0, s1, s2, s3 = s0 + step * w0 / all, s1 + step * w1 / all, s2 + step * w2 / all, s3 + step * w3 / all
            left, round = left - step, round + 1
          end
          if s0 + s1 + s2 + s3 > size then fits = false end
          local kept = math.exp(-elapsed * perMs / size)
          v[at + @used0], v[at + @used1], v[at + @used2], v[at + @used3] = u0 * kept, u1 * kept, u2 * kept, u3 * kept
          v[at + @share0], v[at + @share1], v[at + @share2], v[at + @share3] = s0, s1, s2, s3
        end
      end
      local own, used = at + @share0 + priority, at + @used0 + priority
      if v[own] < amount then fits = false end
      v[own], v[used], v[at + @reserved] = v[own] - amount, v[used] + amount, v[at + @reserved] + amount
      at = at + @hot
    end
    if fits then
      local leaseUntil = now + leaseMs
      if leaseUntil < dueMs then dueMs = leaseUntil end
      if priority == 0 then asked0 = now
      elseif priority == 1 then asked1 = now
      elseif priority == 2 then asked2 = now
      else asked3 = now end
      base = wants == 1 and seq + 1 or -1
      call('HSET', key, 'b', struct.pack('<@headDoubles' .. ('d'):rep(last), format, now, serverMs, seq + 1, serial + 1,
        dueMs, keptMs, polledAtMs, asked0, asked1, asked2, asked3, held + 1, lapsed, waits, count, base, lenient,
        unpack(v, 1, last)),
        'h:' .. ARGV[4], struct.pack('<ddddddddd', serial + 1, priority, leaseUntil, input, output, cached, usd, units, -1)
        .. ARGV[5])
      if oldLog then call('DEL', oldLog) end
      if wants == 1 then
        local log = KEYS[3] .. string.format('%.0f', base)
        call('DEL', log)
        call('RPUSH', log, '')
        call('PEXPIRE', log, @keepMs)
      end
      local reply = struct.pack('<dddddddd', 1, 1, 0, -1, now, serverMs, seq, base)
      if known == seq then return reply end
      return {reply, call('HGETALL', key)}
    end
  end
end
`;
