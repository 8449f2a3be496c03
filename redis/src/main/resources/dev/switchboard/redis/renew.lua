-- Keeps a lease that is still this token's, as O(pening) or L(earning). field, token, state, ms
local field, token, state, millis = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])

local holder, before = leased(field)
if holder == token and before ~= 'F' then
  lease(field, token, state, millis)
end
return {}
