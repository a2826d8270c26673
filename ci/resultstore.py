"""What the provers said in earlier runs: proofs/results/UNIT.txt, one sorted line a question.

WP asks for a goal by the hash of the whole question (hypotheses, goal, prover); a changed contract or
body asks another question. Unpacked, it is WP's cache folder: one file HASH.json an answer.

Which prover has proved a goal is in proofs/first/UNIT.txt. By the unit is stored that its smoke tests
have passed (no answer of one is a proof), in proofs/smoke.txt, and that all its goals have, in
proofs/proved.txt."""
import glob
import hashlib
import json
import os
import re
import shutil

PROVER_LINE = re.compile(r'\[wp\] \[(\w+)(?: (\S+?)(?: \((\w+)\))?)?\] Goal typed_(\S+) : Valid'
                         r'(?: \(Qed:[^)]*\))?(?: \(([\d.]+)(m?s)\))?')


def seconds(answer):
    """The time of a stored answer; WP writes 4 as `4.`, which is no JSON."""
    found = re.search(r'"time": ([\d.]+)', answer)
    return float(found[1]) if found else 0.0


class ResultStore:
    def __init__(self, root, pool=None, folder='proofs/results'):
        self.folder = os.path.join(root, folder)
        self.pool = pool  # a cache folder to take answers from as well

    def path(self, unit):
        return os.path.join(self.folder, unit + '.txt')

    def lines(self, unit):
        try:
            with open(self.path(unit), encoding='utf-8') as f:
                return dict(line.rstrip('\n').split(' ', 1) for line in f)
        except OSError:
            return {}

    def unpack(self, unit, folder):
        if self.pool:
            self.copy(self.pool, folder)
        for name, answer in self.lines(unit).items():
            target = os.path.join(folder, name + '.json')
            if os.path.exists(target):
                os.remove(target)
            with open(target, 'w', encoding='utf-8') as out:
                out.write(answer + '\n')

    @staticmethod
    def copy(source, folder):
        for entry in os.scandir(source):
            target = os.path.join(folder, entry.name)
            if entry.name.endswith('.json') and not os.path.exists(target):
                try:
                    shutil.copyfile(entry.path, target)
                except FileNotFoundError:
                    pass  # another run cleaned up

    @staticmethod
    def answers(sessions):
        """The answers in the caches of some sessions: pairs of a hash and a line."""
        for session in sessions:
            for path in glob.glob(os.path.join(session, 'cache', '*.json')):
                with open(path, encoding='utf-8') as f:
                    yield os.path.basename(path)[:-len('.json')], ' '.join(f.read().split())

    def pace(self, unit, sessions):
        """Seconds of CPU that the proofs among the answers took, and took when they were stored."""
        old, now, then = self.lines(unit), 0.0, 0.0
        for name, answer in self.answers(sessions):
            if name in old and '"valid"' in answer:
                now += seconds(answer)
                then += seconds(old[name])
        return now, then

    def pack(self, unit, sessions, passed):
        """Keep the answers that the last run asked for, and no others. Old lines stay as they are.

        Of a run that failed only proofs are kept: a time-out may be the fault of a busy machine."""
        old, new = self.lines(unit), {}
        for name, answer in self.answers(sessions):
            answer = old.get(name, answer)
            if passed or '"valid"' in answer:
                new[name] = answer
        os.makedirs(self.folder, exist_ok=True)
        with open(self.path(unit), 'w', encoding='utf-8') as out:
            out.writelines(f'{name} {new[name]}\n' for name in sorted(new))


def write_scripts(folder, scripts):
    """WP's script files, of goals that have none."""
    os.makedirs(folder, exist_ok=True)
    for goal, script in scripts.items():
        path = os.path.join(folder, goal + '.json')
        if not os.path.exists(path):
            with open(path, 'w', encoding='utf-8') as out:
                json.dump(script, out)


class FirstProver:
    """The prover to ask first for a goal: proofs/first/UNIT.txt, a sorted line `goal prover seconds`.

    WP reads it from a script of the goal, and gives it some seconds more than it took. It saves the
    time-outs of the provers that stand before it in the unit's list, and is no more than a hint: when
    it fails, all are asked."""

    def __init__(self, root, folder='proofs/first'):
        self.folder = os.path.join(root, folder)

    def path(self, unit):
        return os.path.join(self.folder, unit + '.txt')

    def known(self, unit):
        try:
            with open(self.path(unit), encoding='utf-8') as f:
                return {line.split()[0]: line.split()[1:] for line in f}
        except OSError:
            return {}

    def write_scripts(self, unit, folder):
        """The hints as scripts."""
        write_scripts(folder, {
            goal: [{'prover': prover, 'verdict': 'valid', 'time': float(seconds)}]
            for goal, (prover, seconds) in self.known(unit).items()})

    def update(self, unit, texts):
        """Read from what WP has printed; where a script has led to the proof, its hint stays."""
        known, new = self.known(unit), {}
        for text in texts:
            for name, version, other, goal, time, unit_of_time in PROVER_LINE.findall(text):
                if name == 'Script' and goal in known:
                    new[goal] = known[goal]
                elif version:
                    seconds = float(time or 0) / (1000 if unit_of_time == 'ms' else 1)
                    new[goal] = [':'.join(filter(None, (name, version, other))), f'{seconds:g}']
        os.makedirs(self.folder, exist_ok=True)
        with open(self.path(unit), 'w', encoding='utf-8') as out:
            out.writelines(' '.join([goal, *new[goal]]) + '\n' for goal in sorted(new))


class TextStore:
    """Units that have passed, in a file: a line `name hash count`, the hash of all that decides it.

    While not a byte of a unit's text that Frama-C reads has changed, nor a setting or tool, the same
    would be asked again: smoke tests, which speak of the text alone, or goals, whose stored answers are
    then part of what is hashed."""

    def __init__(self, root, name):
        self.path, self.known = os.path.join(root, name), {}
        if os.path.exists(self.path):
            with open(self.path, encoding='utf-8') as f:
                for line in f:
                    unit, key, count = line.split()
                    self.known[unit] = (key, int(count))

    @staticmethod
    def key(paths, *settings):
        """The hash of files (the text that Frama-C has read, as it prints it, first) and of settings."""
        texts = []
        for path in paths:
            with open(path, 'rb') as f:
                texts.append(f.read())
        return hashlib.sha256(b'\0\0'.join(texts) + '\0'.join(settings).encode()).hexdigest()

    def passed(self, unit, key):
        return self.known.get(unit, (None, 0))[0] == key

    def count(self, unit, key):
        """How many tests or goals of the unit have passed; 0 when that is not known."""
        known, count = self.known.get(unit, (None, 0))
        return count if known == key else 0

    def keep(self, unit, key, count):
        self.known[unit] = (key, count)

    def write(self, units):
        with open(self.path, 'w', encoding='utf-8') as out:
            out.writelines(f'{u} {key} {count}\n' for u, (key, count) in sorted(self.known.items())
                           if u in units)
