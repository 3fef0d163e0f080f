# Libraries are included as system headers and stay quiet.
add_library(cafnode_warnings INTERFACE)
target_compile_options(cafnode_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(CAFNODE_WERROR)
  target_compile_options(cafnode_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Once g++ 12 inlines std::string it takes its own copies for overlapping or beyond all bounds (its bug 105651), and
  # its views for uninitialised.
  target_compile_options(cafnode_warnings INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-array-bounds -Wno-maybe-uninitialized)
endif()
