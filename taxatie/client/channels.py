"""How channels are made: retrying what could not be delivered, a bound on what comes back."""

import json
from typing import Final

RETRIES: Final = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}
"""What was not answered may be asked for again: the client gives each request an id, by which it is recorded once."""

OPTIONS: Final = (
    ("grpc.service_config", json.dumps(RETRIES)),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", 16_000_000),
)
SECONDS: Final = 10.0
"""How long a call may take unless the caller says otherwise."""
