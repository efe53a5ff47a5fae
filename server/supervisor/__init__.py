"""`rollbook serve --workers N`: a process that serves nothing itself, and keeps N that do.

It imports neither gRPC nor the engine, so what brings a worker down cannot bring it down.
"""

from server.supervisor.supervising import Serving, supervise

__all__ = ["Serving", "supervise"]
