//! What the server does in one step.
//!
//! A record is a hash with the fields `bytes`, `version` and, as long as it is due, `due`; it expires by itself. The sorted set
//! `{onhook}:due` has the keys that are due, and for a while those of records that have expired.

use redis::Script;

pub(super) const DUE: &str = "{onhook}:due";

/// Before the key of each record.
pub(super) const RECORDS: &str = "{onhook}:state:";

pub(super) fn record(key: &str) -> String {
    [RECORDS, key].concat()
}

const GET: &str = "
local found = redis.call('HMGET', KEYS[1], 'bytes', 'version')
if not found[2] then return false end
return found";

/// Arguments: whether no record is expected, the version expected, the new version, the bytes, due, expires, the key.
const PUT: &str = "
local found = redis.call('HGET', KEYS[1], 'version')
if ARGV[1] == '1' then
    if found then return 0 end
elseif found ~= ARGV[2] then
    return 0
end
redis.call('HSET', KEYS[1], 'bytes', ARGV[4], 'version', ARGV[3])
if ARGV[5] == '' then
    redis.call('ZREM', KEYS[2], ARGV[7])
else
    redis.call('ZADD', KEYS[2], ARGV[5], ARGV[7])
end
redis.call('PEXPIREAT', KEYS[1], ARGV[6])
return 1";

/// Arguments: the version expected, the key.
const DELETE: &str = "
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1";

/// Arguments: before, until, how many, what stands before the keys of records. The keys that are out of date are taken
/// out on the way, a thousand at most, so that the server is not held up.
const CLAIM: &str = "
local claimed = {}
local limit = tonumber(ARGV[3])
for _ = 1, 1000 + limit do
    if #claimed == limit then break end
    local first = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
    if not first then break end
    redis.call('ZREM', KEYS[1], first)
    if redis.call('EXISTS', ARGV[4] .. first) == 1 then
        claimed[#claimed + 1] = first
    end
end
for _, key in ipairs(claimed) do
    redis.call('ZADD', KEYS[1], ARGV[2], key)
end
return claimed";

/// The scripts, with the digests by which the server knows them.
pub(super) struct Scripts {
    pub(super) get: Script,
    pub(super) put: Script,
    pub(super) delete: Script,
    pub(super) claim: Script,
}

impl Scripts {
    pub(super) fn new() -> Scripts {
        Scripts {
            get: Script::new(GET),
            put: Script::new(PUT),
            delete: Script::new(DELETE),
            claim: Script::new(CLAIM),
        }
    }
}
