import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

// Imports point inward (README, "Where things are"). This file is the rule; nothing else needs to remember it.

type Import = { from: string; to: string; typeOnly: boolean };

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.posix.join(entry.parentPath.replaceAll(path.sep, '/'), entry.name));
}

/** All imports of the project's source, ours as paths from the root, packages by name. */
const imports: Import[] = ['app', 'components', 'lib', 'drizzle'].flatMap(sourceFiles).flatMap((from) =>
  [
    ...readFileSync(from, 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?'([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map((match) => {
    const target = match[3] ?? match[4] ?? '';
    const to = target.startsWith('@/')
      ? target.slice(2)
      : target.startsWith('.')
        ? path.posix.join(path.posix.dirname(from), target)
        : target;
    const names = /^\{(.*)\}$/s
      .exec(match[2]?.trim() ?? '')?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    return {
      from,
      to,
      typeOnly: match[1] !== undefined || (names?.length ? names.every((name) => name.startsWith('type ')) : false),
    };
  }),
);

const edge = /^lib\/(http|dialects|openapi|server|start-up|commands)(\/|$|\.)/;
const testing = /^lib\/.*testing/;
const breaking = (inside: RegExp, forbidden: (found: Import) => boolean) =>
  imports
    .filter((found) => inside.test(found.from) && !testing.test(found.from) && forbidden(found))
    .map(({ from, to }) => `${from} → ${to}`);

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  it('of tables lead to nothing but tables', () => {
    expect(breaking(/^drizzle\/schema\//, ({ to }) => /^(app|components|lib)\//.test(to))).toEqual([]);
  });

  it('of the library never lead to pages or components', () => {
    expect(breaking(/^lib\//, ({ to }) => /^(app|components)\//.test(to))).toEqual([]);
  });

  it('of Next are left to the edge', () => {
    expect(breaking(/^lib\/(?!http|start-up|commands)/, ({ to }) => /^(next|next-auth)(\/|$)/.test(to))).toEqual([]);
  });

  it('of use cases never lead to the edge', () => {
    expect(
      breaking(/^lib\/(?!http\/|dialects\/|openapi\/|server\.ts|start-up\.ts|commands\/)/, ({ to }) => edge.test(to)),
    ).toEqual([]);
  });

  it('of tables are left to stores', () => {
    expect(
      breaking(
        /^(app|components|lib)\//,
        ({ from, to }) => to.startsWith('drizzle/schema') && !/(store|columns|sms\/inbox)\.ts$/.test(from),
      ),
    ).toEqual([]);
  });

  it('of components lead to schemas, to pure text functions, and to types', () => {
    expect(
      breaking(
        /^components\//,
        ({ to, typeOnly }) => to.startsWith('lib/') && !typeOnly && !/(-schema|phone\/ascii-digits)$/.test(to),
      ),
    ).toEqual([]);
    expect(breaking(/^components\//, ({ to, typeOnly }) => to.startsWith('app/') && !typeOnly)).toEqual([]);
  });

  it('of pages and routes lead to the composition root, the edge, errors, policies, settings, schemas and types', () => {
    const allowed =
      /^lib\/(server$|http\/|dialects\/|errors$|policy$|env$|.*-schema$|otp\/(send|check)-code$|passkeys\/sign-in-with-passkey$|recovery-codes\/recovery-codes$|random$|phone\/phone$)/;
    expect(breaking(/^app\//, ({ to, typeOnly }) => to.startsWith('lib/') && !typeOnly && !allowed.test(to))).toEqual(
      [],
    );
  });

  it('are none at all in the client that apps copy into their own code', () => {
    expect(sourceFiles('lib/client')).not.toEqual([]);
    expect(breaking(/^lib\/client\//, () => true)).toEqual([]);
  });

  it('leave the clock to the clock', () => {
    const readers = sourceFiles('lib').filter((file) => !testing.test(file));
    expect(readers.filter((file) => /\bDate\.now\(|new Date\(\)/.test(readFileSync(file, 'utf8')))).toEqual([
      'lib/clock.ts',
    ]);
  });
});
