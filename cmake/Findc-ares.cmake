# Finds c-ares, of which some distributions ship headers and a library only.
#
#   find_package(c-ares REQUIRED)
#
# Gives the imported target c-ares::cares, and c-ares_VERSION.
find_path(CARES_INCLUDE_DIR NAMES ares.h)
find_library(CARES_LIBRARY NAMES cares)
mark_as_advanced(CARES_INCLUDE_DIR CARES_LIBRARY)

if(CARES_INCLUDE_DIR)
  # The text of the version is put together by macros in newer ones.
  set(cares_version_parts "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${CARES_INCLUDE_DIR}/ares_version.h" cares_line REGEX "^#define ARES_VERSION_${part} +[0-9]+")
    string(REGEX MATCH "[0-9]+" cares_number "${cares_line}")
    list(APPEND cares_version_parts "${cares_number}")
  endforeach()
  list(JOIN cares_version_parts "." c-ares_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(c-ares
  REQUIRED_VARS CARES_LIBRARY CARES_INCLUDE_DIR
  VERSION_VAR c-ares_VERSION)

if(c-ares_FOUND AND NOT TARGET c-ares::cares)
  add_library(c-ares::cares UNKNOWN IMPORTED)
  set_target_properties(c-ares::cares PROPERTIES
    IMPORTED_LOCATION "${CARES_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CARES_INCLUDE_DIR}")
endif()
