"""What the database holds, read from a copy of it: is it whole, and what does the journal say?

    database.py STATE_DIR  ->  {"integrity": "ok", "attempts": [{"sends": 1, "replied": false}], "commits": 7}
"""
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile

state = pathlib.Path(sys.argv[1])
with tempfile.TemporaryDirectory() as copy:
    for name in ("tokend.db", "tokend.db-wal"):
        if (state / name).exists():
            shutil.copy(state / name, copy)
    database = sqlite3.connect(f"{copy}/tokend.db")
    integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    attempts = [{"sends": sends, "replied": replied == 1}
                for sends, replied in database.execute("SELECT sends, sealed IS NOT NULL AND http_status IS NOT NULL FROM attempts")]
    commits = database.execute("SELECT commits FROM vault").fetchone()[0]
    database.close()
print(json.dumps({"integrity": integrity, "attempts": attempts, "commits": commits}))
