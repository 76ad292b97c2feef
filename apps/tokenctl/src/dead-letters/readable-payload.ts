import { readableJson } from './readable-json.js';

export interface ReadablePayload {
  readonly kind: 'json' | 'text' | 'hex';
  /** null: shown only with `--reveal`. */
  readonly text: string | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A payload in a form for people: indented JSON, else text, else hexadecimal.
 * @param reveal shows personal values. Without it only JSON is shown, because only JSON can be searched for these values.
 */
export function readablePayload(payload: Uint8Array, reveal: boolean): ReadablePayload {
  const text = asText(payload);
  if (text === undefined) return { kind: 'hex', text: reveal ? hexDump(payload) : null };
  const json = readableJson(text, reveal);
  if (json !== undefined) return { kind: 'json', text: json };
  return { kind: 'text', text: reveal ? text : null };
}

function asText(payload: Uint8Array): string | undefined {
  try {
    return utf8.decode(payload);
  } catch {
    return undefined;
  }
}

const WIDTH = 16;

/** `00000010  7b 22 69 64 22 3a 20 ff                           {"id": .` */
function hexDump(payload: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < payload.length; at += WIDTH) {
    const row = Buffer.from(payload.subarray(at, at + WIDTH));
    const hex = row.toString('hex').replace(/..(?=.)/g, '$& ');
    const text = row.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(3 * WIDTH)}  ${text}`);
  }
  return lines.join('\n');
}
