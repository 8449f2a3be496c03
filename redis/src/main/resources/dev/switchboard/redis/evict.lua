-- Forgets the session of this token, or any where it is ''; a lost one's next opening is leased in
-- the same step. Returns whether it did, how many are left, and whether it had gone before.
-- field, token or '', cause, name of this call, next token or '', lease in ms
local field, token, cause, call, following = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]

if isGone(call) then
  return {1, count()}
end
local holder = leased(field)
if token == '' and holder then
  void(field, holder)
end
local record = stored(field)
if not record or (token ~= '' and tokenOf(record) ~= token) then
  return {0, count(), isGone(token) and 1 or 0}
end
leave(field, record, cause)
gone(call)
if following ~= '' then
  lease(field, following, 'O', tonumber(ARGV[11]))
end
return {1, count()}
