#!/bin/sh
# Work for redis: a server on a port of its own, a script of commands, and redis-benchmark.
#
# usage: work_redis.sh SCRIPT LIBRARY; LIBRARY, if it is not empty, is preloaded into the server only.
set -e
script=$1
library=$2
port=$((20000 + $$ % 20000))
while redis-cli -p $port ping >/dev/null 2>&1; do port=$((port + 1)); done
LD_PRELOAD=$library redis-server --port $port --bind 127.0.0.1 --save '' --appendonly no --dir "$PWD" \
    --lazyfree-lazy-user-del yes --daemonize no \
    --enable-debug-command local >server.log 2>server.err &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
tries=0
until [ "$(redis-cli -p $port ping 2>/dev/null)" = PONG ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { cat server.log server.err; exit 1; }
    sleep 0.1
done
if [ -n "$library" ]; then
    grep -q "$(basename "$library")" "/proc/$server/maps" || { echo "not preloaded"; exit 1; }
fi
redis-cli -p $port <"$script"
redis-cli -p $port FLUSHALL ASYNC
# Times vary, so only the names of the tests and the absence of errors are output.
redis-benchmark -p $port -n 5000 -c 20 -P 4 -d 200 -r 5000 --csv \
    -t set,get,incr,lpush,rpop,sadd,hset,zadd,lrange_100,mset >benchmark.csv 2>benchmark.err
cut -d, -f1 benchmark.csv
grep -i error benchmark.csv benchmark.err && exit 1
redis-cli -p $port GET key:__rand_int__
redis-cli -p $port LLEN mylist
redis-cli -p $port SHUTDOWN NOSAVE
wait $server
cat server.err >&2
