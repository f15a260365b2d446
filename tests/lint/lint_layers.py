#!/usr/bin/env python3
"""Includes point one way, and the product knows no provider by name.

proto <- ports <- core <- vault <- broker <- session <- adapters <- main; client includes proto and client only. Each
layer may include the headers of the libraries that docs/DESIGN.md grants it. A provider's name in a source, comments
included, is a special case that belongs into data.
"""
import re
import sys

import tree

LAYERS = ["proto", "daemon/ports", "daemon/core", "daemon/vault", "daemon/broker", "daemon/session", "daemon/adapters"]
MAY_INCLUDE = {layer: set(LAYERS[:i + 1]) for i, layer in enumerate(LAYERS)}
MAY_INCLUDE |= {"main": set(LAYERS), "client": {"proto", "client"}}
EVERYWHERE = set(MAY_INCLUDE)
OUTSIDE = {"daemon/adapters", "main"}
LIBRARIES = {  # the first word of an include that has a / or .h: the layers that may
    "asio": OUTSIDE, "asio.hpp": OUTSIDE, "curl": OUTSIDE, "sqlite3.h": OUTSIDE, "openssl": OUTSIDE, "systemd": OUTSIDE,
    "CLI": OUTSIDE, "pthread.h": OUTSIDE, "fmt": EVERYWHERE - {"proto", "client"},
    "simdjson.h": {"daemon/core"}, "toml++": {"daemon/core"},
    "sodium": {"daemon/core", "daemon/vault"} | OUTSIDE, "sodium.h": {"daemon/core", "daemon/vault"} | OUTSIDE,
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
PROVIDERS = re.compile(
    r"(?<![\w-])(atlassian|auth0|azure|bitbucket|confluence|discord|dropbox|entra|facebook|github|gitlab|gmail|google|jira"
    r"|keycloak|linkedin|microsoft|okta|outlook|salesforce|slack|spotify|yahoo|zoho)(?![\w-])", re.IGNORECASE)


def layer_of(path):
    if path == "daemon/main.cpp":
        return "main"
    if path.startswith("client/"):
        return "client"
    return next((layer for layer in LAYERS if path.startswith(layer + "/")), None)


def allowed(layer, bracket, header):
    if bracket == '"':
        return layer_of(header) in MAY_INCLUDE[layer]
    return layer in LIBRARIES.get(header.split("/")[0], EVERYWHERE)


def violations_in(sample):
    path, text = sample
    layer = layer_of(path)
    if not layer:
        return []
    found = [f"{path}:{tree.line_of(text, m.start(1))}: {layer} may not include {m[2]}"
             for m in INCLUDE.finditer(text) if not allowed(layer, m[1], m[2])]
    return found + [f"{path}:{tree.line_of(text, m.start())}: names the provider {m[0]}" for m in PROVIDERS.finditer(text)]


PLANTED = [
    ("proto/a.hpp", '#include "daemon/ports/time.hpp"'), ("daemon/core/a.cpp", '#include "daemon/broker/broker.hpp"'),
    ("client/a.cpp", '#include "daemon/core/url.hpp"'), ("client/a.cpp", "#include <fmt/core.h>"),
    ("daemon/session/a.cpp", '  # include <asio/post.hpp>'),
    ("daemon/broker/a.cpp", "#include <toml++/toml.h>"), ("daemon/vault/a.cpp", "#include <sqlite3.h>"),
    ("daemon/session/a.cpp", '#include "a.hpp"'), ("daemon/core/a.cpp", "// as GitHub does"),
]
CLEAN = [
    ("daemon/core/a.cpp", '#include <simdjson.h>\n#include "proto/error.hpp"'),
    ("daemon/adapters/a.cpp", '#include <asio/post.hpp>\n#include "daemon/session/session.hpp"'),
    ("daemon/core/a.cpp", "font: -apple-system; // linear, a box"), ("tests/a.cpp", "// as GitHub does"),
]

if __name__ == "__main__":
    if "--self-test" in sys.argv:
        tree.self_test(violations_in, PLANTED, CLEAN)
    tree.finish([v for sample in tree.tracked(".cpp", ".hpp", ".in").items() for v in violations_in(sample)])
