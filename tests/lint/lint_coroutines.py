#!/usr/bin/env python3
"""Coroutines only where g++ 12 compiles them rightly.

None in core, broker and session. Elsewhere a statement holds one co_await at most and builds no aggregate beside it:
g++ 12 destroys such temporaries twice.
"""
import re
import sys

import tree

KEYWORD = re.compile(r"\bco_(await|return|yield)\b")
WITHOUT = ("daemon/core/", "daemon/broker/", "daemon/session/")
AGGREGATE = re.compile(r"(?:[(,=]|\b[A-Z]\w*|\w>)\s*\{")


def violations_in(sample):
    path, text = sample
    code = tree.code_of(text)
    if path.startswith(WITHOUT):
        return [f"{path}:{tree.line_of(code, m.start())}: no coroutines here" for m in KEYWORD.finditer(code)]
    found, start = [], 0
    for statement in re.split(r"(?<=;)", code):
        awaits = statement.count("co_await")
        place = f"{path}:{tree.line_of(code, start + max(statement.find('co_await'), 0))}"
        if awaits > 1:
            found.append(f"{place}: {awaits} co_await in one statement")
        if awaits and AGGREGATE.search(statement[statement.find("co_await"):]):
            found.append(f"{place}: an aggregate temporary beside co_await")
        start += len(statement)
    return found


PLANTED = [("daemon/core/a.cpp", "co_return;"), ("daemon/adapters/a.cpp", "f(co_await a(), co_await b());"),
           ("daemon/adapters/a.cpp", "co_await send(Request{1, 2});"), ("daemon/session/a.hpp", "int x = co_await y;")]
CLEAN = [("daemon/core/a.cpp", '// co_await "co_yield"\n'), ("daemon/adapters/a.cpp", "auto a = co_await b(); co_await c(a);")]

if __name__ == "__main__":
    if "--self-test" in sys.argv:
        tree.self_test(violations_in, PLANTED, CLEAN)
    tree.finish([v for sample in tree.tracked(".cpp", ".hpp").items() for v in violations_in(sample)])
