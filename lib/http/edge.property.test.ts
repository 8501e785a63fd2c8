import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageLocales } from '../sms/templates';
import { messageLanguage, preferredLanguage } from './accept-language';
import { clientAddress, exactAddress, UNKNOWN_ADDRESS } from './client-address';
import { isOwnOrigin } from './origin-guard';
import { ownPath } from './own-path';
import { parseStrictJson } from './strict-json';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }));
const ipv6 = fc.ipV6();
const address = fc.oneof(fc.ipV4(), ipv6);

describe('clientAddress, whatever is sent', () => {
  const entry = fc.oneof(
    address,
    text,
    fc.constantFrom('', ' ', 'unknown', '_hidden', '::', '[::1]:1', '1.2.3.4:5', '::ffff:1.2.3.4'),
  );
  const header = fc.array(entry, { maxLength: 6 }).map((entries) => entries.join(', '));

  it('never throws, and is an IPv4 address, an IPv6 /64, or the shared unknown', () => {
    fc.assert(
      fc.property(
        fc.option(entry, { nil: undefined }),
        header,
        fc.integer({ min: 0, max: 10 }),
        (peer, forwarded, hops) => {
          const bucket = clientAddress(peer, forwarded, hops);
          const kinds = [
            bucket === UNKNOWN_ADDRESS,
            isIP(bucket) === 4,
            /^([0-9a-f]{1,4}:){3}[0-9a-f]{1,4}::\/64$/.test(bucket),
          ];
          expect(kinds.filter(Boolean), bucket).toHaveLength(1);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('is the same whatever the client wrote before what the proxies did', () => {
    fc.assert(
      fc.property(
        header,
        address,
        fc.array(fc.ipV4(), { maxLength: 3 }),
        fc.ipV4(),
        (forged, client, proxies, peer) => {
          const hops = proxies.length + 1;
          const honest = [client, ...proxies].join(', ');
          expect(clientAddress(peer, `${forged}, ${honest}`, hops)).toBe(clientAddress(peer, honest, hops));
          expect(clientAddress(peer, forged, 0)).toBe(peer);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('counts a whole /64 as one, and two of them as two', () => {
    const groups = (length: number) =>
      fc.array(
        fc.integer({ min: 1, max: 0xffff }).map((group) => group.toString(16)),
        { minLength: length, maxLength: length },
      );
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), groups(4), (network, other, one, two) => {
        const bucket = (net: string[], host: string[]) => clientAddress([...net, ...host].join(':'), undefined, 0);
        expect(bucket(network, one)).toBe(bucket(network, two));
        expect(bucket(network, one) === bucket(other, one)).toBe(network.join() === other.join());
      }),
    );
  });

  it('finds the same client in every spelling of its IPv6 address', () => {
    fc.assert(
      fc.property(ipv6, (spelled) => {
        const canonical = new URL(`http://[${spelled}]`).hostname.slice(1, -1);
        for (const other of [canonical, spelled.toUpperCase(), `[${spelled}]:443`, `${spelled}%eth0`]) {
          expect(clientAddress(other, undefined, 0), other).toBe(clientAddress(spelled, undefined, 0));
        }
        expect(isIP(exactAddress(spelled, undefined, 0))).not.toBe(0);
      }),
    );
  });
});

describe('ownPath, whatever it is asked for', () => {
  const app = 'https://latchkey.example';
  const pieces = fc.constantFrom(
    ...[
      '/',
      '//',
      '\\',
      ':',
      '@',
      '#',
      '?',
      '.',
      '..',
      '%2f',
      '%5c',
      '%09',
      '\t',
      '\n',
      '\r',
      '\u0000',
      ' ',
      '\u00a0',
      '\u3002',
      '\uff0f',
      '\u2044',
    ],
    ...[
      'https:',
      'HTTPS://',
      'javascript:',
      'data:',
      'evil.example',
      'latchkey.example',
      'user',
      'dashboard',
      '[',
      ']',
      '::1',
    ],
  );
  const target = fc.oneof(
    fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
    text,
    fc.webUrl(),
    fc.webPath(),
  );

  it('never throws, and leads to our own origin or nowhere, also when a browser reads it again', () => {
    fc.assert(
      fc.property(target, (asked) => {
        const path = ownPath(asked, app);
        if (path === null) return;
        expect(path).toMatch(/^\/(?![/\\])/);
        expect(path).not.toMatch(/[\u0000-\u001f\\]/);
        expect(new URL(path, app).origin).toBe(app);
        expect(new URL(`${app}${path}`).origin).toBe(app);
        expect(ownPath(path, app)).toBe(path);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('preferredLanguage, whatever a browser sends', () => {
  const tag = fc.constantFrom(...messageLocales, 'fr', 'EN-us', '*', 'x', 'i-klingon', 'zh-Hant-TW', '');
  const range = fc
    .tuple(tag, fc.constantFrom('', ';q=1', ';q=0', ';q=0.5', ';q=1.0000', ';q=-1', ';q', ';;', '; Q = 1'))
    .map((both) => both.join(''));
  it('never throws, and is a language there are words in', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.array(range, { maxLength: 8 }).map((all) => all.join(',')),
        ),
        (header) => {
          const liked = preferredLanguage(header, messageLocales);
          if (liked !== undefined) expect(messageLocales).toContain(new Intl.Locale(liked).language);
          expect(messageLanguage(header)).toBe(liked ?? 'en');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('isOwnOrigin, whatever a page sends', () => {
  const app = 'https://latchkey.example';
  const value = fc.oneof(
    fc.constantFrom(
      app,
      'null',
      '',
      `${app}/`,
      `${app}.evil.example`,
      'cross-site',
      'same-site',
      'same-origin',
      'none',
    ),
    fc.string({ unit: fc.constantFrom(...'abc:/.'), maxLength: 10 }),
  );
  it('believes no Origin but ours and no Fetch Metadata but a same-origin request’s or a person’s own', () => {
    fc.assert(
      fc.property(fc.option(value), fc.option(value), fc.boolean(), (origin, site, usesCookie) => {
        const headers = new Headers();
        if (origin !== null) headers.set('origin', origin);
        if (site !== null) headers.set('sec-fetch-site', site);
        if (!isOwnOrigin(headers, app, usesCookie)) return;
        expect(headers.get('origin')).not.toBe('null');
        if (site !== null) expect(['same-origin', 'none']).toContain(headers.get('sec-fetch-site'));
        else if (origin !== null) expect(headers.get('origin')).toBe(app);
        else expect(usesCookie).toBe(false);
      }),
    );
  });
});

describe('parseStrictJson, whatever it reads', () => {
  it('reads what JSON.stringify writes as JSON.parse does, unless it is nested too deep', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        expect(parseStrictJson(json)).toEqual(JSON.parse(json));
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses every object that a name was added to again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), (name, value) => {
        const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        expect(() => parseStrictJson(`{${member}, ${member}}`)).toThrow(SyntaxError);
        expect(() => parseStrictJson(`[{"a":{${member},"b":[],${member}}}]`)).toThrow(SyntaxError);
      }),
    );
  });

  it('throws nothing but a SyntaxError', () => {
    fc.assert(
      fc.property(
        fc.oneof(text, fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0 1e-.tn'), maxLength: 40 })),
        (given) => {
          try {
            parseStrictJson(given);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
