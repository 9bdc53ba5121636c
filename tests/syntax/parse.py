"""Parses all Hive scripts below the folders that are given, and says which it cannot read."""

import sys
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

scripts = [script for folder in sys.argv[1:] for script in sorted(Path(folder).rglob("*.sql"))]
complaints = [] if scripts else ["there is no script"]
for script in scripts:
    try:
        # A statement that the parser does not know becomes a `Command`, which it does not look into.
        statements = sqlglot.parse(script.read_text(), dialect="hive")
        unread = [s.sql()[:200] for s in statements if isinstance(s, exp.Command)]
        complaints.extend(f"{script}: unknown statement: {statement}" for statement in unread)
    except ParseError as error:
        complaints.append(f"{script}: {error}")
sys.exit("\n".join(complaints) or 0)
