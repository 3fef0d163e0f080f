# Warnings are errors in our code; libraries are included as system headers and stay quiet.
add_library(cafnode_warnings INTERFACE)
target_compile_options(cafnode_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 misreads std::string's own copies as overlapping once it inlines them (its bug 105651).
  target_compile_options(cafnode_warnings INTERFACE -Wno-restrict)
endif()
