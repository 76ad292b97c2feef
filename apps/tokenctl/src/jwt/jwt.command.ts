import { Command, InvalidArgumentError } from 'commander';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { durationArgument } from '../terminal/arguments.js';
import { confirm } from '../terminal/confirm.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { readJwtToTrySettings, type JwtToTrySettings } from './jwt-to-try.settings.js';
import { keyProblem, signJwt, type JwtClaims } from './sign-jwt.js';

const LONGEST = '30d';
const MAX_SUBJECT = 255;

const NOTES = `
For those who try the product: the query app with the same settings takes the JWT, with the same issuer, audience and claim. It is
signed with JWT_SECRET; with JWT_PUBLIC_KEY or JWT_JWKS_URL the command refuses, because the key that signs is not here. Standard
output has the JWT and nothing else. Where NODE_ENV is production it asks first; where nobody can be asked, --yes is needed.

Environment: JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE, JWT_ALGORITHMS, JWT_CUSTOMERS_CLAIM, NODE_ENV.

Examples:
  $ tokenctl jwt
  $ tokenctl jwt --customers 5,7 --for 15m --subject jane
  $ curl -H "Authorization: Bearer $(npm run -s tokenctl -- jwt)" http://localhost:3000/v2/tokens
`;

interface JwtOptions extends JwtClaims {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Makes a JWT for a caller, from the settings of the query app. */
export function jwtCommand(): Command {
  return new Command('jwt')
    .description('make a JWT to try the query app, from JWT_SECRET')
    .option('--subject <name>', 'whom it is for: the claim sub', subjectArgument, 'tokenctl')
    .option('--customers <ids>', 'the customers it may see, as 5,7, or none (default: all)', customersArgument)
    .option(
      '--for <time>',
      `how long it is valid, as 15m, 2h, 7d; at most ${LONGEST}`,
      durationArgument(LONGEST),
      3_600,
    )
    .option('--yes', 'do not ask where NODE_ENV is production')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((options: JwtOptions) => {
      const settings = settingsOrExit(readJwtToTrySettings);
      return runCommand('jwt', () => make(options, settings));
    });
}

async function make(options: JwtOptions, settings: JwtToTrySettings): Promise<boolean> {
  const problem = keyProblem(settings);
  if (problem) throw new Error(problem);
  const { subject, customers } = options;
  const whose = customers ? `customers ${customers.join(', ') || 'none'}` : 'all customers';
  const question = `NODE_ENV is production: make a JWT that is valid there, for ${whose}?`;
  if (settings.isProduction && !options.yes && !(await confirm(question))) {
    process.stderr.write('No JWT was made.\n');
    return false;
  }
  const { jwt, expiresAt } = await signJwt(options, settings);
  if (options.json) printJson({ jwt, subject, customers: customers ?? null, expiresAt });
  else print(jwt);
  // Not on standard output: a shell takes the JWT from there.
  process.stderr.write(`For ${JSON.stringify(subject)}, ${whose}, until ${expiresAt}.\n`);
  return true;
}

function subjectArgument(text: string): string {
  if (text === '' || text.length > MAX_SUBJECT)
    throw new InvalidArgumentError(`It must have 1 to ${MAX_SUBJECT} characters.`);
  return text;
}

function customersArgument(text: string): readonly number[] {
  if (text === 'none') return [];
  const ids = text.split(',').map((id) => (/^[1-9]\d*$/.test(id) ? Number(id) : NaN));
  if (!ids.every((id) => Number.isSafeInteger(id)))
    throw new InvalidArgumentError('It must be customer ids from 1 on, comma-separated and without spaces, or none.');
  return ids;
}
