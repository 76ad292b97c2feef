import asyncio
import json
import os

import nats

PREFIX = os.environ.get("NATS_SUBJECT_PREFIX", "tokens")


async def main():
    connection = await nats.connect(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))

    async def ask(request, parameters, headers=None):
        answer = await connection.request(f"{PREFIX}.{request}", json.dumps(parameters).encode(), timeout=5, headers=headers)
        status = answer.headers.get("Nats-Service-Error-Code")
        if status:
            raise RuntimeError(f"{status}: {json.loads(answer.data)['message']}")
        return json.loads(answer.data), answer.headers

    # A list with a filter.
    tokens = {"type": "rfid", "isActive": True}
    page, _ = await ask("list", {**tokens, "limit": 2})
    print(f"{page['count']} tokens match, the first is {page['data'][0]['id']}")

    # All of them: send the cursor of the answer before.
    page, headers = await ask("list", {**tokens, "limit": 500})
    walked = len(page["data"])
    while cursor := headers.get("X-Next-Cursor"):
        page, headers = await ask("list", {**tokens, "limit": 500, "cursor": cursor})
        walked += len(page["data"])
    print(f"walked over {walked} tokens")

    # Read your own write: publish an event, and ask for an answer that contains it.
    with open("event.json", "rb") as event:
        ack = await connection.jetstream().publish(f"{PREFIX}.events.token.67890", event.read())
    token, _ = await ask("get", {"id": 67890}, headers={"X-Min-Position": str(ack.seq)})
    print(f"token {token['id']} is of customer {token['customerId']}")

    await connection.close()


asyncio.run(main())
