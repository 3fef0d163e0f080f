#include "runtime/observe/line_file.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using observe::line_file;
using observe::line_file_duties;
using observe::open_line_file;

namespace {

class hand_clock final : public base::clock_source {
public:
  [[nodiscard]] base::moment now() const override { return {at, {}}; }

  base::time_point at{};
};

/// A folder of its own for one scenario, and a log in it.
class folder {
public:
  folder() {
    std::string made = std::filesystem::temp_directory_path() / "line_file_XXXXXX";
    REQUIRE(::mkdtemp(made.data()) != nullptr);
    path_ = made;
  }

  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  ~folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string operator/(const char* name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

/// The disk is full, for this process, when a file would have more bytes than this.
class full_at {
public:
  explicit full_at(rlim_t bytes) {
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit wanted{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &wanted) == 0);
  }

  full_at(const full_at&) = delete;
  full_at& operator=(const full_at&) = delete;

  ~full_at() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
};

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct rig {
  hand_clock clock;
  std::vector<std::string> told;

  std::unique_ptr<line_file> on(int file) {
    return std::make_unique<line_file>(
        file, true,
        line_file_duties{&clock,
                         [](std::uint64_t count, const std::string&) { return "lost " + std::to_string(count); },
                         [this](const std::string& why) { told.push_back(why); }});
  }
};

} // namespace

SCENARIO("a full disk costs whole lines, and the first line that fits again says how many") {
  const folder here;
  rig with;
  const auto path = here / "log";
  auto log = with.on(open_line_file(path).value());
  log->write("first");
  {
    const full_at limit{10}; // "second" fits in part
    log->write("second");
    log->write("third");
    CHECK(text_of(path) == "first\n");
    CHECK(log->lost() == 2);
    CHECK(with.told.size() == 1);
  }
  log->write("fourth");
  log->write("fifth");
  CHECK(text_of(path) == "first\nlost 2\nfourth\nfifth\n");
  CHECK(log->lost() == 2);
}

SCENARIO("room for the word of the loss but not for the line behind it loses the line, and is told again") {
  const folder here;
  rig with;
  const auto path = here / "log";
  auto log = with.on(open_line_file(path).value());
  {
    const full_at limit{0};
    log->write("first");
  }
  {
    const full_at limit{10};
    log->write("a line that does not fit");
    CHECK(text_of(path) == "lost 1\n");
  }
  log->write("end");
  CHECK(text_of(path) == "lost 1\nlost 1\nend\n");
  CHECK(log->lost() == 2);
}

SCENARIO("a file that somebody empties while the disk is full begins with a whole line") {
  const folder here;
  rig with;
  const auto path = here / "log";
  auto log = with.on(open_line_file(path).value());
  {
    const full_at limit{10};
    log->write("first");
    log->write("second");
    log->write("third");
  }
  std::filesystem::resize_file(path, 0);
  log->write("fourth");
  CHECK(text_of(path) == "lost 2\nfourth\n");
}

SCENARIO("that lines are being lost is told once a minute at most") {
  rig with;
  auto log = with.on(open_line_file("/dev/full").value());
  log->write("x");
  log->write("x");
  REQUIRE(with.told.size() == 1);
  CHECK(with.told.front() == "No space left on device");
  CHECK(log->lost() == 2);
}

SCENARIO("a disk that is full now and then is not told each time") {
  const folder here;
  rig with;
  auto log = with.on(open_line_file(here / "log").value());
  const auto fill = [&] {
    {
      const full_at limit{0};
      log->write("lost");
    }
    log->write("kept");
  };
  fill();
  with.clock.at += 59s;
  fill();
  CHECK(with.told.size() == 1);
  with.clock.at += 2s;
  fill();
  CHECK(with.told.size() == 2);
}

SCENARIO("a file that was renamed is written until the new one is given, and not a line is lost") {
  const folder here;
  rig with;
  const auto path = here / "log";
  auto log = with.on(open_line_file(path).value());
  log->write("one");
  std::filesystem::rename(path, here / "log.1");
  log->write("two");
  log->replace(open_line_file(path).value());
  log->replace(open_line_file(path).value()); // asked twice: the first is closed unused
  log->write("three");
  CHECK(text_of(here / "log.1") == "one\ntwo\n");
  CHECK(text_of(path) == "three\n");
}

SCENARIO("what a killed program left of a line is ended before the next one") {
  const folder here;
  rig with;
  const auto path = here / "log";
  std::ofstream{path} << "whole\ntor";
  with.on(open_line_file(path).value())->write("next");
  CHECK(text_of(path) == "whole\ntor\nnext\n");
}

SCENARIO("a file that cannot be opened says why, and a pipe without a reader is not waited for") {
  const folder here;
  CHECK(open_line_file(here / "none/log").fault() == "No such file or directory");
  CHECK(open_line_file("/").fault() == "Is a directory");
  const auto pipe = here / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(open_line_file(pipe).fault().find("nobody reads it") != std::string::npos);
}

SCENARIO("at the end somebody who does not read his pipe is waited for a second and no longer") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  rig with;
  auto log = with.on(ends[1]);
  log->hurry();
  const std::string line(1000, 'x');
  for (int i = 0; i < 200; ++i)
    log->write(line);
  CHECK(log->lost() > 0);
  CHECK(with.told == std::vector<std::string>{"nobody reads it"});
  ::close(ends[0]);
}

SCENARIO("a long line through a pipe arrives whole") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  rig with;
  const std::string line(20'000, 'x');
  with.on(ends[1])->write(line);
  std::string heard(line.size() + 1, '\0');
  CHECK(::read(ends[0], heard.data(), heard.size()) == static_cast<ssize_t>(heard.size()));
  CHECK(heard == line + "\n");
  ::close(ends[0]);
}
