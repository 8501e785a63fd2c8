import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// docs/threat-model.md promises proofs. A test that is renamed or deleted takes its promise with it, unless this fails.

const page = readFileSync('docs/threat-model.md', 'utf8');
const proofs = [...page.matchAll(/`([^`\n]+\.(?:test|spec)\.ts) › ([^`\n]+)`/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}));
const files = [...page.matchAll(/`((?:lib|e2e|app|docs|drizzle)\/[\w./[\]-]+\.\w+|proxy\.ts)`/g)].map(
  ([, file = '']) => file,
);

/** The title as a test's file has it: between quotes, with a placeholder of some kind where the page has `…`. */
function isTitleIn(source: string, title: string): boolean {
  const pieces = title.split('…').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(['"\`])${pieces.join('(?:\\$\\{[^`]+?\\}|%[a-z])')}\\1`).test(source);
}

describe('the threat model', () => {
  it('names many proofs, and files that are there', () => {
    expect(proofs.length).toBeGreaterThan(40);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it.each(proofs)('$file has a test “$title”', ({ file, title }) => {
    expect(existsSync(file)).toBe(true);
    expect(isTitleIn(readFileSync(file, 'utf8'), title)).toBe(true);
  });

  it('says of every attacker what stops them or how it is today', () => {
    const sections = page.split(/^## /m).slice(1);
    expect(sections.length).toBeGreaterThan(12);
    for (const section of sections) {
      expect(section.includes('**Stops them') || section.includes('**Today:**'), section.slice(0, 60)).toBe(true);
    }
  });
});
