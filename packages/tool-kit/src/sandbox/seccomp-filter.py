"""Writes the sandbox's seccomp filter, compiled by libseccomp for this machine, to standard output.

No tool needs the denied calls. They have been used to escape from sandboxes, or allocate memory that no limit counts. A denied
call fails with EPERM, or with ENOSYS where programs then use another call.
"""

import ctypes
import errno
import sys

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EQUAL, AT_LEAST = 4, 5

NOT_PERMITTED = (
    # Builders of namespaces and mounts.
    *("unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr").split(),
    # Other processes and the kernel's statistics.
    *("ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp perf_event_open lookup_dcookie syslog acct quotactl").split(),
    # Programs and modules in the kernel.
    *("bpf userfaultfd init_module finit_module delete_module kexec_load kexec_file_load").split(),
    # The machine and its clock.
    *("reboot swapon swapoff settimeofday clock_settime adjtimex clock_adjtime iopl ioperm modify_ldt uselib").split(),
    # Keyrings have no namespace.
    *("add_key request_key keyctl").split(),
    # Files by handle, which bypasses paths; watches of whole file systems.
    *("open_by_handle_at name_to_handle_at fanotify_init").split(),
    # Memory of NUMA nodes.
    *("move_pages migrate_pages mbind set_mempolicy").split(),
    # Memory and queues that belong to no process.
    *("shmget msgget semget mq_open").split(),
)
NOT_IMPLEMENTED = ("io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "memfd_secret")
# Socket families other than local (1) and internet (2, 10), which has no network in the sandbox. One of them, vsock, reaches the
# host of a virtual machine from any network namespace.
SOCKETS = [*[(EQUAL, family) for family in range(3, 10)], (AT_LEAST, 11)]


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("one", ctypes.c_uint64), ("two", ctypes.c_uint64)]


def main() -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ALLOW)))

    def deny(name: str, code: int, *comparisons: Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        # Unknown to this architecture or this version of the library.
        if number < 0:
            return
        rules = (Comparison * len(comparisons))(*comparisons)
        action = ctypes.c_uint32(ERRNO | code)
        check(library.seccomp_rule_add_array(context, action, number, len(comparisons), rules))

    for name in NOT_PERMITTED:
        deny(name, errno.EPERM)
    for name in NOT_IMPLEMENTED:
        deny(name, errno.ENOSYS)
    for operator, family in SOCKETS:
        deny("socket", errno.EAFNOSUPPORT, Comparison(0, operator, family, 0))
    check(library.seccomp_export_bpf(context, sys.stdout.fileno()))


def check(code: int) -> None:
    if code < 0:
        sys.exit(f"libseccomp answered {code}")


main()
