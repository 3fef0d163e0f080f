"""Runs supervision scripts on OTP's supervisor and on ours."""
import concurrent.futures
import itertools
import json
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 150  # scripts in one Erlang system: most of them sleep
BATCH = 400    # scripts that one Erlang system runs before it ends
STEP_MS = 40


def atom(word):
    return "'" + word + "'"


def supervisor_term(sup):
    simple = sup["strategy"] == "simple_one_for_one"
    children = ", ".join(child_term(child, simple) for child in sup["children"])
    flags = (f"#{{strategy => {sup['strategy']}, intensity => {sup.get('intensity', 1)},"
             f" period => {sup.get('period_s', 5)}, auto_shutdown => {sup.get('auto_shutdown', 'never')}}}")
    return f"#{{id => <<\"{sup['id']}\">>, flags => {flags}, children => [{children}]}}"


def child_term(child, template=False):
    fields = [f"id => <<\"{child['id']}\">>", f"restart => {child.get('restart', 'permanent')}",
              f"significant => {str(child.get('significant', False)).lower()}",
              f"stubborn => {str(child.get('stubborn', False)).lower()}",
              f"template => {str(template).lower()}",
              f"type => {'supervisor' if 'sup' in child else 'worker'}"]
    if "shutdown" in child:
        fields.append(f"shutdown => {child['shutdown']}")
    if "sup" in child:
        fields.append(f"sup => {supervisor_term(child['sup'])}")
    return "#{" + ", ".join(fields) + "}"


def step_term(step):
    fields = []
    for key, value in step.items():
        if key == "child":
            fields.append(f"child => {child_term(value)}")
        elif key in ("id", "sup"):
            fields.append(f"{key} => <<\"{value}\">>")
        else:
            fields.append(f"{key} => {value}")
    return "#{" + ", ".join(fields) + "}"


def script_term(script):
    steps = ", ".join(step_term(step) for step in script["steps"])
    return f"#{{root => {supervisor_term(script['root'])}, steps => [{steps}]}}"


class otp:
    """OTP's supervisor, as Erlang systems that each run many scripts at once."""

    def __init__(self, systems=2):
        if not shutil.which("erl") or not shutil.which("erlc"):
            raise SystemExit("erl and erlc are needed; on Debian: apt-get install --no-install-recommends erlang-base")
        self.systems = systems
        self.folder = tempfile.TemporaryDirectory(prefix="otp_diff.")
        subprocess.run(["erlc", "-o", self.folder.name, str(HERE / "recorder.erl")], check=True)

    def record(self, scripts, step_ms=STEP_MS, at_once=AT_ONCE):
        """The trace of each script, a list of events."""
        batches = [range(first, min(first + BATCH, len(scripts))) for first in range(0, len(scripts), BATCH)]
        traces = {}
        with concurrent.futures.ThreadPoolExecutor(self.systems) as pool:
            for part in pool.map(lambda batch: self._record_batch(scripts, batch, step_ms, at_once), batches):
                traces.update(part)
        return [traces[number] for number in range(len(scripts))]

    def _record_batch(self, scripts, batch, step_ms, at_once):
        stem = pathlib.Path(self.folder.name) / f"{batch.start}-{step_ms}"
        terms, out = stem.with_suffix(".terms"), stem.with_suffix(".traces")
        terms.write_text("".join(f"{{{number}, {script_term(scripts[number])}}}.\n" for number in batch))
        subprocess.run(["erl", "+S", "1", "-noshell", "-kernel", "logger_level", "none", "-pa", self.folder.name,
                        "-run", "recorder", "main", str(terms), str(out), str(at_once), str(step_ms)], check=True)
        lines = (line.split("\t", 1) for line in out.read_text().splitlines())
        return {int(number): json.loads(trace) for number, trace in lines}


def ours(program, scripts):
    """The trace of each script as `program`, a sup-trace, gives it, each event with its virtual time."""
    source = "".join(json.dumps(script) + "\n" for script in scripts)
    run = subprocess.run([program, "--lines", "--times"], input=source, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(run.stderr.strip() or f"{program} ended with {run.returncode}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def without_times(trace):
    return [{key: value for key, value in event.items() if key != "at_ms"} for event in trace]


def parted(trace):
    """(what happened, what was answered): each answer with the number of events before it."""
    events = [event for event in trace if event["ev"] != "result"]
    before, answers = 0, []
    for event in trace:
        if event["ev"] == "result":
            answers.append((before, event))
        else:
            before += 1
    return events, answers


def first_difference(want, timed):
    """Where OTP's trace and ours, with its times, part: (what OTP has, what ours has), or None.

    Who is answered and who goes on working do so at the same time, and which of them is first in the trace is no rule.
    So an answer may stand among the events of its own time wherever it likes.
    """
    events, answers = parted(want)
    our_events, our_answers = parted(timed)
    for left, right in itertools.zip_longest(events, without_times(our_events)):
        if left != right:
            return left, right
    moments = [event["at_ms"] for event in our_events]
    for left, right in itertools.zip_longest(answers, our_answers):
        if not left or not right or left[1] != without_times([right[1]])[0]:
            return left and left[1], right and right[1]
        low, high = sorted((left[0], right[0]))
        if any(moment != right[1]["at_ms"] for moment in moments[low:high]):
            return {"after": left[0], **left[1]}, {"after": right[0], **right[1]}
    return None
