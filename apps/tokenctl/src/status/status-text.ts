import { jobAge, jobLine } from '../jobs/job-text.js';
import { harmless } from '#service-runtime/log-texts.js';
import { bytes, count, counted, duration } from '../terminal/spelling.js';
import { bad, bold, dim, good, warning } from '../terminal/style.js';
import { table } from '../terminal/table.js';
import type { GenerationStatus, LeaderStatus, LockingSession, ReadModelStatus, Status } from './status.js';

const NOT_KNOWN = 'not known';
const UNKNOWN = dim(NOT_KNOWN);

/** The whole screen. */
export function statusText(status: Status): string {
  const sections = [
    section('Stream', streamLines(status)),
    section('Read model', readModelLines(status)),
    section('Leader', leaderLines(status)),
    section('Job', [jobText(status)]),
    section('Generations', generationLines(status)),
    section('Dead letters', [deadLetterLine(status)]),
    section('Database', [status.databaseBytes === null ? UNKNOWN : bytes(status.databaseBytes)]),
  ];
  const problems = status.problems.map(({ what, message }) => bad(`${what}: ${harmless(message)}`));
  if (problems.length > 0) sections.push(section('Problems', problems));
  return sections.join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [bold(title), ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)].join('\n');
}

function entry(name: string, value: string): string {
  return `${name.padEnd(12)}${value}`;
}

function streamLines({ stream }: Status): string[] {
  if (!stream) return [UNKNOWN];
  const range = stream.messages === 0 ? `none; the last was ${count(stream.lastSequence)}` : sequences(stream);
  return [
    entry('name', stream.name),
    entry('sequences', range),
    entry('messages', `${count(stream.messages)} (${bytes(stream.bytes)})`),
  ];
}

function sequences({ firstSequence, lastSequence }: { firstSequence: number; lastSequence: number }): string {
  return `${count(firstSequence)} to ${count(lastSequence)}`;
}

function readModelLines({ readModel, generations }: Status): string[] {
  if (!readModel) return [generations ? bad('there is no live generation; run "tokenctl migrate"') : UNKNOWN];
  const { generation, position, staleBecause, completeTo, groupSweeps } = readModel;
  const lines = [
    entry('generation', String(generation)),
    entry('position', count(position)),
    entry('lag', lag(readModel)),
  ];
  if (completeTo < position) lines.push(entry('complete to', warning(count(completeTo))));
  for (const { tokenGroupId, membersDone } of groupSweeps)
    lines.push(entry('', `group ${tokenGroupId} is deleted: ${counted(membersDone, 'member')} done so far`));
  if (staleBecause !== null) lines.push(entry('stale', bad(harmless(staleBecause))));
  return lines;
}

const LATE_SECONDS = 10;

function lag({ lagEvents, lagSeconds }: ReadModelStatus): string {
  const events = lagEvents === null ? UNKNOWN : counted(lagEvents, 'event');
  if (lagSeconds === null) return `${events}, ${warning('never caught up yet')}`;
  const time = `held everything ${duration(lagSeconds)} ago`;
  return `${events}, ${lagSeconds > LATE_SECONDS ? warning(time) : good(time)}`;
}

function leaderLines({ leader, readModel }: Status): string[] {
  if (!leader) return [readModel ? bad('no projector has ever led') : UNKNOWN];
  const { holder, epoch } = leader;
  return [entry('holder', harmless(holder)), entry('epoch', count(epoch)), entry('lease', leaseText(leader))];
}

function leaseText({ expiresInSeconds: left, isInBatch, lockedBy }: LeaderStatus): string {
  if (left !== null && left > 0) return good(`held for another ${duration(left)}`);
  const since = left === null ? 'handed back' : `ran out ${duration(-left)} ago`;
  if (isInBatch) return warning(`${since}, but the projector is in a long batch and still leads`);
  const locked = lockedBy === null ? '' : `, and none can: ${lockerText(lockedBy)} has locked the lease`;
  return bad(`${since}: no projector leads${locked}`);
}

function lockerText({ process, application }: LockingSession): string {
  if (process === null) return 'a prepared transaction (pg_prepared_xacts)';
  return `the session with pid ${process} (${harmless(application ?? '')}) in pg_stat_activity`;
}

function jobText({ job, problems }: Status): string {
  if (job) return [jobLine(job), ...jobAge(job)].join('\n');
  return problems.some(({ what }) => what !== 'database') ? UNKNOWN : dim('none');
}

function generationLines({ generations, strayTables }: Status): string[] {
  if (!generations) return [UNKNOWN];
  const columns = ['number', 'state', 'position', 'size', 'schema', 'created', 'replaced', 'job'];
  const right = new Set(['number', 'position', 'size', 'schema']);
  const lines = [
    table(
      columns.map((title) => (right.has(title) ? { title, align: 'right' } : { title })),
      generations.map(generationCells),
    ),
  ];
  const stray = strayTables ?? [];
  if (stray.length > 0) {
    const size = stray.reduce((sum, one) => sum + one.bytes, 0);
    lines.push(warning(`tables of no generation (${bytes(size)}): ${stray.map(({ name }) => name).join(', ')}`));
    lines.push(dim('no app reads them; drop those that nobody else needs, see "Backups" in docs/operations.md'));
  }
  return lines;
}

function generationCells(generation: GenerationStatus): string[] {
  const { number, state, position, bytes: size, schemaVersion, createdAt, retiredAt, job } = generation;
  const replaced =
    retiredAt === null ? '' : `${duration(Math.max(0, (Date.now() - Date.parse(retiredAt)) / 1_000))} ago`;
  return [
    String(number),
    state,
    count(position),
    size === null ? NOT_KNOWN : bytes(size),
    String(schemaVersion),
    createdAt,
    replaced,
    job ?? '',
  ];
}

function deadLetterLine({ deadLetters }: Status): string {
  if (!deadLetters) return UNKNOWN;
  const { open, oldest } = deadLetters;
  if (open === 0) return good('none open');
  return `${warning(`${count(open)} open`)}, the oldest since ${oldest}; see "tokenctl dead-letters list"`;
}
