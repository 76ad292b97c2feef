import os

import httpx

api = httpx.Client(
    base_url=os.environ.get("API_URL", "http://localhost:3000"),
    headers={"Authorization": f"Bearer {os.environ['JWT']}"},
)


def ask(path, **options):
    answer = api.get(path, **options)
    if answer.is_error:
        raise RuntimeError(f"{answer.status_code}: {answer.json()['message']}")
    return answer


# A list with a filter.
tokens = {"type": "rfid", "isActive": "true"}
page = ask("/v2/tokens", params={**tokens, "limit": 2}).json()
print(f"{page['count']} tokens match, the first is {page['data'][0]['id']}")

# All of them: follow the link to the next page.
answer = ask("/v2/tokens", params={**tokens, "limit": 500})
walked = len(answer.json()["data"])
while "next" in answer.links:
    answer = ask(answer.links["next"]["url"])
    walked += len(answer.json()["data"])
print(f"walked over {walked} tokens")

# Never older than what was read before, whichever instance answers: ask for its position. A publisher asks for that of its event.
position = answer.headers["X-Read-Position"]
answer = ask("/v2/tokens", params={"limit": 1}, headers={"X-Min-Position": position})
print(f"read again at position {answer.headers['X-Read-Position']}")
