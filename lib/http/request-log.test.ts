import { describe, expect, it } from 'vitest';
import { noteRefusal, shownPath } from './request-log';

describe('shownPath', () => {
  it.each([
    ['/api/auth/verify-otp', '/api/auth/verify-otp'],
    ['/api/me/sessions/01890a5d-ac96-774b-bcce-b302099a8057', '/api/me/sessions/…'],
    ['/api/webhooks/playmobile/status/3f9a1c77be20d4e85b16aa0932cf7d41', '/api/webhooks/playmobile/status/…'],
    ['/api/+918123456789', '/api/…'],
    ['/api/123456/x', '/api/…/x'],
    ['/api/%00/JohnDoe', '/api/…/…'],
    [`/${'a/'.repeat(50)}`, '/a/a/a/a/a/a/a'],
  ])('of %s is %s', (path, shown) => {
    expect(shownPath(path)).toBe(shown);
  });
});

describe('noteRefusal', () => {
  it('tells attacks at warn, those who may not at info, and mistakes at debug, each with the id that was answered', () => {
    const lines: unknown[] = [];
    const to = (level: string) => (fields: object) => void lines.push({ level, ...fields });
    const log = { warn: to('warn'), info: to('info'), debug: to('debug') } as never;
    const attempt = { requestId: 'r-1', method: 'POST', path: '/api/auth/refresh', address: '203.0.113.9' };
    for (const code of ['refresh_reused', 'unauthenticated', 'too_many_requests', 'invalid_request'] as const) {
      noteRefusal(log, attempt, code);
    }
    expect(lines).toEqual([
      { level: 'warn', ...attempt, status: 401, code: 'refresh_reused' },
      { level: 'info', ...attempt, status: 401, code: 'unauthenticated' },
      { level: 'info', ...attempt, status: 429, code: 'too_many_requests' },
      { level: 'debug', ...attempt, status: 400, code: 'invalid_request' },
    ]);
  });
});
