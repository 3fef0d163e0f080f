# Warnings are errors in our code; libraries are included as system headers and stay quiet.
add_library(cafnode_warnings INTERFACE)
target_compile_options(cafnode_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
