#!/usr/bin/env python3
"""Writes known_answers.hpp: the vault's formats computed a second time, with nothing but Python's standard library.

    python3 reference.py | clang-format-19 --assume-filename=x.hpp > known_answers.hpp

It shares no line with the daemon, so that a change of a format cannot go unnoticed: run it only when a format gets a
new version byte or label on purpose.
"""
import base64
import hashlib
import struct


def rotate(value, bits):
    return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF


def quarter_round(s, a, b, c, d):
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF; s[d] = rotate(s[d] ^ s[a], 16)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF; s[b] = rotate(s[b] ^ s[c], 12)
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF; s[d] = rotate(s[d] ^ s[a], 8)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF; s[b] = rotate(s[b] ^ s[c], 7)


def chacha_rounds(state):
    s = list(state)
    for _ in range(10):
        for q in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                  (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter_round(s, *q)
    return s


CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def chacha20_block(key, counter, nonce12):
    state = CONSTANTS + struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce12)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, chacha_rounds(state))))


def hchacha20(key, nonce16):
    s = chacha_rounds(CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce16))
    return struct.pack("<8I", *s[:4], *s[12:])


def chacha20(key, nonce12, data):
    stream = b"".join(chacha20_block(key, 1 + i, nonce12) for i in range((len(data) + 63) // 64))
    return bytes(a ^ b for a, b in zip(data, stream))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def pad16(data):
    return data + bytes(-len(data) % 16)


def xchacha20poly1305(key, nonce24, plaintext, data):
    """draft-irtf-cfrg-xchacha-03 over RFC 8439; gives nonce || ciphertext || tag"""
    subkey, nonce12 = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    ciphertext = chacha20(subkey, nonce12, plaintext)
    mac_input = pad16(data) + pad16(ciphertext) + struct.pack("<QQ", len(data), len(ciphertext))
    return nonce24 + ciphertext + poly1305(chacha20_block(subkey, 0, nonce12)[:32], mac_input)


def kdf(key, number, context):
    return hashlib.blake2b(b"", digest_size=32, key=key, salt=struct.pack("<QQ", number, 0),
                           person=context + bytes(8)).digest()


def blake2b(message, key=b""):
    return hashlib.blake2b(message, digest_size=32, key=key).digest()


def lp(field):
    return struct.pack("<I", len(field)) + field


def u64(number):
    return lp(struct.pack("<Q", number))


def u32(number):
    return lp(struct.pack("<I", number))


def padded(plaintext):
    return plaintext + b"\x80" + bytes(63 - len(plaintext) % 64)


DATABASE, EPOCH = bytes(range(0x00, 0x10)), 1
MASTER, KEK = bytes(range(0x40, 0x60)), bytes(range(0xA0, 0xC0))
NONCE = bytes(range(0x80, 0x98))
BINDING = blake2b(lp(b"https://issuer.example") + lp(b"https://token.example:8443") + lp(b"client-1") + lp(b"basic"))
TOKEN_KEY = blake2b(lp(lp(b"read") + lp(b"write")) + lp(b"https://api.example/") + lp(b"aud"))
DEFAULT_TOKEN_KEY = blake2b(lp(b"") + lp(b"") + lp(b""))


def record(kind, row, owner, generation, binding, plaintext):
    data = (b"tokend-rec-v1\0" + lp(DATABASE) + u32(EPOCH) + lp(kind) + u64(row) + u64(owner) + u64(generation)
            + lp(binding))
    return b"\x01" + struct.pack("<I", EPOCH) + xchacha20poly1305(kdf(MASTER, 1, b"tokend01"), NONCE,
                                                                  padded(plaintext), data)


def head(grant, generation, tag):
    return blake2b(b"tokend-head-v1\0" + u64(grant) + u64(generation) + lp(tag), kdf(MASTER, 2, b"tokend01"))


def slot():
    header = b"tokend-slot-v1\0" + lp(DATABASE) + u64(1) + lp(b"keyfile") + lp(b"") + u32(EPOCH)
    commitment = blake2b(header, kdf(KEK, 2, b"tkslot01"))
    return commitment, xchacha20poly1305(kdf(KEK, 1, b"tkslot01"), NONCE, MASTER, header + commitment)


REFRESH = record(b"refresh", 7, 7, 3, BINDING, b"refresh-token-1")
COMMITMENT, WRAPPED = slot()
ANSWERS = [
    ("kBinding", BINDING),
    ("kTokenKeyHash", TOKEN_KEY),
    ("kDefaultTokenKeyHash", DEFAULT_TOKEN_KEY),
    ("kRefreshRecord", REFRESH),
    ("kAccessRecord", record(b"access" + TOKEN_KEY, 9, 7, 3, BINDING, b"access-token-1")),
    ("kJournalRecord", record(b"journal", 7, 7, 3, BINDING, b"j" * 64)),
    ("kClientSecretRecord", record(b"client_secret", 5, 5, 0, b"", b"client-secret-1")),
    ("kDefinitionRecord", record(b"definition", 2, 2, 4, b"", b"")),
    ("kHead", head(7, 3, REFRESH[-16:])),
    ("kHeadWithoutRecord", head(8, 0, b"")),
    ("kFingerprint", blake2b(b"tokend-print-v1\0" + lp(b"refresh-token-1"), kdf(MASTER, 3, b"tokend01"))),
    ("kSlotCommitment", COMMITMENT),
    ("kSlotWrapped", WRAPPED),
]

print("// Written by reference.py from a second implementation of the formats. A test that fails against these says that")
print("// records on people's disks would no longer open: never edit them to make it pass.")
print("#pragma once\n#include <string_view>\n\nnamespace tokend::known_answers {\n")
for name, value in ANSWERS:
    text = value.hex()
    lines = [text[i:i + 96] for i in range(0, len(text), 96)]
    print(f"inline constexpr std::string_view {name} =")
    print("\n".join(f'    "{line}"' for line in lines) + ";")
print(f'inline constexpr std::string_view kKeyText =\n    "tokend-kek-v1 {base64.urlsafe_b64encode(KEK).decode().rstrip("=")}\\n";')
print("\n}  // namespace tokend::known_answers")
