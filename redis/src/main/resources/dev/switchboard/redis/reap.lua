-- Lets ended sessions leave, clears what has lapsed, and hands out closes that are due; whoever gets
-- one has this long to do it. Returns how many there are, whether there is more to do, and
-- token, cause and record in turn. ms, limit
local millis, limit = tonumber(ARGV[6]), tonumber(ARGV[7])

local ended = {}
if TTL >= 0 then
  ended = redis.call('ZRANGEBYSCORE', OPENED, '-inf', now - TTL, 'LIMIT', 0, limit)
end
if IDLE >= 0 then
  local idle = redis.call('ZRANGEBYSCORE', TOUCHED, '-inf', now - IDLE, 'LIMIT', 0, limit)
  for _, field in ipairs(idle) do
    ended[#ended + 1] = field
  end
end
for _, field in ipairs(ended) do
  local record = stored(field)
  if record then
    -- Its time here belied it, and would stand before those of others that have ended.
    redis.call('ZADD', OPENED, openedAt(record), field)
  else
    remove(field)
  end
end

-- A lapsed opening can still be voided with its tenant for as long as it may be late.
local leases = redis.call('HGETALL', LEASES)
for i = 1, #leases, 2 do
  local _, state, left = leased(leases[i])
  if not left or left <= (state == 'F' and 0 or -GONE_FOR) then
    unlease(leases[i])
  end
end
redis.call('ZREMRANGEBYSCORE', GONE, '-inf', now)

local due = redis.call('ZRANGEBYSCORE', CLOSING, '-inf', now, 'LIMIT', 0, limit)
local more = (#ended >= limit or #due >= limit) and 1 or 0
local reply = {count(), more}
for _, token in ipairs(due) do
  local closing = redis.call('HGET', CLOSINGS, token)
  if closing then
    redis.call('ZADD', CLOSING, now + millis, token)
    local cause, record = string.match(closing, '^(%u+) (.*)$')
    reply[#reply + 1] = token
    reply[#reply + 1] = cause or ''
    reply[#reply + 1] = record or ''
  else
    redis.call('ZREM', CLOSING, token)
  end
end
return reply
