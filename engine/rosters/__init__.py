"""The roster engine: a table of cases in, a table of decisions out, each the same as the case engine's. No files here.

Both tables are Arrow record batches: `columns` says how cases stand in one, `rows` how decisions do.
"""

from engine.rosters.engine import RosterEngine
from engine.rosters.model import Decided, Question, Reject, RosterSettings, Uncovered

__all__ = ["Decided", "Question", "Reject", "RosterEngine", "RosterSettings", "Uncovered"]
