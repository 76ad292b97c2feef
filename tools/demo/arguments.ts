import { parseArgs } from 'node:util';

const HELP = `Usage: npm run demo [-- options]

Starts PostgreSQL and nats-server where none are given (DATABASE_URL, NATS_URL), the projector and the query app, publishes the
events of 10,000 tokens and of examples/event.json, asks for a list on both doors, and stays up until Ctrl-C.

Options:
  --once  end after the answers
  --help  show this and start nothing`;

/** Ends the program if the arguments request help or are unknown. */
export function demoArguments(): { readonly isOnce: boolean } {
  try {
    const { values } = parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return { isOnce: values.once ?? false };
    console.log(HELP);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(2);
  }
}
