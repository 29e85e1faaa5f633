# Installing: the library, its headers, and what pkg-config and find_package() look for.
include(CMakePackageConfigHelpers)

install(TARGETS corral EXPORT corral-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
# for those who write clients in other languages
install(FILES ${GENERATED_DIR}/protocol.x DESTINATION ${CMAKE_INSTALL_DATADIR}/corral)
install(DIRECTORY ${GENERATED_DIR}/include/corral DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# found from where the file lies, so that the installed tree may be moved
file(RELATIVE_PATH CORRAL_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CORRAL_PC_PREFIX "${CORRAL_PC_PREFIX}")
configure_file(cmake/package/corral.pc.in ${CMAKE_BINARY_DIR}/corral.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/corral.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(cmake/package/corral-config.cmake.in ${CMAKE_BINARY_DIR}/corral-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/corral)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/corral-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/corral-config.cmake ${CMAKE_BINARY_DIR}/corral-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/corral)
install(EXPORT corral-targets NAMESPACE Corral:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/corral)

# the daemon, how the service manager starts it, and an example of its configuration
install(TARGETS corrald RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
foreach(unit corrald.service corrald.socket corrald-ro.socket)
  configure_file(daemon/units/${unit}.in ${CMAKE_BINARY_DIR}/${unit} @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/${unit} DESTINATION lib/systemd/system)
endforeach()
install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/corral\")
execute_process(COMMAND \"$<TARGET_FILE:corrald>\" --print-config
                OUTPUT_FILE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/corral/corrald.conf\"
                COMMAND_ERROR_IS_FATAL ANY)")
