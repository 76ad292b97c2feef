import autocannon from 'autocannon';

/** Asks over very many connections, each at once again when it has an answer or has waited too long. Prints what came of it. */
const setting = (name: string) => process.env[name]!;
const result = await autocannon({
  url: setting('URL'),
  connections: Number(setting('CONNECTIONS')),
  duration: Number(setting('SECONDS')),
  timeout: Number(setting('PATIENCE_SECONDS')),
  headers: { authorization: `Bearer ${setting('JWT')}` },
});
// Timeouts are among the errors.
const { non2xx: refused, errors: unanswered, duration: seconds } = result;
console.log(JSON.stringify({ answered: result['2xx'], refused, unanswered, seconds }));
