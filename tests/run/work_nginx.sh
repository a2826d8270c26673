#!/bin/sh
# Work for nginx: two workers serve files to eight threads of a client, plain and compressed.
#
# usage: work_nginx.sh CLIENT LIBRARY; LIBRARY, if it is not empty, is preloaded into the server only.
set -e
client=$1
library=$2
mkdir -p www logs
i=0
while [ $i -lt 20 ]; do
    seq $((i * 1000)) $((i * 3000 + 10)) >www/$i.txt
    i=$((i + 1))
done
cat >nginx.conf <<END
worker_processes 2;
daemon off;
pid $PWD/pid;
error_log $PWD/logs/error.log warn;
events { worker_connections 256; }
http {
    access_log off;
    gzip on;
    gzip_types text/plain;
    default_type text/plain;
    client_body_temp_path $PWD/a;
    proxy_temp_path $PWD/b;
    fastcgi_temp_path $PWD/c;
    uwsgi_temp_path $PWD/d;
    scgi_temp_path $PWD/e;
    server {
        listen unix:$PWD/socket;
        root $PWD/www;
    }
}
END
[ "$(id -u)" -eq 0 ] && sed -i '1i user root;' nginx.conf
LD_PRELOAD=$library /usr/sbin/nginx -e "$PWD/logs/error.log" -c "$PWD/nginx.conf" 2>server.err &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
tries=0
until [ -S socket ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { cat logs/error.log server.err; exit 1; }
    sleep 0.1
done
if [ -n "$library" ]; then
    grep -q "$(basename "$library")" "/proc/$server/maps" || { echo "not preloaded"; exit 1; }
fi
python3 "$client" socket 20
kill -QUIT $server
wait $server
cat logs/error.log
cat server.err >&2
