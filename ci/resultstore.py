"""What the provers said in earlier runs: proofs/results/UNIT.txt, one sorted line a question.

WP asks for a goal by the hash of the whole question (hypotheses, goal, prover); a changed contract or
body asks another question. Unpacked, it is WP's cache folder: one file HASH.json an answer."""
import glob
import os
import shutil


class ResultStore:
    def __init__(self, root, pool=None):
        self.folder = os.path.join(root, 'proofs/results')
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

    def pack(self, unit, sessions, passed):
        """Keep the answers that the last run asked for, and no others. Old lines stay as they are.

        Of a run that failed only proofs are kept: a time-out may be the fault of a busy machine."""
        old, new = self.lines(unit), {}
        for session in sessions:
            for path in glob.glob(os.path.join(session, 'cache', '*.json')):
                name = os.path.basename(path)[:-len('.json')]
                with open(path, encoding='utf-8') as f:
                    answer = old.get(name) or ' '.join(f.read().split())
                if passed or '"valid"' in answer:
                    new[name] = answer
        os.makedirs(self.folder, exist_ok=True)
        with open(self.path(unit), 'w', encoding='utf-8') as out:
            out.writelines(f'{name} {new[name]}\n' for name in sorted(new))
