"""Mutations of C text: places in the bodies of functions, and what to write there instead.

Only program text is touched: comments, annotations and literals of strings are out of reach. A
mutation is one small fault of the kinds that programmers make; each has its kind's name.
"""
import re

import layermap

HEAD = re.compile(r'^(?:[A-Za-z_][\w]*[ *]+)*(\w+)\(', re.M)
TOKEN = re.compile(r'0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|[A-Za-z_]\w*|->|<<|>>|<=|>=|==|!=|&&|\|\||'
                   r'\+\+|--|[-+*/%]=|[-+*/%<>=!&|^~?:;,.(){}\[\]]')
COMPARISONS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
ARITHMETIC = {'+': '-', '-': '+', '*': '+', '/': '*', '%': '/', '+=': '-=', '-=': '+='}
POINTER = re.compile(r'\b(?:struct \w+|\w+_t|void|char|bool|int) $')
KEYWORDS = {'if', 'while', 'for', 'switch', 'return', 'sizeof', 'do', 'else', 'case'}


class Mutant:
    def __init__(self, function, kind, start, end, text):
        self.function, self.kind, self.start, self.end, self.text = function, kind, start, end, text

    def apply(self, source):
        return source[:self.start] + self.text + source[self.end:]

    def describe(self, source):
        """The place as `line: old -> new`, and a key that moves with the text."""
        line = source.count('\n', 0, self.start) + 1
        old = ' '.join(source[self.start:self.end].split())
        whole = source[source.rfind('\n', 0, self.start) + 1:source.find('\n', self.end)]
        return line, f'{self.function}: {self.kind}: {old} -> {self.text} in {" ".join(whole.split())}'


def closing(text, at, pair):
    """Index just behind what closes the bracket at `at`."""
    depth = 0
    for i in range(at, len(text)):
        if text[i] == pair[0]:
            depth += 1
        elif text[i] == pair[1]:
            depth -= 1
            if depth == 0:
                return i + 1
    return len(text)


def behind_attributes(masked, at):
    """Where the text goes on behind the attributes, macros with or without arguments, of a head."""
    attribute = re.compile(r'\s*(?:[A-Z][A-Z_]+\b\s*)?')
    while True:
        after = attribute.match(masked, at).end()
        if masked[after:after + 1] == '(' and masked[at:after].strip():
            after = closing(masked, after, '()')
        if after == at:
            return at
        at = after


def bodies(masked):
    """Name and extent of the body of each function defined in the text."""
    found = []
    for m in HEAD.finditer(masked):
        start = behind_attributes(masked, closing(masked, m.end() - 1, '()'))
        if masked[start:start + 1] == '{' and m[1] not in KEYWORDS:
            found.append((m[1], start, closing(masked, start, '{}')))
    return found


def struct_fields(texts):
    """For each field, the other fields of its structure that have its type."""
    siblings = {}
    for text in texts:
        for m in re.finditer(r'\bstruct \w+ \{(.*?)\n\}', layermap.without_comments(text), re.S):
            of_type = {}
            for kind, names in re.findall(r'^\s*((?:const )?(?:struct )?\w+ \*?)\s*([\w, *]+);', m[1],
                                          re.M):
                of_type.setdefault(kind.strip(), []).extend(re.findall(r'\b[a-z]\w*', names))
            for names in of_type.values():
                for name in names:
                    siblings.setdefault(name, [n for n in names if n != name])
    return siblings


def constant(word):
    """The next number, written alike."""
    digits = re.match(r'0[xX][0-9a-fA-F]+|\d+', word)[0]
    value = int(digits, 0) + 1
    return (hex(value) if digits[:2].lower() == '0x' else str(value)) + word[len(digits):]


def of_tokens(function, source, masked, start, end, siblings):
    tokens = [(m[0], m.start(), m.end()) for m in TOKEN.finditer(masked, start, end)]
    for (before, _, _), (word, a, b), (after, _, _) in zip(tokens, tokens[1:], tokens[2:]):
        binary = re.match(r'[\w)\]]', before[-1]) and before not in KEYWORDS
        if word in COMPARISONS:
            yield Mutant(function, 'comparison', a, b, COMPARISONS[word])
        elif word in ('&&', '||'):
            yield Mutant(function, 'condition', a, b, '||' if word == '&&' else '&&')
        elif word in ARITHMETIC and binary and re.match(r'[\w(]', after) and not (
                word == '*' and POINTER.search(masked[start:a])):
            yield Mutant(function, 'operator', a, b, ARITHMETIC[word])
        elif word[0].isdigit():
            yield Mutant(function, 'constant', a, b, constant(word))
        elif before in ('->', '.') and siblings.get(word):
            yield Mutant(function, 'field', a, b, siblings[word][0])
        elif word == 'if' and after == '(':
            close = closing(masked, masked.index('(', b), '()')
            inner = source[masked.index('(', b) + 1:close - 1]
            yield Mutant(function, 'negated', masked.index('(', b), close, f'(!({inner}))')
            yield Mutant(function, 'dropped condition', masked.index('(', b), close, '(0)')


def of_statements(function, masked, start, end):
    """Each call or assignment of its own left out."""
    for m in re.finditer(r'(?<=[;{}\n])[ \t]*((?:\(void\))?[a-z_][\w.>\-\[\]* ]*?'
                         r'(?:\(|[-+*/|&]?= ?)[^;{}]*;)', masked[start:end]):
        text = m[1]
        if re.match(r'(return|if|for|while|switch|else|break|const|struct|u?int\w*_t|bool|size_t|'
                    r'uintptr_t|unsigned|char|wpm_)\b', text):
            continue
        yield Mutant(function, 'dropped statement', start + m.start(1), start + m.end(1), ';')


def of_operands(function, masked, start, end):
    """Operands of minus, and the first two arguments of a call, swapped."""
    for m in re.finditer(r'\b([a-z]\w*) - ([a-z]\w*)\b(?!\s*[\[(.]|->)', masked[start:end]):
        yield Mutant(function, 'swapped operands', start + m.start(), start + m.end(),
                     f'{m[2]} - {m[1]}')
    for m in re.finditer(r'(?<=\w\()([a-z]\w*), ([a-z]\w*)(?=[,)])', masked[start:end]):
        yield Mutant(function, 'swapped operands', start + m.start(), start + m.end(),
                     f'{m[2]}, {m[1]}')
    for m in re.finditer(r', ([a-z]\w*), ([a-z]\w*)(?=[,)])', masked[start:end]):
        yield Mutant(function, 'swapped operands', start + m.start(), start + m.end(),
                     f', {m[2]}, {m[1]}')


# The text that a compiler makes an instruction of, where the prover sees a portable one: no fault in
# it can break a proof (proofs/TRUSTED.md).
BUILTIN = re.compile(r'^#(?:if|elif) [A-Z]+_BUILTIN\b.*?(?=^#e)', re.M | re.S)


def proved_text(source):
    """The source with blanks for its comments, and for what the prover does not see."""
    masked = layermap.without_comments(source)
    return BUILTIN.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), masked)


def mutants(source, functions, siblings):
    """All mutants of the functions named, by function."""
    masked = proved_text(source)
    found = {}
    for name, start, end in bodies(masked):
        if name in functions:
            found[name] = [*of_tokens(name, source, masked, start, end, siblings),
                           *of_statements(name, masked, start, end),
                           *of_operands(name, masked, start, end)]
    return found
