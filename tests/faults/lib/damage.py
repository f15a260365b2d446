"""Damages a database as its owner's editor or another program could, row by row.

    damage.py DATABASE swap TABLE COLUMN    the first two rows exchange the column
    damage.py DATABASE foreign              becomes another program's database
    damage.py DATABASE cut TABLE COLUMN     the first row's column loses its end
"""
import os
import sqlite3
import sys

path, what, *where = sys.argv[1:]
if what == "foreign":
    for name in (path, f"{path}-wal"):
        if os.path.exists(name):
            os.unlink(name)
database = sqlite3.connect(path)
if what == "foreign":
    database.execute("CREATE TABLE bookmarks (url TEXT)")
else:
    table, column = where
    rows = database.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid LIMIT 2").fetchall()
    (first, a), (second, b) = rows
    new = {first: b, second: a} if what == "swap" else {first: a[:-5]}
    for row, value in new.items():
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row))
database.commit()
database.close()
os.chmod(path, 0o600)
