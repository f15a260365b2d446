#!/usr/bin/env python3
"""What the built libraries call, since an include list can be passed by: lint_symbols.py ARCHIVE... --program TOKENCTL.

No archive of core, vault, broker or session refers to Asio, curl, SQLite, TLS, systemd, threads, clocks or the system's
randomness. tokenctl loads none of the daemon's libraries: it starts in a millisecond.
"""
import re
import subprocess
import sys

import tree

SYMBOL = re.compile(r"\bU (asio::|.*\basio::detail|curl_|sqlite3_|SSL_|sd_\w|pthread_create\b|clock_gettime\b|getrandom\b"
                    r"|gettimeofday\b|std::thread::_M_start_thread|std::chrono::_V2::\w+::now\(|randombytes)")
NEEDED = re.compile(r"\(NEEDED\).*\[lib(curl|sqlite3|sodium|simdjson|ssl|crypto|systemd)\b")


def forbidden_symbols(listing):
    return [line.strip() for line in listing.splitlines() if SYMBOL.search(line)]


def forbidden_libraries(listing):
    return [line.strip() for line in listing.splitlines() if NEEDED.search(line)]


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def find(sample):
    return forbidden_symbols(sample) + forbidden_libraries(sample)


PLANTED = [f"                 U {name}" for name in (
    "asio::detail::throw_error(std::error_code const&)", "curl_easy_init", "sqlite3_step", "SSL_new", "sd_notify",
    "pthread_create@GLIBC_2.34", "clock_gettime", "getrandom", "std::chrono::_V2::system_clock::now()")]
PLANTED.append(" 0x01 (NEEDED)             Shared library: [libcurl.so.4]")
CLEAN = ["     U tokend::retry_after(std::chrono::time_point<std::chrono::_V2::system_clock>)", "     U crypto_hash_sha256",
         " 0x01 (NEEDED)             Shared library: [libstdc++.so.6]"]

if __name__ == "__main__":
    if "--self-test" in sys.argv:
        tree.self_test(find, PLANTED, CLEAN)
    *archives, option, program = sys.argv[1:]
    if option != "--program" or not archives:
        sys.exit(__doc__)
    listings = {archive: printed("nm", "-C", "--undefined-only", archive) for archive in archives}
    silent = [f"{archive}: nm names no symbol" for archive, listing in listings.items() if " U " not in listing]
    used = [f"{archive}: {s}" for archive, listing in listings.items() for s in forbidden_symbols(listing)]
    tree.finish(silent + used + [f"{program}: {s}" for s in forbidden_libraries(printed("readelf", "-d", program))])
