"""Why3's drivers, which say how a question is written for a prover, without what no question here needs.

WP loads a prover's driver anew for each goal, and the libraries that it names anew for each function.
The theories of bit vectors, floats and strings are a tenth of a replay's time, transformations that
find nothing to do another. The text for the prover stays the same, byte by byte: else no stored answer
would be found. (inline_trivial, a fifth of the time, has to stay: without it one goal in eight of those
that Z3 proves is lost.) A goal that did need what is left out is refused by Why3, and not proved."""
import os
import re

import layermap

KEPT = re.compile(r'(?:BuiltIn|Bool|HighOrd|(?:bool|int|real|map)\.\w+)$')
IDLE = ('eliminate_epsilon', 'eliminate_literal', 'prepare_for_counterexmp')
IMPORT = re.compile(r'^import "([^"]+)"[ \t]*$', re.M)
THEORY = re.compile(r'^theory ([\w.]+)\n.*?^end[ \t]*$', re.S | re.M)
TRANSFORMATION = re.compile(r'^transformation "(\w+)"\n', re.M)


def whole(folder, name):
    """A driver's text, with the files that it imports in their places."""
    return IMPORT.sub(lambda m: whole(folder, m[1]), layermap.read(os.path.join(folder, name)))


def trimmed(folder, name):
    """A driver's text without idle parts."""
    text = THEORY.sub(lambda m: m[0] if KEPT.match(m[1]) else '', whole(folder, name))
    return TRANSFORMATION.sub(lambda m: '' if m[1] in IDLE else m[0], text)
