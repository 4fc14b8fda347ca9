"""Runs a command under a container's seccomp profile as an engine would load it: under-seccomp.py PROFILE COMMAND…"""

import ctypes
import json
import os
import sys

ACTIONS = {"SCMP_ACT_ALLOW": 0x7FFF0000, "SCMP_ACT_ERRNO": 0x00050000}
COMPARISONS = {"SCMP_CMP_NE": 1, "SCMP_CMP_LT": 2, "SCMP_CMP_LE": 3, "SCMP_CMP_EQ": 4, "SCMP_CMP_GE": 5, "SCMP_CMP_GT": 6}


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("one", ctypes.c_uint64), ("two", ctypes.c_uint64)]


def action(name: str, code: int) -> ctypes.c_uint32:
    return ctypes.c_uint32(ACTIONS[name] | (code if name == "SCMP_ACT_ERRNO" else 0))


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        profile = json.load(file)
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    default = profile["defaultErrnoRet"]
    context = ctypes.c_void_p(library.seccomp_init(action(profile["defaultAction"], default)))
    for rule in profile["syscalls"]:
        comparisons = [
            Comparison(one["index"], COMPARISONS[one["op"]], one["value"], 0) for one in rule.get("args", [])
        ]
        for name in rule["names"]:
            number = library.seccomp_syscall_resolve_name(name.encode())
            # Of another architecture, or of a newer kernel than the library.
            if number < 0:
                continue
            code = rule.get("errnoRet", default)
            given = (Comparison * len(comparisons))(*comparisons)
            check(library.seccomp_rule_add_array(context, action(rule["action"], code), number, len(given), given))
    check(library.seccomp_load(context))
    os.execvp(sys.argv[2], sys.argv[2:])


def check(result: int) -> None:
    if result != 0:
        raise OSError(-result, os.strerror(-result))


main()
