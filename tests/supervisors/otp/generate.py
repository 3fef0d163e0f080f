"""Random supervision scripts, each from its seed alone.

What two runs of OTP may do differently is left out, because it is a matter of time and not of rules:

- A supervisor is never killed, neither from outside nor by its shutdown (its children then end when the links reach
  them, while the supervisor above already starts the next). Its own grace is long or infinite.
- Whole seconds of the clock: under a period of 1 s the steps come in bursts shorter than that, and 2.3 s lie between
  two bursts; every other period outlasts its script.
- Graces of 50 ms against steps of 40 ms, and few children that need them: the ends of the two do not meet. Where they
  do meet in a long chain, OTP disagrees with itself when it is asked again with other steps.

What ours does otherwise by intention is left out as well: under one_for_one it goes on while one child takes its time.
So no child needs its grace below a supervisor that is a child of a one_for_one.

And what OTP 25 gets wrong or answers with a crash: an instance whose restart is ignored (a child without a process is
kept, and the supervisor crashes when it stops), start_child with a spec on simple_one_for_one, auto_shutdown there.
"""
import copy
import random

STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one"]
REASONS = ["normal", "shutdown", "boom", "boom"]
STUBBORN_MAX = 4
GRACE_MS = 50
INSTANCES_MAX = 6
BURST_STEPS = 7
BURST_GAP_MS = 2300


class script_maker:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.count = {"s": 0, "w": 0, "d": 0}
        self.stubborn_left = self.chance.choice([0, 1, 2, STUBBORN_MAX])
        self.parents = {}  # id of a child -> id of its supervisor, planned or added later
        self.specs = {}    # id of a child -> its spec
        self.kinds = {}    # id of a supervisor -> its strategy
        self.may_block = {"root": True}  # id of a supervisor -> whether its children may need their grace
        self.instances = {}  # id of an instance -> id of its supervisor
        self.windowed = self.chance.random() < 0.08
        self.root = self.supervisor("root", 0)
        self.steps = []

    # -- The tree -----------------------------------------------------------------------------------------------------

    def fresh(self, letter):
        self.count[letter] += 1
        return f"{letter}{self.count[letter] - 1}"

    def maybe(self, share):
        return self.chance.random() < share

    def supervisor(self, name, depth):
        simple = depth > 0 and self.maybe(0.2) or depth == 0 and self.maybe(0.06)
        sup = {"id": name, "strategy": "simple_one_for_one" if simple else self.chance.choice(STRATEGIES),
               "intensity": self.chance.choice([1, 2, 3, 4] if depth == 0 else [0, 1, 1, 2, 2, 3, 4]),
               "period_s": 1 if self.windowed else 60}
        self.kinds[name] = sup["strategy"]
        ends = "never"
        if not simple and self.maybe(0.35):
            ends = sup["auto_shutdown"] = self.chance.choice(["any_significant", "all_significant"])
        if simple:
            sup["children"] = [self.worker(name, self.fresh("w"), "never")]
        else:
            size = self.chance.choice([0, 1, 2, 2, 3, 3, 4])
            sup["children"] = [self.child(name, depth, ends) for _ in range(size)]
        return sup

    def child(self, above, depth, ends):
        if depth < 2 and self.maybe(0.35 if depth == 0 else 0.2):
            child = self.supervisor_child(above, depth, ends)
        else:
            child = self.worker(above, self.fresh("w"), ends)
        self.parents[child["id"]] = above
        self.specs[child["id"]] = child
        return child

    def restart_and_significance(self, child, ends):
        child["restart"] = self.chance.choice(["permanent", "permanent", "transient", "transient", "temporary"])
        if ends != "never" and child["restart"] != "permanent" and self.maybe(0.7):
            child["significant"] = True
        if self.maybe(0.1):
            del child["restart"]
            child.pop("significant", None)
        return child

    def supervisor_child(self, above, depth, ends):
        name = self.fresh("s")
        self.may_block[name] = self.may_block[above] and self.kinds[above] in ("one_for_all", "rest_for_one")
        child = self.restart_and_significance({"id": name, "type": "supervisor"}, ends)
        if self.maybe(0.3):
            child["shutdown"] = self.chance.choice(["infinity", 20000])
        child["sup"] = self.supervisor(name, depth + 1)
        return child

    def worker(self, above, name, ends):
        child = self.restart_and_significance({"id": name}, ends)
        if self.may_block[above] and self.stubborn_left > 0 and self.maybe(0.5):
            self.stubborn_left -= 1
            child["stubborn"] = True
            child["shutdown"] = GRACE_MS
        elif self.maybe(0.3):
            child["shutdown"] = self.chance.choice(["brutal_kill", "brutal_kill", "infinity", GRACE_MS, 5000, 0])
            child["stubborn"] = child["shutdown"] == "brutal_kill" and self.maybe(0.3)
        return child

    # -- The steps ----------------------------------------------------------------------------------------------------

    def some_child(self):
        """An id of a child and of its supervisor; sometimes of another, or of nobody."""
        known = sorted(self.parents)
        if not known or self.maybe(0.03):
            return "nobody", self.chance.choice(sorted(self.kinds))
        name = self.chance.choice(known)
        return name, self.parents[name] if self.maybe(0.93) else self.chance.choice(sorted(self.kinds))

    def some_worker(self):
        names = [name for name in sorted(self.parents) if "sup" not in self.specs[name]] + sorted(self.instances)
        return self.chance.choice(names) if names else "nobody"

    def failing_child(self):
        names = [name for name in sorted(self.parents)] + sorted(self.instances)
        return self.chance.choice(names) if names else "nobody"

    def static_supervisors(self):
        return [name for name, kind in sorted(self.kinds.items()) if kind != "simple_one_for_one"]

    def dynamic_supervisors(self):
        return [name for name, kind in sorted(self.kinds.items()) if kind == "simple_one_for_one"]

    def add(self, word, **rest):
        self.steps.append({"do": word, **rest})

    def exit(self):
        self.add("exit", id=self.some_worker(), reason=self.chance.choice(REASONS))

    def kill(self):
        self.add("kill", id=self.some_worker())

    def fail_start(self):
        self.add("fail_start", id=self.failing_child(), times=self.chance.choice([1, 1, 1, 2, 3]))

    def ignore_start(self):
        name = self.failing_child()
        if name not in self.instances:
            self.add("ignore_start", id=name, times=self.chance.choice([1, 1, 2]))

    def manage(self):
        name, above = self.some_child()
        self.add(self.chance.choice(["terminate_child", "restart_child", "delete_child"]), sup=above, id=name)

    def look(self):
        self.add(self.chance.choice(["which_children", "count_children"]), sup=self.chance.choice(sorted(self.kinds)))

    def start_child(self):
        above = self.static_supervisors()
        known = [name for name in sorted(self.parents) if self.parents[name] in above]
        if known and self.maybe(0.5):
            name = self.chance.choice(known)
            return self.add("start_child", sup=self.parents[name], child=copy.deepcopy(self.specs[name]))
        if not above:
            return None
        sup = self.chance.choice(above)
        return self.add("start_child", sup=sup, child=copy.deepcopy(self.child(sup, 1, self.ends_of(sup))))

    def ends_of(self, name):
        found = [sup for sup in self.all_supervisors() if sup["id"] == name]
        return found[0].get("auto_shutdown", "never") if found else "never"

    def all_supervisors(self):
        waiting = [self.root] + [spec["sup"] for spec in self.specs.values() if "sup" in spec]
        return waiting

    def start_instance(self):
        above = self.dynamic_supervisors()
        if not above or self.count["d"] >= INSTANCES_MAX:
            return
        name, sup = self.fresh("d"), self.chance.choice(above)
        if self.maybe(0.12):
            self.add("fail_start", id=name, times=1)
        elif self.maybe(0.1):
            self.add("ignore_start", id=name, times=1)
        self.add("start_dyn", sup=sup, id=name)
        self.instances[name] = sup

    def stop_instance(self):
        above = self.dynamic_supervisors()
        if above:
            name = self.chance.choice([*sorted(self.instances), "nobody"])
            self.add("terminate_dyn", sup=self.instances.get(name, above[0]), id=name)

    def trouble(self):
        """A start that fails while its group is being stopped, and calls that meet it."""
        groups = [name for name in sorted(self.kinds) if self.kinds[name] in ("one_for_all", "rest_for_one")]
        groups = [name for name in groups if name in self.parents.values()]
        if not groups:
            return
        sup = self.chance.choice(groups)
        children = [name for name in sorted(self.parents) if self.parents[name] == sup]
        workers = [name for name in children if "sup" not in self.specs[name]]
        self.add("fail_start", id=self.chance.choice(children), times=self.chance.choice([1, 1, 2]))
        if workers:
            self.add("exit", id=self.chance.choice(workers), reason="boom")
        for _ in range(self.chance.choice([1, 2, 3])):
            word = self.chance.choice(["terminate_child", "restart_child", "delete_child", "which_children"])
            step = {"do": word, "sup": sup}
            if word != "which_children":
                step["id"] = self.chance.choice(children)
            self.steps.append(step)

    def step(self):
        ways = [(self.exit, 8), (self.kill, 2), (self.fail_start, 3), (self.ignore_start, 1), (self.manage, 6),
                (self.look, 3), (self.start_child, 3), (self.trouble, 4)]
        if self.dynamic_supervisors():
            ways += [(self.start_instance, 5), (self.stop_instance, 2)]
        self.chance.choices([way for way, _ in ways], [weight for _, weight in ways])[0]()

    def script(self, seed):
        bursts = self.chance.choice([2, 3]) if self.windowed else 1
        length = BURST_STEPS if self.windowed else self.chance.choice([6, 10, 15, 20, 30])
        for burst in range(bursts):
            if burst:
                self.add("sleep_ms", ms=BURST_GAP_MS)
            first = len(self.steps)
            while len(self.steps) - first < length:
                self.step()
        if self.maybe(0.8):
            self.add("stop", id="root")
            for _ in range(self.chance.choice([0, 0, 1, 3])):
                self.chance.choice([self.look, self.manage, self.exit])()
        return {"name": f"random-{seed}", "root": self.root, "steps": self.steps}


def script(seed):
    """The script of `seed`."""
    return script_maker(seed).script(seed)
