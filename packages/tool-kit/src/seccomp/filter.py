"""Writes the sandbox's filter of system calls to standard output, as libseccomp compiles it for this machine.

What is forbidden has no use for any tool and has been the way out of a sandbox, or takes memory that nobody counts. The
command is told that the call is not permitted, or not there where it has another way then.
"""

import ctypes
import errno
import sys

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EQUAL, AT_LEAST = 4, 5

NOT_PERMITTED = (
    # Builders of namespaces and mounts.
    *("unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr").split(),
    # Other processes, and what the kernel knows of them.
    *("ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp perf_event_open lookup_dcookie syslog acct quotactl").split(),
    # Programs and modules within the kernel.
    *("bpf userfaultfd init_module finit_module delete_module kexec_load kexec_file_load").split(),
    # The machine and its clock.
    *("reboot swapon swapoff settimeofday clock_settime adjtimex clock_adjtime iopl ioperm modify_ldt uselib").split(),
    # Keys are not in any namespace.
    *("add_key request_key keyctl").split(),
    # Files by their number, beside all paths; watches of whole file systems.
    *("open_by_handle_at name_to_handle_at fanotify_init").split(),
    # Memory of other machines' nodes.
    *("move_pages migrate_pages mbind set_mempolicy").split(),
    # Memory that belongs to no process.
    *("shmget msgget semget mq_open").split(),
)
NOT_THERE = ("io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "memfd_secret")
# Kinds of sockets other than local ones (1) and the internet's (2, 10), which the sandbox has no network for. Machines
# talk to their host by one of them, whatever the network namespace.
SOCKETS = [*[(EQUAL, family) for family in range(3, 10)], (AT_LEAST, 11)]


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("one", ctypes.c_uint64), ("two", ctypes.c_uint64)]


def main() -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ALLOW)))

    def forbid(name: str, code: int, *comparisons: Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        # One that this architecture, or this version of the library, does not know.
        if number < 0:
            return
        rules = (Comparison * len(comparisons))(*comparisons)
        action = ctypes.c_uint32(ERRNO | code)
        check(library.seccomp_rule_add_array(context, action, number, len(comparisons), rules))

    for name in NOT_PERMITTED:
        forbid(name, errno.EPERM)
    for name in NOT_THERE:
        forbid(name, errno.ENOSYS)
    for operator, family in SOCKETS:
        forbid("socket", errno.EAFNOSUPPORT, Comparison(0, operator, family, 0))
    check(library.seccomp_export_bpf(context, sys.stdout.fileno()))


def check(code: int) -> None:
    if code < 0:
        sys.exit(f"libseccomp answered {code}")


main()
