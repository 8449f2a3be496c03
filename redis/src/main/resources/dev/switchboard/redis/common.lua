-- Stands before every script. All keys of a specialist's bucket are in one hash slot, and every
-- script is given them all; time is the server's alone. A script may run twice for one call.
--
-- A record is fixed columns that scripts read, then a payload that only clients do:
-- version 1, F(resh) or U(sed), O(pened) or L(earned), token (32 hex), opened at (15 digits, ms).
-- A lease is: token (32), O(pening), L(earning) or F(ailed), lapses at (15 digits, ms), reason.

local SESSIONS, LEASES, TOUCHED, OPENED, INDEX = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local CLOSING, CLOSINGS, GONE = KEYS[6], KEYS[7], KEYS[8]
local CHANNEL, GRACE, TTL, IDLE = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local MAX_SIZE = tonumber(ARGV[5])
local MAX_RECORD = 65536
local GONE_FOR = 600000
local MAX_LEASE = 60000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local RECORD = '^1[FU][OL]' .. string.rep('%x', 32) .. string.rep('%d', 15)
local LEASE = '^' .. string.rep('%x', 32) .. '[OLF]' .. string.rep('%d', 15)

local function digits(millis)
  return string.format('%015d', millis)
end

local function tokenOf(record)
  return string.sub(record, 4, 35)
end

local function openedAt(record)
  return tonumber(string.sub(record, 36, 50))
end

-- Nothing is undone where a script fails: a key of another type is to fail it before it writes.
local checked = false
local function check()
  if checked then
    return
  end
  for _, hash in ipairs({SESSIONS, LEASES, CLOSINGS}) do
    redis.call('HEXISTS', hash, '')
  end
  for _, set in ipairs({TOUCHED, OPENED, INDEX, CLOSING, GONE}) do
    redis.call('ZCARD', set)
  end
  checked = true
end

-- What has gone may not be published again, by a late opener or by a command sent twice.
local function gone(member)
  redis.call('ZADD', GONE, now + GONE_FOR, member)
end

local function isGone(member)
  return redis.call('ZSCORE', GONE, member) ~= false
end

local function isVoid(token)
  return isGone('void ' .. token)
end

-- The index has what is stored or leased, so that a tenant's eviction finds it.
local function unindex(field)
  if redis.call('HEXISTS', SESSIONS, field) + redis.call('HEXISTS', LEASES, field) == 0 then
    redis.call('ZREM', INDEX, field)
  end
end

local function count()
  return redis.call('ZCARD', TOUCHED)
end

local function remove(field)
  check()
  redis.call('HDEL', SESSIONS, field)
  redis.call('ZREM', TOUCHED, field)
  redis.call('ZREM', OPENED, field)
  unindex(field)
end

local function tell(field, token)
  check()
  redis.call('PUBLISH', CHANNEL, field .. ' ' .. token)
end

-- A session leaves; all but a lost one is to be closed. Who may not tell fails before that.
local function leave(field, record, cause)
  local token = tokenOf(record)
  tell(field, token)
  remove(field)
  gone(token)
  if cause ~= 'LOST' then
    redis.call('ZADD', CLOSING, now + GRACE, token)
    redis.call('HSET', CLOSINGS, token, cause .. ' ' .. record)
  end
end

-- The record stored, or nil; one that has ended leaves, and what is no record is dropped.
local function stored(field)
  local record = redis.call('HGET', SESSIONS, field)
  if not record then
    return nil
  end
  if #record > MAX_RECORD or not string.find(record, RECORD) then
    remove(field)
    return nil
  end
  local touched = tonumber(redis.call('ZSCORE', TOUCHED, field) or openedAt(record))
  if (TTL >= 0 and now - openedAt(record) >= TTL) or (IDLE >= 0 and now - touched >= IDLE) then
    leave(field, record, 'EXPIRED')
    return nil
  end
  return record
end

local function found(field, record)
  redis.call('ZADD', TOUCHED, now, field)
  return {'FOUND', record, now - openedAt(record)}
end

-- The lease of a field: token, state, time left in ms, reason; or nil.
local function leased(field)
  local lease = redis.call('HGET', LEASES, field)
  if not lease or not string.find(lease, LEASE) then
    return nil
  end
  local left = tonumber(string.sub(lease, 34, 48)) - now
  -- None is that long: the clock has been set back, and whoever opened may be dead.
  if left > MAX_LEASE then
    left = 0
  end
  return string.sub(lease, 1, 32), string.sub(lease, 33, 33), left, string.sub(lease, 49)
end

local function unlease(field)
  check()
  redis.call('HDEL', LEASES, field)
  unindex(field)
end

-- An opening is no longer wanted; unlike a session that has gone, it never was one.
local function void(field, token)
  tell(field, token)
  gone('void ' .. token)
  unlease(field)
end

local function lease(field, token, state, millis, reason)
  check()
  redis.call('HSET', LEASES, field, token .. state .. digits(now + millis) .. (reason or ''))
  redis.call('ZADD', INDEX, 0, field)
end
