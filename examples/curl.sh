#!/usr/bin/env bash
set -euo pipefail
API_URL=${API_URL:-http://localhost:3000}
answer=$(mktemp -d)
trap 'rm -r "$answer"' EXIT

# --retry waits as long as the header Retry-After of a 503 says.
ask() {
  curl --silent --show-error --fail-with-body --retry 3 -H "Authorization: Bearer $JWT" -D "$answer/headers" -o "$answer/body" "$@" ||
    { cat "$answer/body" >&2 && return 1; }
}
header() { sed -n "s/^$1: *\([^[:cntrl:]]*\).*/\1/ip" "$answer/headers"; }

# A list with a filter.
ask "$API_URL/v2/tokens?type=rfid&isActive=true&limit=2"
echo "$(header x-total-count) tokens match: $(head -c 100 "$answer/body")..."

# All of them: follow the link to the next page.
path='/v2/tokens?type=rfid&isActive=true&limit=500'
walked=0
while [ -n "$path" ]; do
  ask "$API_URL$path"
  walked=$((walked + $(grep -o '"customerId"' "$answer/body" | wc -l)))
  path=$(header link | sed -n 's/^<\([^>]*\)>; rel="next".*/\1/p')
done
echo "walked over $walked tokens"

# Never older than what was read before, whichever instance answers: ask for its position. A publisher asks for that of its event.
ask -H "X-Min-Position: $(header x-read-position)" "$API_URL/v2/tokens?limit=1"
echo "read again at position $(header x-read-position)"
