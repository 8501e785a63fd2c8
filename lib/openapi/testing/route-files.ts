import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Route files that are no part of the API: where our own pages' buttons lead, and static files made at build time. */
const NO_API = /^\/(auth\/google|flags\/)/;

/**
 * The addresses that route files answer, as OpenAPI writes them (`/api/me/sessions/{id}`), found where Next finds them. A
 * catch-all ends in `{name+}`, an optional one in `{name*}`.
 */
export function routePaths(): string[] {
  return readdirSync('app', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^route\.tsx?$/.test(entry.name))
    .map((entry) => pathOf(path.relative('app', entry.parentPath).split(path.sep)))
    .filter((route) => !NO_API.test(route))
    .sort();
}

function pathOf(folders: string[]): string {
  const segments = folders
    .filter((folder) => !/^\(.+\)$/.test(folder))
    .map((folder) =>
      folder
        .replace(/^\[\[\.\.\.(.+)\]\]$/, '{$1*}')
        .replace(/^\[\.\.\.(.+)\]$/, '{$1+}')
        .replace(/^\[(.+)\]$/, '{$1}'),
    );
  return `/${segments.join('/')}`;
}
