# Libraries are included as system headers and stay quiet.
add_library(cafnode_warnings INTERFACE)
target_compile_options(cafnode_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(PROJECT_IS_TOP_LEVEL)
  # In our code they are errors; in the build of others, with compilers we never saw, they are not.
  target_compile_options(cafnode_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Once g++ 12 inlines std::string it takes its own copies for overlapping (its bug 105651), and its views for
  # uninitialised.
  target_compile_options(cafnode_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
