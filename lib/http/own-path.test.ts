import { describe, expect, it } from 'vitest';
import { ownPath } from './own-path';

const app = 'https://latchkey.example';

describe('ownPath', () => {
  it.each([
    ['/dashboard', '/dashboard'],
    ['/a?b=c#d', '/a?b=c#d'],
    [`${app}/dashboard`, '/dashboard'],
    ['dashboard', '/dashboard'],
    [app, '/'],
  ])('leads %s to %s', (target, path) => {
    expect(ownPath(target, app)).toBe(path);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/\t/evil.example',
    'https://latchkey.example@evil.example',
    'https://u:p@latchkey.example/',
    'http://latchkey.example/',
    'https://latchkey.example//evil.example',
    'https://',
  ])('refuses %j', (target) => {
    expect(ownPath(target, app)).toBeNull();
  });
});
