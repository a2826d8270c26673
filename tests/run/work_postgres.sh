#!/bin/sh
# Work for PostgreSQL: a new database, pgbench with four clients, and sums that do not depend on their
# order.
#
# usage: work_postgres.sh LIBRARY; LIBRARY, if it is not empty, is preloaded into the server only. As
# root it runs as the user postgres, in a directory of that user's: the server refuses root.
set -e
library=$1
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
if [ -n "$library" ]; then
    cp "$library" "$place/"
    library=$place/$(basename "$library")
fi
cat >"$place/work" <<END
set -e
cd $place
export LD_PRELOAD=$library
$bin/initdb -D data -A trust >init.log 2>&1
$bin/pg_ctl -D data -o "-c listen_addresses= -c unix_socket_directories=$place -c fsync=off" \
    -l server.log -w start >/dev/null
server=\$(head -n 1 data/postmaster.pid)
[ -z "$library" ] || grep -q "$library" /proc/\$server/maps || { echo "not preloaded"; exit 1; }
unset LD_PRELOAD
psql="$bin/psql -h $place -X -q -t postgres"
pgbench -h $place -i -s 2 -q postgres >pgbench.log 2>&1
pgbench -h $place -c 4 -j 2 -t 250 --random-seed=7 postgres >pgbench.log 2>&1
\$psql -c 'select count(*), sum(abalance) from pgbench_accounts' \
    -c 'select count(*), sum(bbalance) from pgbench_branches' \
    -c 'select count(*), sum(delta) from pgbench_history' \
    -c "select md5(string_agg(x, ',')) from (select md5(i::text) x from generate_series(1, 60000) i
        order by x) t"
$bin/pg_ctl -D data -m fast stop >/dev/null
grep -E 'wpmalloc: [^c]|terminated by signal|PANIC|FATAL' server.log && exit 1
grep '^wpmalloc: calls' server.log >&2 || true
exit 0
END
if [ "$(id -u)" -eq 0 ]; then
    chown -R postgres "$place"
    chmod 755 "$place"
    su postgres -s /bin/sh -c "WPMALLOC_CALLS=${WPMALLOC_CALLS:-0} sh $place/work"
else
    sh "$place/work"
fi
