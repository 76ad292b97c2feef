#!/usr/bin/env bash
set -euo pipefail
export NATS_URL=${NATS_URL:-nats://127.0.0.1:4222}
prefix=${NATS_SUBJECT_PREFIX:-tokens}
headers=$(mktemp)
trap 'rm "$headers"' EXIT

# A list with a filter. --raw prints the answer alone.
nats request --raw "$prefix.list" '{"type": "rfid", "isActive": true, "limit": 2}'

# All of them: send the cursor of the answer before. The headers of an answer go to stderr.
cursor=''
walked=0
while :; do
  answer=$(nats request "$prefix.list" "{\"type\": \"rfid\", \"isActive\": true, \"limit\": 500$cursor}" 2>"$headers")
  walked=$((walked + $(grep -o '"customerId"' <<<"$answer" | wc -l)))
  next=$(sed -n 's/.* X-Next-Cursor: *//p' "$headers")
  [ -n "$next" ] || break
  cursor=", \"cursor\": \"$next\""
done
echo "walked over $walked tokens"

# Read your own write: publish an event, and ask for an answer that contains it. The acknowledgement names its position.
position=$(nats publish --jetstream "$prefix.events.token.67890" "$(cat event.json)" 2>&1 | sed -n 's/.*Sequence: \([0-9,]*\).*/\1/p' | tr -d ,)
nats request --raw "$prefix.get" '{"id": 67890}' -H "X-Min-Position:$position"
