# Headers of libraries that many files read, compiled once a build: they were two thirds of its time.
#
#   cafnode_precompile(cafnode_session caf)       sources of that target see them as if included first
#
# Three sets, each of its own library wall: std (the standard library and fmt), caf, net (Asio, Beast, Boost.JSON).
# Tests have the same with doctest: std_test, caf_test, net_test. A file still includes what it uses: headers are
# compiled alone by scripts/checks/headers.sh, and the fuzzers' build (clang) has none of this.
option(CAFNODE_PRECOMPILE "Compile the headers of libraries once (GCC only)" ${PROJECT_IS_TOP_LEVEL})

set(cafnode_precompiled_std
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <deque> <filesystem> <fstream> <functional>
  <future> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map>
  <utility> <variant> <vector> <fmt/format.h>)
set(cafnode_precompiled_caf
  ${cafnode_precompiled_std} <caf/actor.hpp> <caf/actor_cast.hpp> <caf/actor_config.hpp> <caf/actor_system.hpp>
  <caf/actor_system_config.hpp> <caf/behavior.hpp> <caf/event_based_actor.hpp> <caf/make_actor.hpp>
  <caf/make_message.hpp> <caf/message_handler.hpp> <caf/response_promise.hpp> <caf/scoped_actor.hpp>)
set(cafnode_precompiled_net
  ${cafnode_precompiled_std} <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/write.hpp> <boost/beast/core/flat_buffer.hpp> <boost/json.hpp>)
set(cafnode_precompiled_libraries_std fmt::fmt)
set(cafnode_precompiled_libraries_caf fmt::fmt CAF::core)
set(cafnode_precompiled_libraries_net fmt::fmt Boost::headers Boost::json)

# The target that compiles one set, made when it is first asked for.
function(cafnode_precompiled_set kind)
  if(TARGET cafnode_precompiled_${kind})
    return()
  endif()
  string(REPLACE "_test" "" set "${kind}")
  set(headers ${cafnode_precompiled_${set}})
  set(libraries ${cafnode_precompiled_libraries_${set}})
  if(kind MATCHES "_test$")
    list(APPEND headers <doctest/doctest.h>)
    list(APPEND libraries doctest::doctest)
  endif()
  set(source "${CMAKE_BINARY_DIR}/precompiled/${kind}.cpp")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "// A target needs a source.\n")
  endif()
  add_library(cafnode_precompiled_${kind} OBJECT "${source}")
  target_link_libraries(cafnode_precompiled_${kind} PRIVATE ${libraries})
  foreach(library IN LISTS libraries)
    target_compile_definitions(cafnode_precompiled_${kind} PRIVATE
      $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
  endforeach()
  target_compile_options(cafnode_precompiled_${kind} PRIVATE
    $<TARGET_PROPERTY:cafnode_warnings,INTERFACE_COMPILE_OPTIONS> # GCC: -Wpedantic defines other macros
    -fpch-preprocess) # for ccache
  target_precompile_headers(cafnode_precompiled_${kind} PRIVATE ${headers})
endfunction()

function(cafnode_precompile target kind)
  if(NOT CAFNODE_PRECOMPILE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  if(NOT kind)
    set(kind std)
  endif()
  cafnode_precompiled_set(${kind})
  target_compile_options(${target} PRIVATE -fpch-preprocess)
  # GCC refuses headers that were compiled with other macros than a file is.
  target_compile_definitions(${target} PRIVATE
    $<TARGET_PROPERTY:cafnode_precompiled_${kind},COMPILE_DEFINITIONS>)
  target_precompile_headers(${target} REUSE_FROM cafnode_precompiled_${kind})
endfunction()
