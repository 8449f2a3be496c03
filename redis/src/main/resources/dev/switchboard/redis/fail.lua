-- Gives back a lease; those who wait for it share the reason, if any, for this time.
-- field, token, ms, reason or ''
local field, token, millis, reason = ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9]

local holder, state = leased(field)
if holder == token and state ~= 'F' then
  if reason ~= '' then
    lease(field, token, 'F', millis, reason)
  else
    unlease(field)
  end
end
return {}
