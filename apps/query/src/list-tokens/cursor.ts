import { ServiceError } from '#service-runtime/service-error.js';
import { inOrder } from '../auth/scope.js';
import { parametersOf } from '../parameters/parameter.decorator.js';
import { SignedTexts } from '../reading/signed-texts.js';
import { ListTokensRequest } from './list-tokens.request.js';
import type { PageStart } from './page-start.js';
import type { SortKey } from './sort-keys.js';

/** What a walk may change from page to page. */
const OF_A_PAGE: readonly string[] = ['cursor', 'offset', 'limit'];
const OF_THE_LIST = [...parametersOf(ListTokensRequest).keys()].filter((name) => !OF_A_PAGE.includes(name));

/** Reads and writes the cursors of one list: its filters, its order and the customers that its caller may see. */
export class Cursors {
  private readonly texts: SignedTexts;

  /**
   * @param key shared by all instances
   * @param customers null: all customers
   */
  constructor(
    key: Buffer,
    private readonly request: ListTokensRequest,
    customers: readonly number[] | null,
  ) {
    const parameters = OF_THE_LIST.map((name) => request[name as keyof ListTokensRequest] ?? null);
    const list = JSON.stringify([parameters, inOrder(customers)]);
    this.texts = new SignedTexts(key, (text) => `${text}\n${list}`);
  }

  /** @throws {ServiceError} 400 unless it is a cursor of this list */
  read(cursor: string): PageStart {
    const text = this.texts.read(cursor);
    if (text === undefined) throw notOfThisList();
    const [reads, id, key] = text.split(' ') as [PageStart['reads'], string, string?];
    return { reads, id: Number(id), key: key === '-' ? null : key };
  }

  /** The page that follows a token, or the one before it. @param document of that token */
  write(reads: PageStart['reads'], document: string): string {
    const { sortBy } = this.request;
    const token = JSON.parse(document) as Record<SortKey, string | null>;
    const text = [reads, token.id, ...(sortBy === 'id' ? [] : [token[sortBy] ?? '-'])].join(' ');
    return this.texts.write(text);
  }
}

function notOfThisList(): ServiceError {
  const message =
    'is no cursor of this list: send it with the same parameters, and as the same caller, as the request whose answer it comes from';
  return new ServiceError(400, `cursor ${message}.`, { details: [{ param: 'cursor', message }] });
}
