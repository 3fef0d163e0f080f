#!/usr/bin/env python3
"""Every C++ file is as clang-format 14 writes it. Argument: the clang-format to use.

Other versions format some lines differently, so they are not asked.
"""
import os
import re
import subprocess
import sys

import tree

VERSION = 14


def version_of(binary):
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\d+)\.", said)
    return int(found[1]) if found else 0


def main(arguments):
    binary = next((argument for argument in arguments if not os.path.isdir(argument)), "clang-format-14")
    root = tree.root_from(arguments)
    version = version_of(binary)
    if version != VERSION:
        print(f"format: skipped: {binary} is version {version}, and only {VERSION} decides")
        return 0
    files = [str(path) for path in tree.cpp_files(root)]
    if not files:
        return tree.report([], "format")
    done = subprocess.run([binary, "--dry-run", "-Werror", *files], cwd=root, capture_output=True, text=True)
    sys.stdout.write(done.stderr)
    print("format: clean" if done.returncode == 0 else "format: run clang-format-14 -i on the files above")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
