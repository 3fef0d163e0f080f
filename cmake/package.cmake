# What cmake --install puts where, so that another project can say
#
#   find_package(cafnode 0.1 REQUIRED COMPONENTS supervision)
#   target_link_libraries(app PRIVATE cafnode::supervision)
#
# A component is a set of modules with a file of targets of its own, cafnode-<component>-targets.cmake.
if(NOT CAFNODE_INSTALL)
  function(cafnode_install_module target component)
  endfunction()
  function(cafnode_install_package)
  endfunction()
  return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CAFNODE_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/cafnode")
define_property(GLOBAL PROPERTY CAFNODE_COMPONENTS BRIEF_DOCS "Components that have a module")

# Headers keep the paths that they are included by: include/cafnode/supervisors/supervisor.hpp.
function(cafnode_install_module target component)
  set_property(GLOBAL APPEND PROPERTY CAFNODE_COMPONENTS ${component})
  install(TARGETS ${target} EXPORT cafnode-${component}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component}
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cafnode" COMPONENT ${component}
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/cafnode")
endfunction()

# Once, when all modules are known: the package files, which every component brings along.
function(cafnode_install_package)
  get_property(components GLOBAL PROPERTY CAFNODE_COMPONENTS)
  list(REMOVE_DUPLICATES components)
  math(EXPR cafnode_fmt_next "${fmt_VERSION_MAJOR} + 1")
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/cafnode-config.cmake.in"
    "${PROJECT_BINARY_DIR}/package/cafnode-config.cmake" INSTALL_DESTINATION "${CAFNODE_PACKAGE_DIR}")
  # Until 1.0 a minor version may break what it likes.
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/cafnode-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
  foreach(component IN LISTS components)
    install(EXPORT cafnode-${component} NAMESPACE cafnode:: FILE cafnode-${component}-targets.cmake
      DESTINATION "${CAFNODE_PACKAGE_DIR}" COMPONENT ${component})
    install(FILES "${PROJECT_BINARY_DIR}/package/cafnode-config.cmake"
      "${PROJECT_BINARY_DIR}/package/cafnode-config-version.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
      DESTINATION "${CAFNODE_PACKAGE_DIR}" COMPONENT ${component})
    install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT ${component})
  endforeach()
endfunction()
