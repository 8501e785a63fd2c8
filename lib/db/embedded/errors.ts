/** What a person can always do when the embedded server can't be used on their machine. */
export const USE_YOUR_OWN_SERVER =
  'Set DATABASE_URL to a PostgreSQL server of your own (for example postgres://user:password@localhost:5432/latchkey).';

/** The embedded PostgreSQL can't be started; the message is written for the person at the terminal. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
