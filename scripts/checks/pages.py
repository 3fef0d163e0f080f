#!/usr/bin/env python3
"""What the pages point at is there: links, headings, files and folders of this tree, decision records."""
import itertools
import pathlib
import re
import sys

import tree

HISTORY = {"CHANGELOG.md"}  # tells of what was
DECISIONS = "docs/decisions"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`]+)`")
PATH = re.compile(r"[\w.*{},<>-]+(?:/[\w.*{},<>-]+)+/?")
FILE = re.compile(r"[a-z]\w*\.(?:cpp|hpp|py|sh|cmake|md|supp)")
RECORD = re.compile(r"(?<![\w.,/-])(00\d\d)(?![\w.,-])")


def pages(root):
    return [path for path in tree.files(root) if path.suffix == ".md" and path.as_posix() not in HISTORY]


def spelled_out(path):
    """`a/{b,c}.hpp` is two paths; `<part>` and `NAME` are any name."""
    parts = re.split(r"\{([^}]*)\}", re.sub(r"<[^>]*>|\b(?!README|CHANGELOG|CONTRIBUTING)[A-Z]{3,}\b", "*", path))
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    return ["".join(each) for each in itertools.product(*choices)]


def stands(root, path):
    """As it is written, or with a suffix: a name without one means header and source."""
    path = path.rstrip("/")
    return any(root.glob(path)) or any(root.glob(path + ".*"))


def anchors(page):
    """The fragments of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def link_faults(root, page, text):
    for target in LINK.findall(text):
        path, _, fragment = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (root / page.parent / path) if path else root / page
        if not there.exists():
            yield f"'{target}' leads nowhere"
        elif fragment and fragment not in anchors(there.read_text(encoding="utf-8")):
            yield f"'{target}': there is no such heading"


def name_faults(root, page, text, tops, names):
    for span in SPAN.findall(text):
        for path in PATH.findall(span) if " " not in span else []:
            if path != span or path.split("/")[0] not in tops:
                continue
            for each in spelled_out(path):
                if not stands(root, each) and not stands(root / page.parent, each):
                    yield f"'{each}' is not in the tree"
        if FILE.fullmatch(span) and span not in names:
            yield f"no file of the tree is called '{span}'"


def record_faults(root, text):
    for number in RECORD.findall(text):
        if not any((root / DECISIONS).glob(f"{number}-*.md")):
            yield f"there is no decision record {number}"


def faults_of(root, page, tops, names):
    inside = False
    for number, line in enumerate(tree.read(root, page).split("\n"), 1):
        if line.startswith("```"):
            inside = not inside
        found = [] if inside else [link_faults(root, page, line), name_faults(root, page, line, tops, names)]
        if page.as_posix().startswith("docs/") and not inside:
            found.append(record_faults(root, line))
        yield from (f"{page}:{number}: {fault}" for fault in itertools.chain.from_iterable(found))


def faults_in(root):
    every = list(tree.files(root))
    tops = {path.parts[0] for path in every if len(path.parts) > 1}
    names = {path.name for path in every}
    return [fault for page in pages(root) for fault in faults_of(root, page, tops, names)]


if __name__ == "__main__":
    sys.exit(tree.report(faults_in(pathlib.Path(tree.root_from(sys.argv[1:]))), "pages"))
