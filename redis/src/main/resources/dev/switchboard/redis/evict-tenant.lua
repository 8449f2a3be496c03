-- Forgets sessions of a tenant and voids its openings, at most so many; says how many of each.
-- tenant's hash, limit
local tenant, limit = ARGV[6], tonumber(ARGV[7])

local evicted = 0
local fields =
    redis.call('ZRANGEBYLEX', INDEX, '[' .. tenant .. '.', '(' .. tenant .. '/', 'LIMIT', 0, limit)
for _, field in ipairs(fields) do
  local holder = leased(field)
  if holder then
    gone(holder)
    redis.call('HDEL', LEASES, field)
  end
  local record = stored(field)
  if record then
    leave(field, record, 'EVICTED')
    evicted = evicted + 1
  else
    redis.call('ZREM', INDEX, field)
  end
end
return {evicted, #fields}
