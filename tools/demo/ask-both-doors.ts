import { httpList, natsRequest, type Reply } from '../../test/support/clients.js';
import { connectTo } from '../../test/support/streams.js';
import type { Place } from './place.js';
import { heading, indented, withoutPassword } from './print.js';

const REQUEST = { sortBy: 'updatedAt', limit: 2 };
const SHOWN_HEADERS = ['X-Read-Position', 'X-Read-Lag-Ms', 'X-Total-Count'];

/** Sends the same list request over HTTP and over NATS, and prints request and answer. @throws if the answers differ */
export async function askBothDoors(queryUrl: string, { nats, prefix }: Place, token: string): Promise<void> {
  const overHttp = await httpList(queryUrl, REQUEST, { token });
  const query = new URLSearchParams({ ...REQUEST, limit: String(REQUEST.limit) }).toString();
  heading('Over HTTP');
  console.log(`curl -i -H 'Authorization: Bearer ${token}' '${queryUrl}/v2/tokens?${query}'\n`);
  show(overHttp);

  const subject = `${prefix}.list`;
  const body = JSON.stringify(REQUEST);
  const overNats = await requestOverNats(nats.url, subject, body);
  heading('Over NATS');
  console.log(`subject  ${subject}\nbody     ${body}`);
  console.log(`         nats --server ${withoutPassword(nats.url)} request ${subject} '${body}'\n`);
  show(overNats);

  if (overHttp.status !== 200 || overHttp.body !== overNats.body) throw new Error('The two doors answer differently.');
  console.log(`\nBoth bodies are byte for byte the same: ${Buffer.byteLength(overHttp.body)} bytes.`);
}

async function requestOverNats(natsUrl: string, subject: string, body: string): Promise<Reply> {
  const connection = await connectTo(natsUrl);
  try {
    return await natsRequest(connection, subject, body);
  } finally {
    await connection.close();
  }
}

function show({ status, headers, body }: Reply): void {
  console.log(indented(String(status)));
  for (const name of SHOWN_HEADERS) console.log(indented(`${name}: ${headers.get(name) ?? ''}`));
  // A list of numbers is easier to read on one line.
  const pretty = JSON.stringify(JSON.parse(body), null, 2).replaceAll(/\[[\d\s,]+\]/g, (list) =>
    list.replaceAll(/\s+/g, ' '),
  );
  console.log(indented(pretty));
}
