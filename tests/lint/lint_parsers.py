#!/usr/bin/env python3
"""Every parser that is fuzzed has a seed corpus and a vectors file.

NAME.cpp in tests/fuzz wants tests/fuzz/corpus/NAME/ and tests/unit/{proto,core}/vectors/NAME.txt (without "core_").
"""
import sys

import tree

# A message is read by the wire's own JSON reader, whose vectors are json.txt; what its members may be is in messages.cpp.
READ_BY_JSON = {"messages"}


def violations_in(paths):
    found = []
    for path in sorted(paths):
        if not (path.startswith("tests/fuzz/") and path.endswith(".cpp")):
            continue
        name = path.removeprefix("tests/fuzz/").removesuffix(".cpp")
        if not any(other.startswith(f"tests/fuzz/corpus/{name}/") for other in paths):
            found.append(f"{path}: no corpus in tests/fuzz/corpus/{name}")
        layer = "core" if name.startswith("core_") else "proto"
        vectors = f"tests/unit/{layer}/vectors/{name.removeprefix('core_')}.txt"
        if vectors not in paths and name not in READ_BY_JSON:
            found.append(f"{path}: no {vectors}")
    return found


WHOLE = ["tests/fuzz/core_url.cpp", "tests/fuzz/corpus/core_url/full", "tests/unit/core/vectors/url.txt"]
PLANTED = [WHOLE[:2], [WHOLE[0], WHOLE[2]], ["tests/fuzz/json.cpp", "tests/unit/core/vectors/json.txt"]]
CLEAN = [WHOLE, ["tests/unit/core/url.cpp"]]

if __name__ == "__main__":
    if "--self-test" in sys.argv:
        tree.self_test(violations_in, PLANTED, CLEAN)
    tree.finish(violations_in(tree.paths()))
