"""The values of the SDK say all that the messages of the contract say."""

import enum
from dataclasses import fields

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor

from rollbook import comparisons, decision_log, decisions, declarations, explanations, rulesets, versions
from rollbook.conversion import Word, message_field
from rollbook.v1 import (
    citation_pb2,
    comparison_pb2,
    decision_log_pb2,
    decision_log_service_pb2,
    decision_pb2,
    declarations_pb2,
    explanation_pb2,
    missing_pb2,
    obligation_pb2,
    problem_pb2,
    ruleset_pb2,
    ruleset_service_pb2,
    version_pb2,
    version_service_pb2,
)

PROTOS = (
    citation_pb2,
    comparison_pb2,
    decision_log_pb2,
    decision_log_service_pb2,
    decision_pb2,
    declarations_pb2,
    explanation_pb2,
    missing_pb2,
    obligation_pb2,
    problem_pb2,
    ruleset_pb2,
    ruleset_service_pb2,
    version_pb2,
    version_service_pb2,
)
MESSAGES: dict[str, Descriptor] = {
    name: message for proto in PROTOS for name, message in proto.DESCRIPTOR.message_types_by_name.items()
}
ENUMS: dict[str, EnumDescriptor] = {
    name: values for proto in PROTOS for name, values in proto.DESCRIPTOR.enum_types_by_name.items()
}
OTHER_NAMES = {
    "CreatedVersion": "CreateVersionResponse",
    "Replay": "ReplayDecisionResponse",
    "RosterRecord": "RosterRun",
    "ScenarioReport": "RunScenariosResponse",
    "Validation": "ValidateRulesetResponse",
    "Wanted": "DecisionFilter",
}
MODULES = (comparisons, decision_log, declarations, decisions, explanations, rulesets, versions)
VALUES = [getattr(module, name) for module in MODULES for name in module.__all__]


@pytest.mark.parametrize("value", [value for value in VALUES if not issubclass(value, enum.Enum)])
def test_a_value_has_every_field_of_its_message(value: type) -> None:
    message = MESSAGES[OTHER_NAMES.get(value.__name__, value.__name__)]
    assert [message_field(part) for part in fields(value)] == [part.name for part in message.fields]


@pytest.mark.parametrize("word", [value for value in VALUES if issubclass(value, Word)])
def test_a_word_has_every_value_of_its_enum_in_order(word: type[Word]) -> None:
    numbered = ENUMS[word.__name__].values
    prefix = numbered[0].name.removesuffix("UNSPECIFIED")
    assert [value.number for value in numbered] == list(range(len(numbered)))
    assert [member.name for member in word] == [value.name.removeprefix(prefix) for value in numbered]
    assert [member.value for member in word] == [member.name.lower().replace("_", "-") for member in word]


def test_an_enum_value_newer_than_the_client_is_unspecified() -> None:
    from rollbook.conversion import convert

    message = obligation_pb2.Obligation()
    message.ParseFromString(bytes([5 << 3, 99]))
    assert convert(decisions.Obligation, message).force is decisions.Force.UNSPECIFIED
