#include "runtime/host/last_words.hpp"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <unistd.h>

namespace cafnode::host {

namespace {

constexpr int internal = 70; // EX_SOFTWARE of sysexits(3)

void say(const char* text) noexcept {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0)
    return; // nobody listens, and there is nobody else to tell
}

void say_why(const char* what) noexcept {
  say("caf-node: ended: ");
  say(what);
  say("\n");
}

[[noreturn]] void on_terminate() noexcept {
  try {
    if (const auto last = std::current_exception())
      std::rethrow_exception(last);
    say_why("std::terminate() was called: a bug, report it");
  } catch (const std::bad_alloc&) {
    end_out_of_memory();
  } catch (const std::system_error& refused) {
    say_why(refused.what());
    say("caf-node: the system refused a thread or a file: look at the limits of the process and of its cgroup\n");
    ::_exit(internal);
  } catch (const std::exception& escaped) {
    say_why(escaped.what());
  } catch (...) {
    say_why("an exception that is no std::exception: a bug, report it");
  }
  std::abort();
}

} // namespace

void end_out_of_memory() noexcept {
  say("caf-node: out of memory: the node ends; raise its limit (ulimit -v, MemoryMax= and LimitAS= of its service) "
      "or give it fewer connections\n");
  ::_exit(internal);
}

void use_last_words() noexcept {
  std::set_new_handler(end_out_of_memory);
  std::set_terminate(on_terminate);
}

} // namespace cafnode::host
