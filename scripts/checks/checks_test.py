#!/usr/bin/env python3
"""Each check can fail: a small bad sample for every rule, and a good one beside it."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import floors
import metrics
import pages
import sizes
import text

HERE = pathlib.Path(__file__).resolve().parent


class sample_case(unittest.TestCase):
    def tree(self, files):
        """A throw-away project of a few files: its root."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name).resolve()
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
        return root


class metrics_test(sample_case):
    def faults(self, names='inline const metric_spec up{metric_kind::gauge, "caf_node_up", "Help.", {}, {}};',
               listed="&up", page="`caf_node_up`", code="set(metric::up);"):
        return metrics.faults_in(self.tree({metrics.NAMES: names, metrics.LIST: listed, metrics.PAGE: page,
                                            "apps/a.cpp": code}))

    def test_a_metric_that_is_written_listed_and_documented_passes(self):
        self.assertEqual([], self.faults())

    def test_one_that_nobody_writes_fails(self):
        self.assertIn("never written", self.faults(code="")[0])

    def test_one_that_is_not_listed_or_documented_fails(self):
        self.assertIn("missing in all()", self.faults(listed="")[0])
        self.assertIn("table of metrics", self.faults(page="")[0])

    def test_declarations_that_cannot_be_read_fail(self):
        self.assertEqual(1, len(self.faults(names="")))


class pages_test(sample_case):
    def faults(self, page, name="docs/a.md"):
        return pages.faults_in(self.tree({
            name: page, "docs/other.md": "# Some `good` heading\n", "conf/b.hpp": "", "conf/b.cpp": "", "README.md": "",
            "docs/decisions/0001-first.md": ""}))

    def test_what_is_there_passes(self):
        for page in ("[x](other.md)", "[x](other.md#some-good-heading)", "[x](../README.md)", "[x](https://a.b/c)",
                     "`conf/b.hpp`", "`conf/b`", "`conf/`", "`conf/{b}.{hpp,cpp}`", "`conf/*.hpp`", "`conf/<name>.hpp`",
                     "`conf/NAME.hpp`", "`b.cpp`", "`public/auth`", "`conf/nothing --flag`", "see 0001",
                     "```\n`conf/c.hpp` [x](nowhere.md)\n```"):
            self.assertEqual([], self.faults(page + "\n"), page)
        self.assertEqual([], self.faults("`conf/gone.hpp`\n", "CHANGELOG.md"))

    def test_what_is_not_there_fails_at_its_line(self):
        for page, fault in {"[x](nowhere.md)": "leads nowhere", "[x](other.md#bad)": "no such heading",
                            "[x](#none)": "no such heading", "`conf/c.hpp`": "not in the tree",
                            "`conf/{b,c}.hpp`": "'conf/c.hpp'", "`conf/*.md`": "not in the tree",
                            "`c.cpp`": "is called 'c.cpp'", "see 0002": "record 0002"}.items():
            found = self.faults("\n" + page + "\n")
            self.assertEqual(1, len(found), page)
            self.assertTrue(found[0].startswith("docs/a.md:2: "), found)
            self.assertIn(fault, found[0])


class floors_test(sample_case):
    def faults(self, files):
        return floors.faults_in(self.tree(files))

    def assert_fault(self, expected, files):
        found = self.faults(files)
        self.assertTrue(any(expected in fault for fault in found), f"{expected!r} not in {found}")

    def test_a_downward_include_passes(self):
        self.assertEqual([], self.faults({"runtime/base/a.hpp": "", "conf/b.cpp": '#include "runtime/base/a.hpp"'}))

    def test_an_upward_include_fails(self):
        self.assert_fault("runtime/base may not include supervisors",
                          {"supervisors/a.hpp": "", "runtime/base/b.cpp": '#include "supervisors/a.hpp"'})

    def test_a_sideways_include_fails(self):
        self.assert_fault("runtime/observe may not include conf",
                          {"conf/a.hpp": "", "runtime/observe/b.cpp": '#include "conf/a.hpp"'})

    def test_the_simulator_may_not_use_the_codecs_of_the_node(self):
        self.assert_fault("sim may not include actors/venues",
                          {"actors/venues/a.hpp": "", "sim/b.cpp": '#include "actors/venues/a.hpp"'})

    def test_what_deribit_does_and_what_carries_bytes_do_not_know_each_other(self):
        self.assert_fault("sim/deribit may not include sim/wire",
                          {"sim/wire/a.hpp": "", "sim/deribit/b.cpp": '#include "sim/wire/a.hpp"'})
        self.assert_fault("sim/wire may not include sim/deribit",
                          {"sim/deribit/a.hpp": "", "sim/wire/b.cpp": '#include "sim/deribit/a.hpp"'})

    def test_a_relative_include_fails(self):
        self.assert_fault("not a path from the project root", {"conf/a.hpp": "", "conf/b.cpp": '#include "a.hpp"'})

    def test_the_examples_stand_alone_on_the_library(self):
        self.assertEqual([], self.faults({"docs/examples/a.hpp": "", "docs/examples/b.cpp": '#include "a.hpp"'}))
        self.assert_fault("docs/examples may not include runtime/host",
                          {"runtime/host/a.hpp": "", "docs/examples/b.cpp": '#include "runtime/host/a.hpp"'})

    def test_nothing_but_tests_includes_tests(self):
        self.assert_fault("nothing but tests", {"tests/a.hpp": "", "conf/b.cpp": '#include "tests/a.hpp"'})

    def test_tests_may_include_anything(self):
        self.assertEqual([], self.faults({"tests/a.cpp": "#include <boost/beast.hpp>\n#include <caf/all.hpp>\n"}))

    def test_a_file_outside_the_table_fails(self):
        self.assert_fault("no folder", {"somewhere/a.cpp": ""})

    def test_every_wall_holds(self):
        walled = {"boost/beast.hpp": "runtime/base", "caf/actor.hpp": "actors/venues", "yaml-cpp/yaml.h": "apps",
                  "spdlog/spdlog.h": "conf", "prometheus/a.h": "control", "openssl/ssl.h": "runtime/host",
                  "CLI/CLI.hpp": "conf", "boost/json.hpp": "supervisors", "boost/asio.hpp": "actors/venues",
                  "doctest/doctest.h": "apps", "ares.h": "runtime/host", "sqlite3.h": "control",
                  "thread": "sim/deribit"}
        for header, folder in walled.items():
            self.assert_fault("walled off", {f"{folder}/a.cpp": f"#include <{header}>\n"})
        self.assertEqual(len(floors.WALLS), len(walled))

    def test_a_wall_holds_behind_a_header_of_ours(self):
        self.assert_fault("runtime/net/a.hpp -> boost/beast.hpp",
                          {"runtime/net/a.hpp": "#include <boost/beast.hpp>\n",
                           "runtime/host/b.cpp": '#include "runtime/net/a.hpp"\n'})

    def test_cafctl_reaches_no_actor_runtime(self):
        found = self.faults({"runtime/process/a.hpp": "#include <caf/actor.hpp>\n",
                             "apps/ctl/main.cpp": '#include "runtime/process/a.hpp"\n',
                             "apps/node/main.cpp": '#include "runtime/process/a.hpp"\n'})
        self.assertEqual(1, len(found))
        self.assertIn("apps/ctl/main.cpp:1: reaches CAF", found[0])


class sizes_test(sample_case):
    def function_lengths(self, source):
        return [last - first + 1 for first, last in sizes.functions(source)]

    def test_a_long_file_fails(self):
        self.assertIn("401 lines", list(sizes.faults_of("a.cpp", "\n" * 401))[0])
        self.assertEqual([], list(sizes.faults_of("a.cpp", "\n" * 400)))

    def test_too_many_includes_fail(self):
        self.assertIn("19 includes", list(sizes.faults_of("a.cpp", "#include <a>\n" * 19))[0])
        self.assertEqual([], list(sizes.faults_of("a.cpp", "#include <a>\n" * 18)))

    def test_a_long_function_fails_wherever_it_stands(self):
        body = "x();\n" * 60
        for sample in (f"void f() {{\n{body}}}\n",
                       f"namespace n {{\nclass c {{\n  void f() const {{\n{body}}}\n}};\n}}\n",
                       f"c::c(int a) : a_{{a}}, b_{{a}} {{\n{body}}}\n",
                       f"template<class T>\nvoid f(T t) {{\n{body}}}\n",
                       f"auto f = [](int) {{\n{body}}};\n",
                       f'SCENARIO("rule") {{\n{body}}}\n',
                       f"int f() try {{\n{body}}} catch (...) {{}}\n"):
            self.assertIn("a function of 62 lines", "".join(sizes.faults_of("a.cpp", sample)), sample[:40])

    def test_a_function_of_sixty_lines_passes(self):
        self.assertEqual([], list(sizes.faults_of("a.cpp", "void f() {\n" + "x();\n" * 58 + "}\n")))

    def test_braces_in_text_and_comments_do_not_count(self):
        source = ('void f() {\n  a("}}}"); // }\n  b(R"({ )"); /* } */ c(\'{\');\n  int n = 1\'000;\n}\n'
                  'void g() {\n}\n')
        self.assertEqual([5, 2], self.function_lengths(source))

    def test_scopes_and_initializers_are_no_functions(self):
        source = ("namespace a {\nstruct b {\n int c{1};\n};\nenum class d { e };\n}\n"
                  "SOME_MACRO(a::b)\nnamespace f {\n}\nconstexpr auto g = to_array<h>({\n  {1, 2},\n});\n")
        self.assertEqual([], self.function_lengths(source))


class text_test(sample_case):
    def faults(self, path, content):
        return list(text.faults_of(path, content))

    def assert_fault(self, expected, path, content):
        found = self.faults(path, content)
        self.assertTrue(any(expected in fault for fault in found), f"{expected!r} not in {found}")

    def test_manners(self):
        self.assert_fault("a tab", "a.cpp", "\tint a;\n")
        self.assert_fault("trailing space", "a.md", "word \n")
        self.assert_fault("121 columns", "a.hpp", "/" * 121 + "\n")
        self.assert_fault("no newline", "a.yaml", "a: 1")
        self.assertEqual([], self.faults("a.cpp", "/" * 120 + "\n"))
        self.assertEqual([], self.faults("a.md", "w" * 200 + "\n"))

    def test_every_banned_word(self):
        self.assert_fault("virtual clock", "tests/a_test.cpp", "std::this_thread::sleep_for(1ms);\n")
        self.assert_fault("argument", "conf/a.cpp", "auto t = std::chrono::steady_clock::now();\n")
        self.assert_fault("argument", "conf/a.cpp", "auto t = base::clock::now();\n")
        self.assert_fault("argument", "runtime/process/a.cpp", "auto t = base::clock::now();\n")
        self.assert_fault("captures", "conf/a.cpp", "auto f = [=] { return a; };\n")
        self.assert_fault("fmt::print", "apps/a.cpp", "std::cout << 1;\n")
        self.assert_fault("CAFNODE_INVARIANT", "conf/a.cpp", "  assert(a);\n")
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.assert_fault("leave it out", "README.md", f"{word}: more\n")
        for place in ("/wo" + "rk/main", "shared/" + "reference/x.md", "../sha" + "red"):
            self.assert_fault("stands alone", "docs/a.md", f"see {place}\n")

    def test_what_only_looks_like_a_banned_word(self):
        self.assertEqual([], self.faults("conf/a.cpp", "static_assert(true);\n"))
        self.assertEqual([], self.faults("runtime/host/a.cpp", "base::clock::now();\n"))
        self.assertEqual([], self.faults("runtime/process/timer_thread.cpp", "base::clock::now();\n"))
        self.assertEqual([], self.faults("tests/runtime/net/a_test.cpp", "std::chrono::steady_clock::now();\n"))
        self.assertEqual([], self.faults("conf/a.cpp", "auto f = [this, a] { a[i] = 1; };\n"))


class programs_test(sample_case):
    def run_check(self, name, *arguments):
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        return subprocess.run([sys.executable, str(HERE / name), *map(str, arguments)], capture_output=True, text=True,
                              env=environment)

    def test_each_program_ends_with_a_status_that_ctest_sees(self):
        good = self.tree({"conf/a.cpp": "int a;\n"})
        bad = self.tree({"conf/a.cpp": "#include <caf/all.hpp>\n" + "\tint a; \n" * 401})
        for program in ("floors.py", "sizes.py", "text.py"):
            self.assertEqual(0, self.run_check(program, good).returncode, program)
            done = self.run_check(program, bad)
            self.assertEqual(1, done.returncode, program)
            self.assertIn("conf/a.cpp:", done.stdout)

    def test_another_clang_format_is_not_asked(self):
        root = self.tree({"clang-format": "#!/bin/sh\necho clang-format version 18.1.3\n"})
        (root / "clang-format").chmod(0o755)
        done = self.run_check("format.py", root / "clang-format", root)
        self.assertEqual(0, done.returncode)
        self.assertIn("skipped", done.stdout)

    def test_bad_format_fails(self):
        if not shutil.which("clang-format-14"):
            self.skipTest("no clang-format-14")
        root = self.tree({".clang-format": "BasedOnStyle: LLVM\n", "conf/a.cpp": "int   a ;\n"})
        self.assertNotEqual(0, self.run_check("format.py", "clang-format-14", root).returncode)


if __name__ == "__main__":
    unittest.main()
