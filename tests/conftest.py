"""Settings that every test shares: property tests are repeatable in `make test` and fresh in `make soak`."""

import pytest
from hypothesis import HealthCheck, settings

# Examples follow from the test alone, so that a run says the same thing on every machine.
settings.register_profile(
    "test", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
# Fresh seeds, many more examples; failures are kept in .hypothesis/ and shown with the seed that repeats them.
settings.register_profile(
    "soak", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("test")  # `pytest --hypothesis-profile=soak` takes the other


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the tables that tests recorded of what they made and measured."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in getattr(report, "user_properties", ()) if report.when == "call" else ():
            if name == "table":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(text))
