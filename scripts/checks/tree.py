"""What every check shares: which files belong to the project, and how faults are told."""
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_NAMES = {".git", ".cache", "__pycache__", "node_modules", "build", "var"}
SKIPPED_PATHS = {"tests/frames", "tests/supervisors/otp-traces"}
CPP_SUFFIXES = {".cpp", ".hpp"}


def root_from(arguments):
    """The tree to check: the first argument that is a folder, else the project."""
    for argument in arguments:
        if os.path.isdir(argument):
            return pathlib.Path(argument).resolve()
    return ROOT


def files(root):
    """Every file of the project as a path relative to `root`, in a stable order."""
    for folder, folders, names in os.walk(root):
        here = pathlib.Path(folder).relative_to(root)
        folders[:] = sorted(
            name for name in folders
            if name not in SKIPPED_NAMES and (here / name).as_posix() not in SKIPPED_PATHS)
        for name in sorted(names):
            yield here / name


def cpp_files(root):
    return [path for path in files(root) if path.suffix in CPP_SUFFIXES]


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def report(faults, what):
    """Prints every fault as `file:line: text` and gives the exit status."""
    for fault in faults:
        print(fault)
    if faults:
        print(f"{what}: {len(faults)} fault(s)", file=sys.stderr)
        return 1
    print(f"{what}: clean")
    return 0
