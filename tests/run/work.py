"""Work for python3: every object through malloc, in one thread, in several, and in forked processes."""
import collections
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
import threading
import zlib

rng = random.Random(20240)


def words(count, seed):
    """Pseudo-random words, the same in every run."""
    r = random.Random(seed)
    return ["".join(r.choice("abcdefgh") for _ in range(r.randint(1, 12))) for _ in range(count)]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def containers():
    counts = collections.Counter(words(60000, 1))
    print("words", len(counts), counts.most_common(3))
    nested = {w: {"n": n, "parts": list(w), "sub": {str(i): [i] * (n % 7) for i in range(n % 5)}}
              for w, n in counts.items()}
    text = json.dumps(nested, sort_keys=True)
    again = json.loads(text)
    print("json", len(text), digest(text), again == nested)
    queue = collections.deque(maxlen=1000)
    for i in range(100000):
        queue.append([i] * (i % 10))
    print("deque", sum(map(len, queue)))


def numbers():
    a, b = 0, 1
    for _ in range(20000):
        a, b = b, a + b
    print("fibonacci", digest(hex(a)))
    print("product", digest(hex(pow(3, 20000) * pow(7, 15000))))


def buffers():
    data = bytearray()
    for i in range(3000):
        data += bytes([i % 251]) * (i % 977)
    packed = zlib.compress(bytes(data), 6)
    print("zlib", len(data), len(packed), zlib.decompress(packed) == data)
    out = io.StringIO()
    for m in re.finditer(r"(a+)(b|c)*", " ".join(words(30000, 2))):
        out.write(m.group(0))
    print("regex", len(out.getvalue()), digest(out.getvalue()))


def threads():
    results = {}
    lock = threading.Lock()
    handed = collections.deque()

    def run(name):
        mine = words(8000, name)
        mine.sort()
        text = ",".join(mine)
        for i in range(200):
            handed.append([name] * i)
            if len(handed) > 50:
                handed.popleft()
        with lock:
            results[name] = digest(text)

    for group in range(10):
        group_threads = [threading.Thread(target=run, args=(group * 8 + i,)) for i in range(8)]
        for t in group_threads:
            t.start()
        for t in group_threads:
            t.join()
    print("threads", len(results), digest(str(sorted(results.items()))))


def processes():
    done = threading.Event()

    def churn():
        while not done.is_set():
            words(50, 3)

    busy = threading.Thread(target=churn)
    busy.start()
    for i in range(8):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, digest(" ".join(words(500, i))).encode())
            os._exit(0)
        os.close(write)
        print("child", os.read(read, 100).decode(), os.waitpid(child, 0)[1])
        os.close(read)
    done.set()
    busy.join()
    text = subprocess.run([sys.executable, "-c", "print(sum(range(100000)))"], check=True,
                          capture_output=True).stdout
    print("subprocess", text.decode().strip())


containers()
numbers()
buffers()
threads()
processes()
