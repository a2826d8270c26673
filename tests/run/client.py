"""Ask a server at a Unix socket for files 0.txt to N-1.txt, many times, from eight threads, plain and
compressed; print a checksum of each.

usage: client.py SOCKET N
"""
import gzip
import hashlib
import http.client
import socket
import sys
import threading

ROUNDS = 12


class Connection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def ask(path, count, first, seen):
    """All files in turn over one connection; every other time compressed."""
    connection = Connection(path)
    for i in range(ROUNDS * count):
        name = f"{(first + i) % count}.txt"
        packed = i % 2 == 1
        connection.request("GET", "/" + name, headers={"Accept-Encoding": "gzip"} if packed else {})
        answer = connection.getresponse()
        body = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        seen.add((name, answer.status, hashlib.md5(body).hexdigest()))


def main():
    """Run the threads; one line a file and answer."""
    path, count = sys.argv[1], int(sys.argv[2])
    seen = [set() for _ in range(8)]
    threads = [threading.Thread(target=ask, args=(path, count, n, s)) for n, s in enumerate(seen)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in sorted(set().union(*seen)):
        print(*answer)


main()
