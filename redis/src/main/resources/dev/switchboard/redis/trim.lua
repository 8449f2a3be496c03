-- Lets the least recently used leave while there are too many; last those in use, whose fields are
-- given. Returns how many there are then.
local busy = {}
for i = 6, #ARGV do
  busy[ARGV[i]] = true
end
local over = count() - MAX_SIZE
local oldest = over > 0 and redis.call('ZRANGE', TOUCHED, 0, over + #ARGV - 6) or {}
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
