"""Tests of rosters over gRPC."""
