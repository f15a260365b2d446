"""What the lints share: the tracked files, C++ text without comments and literals, and how a lint speaks and ends.

It is no lint itself. Only `git ls-files` counts as the tree: what nobody committed is nobody's violation.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/', re.DOTALL)


def paths():
    """The tracked files that are there."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def tracked(*suffixes):
    """{path: text} of the tracked text files whose names end so."""
    names = [name for name in paths() if name.endswith(suffixes)]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def code_of(text):
    """C++ text whose comments and literals are blank; line numbers stay."""
    return _NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def finish(violations):
    for violation in violations:
        print(violation)
    print(f"{len(violations)} violations")
    sys.exit(1 if violations else 0)


def self_test(find, planted, clean):
    """find has to report each of the planted samples, and none of the clean ones."""
    wrong = [f"not found: {sample}" for sample in planted if not find(sample)]
    wrong += [f"found in a clean sample: {sample}: {find(sample)}" for sample in clean if find(sample)]
    finish(wrong)
