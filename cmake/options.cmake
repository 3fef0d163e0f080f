# What can be chosen. As a part of another project (add_subdirectory, FetchContent) only the library is built, and
# nothing is set that the other project would feel.
include(CMakeDependentOption)

if(PROJECT_IS_TOP_LEVEL)
  set(cafnode_is_part OFF)
else()
  set(cafnode_is_part ON)
endif()

option(CAFNODE_LIBRARY_ONLY "Build the supervision library alone: it needs CAF and fmt only" ${cafnode_is_part})
option(CAFNODE_INSTALL "Make rules for cmake --install" ${PROJECT_IS_TOP_LEVEL})
option(CAFNODE_FUZZ "Build the libFuzzer targets (clang only)" OFF)
# On in the presets that CI builds with; never in a user's build, whose compiler may warn of what ours does not.
option(CAFNODE_WERROR "Warnings are errors" OFF)
cmake_dependent_option(CAFNODE_TESTS "Build the tests" ON "PROJECT_IS_TOP_LEVEL;NOT CAFNODE_LIBRARY_ONLY" OFF)
set(CAFNODE_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")

list(PREPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake") # FindCAF.cmake
