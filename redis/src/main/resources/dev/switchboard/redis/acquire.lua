-- Finds the session, or leases its opening to this token, or says who opens it.
-- field, token, lease in ms, token waited for or '', record that could not be read or ''
local field, token, millis, awaited = ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9]

if ARGV[10] ~= '' and redis.call('HGET', SESSIONS, field) == ARGV[10] then
  remove(field)
end
local record = stored(field)
if record then
  return found(field, record)
end
local holder, state, left, reason = leased(field)
if holder and holder ~= token and left > 0 then
  if state ~= 'F' then
    return {'HELD', holder, state}
  end
  if holder == awaited then
    return {'FAILED', reason}
  end
end
if isVoid(token) or isGone(token) then
  return {'VOID'}
end
lease(field, token, 'O', millis)
return {'GRANTED'}
