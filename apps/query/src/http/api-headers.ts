/** A header of an answer, as OpenAPI describes it. */
export const header = (description: string, type = 'string') => ({ description, schema: { type } });

/** One that every answer of its kind has. */
export const always = (described: ReturnType<typeof header>) => ({ ...described, required: true });

/** Of answers and errors alike. */
export const EVERY_ANSWER = {
  'X-Request-Id': always(header('The id of this request, in every log line about it.')),
  'RateLimit-Limit': header('With `RATE_LIMIT_REQUESTS`: how many requests the caller may send.', 'integer'),
  'RateLimit-Remaining': header('With `RATE_LIMIT_REQUESTS`: how many of them are left.', 'integer'),
  'RateLimit-Reset': header('With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again.', 'integer'),
  'RateLimit-Policy': header('With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`.'),
};
