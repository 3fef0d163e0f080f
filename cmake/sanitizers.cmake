# CAFNODE_SANITIZE=address,undefined builds everything with those sanitizers; a finding ends the program.
if(CAFNODE_SANITIZE)
  add_compile_options(-fsanitize=${CAFNODE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CAFNODE_SANITIZE})
  if(CAFNODE_SANITIZE MATCHES "undefined")
    # CAF 0.17.6 binds a reference to a null pointer when it spawns a function (caf/detail/init_fun_factory.hpp), and
    # its library is built without the type information that the vptr check wants.
    add_compile_options(-fno-sanitize=null,vptr)
  endif()
endif()
