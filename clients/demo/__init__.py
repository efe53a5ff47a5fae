"""`make demo`: a server, sample cases through the SDK, a table of decisions, one explanation in full."""
