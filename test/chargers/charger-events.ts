import type { Decoded, EventTraces } from '#projection/projection.js';

export interface Charger {
  readonly id: string;
  readonly version: number;
  /** null, like the name, once the charger is removed. */
  readonly siteId: string | null;
  readonly name: string | null;
}

const STATUSES = ['available', 'occupied', 'faulted'] as const;

export interface Connector {
  readonly chargerId: string;
  readonly connector: number;
  readonly version: number;
  readonly status: (typeof STATUSES)[number];
}

/** Every event has the whole row as it is from this version on. */
export type ChargerEvent = { readonly eventId: string } & (
  | { readonly type: 'charger.registered' | 'charger.changed' | 'charger.removed'; readonly row: Charger }
  | { readonly type: 'charger.connector-status'; readonly row: Connector }
);

type Fields = Readonly<Record<string, unknown>>;

const ROW_OF_TYPE: { readonly [Type in ChargerEvent['type']]: (data: Fields) => Charger | Connector } = {
  'charger.registered': charger,
  'charger.changed': charger,
  'charger.removed': (data) => ({ id: idIn(data, 'id'), version: countIn(data, 'version'), siteId: null, name: null }),
  'charger.connector-status': connector,
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function decode(payload: Uint8Array): Decoded<ChargerEvent> {
  let traces: EventTraces = {};
  try {
    const { specversion, type, id, data } = fieldsOf('the message', JSON.parse(utf8.decode(payload)));
    if (typeof type !== 'string') throw new Error('the attribute "type" is missing');
    if (!Object.hasOwn(ROW_OF_TYPE, type)) return { kind: 'skipped', type };
    traces = { type };
    if (specversion !== '1.0') throw new Error('the attribute "specversion" must be "1.0"');
    if (typeof id !== 'string' || id === '') throw new Error('the attribute "id" is missing');
    traces = { type, eventId: id };
    const row = ROW_OF_TYPE[type as ChargerEvent['type']](fieldsOf('"data"', data));
    return { kind: 'event', event: { type, eventId: id, row } as ChargerEvent };
  } catch (error) {
    return { kind: 'rejected', reason: (error as Error).message, ...traces };
  }
}

function charger(data: Fields): Charger {
  const { name } = data;
  if (typeof name !== 'string' || !name.isWellFormed()) throw new Error('"name" must be a text');
  return { id: idIn(data, 'id'), version: countIn(data, 'version'), siteId: idIn(data, 'siteId'), name };
}

function connector(data: Fields): Connector {
  const status = STATUSES.find((known) => known === data['status']);
  if (!status) throw new Error(`"status" must be one of ${STATUSES.join(', ')}`);
  const [chargerId, number] = [idIn(data, 'chargerId'), countIn(data, 'connector', 100)];
  return { chargerId, connector: number, version: countIn(data, 'version'), status };
}

function fieldsOf(what: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${what} must be a JSON object`);
}

/** An id can stand in a subject as one of its parts. */
function idIn(data: Fields, name: string): string {
  const id = data[name];
  if (typeof id === 'string' && /^[\w-]{1,36}$/.test(id)) return id;
  throw new Error(`"${name}" must have 1 to 36 letters, digits, - and _`);
}

function countIn(data: Fields, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const count = data[name];
  if (Number.isInteger(count) && Number(count) >= 1 && Number(count) <= most) return Number(count);
  throw new Error(`"${name}" must be a whole number from 1 to ${most}`);
}
