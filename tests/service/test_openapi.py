"""The description of the routes, and requests made from it: none is answered with a fault, or otherwise than described."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from served import Serve

from detent.service.guard import Bounds
from detent.service.keys import Keys

KEY = "alice-alice-alice"
STREAMS = "/(events|agui|v1/chat)"


def test_every_answer_is_one_that_the_description_promises(serve: Serve) -> None:
    bounds = Bounds(requests=1_000_000, runs=1000, runs_of_owner=1000)
    served = serve(bounds=bounds, keys=Keys.of({"alice": KEY}))
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json").exclude(path_regex=STREAMS)
    tried: list[str] = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # it raises for what is no operation
        tried.append(operation.label)

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
        )
        @given(operation.as_strategy())
        def check(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})

        check()

    assert 18 <= len(tried)
