import { jetstreamManager } from '@nats-io/jetstream';
import { Command } from 'commander';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { connectOrFail } from '../connect/nats.js';
import { showProgress } from './progress.js';
import { publishSeed } from '#tools/seed/publish-seed.js';
import { seedEvents } from '#tools/seed/seed-events.js';
import type { SeedOptions } from '#tools/seed/seed-options.js';
import { integerFrom } from '../terminal/arguments.js';
import { print, runCommand } from '../terminal/run-command.js';
import { instantArgument, startOfToday } from './seed.arguments.js';
import { readSeedSettings, type SeedSettings } from './seed.settings.js';
import { jsonSummary, textSummary } from './summary.js';
import { Tally } from '#tools/seed/tally.js';
import { ensureTargetStream } from './target-stream.js';

const MOST_TOKENS = 100_000_000;

const NOTES = `
The same --tokens, --customers, --seed and --at give the same events, byte for byte. --at decides what is expired or not
yet valid; give it to get the same events on another day. Token ids begin at 1 and versions at 1: over a stream that
holds other tokens with these ids, the higher version of each stays. Customer 1 has the most tokens.

Environment: NATS_URL, NATS_CREDS, NATS_TLS_CA, NATS_STREAM, NATS_STREAM_SUBJECTS, NATS_STREAM_CREATE,
NATS_INBOX_PREFIX.

Examples:
  $ tokenctl seed --tokens 10000
  $ tokenctl seed --tokens 1000000 --customers 50000 --seed 7 --at 2026-01-01T00:00:00Z
  $ NATS_STREAM=TRY NATS_STREAM_SUBJECTS='try.events.>' tokenctl seed --tokens 20000 --json
`;

/** Publishes realistic tokens as domain events on the stream, for demonstrations, tests and benchmarks. */
export function seedCommand(): Command {
  return new Command('seed')
    .description('publish realistic tokens as events on the stream; makes the stream when it is missing')
    .requiredOption('--tokens <number>', 'how many tokens', integerFrom(1, MOST_TOKENS))
    .option('--customers <number>', 'how many customers (default: a sixth of the tokens)', integerFrom(1, MOST_TOKENS))
    .option('--seed <number>', 'another seed gives other tokens', integerFrom(0, 2 ** 32 - 1), 1)
    .option('--at <instant>', 'the reference instant (default: the start of today, UTC)', instantArgument)
    .option('--json', 'print one line of JSON at the end and nothing else on stdout', false)
    .addHelpText('after', NOTES)
    .action(({ json, ...options }: Omit<SeedOptions, 'at'> & { at?: string; json: boolean }) => {
      const settings = settingsOrExit(readSeedSettings);
      return runCommand('seed', () => seed({ ...options, at: options.at ?? startOfToday() }, settings, json));
    });
}

async function seed(options: SeedOptions, settings: SeedSettings, json: boolean): Promise<boolean> {
  const link = await connectOrFail(settings.nats);
  const connection = await link.connected();
  await ensureTargetStream(await jetstreamManager(connection), settings);
  const tally = new Tally();
  const stopProgress = showProgress(tally, options.tokens, json ? process.stderr : process.stdout);
  try {
    const { baseSubject, nats } = settings;
    await publishSeed(connection, { baseSubject, inboxPrefix: nats.inboxPrefix }, seedEvents(options), tally);
  } finally {
    stopProgress();
  }
  print(json ? jsonSummary(options, tally) : textSummary(options, settings.stream.stream, tally));
  await link.close();
  return true;
}
