/** After this long in a transaction without a statement, the server ends the session: a process that stands still must keep no locks. */
const IDLE_IN_TRANSACTION_MS = 4_000;

/**
 * SQL for every new connection, because a role or a database may have other defaults. Our transactions wait for each other's rows, and then
 * read what the other one has written: a serializable one must not. Replicas refuse serializable statements. The driver reads dates of
 * this style only.
 */
export const TRANSACTION_SETTINGS = `set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; set default_transaction_isolation = 'read committed'; set datestyle = 'ISO';`;
