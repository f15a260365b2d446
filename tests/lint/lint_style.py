#!/usr/bin/env python3
"""Sizes and words that the house style forbids.

Files have 300 lines at most, main.cpp 60. No notes to finish something later, no sleeping, no detached coroutines. The
environment is read in proto/process_environment, client and adapters only. Prints the sizes: median and p90.
"""
import re
import statistics
import sys
from pathlib import PurePath

import tree

MOST_LINES, MOST_LINES_OF_MAIN = 300, 60
SOURCES = (".cpp", ".hpp", ".py", ".mjs", ".cmake", "CMakeLists.txt")
NOTES = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")  # in halves: this file is looked at too
CALLS = re.compile(r"\bsleep_for\b|\basio::detached\b")
ENVIRONMENT = re.compile(r"\b(?:secure_)?getenv\b")
READS_ENVIRONMENT = ("proto/process_environment.", "client/", "daemon/adapters/", "tests/")


def too_long(path, text):
    most = MOST_LINES_OF_MAIN if path == "daemon/main.cpp" else MOST_LINES
    lines = text.count("\n")
    return [f"{path}: {lines} lines, more than {most}"] if lines > most else []


def violations_in(sample):
    path, text = sample
    found = too_long(path, text)
    found += [f"{path}:{tree.line_of(text, m.start())}: {m[0]}" for m in NOTES.finditer(text)]
    if not path.endswith((".cpp", ".hpp")):
        return found
    code = tree.code_of(text)
    found += [f"{path}:{tree.line_of(code, m.start())}: {m[0]}" for m in CALLS.finditer(code)]
    if not path.startswith(READS_ENVIRONMENT):
        found += [f"{path}:{tree.line_of(code, m.start())}: reads the environment" for m in ENVIRONMENT.finditer(code)]
    return found


def print_sizes(files):
    folders = {}
    for path, text in files.items():
        if path.endswith((".cpp", ".hpp")):
            folders.setdefault(str(PurePath(path).parent), []).append(text.count("\n"))
    folders["all"] = sum(folders.values(), [])
    print(f"{'folder':28}{'files':>6}{'median':>8}{'p90':>6}{'most':>6}")
    for folder, sizes in folders.items():
        sizes.sort()
        p90 = sizes[(len(sizes) * 9 - 1) // 10]
        print(f"{folder:28}{len(sizes):6}{statistics.median(sizes):8.0f}{p90:6}{sizes[-1]:6}")


PLANTED = [("a.cpp", "\n" * 301), ("daemon/main.cpp", "\n" * 61), ("a.mjs", "// TO" "DO: later"), ("a.cpp", "// FIX" "ME"),
           ("tests/a.cpp", "std::this_thread::sleep_for(1s);"), ("a.cpp", "co_spawn(x, y, asio::detached);"),
           ("daemon/core/a.cpp", 'std::getenv("HOME");')]
CLEAN = [("a.cpp", "\n" * 300), ("client/a.cpp", 'std::getenv("HOME");'), ("a.cpp", "// never sleep_for, getenv")]

if __name__ == "__main__":
    if "--self-test" in sys.argv:
        tree.self_test(violations_in, PLANTED, CLEAN)
    sources = tree.tracked(*SOURCES)
    print_sizes(sources)
    tree.finish([v for sample in sources.items() for v in violations_in(sample)])
