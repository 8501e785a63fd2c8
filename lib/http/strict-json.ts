import { bodyPolicy } from '../policy';

/**
 * Reads JSON as every other reader of it would. `JSON.parse` keeps the last of two members with one name where others keep the
 * first, so that what stands in front of us may have judged another value than we use (RFC 8259, 4): such a body is refused.
 * So is one that is nested deeper than anything of ours.
 * @throws {SyntaxError}
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  assertUnambiguous(text);
  return value;
}

/** Walks through the tokens of a text that is known to be JSON; an entry of the stack holds an object's names so far. */
function assertUnambiguous(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (const [token, isName] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > bodyPolicy.deepestJson) {
        throw new SyntaxError('nested too deep');
      }
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (isName !== undefined) {
      const name = String(JSON.parse(token.slice(0, -isName.length)));
      const names = open.at(-1);
      if (names?.has(name)) {
        throw new SyntaxError('a name is given twice');
      }
      names?.add(name);
    }
  }
}
