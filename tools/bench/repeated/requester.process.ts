import autocannon from 'autocannon';

/** Sends the requests of all callers in turn over every connection. Prints how many answers arrived in which time. */
const setting = (name: string) => process.env[name]!;
const asked = JSON.parse(setting('REQUESTS')) as readonly { path: string; token: string }[];
const result = await autocannon({
  url: setting('URL'),
  connections: Number(setting('CONCURRENCY')),
  duration: Number(setting('SECONDS')),
  timeout: 60,
  requests: asked.map(({ path, token }) => ({ path, headers: { authorization: `Bearer ${token}` } })),
});
const { errors, timeouts, non2xx, requests, duration } = result;
if (errors + timeouts + non2xx > 0)
  throw new Error(`${errors} errors, ${timeouts} timeouts and ${non2xx} refusals under load`);
console.log(JSON.stringify({ answers: requests.total, seconds: duration }));
