import { sqlState } from './client';

/** What a person reads when the database can't be used at start: where we looked and what to do, never the password. */
export function explainDatabaseError(url: string, error: unknown): string {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `PostgreSQL at host ${hostname || 'localhost'}, port ${port || 5432}, database ${decodeURIComponent(pathname.slice(1)) || username}`;
  return `${place}: ${remedy(error)}`;
}

function remedy(error: unknown): string {
  const code = (error as { code?: string }).code ?? sqlState(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there. Start the server or correct DATABASE_URL.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host. Correct the host in DATABASE_URL.';
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return 'it does not answer. Check the address in DATABASE_URL and the network between.';
    case '28P01':
    case '28000':
      return 'it refuses this user or password. Correct them in DATABASE_URL.';
    case '3D000':
      return 'the server has no such database. Create it or correct DATABASE_URL.';
    case '42501':
      return 'this user may not create tables. Grant it CREATE on the database and its public schema.';
    default:
      return `it can’t be used (${code || (error instanceof Error ? error.message : 'unknown error')}).`;
  }
}
