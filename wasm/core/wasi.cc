// What the C library asks of the system. The clock, random numbers, standard output and error, and
// the end of the program come from the host; there are no files, no arguments and no environment,
// and whoever asks is told so. Hosts of proxy-wasm have hardly more, and a filter has no use for
// it.

#include <wasi/api.h>

#include <cstddef>
#include <cstdint>

#include "wasm/core/export.h"

#define HOST(name) WAFCHECK_IMPORT("wasi_snapshot_preview1", name)

namespace wafcheck::wasm::inline core {
namespace {

HOST("clock_time_get") int32_t host_clock_time_get(int32_t clock, int64_t precision, void* time);
HOST("random_get") int32_t host_random_get(void* bytes, size_t size);
HOST("fd_write")
int32_t host_fd_write(int32_t file, const void* pieces, size_t count, void* written);
HOST("proc_exit") [[noreturn]] void host_proc_exit(int32_t code);

__wasi_errno_t error_of(int32_t code) {
  return static_cast<__wasi_errno_t>(code);
}

}  // namespace
}  // namespace wafcheck::wasm::inline core

using namespace wafcheck::wasm;

extern "C" {

__wasi_errno_t __wasi_clock_time_get(__wasi_clockid_t clock, __wasi_timestamp_t precision,
                                     __wasi_timestamp_t* time) {
  return error_of(
      host_clock_time_get(static_cast<int32_t>(clock), static_cast<int64_t>(precision), time));
}

__wasi_errno_t __wasi_random_get(uint8_t* bytes, __wasi_size_t size) {
  return error_of(host_random_get(bytes, size));
}

__wasi_errno_t __wasi_fd_write(__wasi_fd_t file, const __wasi_ciovec_t* pieces, size_t count,
                               __wasi_size_t* written) {
  return error_of(host_fd_write(file, pieces, count, written));
}

void __wasi_proc_exit(__wasi_exitcode_t code) {
  host_proc_exit(static_cast<int32_t>(code));
}

// --- what is not there ---

__wasi_errno_t __wasi_args_get(uint8_t**, uint8_t*) {
  return __WASI_ERRNO_SUCCESS;
}

__wasi_errno_t __wasi_args_sizes_get(__wasi_size_t* count, __wasi_size_t* size) {
  *count = *size = 0;
  return __WASI_ERRNO_SUCCESS;
}

__wasi_errno_t __wasi_environ_get(uint8_t**, uint8_t*) {
  return __WASI_ERRNO_SUCCESS;
}

__wasi_errno_t __wasi_environ_sizes_get(__wasi_size_t* count, __wasi_size_t* size) {
  *count = *size = 0;
  return __WASI_ERRNO_SUCCESS;
}

// All else, so that nothing of it becomes an import.
#define ABSENT(name, ...)                     \
  __wasi_errno_t __wasi_##name(__VA_ARGS__) { \
    return __WASI_ERRNO_NOTSUP;               \
  }
// Files by their numbers: the C library asks for those from 3 on until one is not there.
#define NO_FILE(name, ...)                    \
  __wasi_errno_t __wasi_##name(__VA_ARGS__) { \
    return __WASI_ERRNO_BADF;                 \
  }

ABSENT(clock_res_get, __wasi_clockid_t, __wasi_timestamp_t*)
NO_FILE(fd_advise, __wasi_fd_t, __wasi_filesize_t, __wasi_filesize_t, __wasi_advice_t)
NO_FILE(fd_allocate, __wasi_fd_t, __wasi_filesize_t, __wasi_filesize_t)
NO_FILE(fd_close, __wasi_fd_t)
NO_FILE(fd_datasync, __wasi_fd_t)
NO_FILE(fd_fdstat_get, __wasi_fd_t, __wasi_fdstat_t*)
NO_FILE(fd_fdstat_set_flags, __wasi_fd_t, __wasi_fdflags_t)
NO_FILE(fd_fdstat_set_rights, __wasi_fd_t, __wasi_rights_t, __wasi_rights_t)
NO_FILE(fd_filestat_get, __wasi_fd_t, __wasi_filestat_t*)
NO_FILE(fd_filestat_set_size, __wasi_fd_t, __wasi_filesize_t)
NO_FILE(fd_filestat_set_times, __wasi_fd_t, __wasi_timestamp_t, __wasi_timestamp_t,
        __wasi_fstflags_t)
NO_FILE(fd_pread, __wasi_fd_t, const __wasi_iovec_t*, size_t, __wasi_filesize_t, __wasi_size_t*)
NO_FILE(fd_prestat_get, __wasi_fd_t, __wasi_prestat_t*)
NO_FILE(fd_prestat_dir_name, __wasi_fd_t, uint8_t*, __wasi_size_t)
NO_FILE(fd_pwrite, __wasi_fd_t, const __wasi_ciovec_t*, size_t, __wasi_filesize_t, __wasi_size_t*)
NO_FILE(fd_read, __wasi_fd_t, const __wasi_iovec_t*, size_t, __wasi_size_t*)
NO_FILE(fd_readdir, __wasi_fd_t, uint8_t*, __wasi_size_t, __wasi_dircookie_t, __wasi_size_t*)
NO_FILE(fd_renumber, __wasi_fd_t, __wasi_fd_t)
NO_FILE(fd_seek, __wasi_fd_t, __wasi_filedelta_t, __wasi_whence_t, __wasi_filesize_t*)
NO_FILE(fd_sync, __wasi_fd_t)
NO_FILE(fd_tell, __wasi_fd_t, __wasi_filesize_t*)
ABSENT(path_create_directory, __wasi_fd_t, const char*)
ABSENT(path_filestat_get, __wasi_fd_t, __wasi_lookupflags_t, const char*, __wasi_filestat_t*)
ABSENT(path_filestat_set_times, __wasi_fd_t, __wasi_lookupflags_t, const char*, __wasi_timestamp_t,
       __wasi_timestamp_t, __wasi_fstflags_t)
ABSENT(path_link, __wasi_fd_t, __wasi_lookupflags_t, const char*, __wasi_fd_t, const char*)
ABSENT(path_open, __wasi_fd_t, __wasi_lookupflags_t, const char*, __wasi_oflags_t, __wasi_rights_t,
       __wasi_rights_t, __wasi_fdflags_t, __wasi_fd_t*)
ABSENT(path_readlink, __wasi_fd_t, const char*, uint8_t*, __wasi_size_t, __wasi_size_t*)
ABSENT(path_remove_directory, __wasi_fd_t, const char*)
ABSENT(path_rename, __wasi_fd_t, const char*, __wasi_fd_t, const char*)
ABSENT(path_symlink, const char*, __wasi_fd_t, const char*)
ABSENT(path_unlink_file, __wasi_fd_t, const char*)
ABSENT(poll_oneoff, const __wasi_subscription_t*, __wasi_event_t*, __wasi_size_t, __wasi_size_t*)
ABSENT(sched_yield)
ABSENT(sock_accept, __wasi_fd_t, __wasi_fdflags_t, __wasi_fd_t*)
ABSENT(sock_recv, __wasi_fd_t, const __wasi_iovec_t*, size_t, __wasi_riflags_t, __wasi_size_t*,
       __wasi_roflags_t*)
ABSENT(sock_send, __wasi_fd_t, const __wasi_ciovec_t*, size_t, __wasi_siflags_t, __wasi_size_t*)
ABSENT(sock_shutdown, __wasi_fd_t, __wasi_sdflags_t)

#undef ABSENT
#undef NO_FILE

/// For thread_local objects: nothing is destroyed, as a module never ends.
int __cxa_thread_atexit(void (*)(void*), void*, void*) {
  return 0;
}

}  // extern "C"
