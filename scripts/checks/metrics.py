#!/usr/bin/env python3
"""Every metric that runtime/observe/metric_names.hpp declares is written somewhere, checked and documented."""
import re
import sys

import tree

NAMES = "runtime/observe/metric_names.hpp"
LIST = "runtime/observe/metric_names.cpp"
PAGE = "docs/control-api.md"
SPEC = re.compile(r"inline const metric_spec (\w+)\{\s*metric_kind::\w+,\s*\"(\w+)\"")


def written(root):
    """What code outside the declarations names."""
    used = set()
    for folder in ("apps", "control", "runtime"):
        for path in (root / folder).rglob("*.cpp"):
            if path != root / LIST:
                used.update(re.findall(r"\bmetric::(\w+)", path.read_text(encoding="utf-8")))
    return used


def faults_in(root):
    specs = SPEC.findall(tree.read(root, NAMES))
    if not specs:
        return [f"{NAMES}: no metric is declared there in the form that this check reads"]
    used = written(root)
    listed = set(re.findall(r"&(\w+)", tree.read(root, LIST)))
    documented = tree.read(root, PAGE)
    faults = []
    for variable, name in specs:
        if variable not in used:
            faults.append(f"{NAMES}: {name} is declared and never written: write it or delete it")
        if variable not in listed:
            faults.append(f"{LIST}: {name} is missing in all()")
        if f"`{name}`" not in documented:
            faults.append(f"{PAGE}: {name} is not in the table of metrics")
    return faults


if __name__ == "__main__":
    sys.exit(tree.report(faults_in(tree.root_from(sys.argv[1:])), "metrics"))
