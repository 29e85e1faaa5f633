# Other names for the same files, in a folder of their own: programs built for the field's library run on ours, and
# sources written for it compile. The build tree has the folder as it is installed: lib and include.
generate(COMPAT_GENERATED compat)
add_custom_target(corral_compat ALL DEPENDS generate_COMPAT_GENERATED)
add_dependencies(corral_core corral_compat)

set(compat ${CMAKE_BINARY_DIR}/compat)
set(installed ${CMAKE_INSTALL_LIBDIR}/corral/compat)
file(MAKE_DIRECTORY ${compat}/lib/pkgconfig ${compat}/include)
file(CREATE_LINK ${GENERATED_DIR}/compat/libvirt ${compat}/include/libvirt SYMBOLIC)
file(CREATE_LINK ${GENERATED_DIR}/include/corral ${compat}/include/corral SYMBOLIC)
install(DIRECTORY ${GENERATED_DIR}/compat/libvirt DESTINATION ${installed}/include)

# compat_link(NAME TARGET): a name for a file beside the folder's parent
function(compat_link name)
  file(CREATE_LINK ${CMAKE_BINARY_DIR}/lib/libcorral.so.0 ${compat}/lib/${name} SYMBOLIC)
  install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${installed}/lib\")
file(CREATE_LINK ../../../libcorral.so.0 \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${installed}/lib/${name}\" SYMBOLIC)")
endfunction()

# the version that programs ask pkg-config for is the one that virConnectGetLibVersion() gives
file(STRINGS ${CMAKE_SOURCE_DIR}/api.xml line REGEX "<api ")
string(REGEX REPLACE ".* compatible=\"([^\"]*)\".*" "\\1" COMPAT_VERSION "${line}")
file(RELATIVE_PATH COMPAT_HEADERS /${installed}/lib/pkgconfig /${CMAKE_INSTALL_INCLUDEDIR})
foreach(name virt virt-qemu virt-lxc)
  set(COMPAT_NAME ${name})
  set(COMPAT_REQUIRES)
  if(NOT name STREQUAL virt)
    set(COMPAT_REQUIRES "Requires: libvirt")
  endif()
  compat_link(lib${name}.so.0)
  compat_link(lib${name}.so)
  # the build tree has a link to our headers beside the field's
  set(COMPAT_CFLAGS)
  configure_file(cmake/package/compat.pc.in ${compat}/lib/pkgconfig/lib${name}.pc @ONLY)
  set(COMPAT_CFLAGS " -I\${pcfiledir}/${COMPAT_HEADERS}")
  configure_file(cmake/package/compat.pc.in ${CMAKE_CURRENT_BINARY_DIR}/compat/lib${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/compat/lib${name}.pc DESTINATION ${installed}/lib/pkgconfig)
endforeach()
