import { aTokenEvent } from '../support/builders.js';

/** Three tokens, one of them in a text that only UTF-8 carries. */
export const TOKENS = ['Grüße 充電 🚗', '"quoted" \\', null].map((comment, i) =>
  aTokenEvent('token.created', { id: i + 1, customerId: i + 1, comment }),
);
