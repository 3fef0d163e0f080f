# The checks of the tree itself, as ctest entries beside the tests.
if(NOT CAFNODE_TESTS)
  return()
endif()
enable_testing()
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(cafnode_check name)
  add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS "tree" TIMEOUT 600)
endfunction()

cafnode_check(tree.floors ${Python3_EXECUTABLE} scripts/checks/floors.py)
cafnode_check(tree.sizes ${Python3_EXECUTABLE} scripts/checks/sizes.py)
cafnode_check(tree.text ${Python3_EXECUTABLE} scripts/checks/text.py)
cafnode_check(tree.metrics ${Python3_EXECUTABLE} scripts/checks/metrics.py)
cafnode_check(tree.pages ${Python3_EXECUTABLE} scripts/checks/pages.py)
cafnode_check(tree.checks_can_fail ${Python3_EXECUTABLE} scripts/checks/checks_test.py)
find_program(CAFNODE_CLANG_FORMAT NAMES clang-format-14 clang-format)
if(CAFNODE_CLANG_FORMAT)
  cafnode_check(tree.format ${Python3_EXECUTABLE} scripts/checks/format.py ${CAFNODE_CLANG_FORMAT})
endif()

# Minutes without a compiler cache, and uses every core: it runs first and alone, and in the full run only (label full).
cafnode_check(tree.headers bash scripts/checks/headers.sh)
set_tests_properties(tree.headers PROPERTIES TIMEOUT 1200 RUN_SERIAL ON LABELS "tree;full")
