-- Lets the least recently used leave while there are too many, at most so many; last those in use,
-- whose fields are given. Returns how many there are then.
-- limit, fields in use
local busy = {}
for i = 7, #ARGV do
  busy[ARGV[i]] = true
end
local over = math.min(count() - MAX_SIZE, tonumber(ARGV[6]))
local oldest = over > 0 and redis.call('ZRANGE', TOUCHED, 0, over + #ARGV - 7) or {}
for _, inUse in ipairs({false, true}) do
  for _, field in ipairs(oldest) do
    if over > 0 and (busy[field] or false) == inUse then
      local record = redis.call('HGET', SESSIONS, field)
      if record and string.find(record, RECORD) then
        leave(field, record, 'SURPLUS')
      else
        remove(field)
      end
      over = over - 1
    end
  end
end
return {count()}
