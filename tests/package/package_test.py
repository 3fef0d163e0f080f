#!/usr/bin/env python3
"""Checks the library as its users have it.

    package_test.py installed | library_only | subproject   --source DIR --build DIR --work DIR ...

installed      installs the library, moves the installed tree, builds docs/examples against it from a copy elsewhere,
               and compares what it prints with its page
library_only   the library configures with nothing there but what it needs
subproject     another project links it, compiles against it, and keeps its own settings
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

NEEDLESS = ["Boost", "OpenSSL", "spdlog", "yaml-cpp", "simdjson", "prometheus-cpp", "doctest", "Python3"]
SUBPROJECT = """
add_subdirectory("{source}" cafnode)
add_executable(user user.cpp)
target_link_libraries(user PRIVATE cafnode::supervision)

foreach(name CMAKE_RUNTIME_OUTPUT_DIRECTORY CMAKE_CXX_STANDARD CMAKE_MODULE_PATH CMAKE_EXPORT_COMPILE_COMMANDS)
  if(${{name}})
    message(FATAL_ERROR "${{name}} is set to ${{${{name}}}}")
  endif()
endforeach()
get_target_property(launcher cafnode_base CXX_COMPILER_LAUNCHER)
if(launcher AND NOT launcher STREQUAL "${{CMAKE_CXX_COMPILER_LAUNCHER}}")
  message(FATAL_ERROR "our files are compiled by ${{launcher}}")
endif()
get_target_property(options cafnode_warnings INTERFACE_COMPILE_OPTIONS)
if(options MATCHES "-Werror")
  message(FATAL_ERROR "our warnings are errors in another project")
endif()
get_property(tests DIRECTORY "{source}" PROPERTY TESTS)
if(tests)
  message(FATAL_ERROR "these tests are ours: ${{tests}}")
endif()
"""
LIBRARY = {"libcafnode_base.a", "libcafnode_process.a", "libcafnode_supervision.a", "libcafnode_virtual_time.a"}


def fail(why):
    sys.exit(f"package_test: {why}")


def run(*command, expected=0, env=None, timeout=250):
    """What the command printed, errors included; the test fails unless it ended as expected."""
    words = [str(word) for word in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, timeout=timeout)
    if (done.returncode == 0) != (expected == 0):
        fail(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def configure(args, source, binary, *settings, languages=True, **how):
    known = ["-G", args.generator]
    if languages:
        known += [f"-DCMAKE_CXX_COMPILER={args.compiler}", f"-DCMAKE_C_COMPILER={args.c_compiler}",
                  f"-DCMAKE_BUILD_TYPE={args.build_type}", f"-DCMAKE_CXX_FLAGS={args.flags}"]
    if languages and args.ccache:
        known.append(f"-DCMAKE_CXX_COMPILER_LAUNCHER={args.ccache}")
    return run(args.cmake, "-S", source, "-B", binary, *known, *settings, **how)


def build(args, binary, folder, *targets):
    """Two jobs: other tests run beside this one."""
    cached = dict(os.environ, CCACHE_NOHASHDIR="1", CCACHE_BASEDIR=str(folder))
    wanted = ["--target", *targets] if targets else []
    return run(args.cmake, "--build", binary, "--parallel", "2", *wanted, env=cached)


def write_project(folder, languages, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    head = ["cmake_minimum_required(VERSION 3.25)", f"project(user LANGUAGES {languages})"]
    (folder / "CMakeLists.txt").write_text("\n".join([*head, *lines, ""]))
    return folder


def install_and_move(args):
    first, moved = args.work / "first", args.work / "moved"
    run(args.cmake, "--install", args.build, "--component", "supervision", "--prefix", first)
    first.rename(moved)
    return moved


def check_paths(args, moved):
    """Nothing in the package names the place where it was built or installed first."""
    for path in moved.rglob("*.cmake"):
        text = path.read_text()
        for place in (args.source, args.build, args.work):
            if str(place) in text:
                fail(f"{path} names {place}")
        if "cafnode_warnings" in text:
            fail(f"{path} hands our warnings on")


def check_refusals(args, moved, folder):
    """What find_package says when it cannot serve."""
    prefix = f"-DCMAKE_PREFIX_PATH={moved}"
    cases = [
        ("NONE", "find_package(cafnode 0.1 REQUIRED COMPONENTS supervision cluster)",
         r"no component 'cluster' in .*; it has: supervision"),
        ("NONE", "find_package(cafnode 0.2 REQUIRED COMPONENTS supervision)", r"version: 0\.1\."),
        ("CXX", "set(CMAKE_DISABLE_FIND_PACKAGE_fmt ON)\nfind_package(cafnode 0.1 REQUIRED)",
         r"was built with fmt .*libfmt-dev"),
        ("CXX", "set(CAF_INCLUDE_DIR nowhere)\nfind_package(cafnode 0.1 REQUIRED)",
         r"was built with CAF 0\.17.*libcaf-dev"),
    ]
    for number, (languages, line, expected) in enumerate(cases):
        project = write_project(folder / f"refused{number}", languages, line)
        said = configure(args, project, project / "build", prefix, languages=languages != "NONE", expected=1)
        if not re.search(expected, " ".join(said.split())):  # CMake wraps
            fail(f"'{expected}' is not in what this said: {line}\n{said}")


def by_speaker(lines):
    """The lines of each speaker in their order: between speakers there is none."""
    spoken = {}
    for line in lines:
        spoken.setdefault(line.split()[0], []).append(line)
    return spoken


def check_output(said, page):
    shown = re.search(r"^```\n\$ build/supervised_market\n(.*?)^```", page.read_text(), re.M | re.S)
    if not shown:
        fail(f"{page} shows no output")
    expected, got = by_speaker(shown[1].splitlines()), by_speaker(said.splitlines())
    if expected != got:
        fail(f"{page} shows something else than what was printed:\n{said}")


def check_example(args, moved, folder):
    example = folder / "example"
    shutil.copytree(args.source / "docs" / "examples", example)
    configure(args, example, example / "build", f"-DCMAKE_PREFIX_PATH={moved}")
    build(args, example / "build", example)
    check_output(run(example / "build" / "supervised_market", timeout=60), example / "README.md")
    run(example / "build" / "market_test", timeout=60)


def installed(args):
    moved = install_and_move(args)
    check_paths(args, moved)
    with tempfile.TemporaryDirectory(prefix="cafnode-package-") as name:
        folder = pathlib.Path(name).resolve()
        check_refusals(args, moved, folder)
        check_example(args, moved, folder)


def hidden(names):
    return [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in names]


def library_only(args):
    binary = args.work / "build"
    configure(args, args.source, binary, "-DCAFNODE_LIBRARY_ONLY=ON", *hidden(NEEDLESS))
    targets = run(args.cmake, "--build", binary, "--target", "help")
    built = set(re.findall(r"\blib\w+\.a\b", targets))
    if args.generator == "Ninja" and built != LIBRARY:
        fail(f"a library-only build makes {sorted(built)}")
    # It must not pass because nothing was hidden.
    configure(args, args.source, args.work / "whole", "-DCAFNODE_LIBRARY_ONLY=OFF", *hidden(NEEDLESS), expected=1)


def subproject(args):
    project = write_project(args.work / "user", "CXX", SUBPROJECT.format(source=args.source))
    (project / "user.cpp").write_text('#include "supervisors/words.hpp"\n#include "runtime/process/system_config.hpp"\n'
                                      "int main() { cafnode::process::system_config{}.use_timer_thread(); }\n")
    configure(args, project, project / "build", *hidden(NEEDLESS))
    # That it can be linked is settled: CMake has found all its targets. The whole library would take a minute.
    if args.generator == "Ninja":
        build(args, project / "build", args.source, "CMakeFiles/user.dir/user.cpp.o", "cafnode_base")
    run(args.cmake, "--install", project / "build", "--prefix", args.work / "prefix")
    if (args.work / "prefix").exists():
        fail("the other project installs our files without having asked")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("check", choices=["installed", "library_only", "subproject"])
    for name in ("source", "build", "work"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("cmake", "generator", "compiler", "c-compiler"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("build-type", "flags", "ccache"):
        parser.add_argument(f"--{name}", default="")
    args = parser.parse_args()
    if args.ccache.endswith("NOTFOUND"):
        args.ccache = ""
    return args


def main():
    args = arguments()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    {"installed": installed, "library_only": library_only, "subproject": subproject}[args.check](args)


if __name__ == "__main__":
    main()
