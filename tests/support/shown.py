"""Compares what a page shows with what a command said.

The same text is wanted, but for what cannot be the same twice:

* a date with a time of day stands for any other in the same form;
* in a table with a column AGE, an age at the end of a row stands for any age;
* a run of blanks is one blank, since a column is as wide as its widest entry,
  and blank lines at the end do not count;
* a line that is only `…` stands for lines that the page leaves out;
* a word that the page declares (`<!-- varies: WORD PATTERN -->`) stands for one
  that matches the pattern: whichever it is at first, it is from then on, on
  all pages, in commands, too.
"""

import re

TIMES = [
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}\b"), "⟨date⟩"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4} [A-Z]{3,4}\b"), "⟨log time⟩"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "⟨timestamp⟩"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "⟨time⟩"),
]
AGE = re.compile(r"(?<=\s)(\d+d|\d+h|\d+m|\d+s|\d+[dhm]\d+[hms])$")
LEFT_OUT = "…"


class Varying:
    """The words that vary, and what each has turned out to be."""

    def __init__(self):
        self.patterns = {}
        self.found = {}

    def declare(self, patterns):
        self.patterns.update(patterns)

    def filled(self, text):
        """The text with the words that are known put in."""
        for word, value in self.found.items():
            text = text.replace(word, value)
        return text

    def expression(self, line):
        """A pattern for a line: words that are known as they are, others as declared."""
        known = "|".join(re.escape(it) for it in sorted(self.patterns, key=len, reverse=True))
        parts, seen = [], set()
        for part in re.split(f"({known})", line) if known else [line]:
            if part not in self.patterns:
                parts.append(re.escape(part))
            elif part in self.found:
                parts.append(re.escape(self.found[part]))
            elif part in seen:
                parts.append(f"(?P={group(part)})")
            else:
                seen.add(part)
                parts.append(f"(?P<{group(part)}>{self.patterns[part]})")
        return re.compile("".join(parts))

    def matches(self, shown, said):
        """Whether a line is the one that is shown; keeps what was found in it."""
        found = self.expression(shown).fullmatch(said)
        if not found:
            return False
        for word in self.patterns:
            if found.groupdict().get(group(word)) is not None:
                self.found[word] = found[group(word)]
        return True


def group(word):
    return "w" + "".join(f"{ord(letter):x}" for letter in word)


def plain(lines):
    """The lines without what is never the same twice."""
    result, in_ages = [], False
    for line in lines:
        line = re.sub(r"[ \t]+", " ", line).rstrip()
        if re.search(r"\bAGE$", line):
            in_ages = True
        elif not line or line == LEFT_OUT:
            in_ages = in_ages and line == LEFT_OUT
        elif in_ages:
            line = AGE.sub("⟨age⟩", line)
        for pattern, name in TIMES:
            line = pattern.sub(name, line)
        result.append(line)
    while result and not result[-1]:
        result.pop()
    return result


def difference(shown, said, varying):
    """Returns what differs, or nothing. What varies is kept only if nothing differs."""
    before = dict(varying.found)
    reason = first_difference(plain(shown), plain(said), varying)
    if reason:
        varying.found = before
    return reason


def first_difference(shown, said, varying):
    at = 0
    skipping = False
    for line in shown:
        if line == LEFT_OUT:
            skipping = True
            continue
        while skipping and at < len(said) and not varying.matches(line, said[at]):
            at += 1
        skipping = False
        if at == len(said):
            return f"the page shows   {line!r}\nthe command says nothing more"
        if not varying.matches(line, said[at]):
            return f"the page shows   {varying.filled(line)!r}\nthe command says {said[at]!r}"
        at += 1
    if at < len(said) and not skipping:
        return f"the page shows nothing more\nthe command says {said[at]!r}"
    return ""
