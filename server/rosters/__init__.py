"""Whole rosters over gRPC. The server's process only hands messages on; child processes decide.

In the server: `service.py` answers the calls, `asked.py` and `compared.py` read what they ask, `exchange.py` keeps the
flow of batches and answers, `workers.py` has the child processes. In a child: `worker.py` is its program, `deciding.py`
and `comparing.py` do the work, `batches.py` reads cases, `answers.py` and `comparison_messages.py` write messages.
In both: `assignment.py`, what a child is told, and `frames.py`, how messages go through a pipe.
"""
