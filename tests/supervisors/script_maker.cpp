#include "tests/supervisors/script_maker.hpp"

#include "runtime/base/rng.hpp"

#include <boost/json.hpp>

#include <initializer_list>
#include <map>
#include <vector>

namespace cafnode::test {

namespace {

namespace json = boost::json;
using words = std::vector<const char*>;

constexpr int stubborn_max = 5;
constexpr int instances_max = 8;

class script_maker {
public:
  explicit script_maker(std::uint64_t seed) : chance_{seed} {
    stubborn_left_ = static_cast<int>(chance_.between(0, stubborn_max));
    period_s_ = chance_.chance(1, 3) ? chance_.between(1, 3) : 60;
    root_ = supervisor("root", 0, true);
  }

  std::string script() {
    const auto count = chance_.between(4, 40);
    while (std::ssize(steps_) < count)
      step();
    if (chance_.chance(4, 5))
      add("stop", {{"id", "root"}});
    for (auto after = chance_.between(0, 3); after > 0; --after)
      pick<void (script_maker::*)()>({&script_maker::look, &script_maker::manage, &script_maker::exit}, *this);
    return json::serialize(json::object{{"root", root_}, {"steps", steps_}});
  }

private:
  struct place {
    std::string above;
    json::object spec;
  };

  // -- Chance ---------------------------------------------------------------------------------------------------------

  template<class Value>
  Value any(const std::vector<Value>& of) {
    return of[static_cast<std::size_t>(chance_.between(0, std::ssize(of) - 1))];
  }

  template<class Way>
  void pick(const std::vector<Way>& ways, script_maker& self) {
    (self.*any(ways))();
  }

  std::string fresh(char letter) { return letter + std::to_string(count_[letter]++); }

  // -- The tree -------------------------------------------------------------------------------------------------------

  json::object supervisor(const std::string& id, int depth, bool may_block) {
    const bool simple = depth > 0 ? chance_.chance(1, 5) : chance_.chance(1, 15);
    const std::string strategy =
        simple ? "simple_one_for_one" : any<const char*>({"one_for_one", "one_for_all", "rest_for_one"});
    (simple ? templates_ : plain_).push_back(id);
    blocking_[id] = may_block;
    grouped_[id] = strategy == "one_for_all" || strategy == "rest_for_one";
    json::object sup{{"id", id},
                     {"strategy", strategy},
                     {"intensity", depth == 0 ? chance_.between(1, 8) : chance_.between(0, 5)},
                     {"period_s", period_s_}};
    if (!simple && chance_.chance(1, 4)) {
      ending_[id] = true;
      sup["auto_shutdown"] = any<const char*>({"any_significant", "all_significant"});
    }
    json::array children;
    for (auto left = simple ? 1 : any<int>({0, 1, 2, 2, 3, 3, 4}); left > 0; --left)
      children.push_back(simple ? worker(fresh('w'), id) : child(id, depth));
    sup["children"] = std::move(children);
    return sup;
  }

  json::object child(const std::string& above, int depth) {
    const bool nested = depth < 2 && chance_.chance(depth == 0 ? 2 : 1, 5);
    auto made = nested ? supervisor_child(depth, above) : worker(fresh('w'), above);
    known_[std::string{made["id"].as_string()}] = {above, made};
    return made;
  }

  json::object supervisor_child(int depth, const std::string& above) {
    const auto id = fresh('s');
    auto made = restarted({{"id", id}, {"type", "supervisor"}}, ending_[above]);
    made["sup"] = supervisor(id, depth + 1, blocking_[above] && grouped_[above]);
    return made;
  }

  json::object worker(const std::string& id, const std::string& above) {
    auto made = restarted({{"id", id}}, ending_[above]);
    if (blocking_[above] && stubborn_left_ > 0 && chance_.chance(2, 5)) {
      --stubborn_left_;
      made["stubborn"] = true;
      made["shutdown"] = 40 * any<int>({0, 1, 1, 1, 2}) + (1 << stubborn_left_);
    } else if (chance_.chance(1, 4)) {
      made["shutdown"] = "brutal_kill";
      made["stubborn"] = chance_.chance(1, 3);
    } else if (chance_.chance(1, 6)) {
      made["shutdown"] = "infinity";
    }
    return made;
  }

  json::object restarted(json::object made, bool may_matter) {
    const std::string restart = any<const char*>({"permanent", "permanent", "transient", "transient", "temporary"});
    made["restart"] = restart;
    if (may_matter && restart != "permanent" && chance_.chance(2, 3))
      made["significant"] = true;
    return made;
  }

  // -- The steps ------------------------------------------------------------------------------------------------------

  void add(const char* word, std::initializer_list<std::pair<json::string_view, json::value_ref>> rest) {
    json::object step(rest);
    step["do"] = word;
    steps_.push_back(std::move(step));
  }

  std::vector<std::string> ids(bool workers_only) {
    std::vector<std::string> out;
    for (const auto& [id, found] : known_)
      if (!workers_only || !found.spec.contains("sup"))
        out.push_back(id);
    for (const auto& [id, above] : instances_)
      out.push_back(id);
    return out.empty() ? std::vector<std::string>{"nobody"} : out;
  }

  std::vector<std::string> supervisors() {
    auto out = plain_;
    out.insert(out.end(), templates_.begin(), templates_.end());
    return out;
  }

  void exit() {
    add("exit", {{"id", any(ids(true))}, {"reason", any<const char*>({"normal", "shutdown", "boom", "boom"})}});
  }

  void kill() { add("kill", {{"id", any(ids(true))}}); }

  void fail_start() { add("fail_start", {{"id", any(ids(false))}, {"times", chance_.between(1, 3)}}); }

  void ignore_start() { add("ignore_start", {{"id", any(ids(false))}, {"times", chance_.between(1, 2)}}); }

  void sleep() { add("sleep_ms", {{"ms", chance_.between(1, 1500)}}); }

  void look() { add(any<const char*>({"which_children", "count_children"}), {{"sup", any(supervisors())}}); }

  void manage() {
    const auto id = chance_.chance(1, 20) ? std::string{"nobody"} : any(ids(false));
    const auto found = known_.find(id);
    const auto above = found != known_.end() && chance_.chance(9, 10) ? found->second.above : any(supervisors());
    add(any<const char*>({"terminate_child", "restart_child", "delete_child"}), {{"sup", above}, {"id", id}});
  }

  void start_child() {
    if (plain_.empty())
      return;
    const auto id = any(ids(false));
    const auto found = known_.find(id);
    if (found != known_.end() && chance_.chance(1, 2))
      return add("start_child", {{"sup", found->second.above}, {"child", found->second.spec}});
    const auto above = any(plain_);
    auto made = child(above, 1);
    add("start_child", {{"sup", above}, {"child", made}});
  }

  void start_instance() {
    if (templates_.empty() || std::ssize(instances_) == instances_max)
      return;
    const auto id = fresh('d');
    const auto above = any(templates_);
    if (chance_.chance(1, 5))
      add(any<const char*>({"fail_start", "ignore_start"}), {{"id", id}, {"times", 1}});
    instances_[id] = above;
    add("start_dyn", {{"sup", above}, {"id", id}});
  }

  void stop_instance() {
    if (instances_.empty())
      return;
    const auto chosen = std::next(instances_.begin(), chance_.between(0, std::ssize(instances_) - 1));
    add("terminate_dyn", {{"sup", chosen->second}, {"id", chosen->first}});
  }

  /// A start that fails while its group goes down, and what meets it.
  void trouble() {
    std::map<std::string, std::vector<std::string>> groups;
    for (const auto& [id, found] : known_)
      if (grouped_[found.above] && !found.spec.contains("sup"))
        groups[found.above].push_back(id);
    if (groups.empty())
      return;
    const auto& [above, workers] = *std::next(groups.begin(), chance_.between(0, std::ssize(groups) - 1));
    add("fail_start", {{"id", any(workers)}, {"times", chance_.between(1, 2)}});
    add(any<const char*>({"exit", "kill"}), {{"id", any(workers)}, {"reason", "boom"}});
    for (auto left = chance_.between(1, 3); left > 0; --left)
      add(any<const char*>({"terminate_child", "restart_child", "delete_child", "which_children", "count_children"}),
          {{"sup", above}, {"id", any(workers)}});
  }

  void step() {
    using maker = script_maker;
    pick<void (maker::*)()>(
        {&maker::exit,           &maker::exit,          &maker::exit,           &maker::exit,
         &maker::exit,           &maker::kill,          &maker::fail_start,     &maker::fail_start,
         &maker::ignore_start,   &maker::sleep,         &maker::look,           &maker::look,
         &maker::manage,         &maker::manage,        &maker::manage,         &maker::manage,
         &maker::start_child,    &maker::start_child,   &maker::start_instance, &maker::start_instance,
         &maker::start_instance, &maker::stop_instance, &maker::trouble,        &maker::trouble},
        *this);
  }

  base::rng chance_;
  int stubborn_left_ = 0;
  std::int64_t period_s_ = 60;
  std::map<char, int> count_;
  std::vector<std::string> plain_;       // supervisors with children
  std::vector<std::string> templates_;   // supervisors with instances
  std::map<std::string, bool> blocking_; // supervisors whose children may need their grace
  std::map<std::string, bool> grouped_;
  std::map<std::string, bool> ending_; // supervisors that significant children may end
  std::map<std::string, place> known_; // children, planned and added later
  std::map<std::string, std::string> instances_;
  json::object root_;
  json::array steps_;
};

} // namespace

std::string random_script(std::uint64_t seed) {
  return script_maker{seed}.script();
}

} // namespace cafnode::test
