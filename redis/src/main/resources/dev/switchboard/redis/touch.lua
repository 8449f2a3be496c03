-- Notes uses: field, token, how long ago in ms, F or U; any number of times.
for i = 6, #ARGV, 4 do
  local field, token, used = ARGV[i], ARGV[i + 1], now - tonumber(ARGV[i + 2])
  local record = redis.call('HGET', SESSIONS, field)
  if record and tokenOf(record) == token then
    local touched = redis.call('ZSCORE', TOUCHED, field)
    if not touched or tonumber(touched) < used then
      redis.call('ZADD', TOUCHED, used, field)
    end
    if ARGV[i + 3] == 'U' and string.sub(record, 2, 2) == 'F' then
      redis.call('HSET', SESSIONS, field, '1U' .. string.sub(record, 3))
    end
  end
end
return {}
