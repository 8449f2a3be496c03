-- Stores a session into an empty slot, leased or not; or returns the one that was first. Says GONE,
-- or 1 at the end, of a session that was stored before and has left.
-- field, token, F or U, O or L, age in ms, payload
local field, token, age = ARGV[6], ARGV[7], tonumber(ARGV[10])

check()
if leased(field) == token then
  redis.call('HDEL', LEASES, field)
end
local first = stored(field)
if first and tokenOf(first) ~= token then
  local reply = found(field, first)
  reply[4] = isGone(token) and 1 or 0
  return reply
end
if not first then
  if isGone(token) then
    return {'GONE'}
  end
  if isVoid(token) then
    return {'VOID'}
  end
  local opened = now - age
  redis.call(
      'HSET', SESSIONS, field, '1' .. ARGV[8] .. ARGV[9] .. token .. digits(opened) .. ARGV[11])
  redis.call('ZADD', TOUCHED, now, field)
  redis.call('ZADD', OPENED, opened, field)
  redis.call('ZADD', INDEX, 0, field)
end
return {'PUBLISHED', count()}
