#!/usr/bin/env python3
"""No file over 400 lines, no function over 60, no more than 18 includes in a file."""
import re
import sys

import tree

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
INCLUDES_MAX = 18
# path -> lines: what is over the limit today and may only shrink.
EXCEPTIONS = {}

LITERALS = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M | re.S)
SCOPE_HEAD = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b[^()]*$")
TEMPLATE_HEAD = re.compile(r"^\s*template\s*<")
INITIALIZERS = re.compile(r"\)\s*(?:noexcept\s*(?:\([^()]*\))?\s*)?:(?!:)")


def blank(match):
    return "".join(char if char == "\n" else " " for char in match[0])


def bare(text):
    """The text with comments, literals and directives blanked, lines kept."""
    return DIRECTIVE.sub(blank, LITERALS.sub(blank, text))


def without_template(head):
    """A head without its leading template<...> parameter lists."""
    while TEMPLATE_HEAD.match(head):
        depth, place = 0, head.index("<")
        for place in range(head.index("<"), len(head)):
            depth += {"<": 1, ">": -1}.get(head[place], 0)
            if depth == 0:
                break
        head = head[place + 1:]
    return head.strip()


def opens_function(head):
    """Whether a brace behind this head begins a body."""
    head = without_template(head)
    return "(" in head and head.count("(") == head.count(")") and not SCOPE_HEAD.search(head)


def is_member_init(head):
    """Whether a brace behind this head belongs to a constructor's initializer list."""
    return bool(INITIALIZERS.search(head)) and (head.rstrip()[-1:].isalnum() or head.rstrip()[-1:] in "_>")


def functions(text):
    """(first line, last line) of every function body; a lambda counts with the function around it."""
    code = bare(text)
    stack, head, line = [], "", 1
    inside = None
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            if inside is None and is_member_init(head):
                stack.append("init")
                continue
            kind = "body" if inside is None and opens_function(head) else "scope"
            if kind == "body":
                inside = (len(stack), line)
            stack.append(kind)
            head = ""
        elif char == "}":
            kind = stack.pop() if stack else "scope"
            if inside is not None and len(stack) == inside[0]:
                yield inside[1], line
                inside = None
            head = head + "}" if kind == "init" else ""
        elif char == ";" and inside is None and "init" not in stack:
            head = ""
        elif "init" not in stack:
            head += char


def faults_of(path, text):
    lines = text.count("\n")
    allowed = EXCEPTIONS.get(path, FILE_LINES_MAX)
    if lines > allowed:
        yield f"{path}:{lines}: {lines} lines; the limit is {allowed}: split it by what it is for"
    includes = len(re.findall(r"^\s*#\s*include\b", text, re.M))
    if includes > INCLUDES_MAX:
        yield f"{path}:1: {includes} includes; the limit is {INCLUDES_MAX}"
    for first, last in functions(text):
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield f"{path}:{first}: a function of {last - first + 1} lines; the limit is {FUNCTION_LINES_MAX}"


def faults_in(root):
    return [fault for path in tree.cpp_files(root) for fault in faults_of(str(path), tree.read(root, path))]


if __name__ == "__main__":
    sys.exit(tree.report(faults_in(tree.root_from(sys.argv[1:])), "sizes"))
