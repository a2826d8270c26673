"""A session of WP in which every goal goes to another prover than the one that has proved it.

Z3 is one family, CVC4 and cvc5 are the other: what one closed, the other is asked for. The question is
put by the goal's script: hints of proofs/first and tactics of proofs/session/script, with the provers
exchanged. A goal of which the script fails goes to all provers, its own among them, and has no second
opinion."""
import glob
import json
import os
import re

import layermap
from framac import Frama
from resultstore import ResultStore, write_scripts

FAMILIES = (('Z3:4.8.12:ematch', 'Z3:4.8.12:cs3'), ('CVC4:1.8', 'CVC5:1.0.3:fsq'))
SECONDS = 5  # a goal and prover
PROVERS = 'script,z3-ematch,z3-cs3,cvc4,cvc5-fsq'
VERDICT = re.compile(r'^\[wp\] \[([^\]]*)\] Goal typed_(\S+) : (\w+)', re.M)


def others(prover):
    """The provers of the other family."""
    return FAMILIES[1] if prover.startswith('Z3') else FAMILIES[0]


def opinions(prover):
    """A script that asks the other family, one prover after the other."""
    return [{'prover': p, 'verdict': 'valid', 'time': SECONDS} for p in others(prover)]


def exchanged(script):
    """The script, with each prover's leaf replaced by the other family's."""
    new = []
    for step in script:
        if 'tactic' in step:
            children = {name: exchanged(child) for name, child in step['children'].items()}
            new.append(dict(step, children=children))
        elif step['prover'] == 'qed':
            new.append(step)
        else:
            new += opinions(step['prover'])
    return new


class SecondOpinion(Frama):
    """Runs over units in which scripts are exchanged. Its answers are stored in proofs/second."""

    def __init__(self, root, *arguments, single=frozenset()):
        super().__init__(root, *arguments)
        self.store, self.single = ResultStore(root, folder='proofs/second'), single

    def tactics(self):
        """goal → script, of all that are proved by a tactic."""
        return {os.path.basename(path)[:-len('.json')]: json.loads(layermap.read(path)) for path in
                glob.glob(os.path.join(self.root, 'proofs/session/script/*.json'))}

    def new_session(self, unit, name, fresh, provers):
        session = super().new_session(unit, name, fresh, 'none')
        scripts = {goal: opinions(prover) for goal, (prover, _) in self.first.known(unit.name).items()}
        scripts.update((goal, exchanged(script)) for goal, script in self.tactics().items())
        write_scripts(os.path.join(session, 'script'),
                      {goal: script for goal, script in scripts.items() if goal not in self.single})
        return session

    def wp(self, unit, name, arguments, fresh):
        return self.run_wp(unit, name, arguments, fresh, PROVERS, SECONDS, 1)


def sort_goals(text):
    """(goals that a script has closed, goals that it has not) of what WP printed; Qed's are in neither."""
    closed, single = set(), set()
    for prover, goal, verdict in VERDICT.findall(text):
        if prover != 'Qed':
            (closed if prover == 'Script' and verdict == 'Valid' else single).add(goal)
    return closed, single
