import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json';

describe('parseStrictJson', () => {
  it.each([
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}'],
    ['{"a":"\\"a\\":1","b":"{\\"a\\":1,\\"a\\":2}"}'],
    ['"a"'],
    ['[["a","a"]]'],
    ['{"a":["a","a","}"]}'],
    ['{"":1," ":2}'],
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '{"phone":"1","phone":"2"}',
    '{"phone":"1", "otp":"2" , "phone" : "1"}',
    '{"phone":"1","\\u0070hone":"2"}',
    '{"a":{"b":1,"b":1}}',
    '[{"a":1,"a":1}]',
    '{"a":[{}],"a":1}',
    '{"__proto__":1,"__proto__":2}',
  ])('refuses %s, where one name has two values', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(() => parseStrictJson(text)).toThrow(SyntaxError);
  });

  it('refuses what is nested deeper than twenty levels', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parseStrictJson(nested(20))).toBeInstanceOf(Array);
    expect(() => parseStrictJson(nested(21))).toThrow(SyntaxError);
    expect(() => parseStrictJson(nested(8_000))).toThrow(SyntaxError);
  });
});
