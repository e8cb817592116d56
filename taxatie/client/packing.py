"""Packing cases by the vocabularies of the service, as far as they are known and have a code for everything."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from taxatie.wire.case_codes import codes_of_questionnaire
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import ruleset_pb2
from taxatie.wire.packed_case import NotPackedError, Packer


@dataclass(slots=True)
class Packing:
    """Packs the cases of requests; whatever it cannot pack goes as it is, which the service reads as well."""

    _packers: dict[str, Packer | None] = field(default_factory=dict)
    """By the release that is asked for; none where the service numbers answers otherwise than we do."""

    def knows(self, release: str) -> bool:
        """Return whether the vocabulary for requests of a release is known."""
        return release in self._packers

    def learn(self, release: str, questionnaire: ruleset_pb2.GetQuestionnaireResponse) -> None:
        """Pack requests of a release by this questionnaire from now on."""
        codes = codes_of_questionnaire(questionnaire)
        self._packers[release] = Packer(codes) if codes.digest == questionnaire.vocabulary_digest else None

    def give_up(self, release: str) -> None:
        """Send requests of a release as they are."""
        self._packers[release] = None

    def packed(self, request: messages.AssessRequest) -> messages.AssessRequest:
        """Return the request with its case in codes; the request itself where that cannot be."""
        packer = self._packers.get(request.release)
        if packer is None or not request.HasField("case"):
            return request
        try:
            case = packer.pack(request.case)
        except NotPackedError:
            return request
        return messages.AssessRequest(
            packed=case,
            release=request.release,
            retrospective=request.retrospective,
            detail=request.detail,
            language=request.language,
            audience=request.audience,
            request_id=request.request_id,
        )


def refused_vocabularies(outcomes: "list[messages.AssessOutcome]") -> Iterator[tuple[int, str]]:
    """Return the places of cases that were packed for another vocabulary, each with the release that it takes."""
    return ((place, each.problem.pack_for) for place, each in enumerate(outcomes) if each.problem.pack_for)
