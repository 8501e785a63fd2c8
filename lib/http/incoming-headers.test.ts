import { describe, expect, it } from 'vitest';
import { config } from '../../proxy';
import { routePaths } from '../openapi/testing/route-files';
import { cleanHeaders } from './incoming-headers';

const asRouter = (path: string) => {
  const headers = { rsc: '1', 'next-url': '/x', accept: '*/*' };
  cleanHeaders(headers, path, 'https://example.com');
  return Object.keys(headers);
};
const [matcher = ''] = config.matcher;
const isPageOfProxy = (path: string) => new RegExp(`^${matcher}$`).test(path);

describe('an address of the API', () => {
  const addresses = routePaths().map((path) => path.replaceAll(/\{[^}]+\}/g, 'x'));

  it.each(addresses)('%s is no page, with and without a slash, wherever it lies', (path) => {
    for (const form of [path, `${path}/`, `${path}?a=b`]) expect(asRouter(form), form).toEqual(['accept']);
    for (const form of [path, `${path}/`]) expect(isPageOfProxy(form), form).toBe(false);
  });

  it.each(['/', '/auth', '/auth/code', '/auth/profiles', '/auth/profile/x', '/dashboard', '/docs', '/token/refresh/x'])(
    'is not %s, which is a page’s',
    (path) => {
      expect(asRouter(path)).toEqual(['rsc', 'next-url', 'accept']);
      expect(isPageOfProxy(path)).toBe(true);
    },
  );
});
