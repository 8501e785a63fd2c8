import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EnvError, parseEnv, settings } from './env';
import { exampleFile } from './env-example';

const secret = 'k9D0x!vQ2m7zR4tW8yB1nC5pL3sF6hJ0';
const production = {
  NODE_ENV: 'production',
  NEXTAUTH_SECRET: secret,
  DATABASE_URL: 'postgres://u:p@db:5432/app',
  SMS_PROVIDER: 'inbox',
  APP_URL: 'http://localhost:3000',
};

function problems(source: Record<string, string | undefined>): string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

describe('parseEnv', () => {
  it('needs nothing in development', () => {
    const env = parseEnv({ NODE_ENV: 'development', PORT: '4321' });
    expect(env).toMatchObject({
      APP_NAME: 'Latchkey',
      APP_URL: 'http://localhost:4321',
      inbox: true,
      loopback: true,
      OTP_LENGTH: 6,
    });
    expect(env.NEXTAUTH_SECRET.length).toBeGreaterThanOrEqual(32);
  });

  it('starts a production build on a loopback origin with the inbox', () => {
    expect(problems(production)).toEqual([]);
  });

  it('offers Google once its client is there, whole', () => {
    const client = { GOOGLE_CLIENT_ID: 'id.apps', GOOGLE_CLIENT_SECRET: 'shh' };
    expect(parseEnv(production).google).toBeNull();
    expect(parseEnv({ ...production, ...client }).google).toEqual({
      clientId: 'id.apps',
      clientSecret: 'shh',
      issuer: 'https://accounts.google.com',
    });
    const names = (source: Record<string, string>) =>
      problems({ ...production, ...source }).map((p) => p.split(' ')[0]);
    expect(names({ GOOGLE_CLIENT_ID: 'id.apps' })).toEqual(['GOOGLE_CLIENT_SECRET']);
    expect(names({ GOOGLE_CLIENT_SECRET: 'shh' })).toEqual(['GOOGLE_CLIENT_ID']);
    expect(names({ ...client, GOOGLE_CLIENT_SECRET: ' ' })).toEqual(['GOOGLE_CLIENT_SECRET']);
    expect(names({ GOOGLE_CLIENT_ID: 'id.apps', GOOGLE_ISSUER: 'x' })).toEqual([
      'GOOGLE_ISSUER',
      'GOOGLE_CLIENT_SECRET',
    ]);
  });

  it('takes an issuer over https, or over http on a loopback name', () => {
    const taken = (GOOGLE_ISSUER: string) => problems({ ...production, GOOGLE_ISSUER }).length === 0;
    for (const good of ['https://accounts.google.com', 'http://localhost:4000', 'http://127.0.0.1:4000/realm']) {
      expect(taken(good), good).toBe(true);
    }
    for (const bad of ['http://example.com', 'accounts.google.com', 'ftp://x', 'https://x/?a', 'https://u:p@x']) {
      expect(taken(bad), bad).toBe(false);
    }
  });

  it('takes AUTH_SECRET for NEXTAUTH_SECRET', () => {
    expect(parseEnv({ ...production, NEXTAUTH_SECRET: undefined, AUTH_SECRET: secret }).NEXTAUTH_SECRET).toBe(secret);
  });

  it('names everything that is unsafe at once', () => {
    const found = problems({
      NODE_ENV: 'production',
      APP_URL: 'http://example.com',
      NEXTAUTH_SECRET: 'short',
      TWILIO_TEST_MODE: 'true',
    });
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([
      'APP_URL',
      'the',
      'DATABASE_URL',
      'NEXTAUTH_SECRET',
    ]);
  });

  it('names everything that is malformed at once, and never quotes a value', () => {
    const found = problems({
      NODE_ENV: 'development',
      PORT: 'x1',
      DATABASE_URL: 'mysql://u:hunter2@h/d',
      OTP_LENGTH: '4',
      DEFAULT_COUNTRY: 'XX',
      APP_URL: 'ftp://x/y',
      SMS_PROVIDER: 'pigeon',
      ALLOWED_COUNTRIES: 'IN,ZZ',
    });
    expect(found).toHaveLength(7);
    expect(found.join(' ')).not.toContain('hunter2');
  });

  it.each([
    'a'.repeat(40),
    'your-secret-here-your-secret-here-1234',
    'changeme-changeme-changeme-changeme!!',
    '0123456789abcdef0123456789abcdef',
  ])('refuses the guessable secret %s', (guess) => {
    expect(problems({ ...production, NEXTAUTH_SECRET: guess })).toHaveLength(1);
  });

  it.each([
    ['https://example.com', 1],
    ['http://example.com', 2],
    ['https://127.0.0.1.example.com', 1],
    ['http://127.0.0.1:3000', 0],
    ['http://[::1]:3000', 0],
  ])('with the inbox at %s finds %i problems', (APP_URL, found) => {
    expect(problems({ ...production, APP_URL })).toHaveLength(found);
  });

  it('refuses a production without somebody who delivers codes', () => {
    expect(problems({ ...production, SMS_PROVIDER: undefined })).toEqual([
      'SMS_PROVIDER must name who delivers codes in production',
    ]);
  });

  it('accepts the small values that tests and demos use', () => {
    expect(problems({ ...production, OTP_RESEND_SECONDS: '5', DATABASE_POOL_MAX: '3' })).toEqual([]);
  });
});

describe('.env.local.example', () => {
  it('lists exactly the settings there are, each with its sentence', () => {
    expect(readFileSync('.env.local.example', 'utf8')).toBe(exampleFile(settings));
  });
});
