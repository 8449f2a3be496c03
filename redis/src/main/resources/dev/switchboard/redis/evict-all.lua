-- Forgets the sessions of a tenant, or all, and voids their openings, at most so many; says how many
-- sessions it forgot, how many fields it saw, and how many sessions are left.
-- first field, first that is not meant, limit
local evicted = 0
local fields =
    redis.call('ZRANGEBYLEX', INDEX, ARGV[6], ARGV[7], 'LIMIT', 0, tonumber(ARGV[8]))
for _, field in ipairs(fields) do
  local holder = leased(field)
  if holder then
    void(field, holder)
  end
  local record = stored(field)
  if record then
    leave(field, record, 'EVICTED')
    evicted = evicted + 1
  else
    redis.call('ZREM', INDEX, field)
  end
end
return {evicted, #fields, count()}
