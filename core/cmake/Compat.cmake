# Other names for the same files, in a folder of their own: programs built for the field's library run on ours.
set(compat_names libvirt.so.0 libvirt-qemu.so.0 libvirt-lxc.so.0)
set(compat ${CMAKE_BINARY_DIR}/compat/lib)
file(MAKE_DIRECTORY ${compat})
foreach(name IN LISTS compat_names)
  file(CREATE_LINK ${CMAKE_BINARY_DIR}/lib/libcorral.so.0 ${compat}/${name} SYMBOLIC)
  install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/corral/compat\")
file(CREATE_LINK ../../libcorral.so.0 \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/corral/compat/${name}\" SYMBOLIC)")
endforeach()
