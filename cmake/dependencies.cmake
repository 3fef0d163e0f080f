# Every library that the project builds on. scripts/setup.sh installs them by their Debian names. First what the
# supervision library needs, which is what its users have to have.
find_package(Threads REQUIRED)
find_package(CAF 0.17.6...<0.18 REQUIRED COMPONENTS core)
find_package(fmt 9 REQUIRED)
if(CAFNODE_LIBRARY_ONLY)
  return()
endif()

find_package(CAF 0.17.6...<0.18 REQUIRED COMPONENTS core io openssl)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(c-ares 1.18 REQUIRED) # cmake/Findc-ares.cmake: not every distribution ships a config of its own
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(SQLite3 3.37 REQUIRED)
find_package(prometheus-cpp REQUIRED CONFIG)
if(CAFNODE_TESTS)
  find_package(doctest REQUIRED)
endif()
