# One call a folder.
#
#   cafnode_module(base HEADERS a.hpp SOURCES a.cpp DEPS fmt::fmt)      library cafnode_base, alias cafnode::base
#   cafnode_program(caf-node SOURCES main.cpp DEPS cafnode::host)  binary build/<preset>/bin/caf-node
#   cafnode_test(base_tests SOURCES a_test.cpp DEPS cafnode::base LABELS unit)
#
# INSTALL <component> makes a module a part of that component of the installed package (cmake/package.cmake), and
# installs a program with that component. What an installed module depends on is installed in the same component, or
# found by cafnode-config.cmake.
#
# PRECOMPILED caf|net (std where it is not said): the libraries' headers that most of its sources read
# (cmake/precompiled.cmake).
#
# Headers go into a FILE_SET, so that each is compiled alone by the test `headers`. Sources are listed, never globbed.

function(cafnode_module name)
  cmake_parse_arguments(arg "" "INSTALL;PRECOMPILED" "HEADERS;SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target cafnode_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    # Taken over rather than linked: a static library hands on what it links.
    target_compile_options(${target} PRIVATE $<TARGET_PROPERTY:cafnode_warnings,INTERFACE_COMPILE_OPTIONS>)
    cafnode_precompile(${target} "${arg_PRECOMPILED}")
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(cafnode::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${target} ${scope} ${arg_DEPS})
  if(arg_PRIVATE_DEPS)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_DEPS})
  endif()
  if(arg_INSTALL)
    cafnode_install_module(${target} ${arg_INSTALL})
  endif()
endfunction()

function(cafnode_program name)
  cmake_parse_arguments(arg "" "INSTALL;PRECOMPILED" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  cafnode_precompile(${name} "${arg_PRECOMPILED}")
  target_link_libraries(${name} PRIVATE cafnode_warnings ${arg_DEPS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE CAFNODE_VERSION="${PROJECT_VERSION}")
  if(arg_INSTALL AND CAFNODE_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT ${arg_INSTALL})
  endif()
endfunction()

function(cafnode_test name)
  cmake_parse_arguments(arg "" "TIMEOUT;PRECOMPILED" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  if(NOT arg_PRECOMPILED)
    set(arg_PRECOMPILED std)
  endif()
  cafnode_precompile(${name} ${arg_PRECOMPILED}_test)
  target_link_libraries(${name} PRIVATE cafnode_warnings cafnode_test_main ${arg_DEPS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  # One entry a binary: a run of the whole suite starts dozens of processes, not a thousand.
  add_test(NAME ${name} COMMAND ${name} --no-intro=true --order-by=rand)
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

function(cafnode_fuzz name)
  cmake_parse_arguments(arg "" "SEEDS" "SOURCES;DEPS" ${ARGN})
  if(NOT CAFNODE_FUZZ)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE cafnode_warnings ${arg_DEPS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
endfunction()
