import Papa from 'papaparse';
import type { TokenDocument } from '#token-read-model/document.js';

const COLUMNS = {
  id: ({ id }) => id,
  customerId: ({ customerId }) => customerId,
  type: ({ identifier }) => identifier.type,
  uid: ({ identifier }) => identifier.uid,
  label: ({ identifier }) => identifier.label,
  appUserId: ({ identifier }) => identifier.appUserId,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  validFrom: ({ validFrom }) => validFrom,
  expiresAt: ({ expiresAt }) => expiresAt,
  isActive: ({ isActive }) => isActive,
  roamingEnabled: ({ roamingEnabled }) => roamingEnabled,
  priorityChargingEnabled: ({ priorityChargingEnabled }) => priorityChargingEnabled,
  billingReference: ({ billingReference }) => billingReference,
  comment: ({ comment }) => comment,
  tokenGroupIds: ({ tokenGroupIds }) => tokenGroupIds.join(' '),
} satisfies Record<string, (token: TokenDocument) => string | number | boolean | null>;

const END_OF_LINE = '\r\n';
/**
 * A spreadsheet runs a text that begins like this as a formula; with an apostrophe before it, it is a text. Papa's own pattern misses a
 * text of several lines.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

export const CSV_HEADER = Object.keys(COLUMNS).join() + END_OF_LINE;

/** Lines of CSV (RFC 4180), one for each document; a null is an empty field. */
export function csvOf(documents: readonly string[]): string {
  const rows = documents.map((document) => {
    const token = JSON.parse(document) as TokenDocument;
    return Object.values(COLUMNS).map((value) => value(token));
  });
  return Papa.unparse(rows, { newline: END_OF_LINE, escapeFormulae: FORMULA }) + END_OF_LINE;
}
