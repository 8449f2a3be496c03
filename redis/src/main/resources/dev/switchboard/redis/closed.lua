-- These sessions need no further close: tokens.
check()
for i = 6, #ARGV do
  redis.call('ZREM', CLOSING, ARGV[i])
  redis.call('HDEL', CLOSINGS, ARGV[i])
end
return {}
