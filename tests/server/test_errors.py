"""Exceptions become a status with details that programs read, and nothing that was sent."""

from __future__ import annotations

import io

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from engine.errors import FactsError, Reason, RollbookError, Violation
from rollbook.v1.errors_pb2 import ErrorReason
from server.errors import CODES, RefusalError, reason_of, rpc_status, status_of, too_large
from server.logs import configure_logs

SENTINEL = "Quillfeather"


def details(status: Status) -> list[Message]:
    found: list[Message] = []
    for detail in status.details:
        for kind in (ErrorInfo, BadRequest, RetryInfo):
            message = kind()
            if detail.Unpack(message):
                found.append(message)
    return found


def raised(error: Exception) -> Exception:
    """The same exception with the places that it passed."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_every_reason_of_the_contract_has_one_code() -> None:
    declared = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.DESCRIPTOR.values_by_name} - {"UNSPECIFIED"}
    assert set(CODES) == declared
    assert {reason.value for reason in Reason} <= declared


@pytest.mark.parametrize("reason", CODES)
def test_retry_info_exactly_where_a_retry_can_help(reason: str) -> None:
    kinds = [type(detail) for detail in details(status_of(RefusalError(reason, "no")))]
    retry = reason in {"OVERLOADED", "NOT_READY", "LOG_UNAVAILABLE"}
    assert kinds == ([ErrorInfo, RetryInfo] if retry else [ErrorInfo])


def test_facts_are_named_by_their_path_in_the_request() -> None:
    error = FactsError((Violation("mark.score", "one of 1, 2", "This is not what is declared."),))
    info, bad_request = details(status_of(error))
    assert info == ErrorInfo(reason="FACT_INVALID", domain="rollbook")
    assert bad_request == BadRequest(
        field_violations=[
            BadRequest.FieldViolation(
                field="facts.mark.score", description="This is not what is declared. Expected: one of 1, 2."
            )
        ]
    )


def test_facts_as_a_whole() -> None:
    inconsistent = FactsError((Violation("expects[0]", "", "No."),), reason=Reason.FACTS_INCONSISTENT)
    for error in (inconsistent, FactsError((Violation("", "a JSON object", "No."),))):
        bad_request = details(status_of(error))[1]
        assert isinstance(bad_request, BadRequest)
        assert bad_request.field_violations[0].field == "facts"


def test_a_limit_says_what_it_allows() -> None:
    info = details(status_of(too_large("cases", 500, 501, "There are too many cases.", "cases")))[0]
    assert isinstance(info, ErrorInfo)
    assert dict(info.metadata) == {"limit": "cases", "allowed": "500", "given": "501"}


def test_details_fit_into_the_metadata_that_clients_accept() -> None:
    many = tuple(Violation(f"marks[{number}].score", "x" * 400, "y" * 400) for number in range(1000))
    status = status_of(FactsError(many))
    info, bad_request = details(status)
    assert isinstance(info, ErrorInfo)
    assert isinstance(bad_request, BadRequest)
    assert status.ByteSize() < 5_000
    assert len(bad_request.field_violations) + int(info.metadata["violations_left_out"]) == 1000


def test_one_violation_is_told_however_long_it_is() -> None:
    bad_request = details(status_of(FactsError((Violation("p" * 9_000, "x" * 9_000, "y" * 9_000),))))[1]
    assert isinstance(bad_request, BadRequest)
    assert len(bad_request.field_violations) == 1
    assert bad_request.ByteSize() < 1_000


@pytest.mark.parametrize("error", [ValueError(SENTINEL), RollbookError(Reason.INTERNAL, SENTINEL)])
def test_a_fault_of_ours_is_logged_under_an_incident_without_its_text(error: Exception) -> None:
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    status = status_of(raised(error), method="Decide", request_id="r-1")
    info = details(status)[0]
    assert isinstance(info, ErrorInfo)
    assert info.reason == "INTERNAL"
    line = lines.getvalue()
    assert info.metadata["incident"] in line
    assert "test_errors.py" in line, "the places that the exception passed"
    assert '"request_id": "r-1"' in line
    assert SENTINEL not in line
    assert SENTINEL not in str(status)


def test_as_grpc_carries_it() -> None:
    status = status_of(RefusalError("NOT_IN_FORCE", "Not then."))
    code, text, metadata = rpc_status(status)
    assert (code, text) == (grpc.StatusCode.FAILED_PRECONDITION, "Not then.")
    assert [(key, Status.FromString(value)) for key, value in metadata] == [("grpc-status-details-bin", status)]
    assert reason_of(status) == "NOT_IN_FORCE"
