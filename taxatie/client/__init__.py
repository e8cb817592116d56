"""The client: typed, for asyncio and without, retrying when the service cannot be reached.

with Client("localhost:50051") as client:
answer = client.assess(case_message({"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00"}))
print(answer.level, answer.wording.reasons)
"""

from taxatie.client.asynchronous import AsyncClient
from taxatie.client.cases import case_message
from taxatie.client.refusals import RefusedError
from taxatie.client.synchronous import Client

__all__ = ["AsyncClient", "Client", "RefusedError", "case_message"]
