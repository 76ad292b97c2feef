#!/bin/sh
# [address [arguments...]]: requests made up from the description of the API of a running query app; see CONTRIBUTING.md.
set -eu
API=${1:-http://127.0.0.1:3000}
[ $# -gt 0 ] && shift
: "${JWT:?set JWT to a token that the app accepts: npm run demo prints one}"
export API JWT
exec schemathesis run "$API/openapi.json" --continue-on-failure "$@"
