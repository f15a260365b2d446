#!/usr/bin/env python3
"""Every tracked C++ file is as clang-format-19 leaves it, so that no change carries another's layout.

Other versions of clang-format disagree with each other: without this one the lint is left out, and says so.
"""
import shutil
import subprocess
import sys

import tree

PROGRAM = shutil.which("clang-format-19")


def differs(sample):
    path, text = sample
    formatted = subprocess.run([PROGRAM, f"--assume-filename={tree.ROOT / path}"], input=text, check=True,
                               capture_output=True, text=True).stdout
    return [f"{path}: clang-format-19 -i changes it"] if formatted != text else []


def files_that_differ(paths):
    """One run for all of them: as quick as the formatter, not as the number of its starts."""
    checked = subprocess.run([PROGRAM, "--dry-run", "--ferror-limit=1", *paths], cwd=tree.ROOT, check=True,
                             capture_output=True, text=True).stderr
    named = {line.split(":")[0] for line in checked.splitlines() if "[-Wclang-format-violations]" in line}
    return [f"{path}: clang-format-19 -i changes it" for path in sorted(named)]


PLANTED = [("proto/a.cpp", "int  a ;\n"), ("proto/a.hpp", "int* a();  \nvoid f() {\n}\n")]
CLEAN = [("proto/a.cpp", "int a;\n")]

if __name__ == "__main__":
    if not PROGRAM:
        print("lint: left out: no clang-format-19")
        sys.exit(0)
    if "--self-test" in sys.argv:
        tree.self_test(differs, PLANTED, CLEAN)
    tree.finish(files_that_differ(tree.tracked(".cpp", ".hpp")))
