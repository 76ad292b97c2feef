/** The first lines of the API page, in Markdown. */
export const API_INTRODUCTION = `The tokens with which drivers start charging sessions: RFID cards, app tokens and vehicle ids.

**Who may ask.** Every request needs a JWT: click *Authorize* and paste it, with or without \`Bearer\`. A JWT with a claim of customers sees
the tokens of those customers only.

**Paging.** A page has at most 1,000 tokens; \`count\` says how many match. To read a whole list, follow the header \`Link\` with
\`rel="next"\`: such a walk misses and repeats no token that stays, whatever changes meanwhile. \`offset\` is for jumping to a page.

**How fresh an answer is.** \`X-Read-Position\` is the position in the stream of events that the answer was read at, \`X-Read-Lag-Ms\` how old
it can be. Who has just published an event sends its position as \`X-Min-Position\`, and reads what it has written.

**To keep a copy**, read \`/v2/tokens/changes\` once to its end, and go on from its \`after\`: it gives what has changed since, and with \`wait\` it
answers as soon as there is something.

**Errors** have one shape: \`message\` says in one sentence what to do, \`details\` which parameter is wrong, and \`requestId\` finds the request
in the logs. With a 503, \`Retry-After\` says when to try again.

**Over NATS** internal services get the same answers: request \`tokens.list\` with the parameters as a JSON object, \`tokens.get\` with
\`{ "id": 67890 }\`, \`tokens.changes\`, and \`tokens.resolve\` with the body of \`POST /v2/tokens/resolve\`.`;
