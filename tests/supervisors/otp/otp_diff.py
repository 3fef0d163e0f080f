#!/usr/bin/env python3
"""Holds our supervisor against OTP's, on random scripts.

  otp_diff.py --check N [--first SEED] [--program sup-trace] [--save FOLDER]
      N random scripts: how many agree; exit status 0 when all do
  otp_diff.py --record SCRIPT.json ...
      writes what OTP does with each into SCRIPT.trace beside it

Needs erl and erlc (Debian: erlang-base) and a built sup-trace. A script on which the two differ is recorded again with
shorter and longer steps: where OTP disagrees with itself, it is a matter of time, and counted as such. What remains is
made as small as it can be while it still differs, and printed; with --save it is kept there with both traces.
"""
import argparse
import copy
import json
import pathlib
import sys
import time

import generate
import record

ROUND = 2000
AT_ONCE_AGAIN = 30
PROGRAM = record.HERE.parents[2] / "build/release/bin/sup-trace"


def differ(otp, program, scripts, step_ms=record.STEP_MS):
    """For each script where OTP and ours part, or None."""
    recorded = otp.record(scripts, step_ms, AT_ONCE_AGAIN)
    return [record.first_difference(want, got) for want, got in zip(recorded, record.ours(program, scripts))]


def steady_trace(otp, script):
    """What OTP does however long the steps are, as long as that is less than a grace; None when it depends on them."""
    traces = [otp.record([script], step_ms, 1)[0] for step_ms in (36, 40, 44, 40)]
    return traces[0] if all(trace == traces[0] for trace in traces) else None


def smaller(script):
    """`script` with one step less, and with one child less, each way there is."""
    for place in range(len(script["steps"]) - 1, -1, -1):
        yield {**script, "steps": script["steps"][:place] + script["steps"][place + 1:]}
    yield from smaller_trees(script)


def smaller_trees(script):
    def places(sup, path):
        for number, child in enumerate(sup["children"]):
            yield path + [number]
            if "sup" in child:
                yield from places(child["sup"], path + [number])
    for path in places(script["root"], []):
        out = copy.deepcopy(script)
        sup = out["root"]
        for number in path[:-1]:
            sup = sup["children"][number]["sup"]
        if sup["strategy"] != "simple_one_for_one":
            del sup["children"][path[-1]]
            yield out


def minimised(otp, program, script):
    """`script` with as few steps and children as still make a difference."""
    while True:
        candidates = list(smaller(script))
        parted = [c for c, found in zip(candidates, differ(otp, program, candidates)) if found]
        if not parted:
            return script
        script = parted[0]


def save(folder, script, want, got):
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / script["name"]
    stem.with_suffix(".json").write_text(json.dumps(script, indent=1) + "\n")
    for suffix, trace in ((".trace", want), (".ours", got)):
        stem.with_suffix(suffix).write_text(text_of(trace))


def text_of(trace):
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in trace)


def report(otp, program, script, folder):
    small = minimised(otp, program, script)
    want, got = otp.record([small], at_once=1)[0], record.ours(program, [small])[0]
    print(f"{small['name']}: {json.dumps(small)}")
    found = record.first_difference(want, got)
    if found:
        print(f"  OTP {json.dumps(found[0])}\n  ours {json.dumps(found[1])}", flush=True)
    if folder:
        save(folder, small, want, record.without_times(got))


def check(arguments):
    otp, agree, timed, parted = record.otp(), 0, 0, 0
    for first in range(arguments.first, arguments.first + arguments.check, ROUND):
        seeds = range(first, min(first + ROUND, arguments.first + arguments.check))
        scripts = [generate.script(seed) for seed in seeds]
        begun = time.monotonic()
        recorded = otp.record(scripts)
        suspects = [script for script, want, got in zip(scripts, recorded, record.ours(arguments.program, scripts))
                    if record.first_difference(want, got)]
        # A busy machine delays what others do by some milliseconds: once more, fewer at a time.
        suspects = [script for script, found in zip(suspects, differ(otp, arguments.program, suspects)) if found]
        traces = [(script, steady_trace(otp, script)) for script in suspects]
        steady = [(script, trace) for script, trace in traces if trace is not None]
        found = [script for script, trace in steady
                 if record.first_difference(trace, record.ours(arguments.program, [script])[0])]
        print(f"seeds {first} to {seeds[-1]}: {len(found)} differ, {time.monotonic() - begun:.0f} s", file=sys.stderr,
              flush=True)
        for script in found:
            report(otp, arguments.program, script, arguments.save)
        timed += len(traces) - len(steady)
        parted += len(found)
        agree += len(scripts) - len(found) - (len(traces) - len(steady))
    print(f"{agree + timed + parted} scripts, {agree} agree, {parted} differ, {timed} a matter of time")
    return 0 if parted == 0 else 1


def record_files(files):
    names = [pathlib.Path(name) for name in files]
    scripts = [json.loads(name.read_text()) for name in names]
    for name, trace in zip(names, record.otp().record(scripts)):
        name.with_suffix(".trace").write_text(text_of(trace))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", type=int, metavar="N", help="how many random scripts")
    what.add_argument("--record", nargs="+", metavar="SCRIPT", help="scripts to record")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="seed of the first script (1)")
    parser.add_argument("--program", default=str(PROGRAM), help="the sup-trace to hold against OTP")
    parser.add_argument("--save", type=pathlib.Path, metavar="FOLDER", help="where scripts that differ are kept")
    arguments = parser.parse_args()
    return record_files(arguments.record) if arguments.record else check(arguments)


if __name__ == "__main__":
    sys.exit(main())
