import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EnvError, parseEnv } from './env';
import { settings } from './settings/settings';
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

describe('settings against fraud', () => {
  it('want prices with a cap on money, and a CAPTCHA whole', () => {
    const found = problems({ ...production, SMS_SPEND_PER_DAY: '50', CAPTCHA_SECRET: 'a-secret' });
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([
      'SMS_PRICES',
      'CAPTCHA_PROVIDER',
      'CAPTCHA_SITE_KEY',
    ]);
    const whole = { CAPTCHA_PROVIDER: 'hcaptcha', CAPTCHA_SITE_KEY: 'k', CAPTCHA_SECRET: 's' };
    expect(problems({ ...production, ...whole, SMS_SPEND_PER_DAY: '50', SMS_PRICES: '*=0.05' })).toEqual([]);
  });

  it('count money in ten-thousandths', () => {
    expect(parseEnv({ SMS_SPEND_PER_DAY: '12.5', SMS_PRICES: '*=0.05' }).SMS_SPEND_PER_DAY).toBe(125_000);
    expect(parseEnv({ SMS_SPEND_PER_DAY: '200000', SMS_PRICES: '*=0.05' }).SMS_SPEND_PER_DAY).toBeLessThan(2 ** 31);
  });

  it.each([
    ['SMS_SPEND_PER_DAY', ['0', '-1', '200001', 'much', '1e3']],
    ['SMS_PRICES', ['IN=1', 'free', '*=1;IN=2']],
    ['SMS_RECORD_ONLY', ['phone', 'address,country']],
    ['BLOCKED_RANGES', ['447', '+0', 'all', '+44 7']],
    ['CAPTCHA_PROVIDER', ['recaptcha']],
    ['CAPTCHA_VERIFY_URL', ['http://example.com/verify', 'nonsense']],
    ['SMS_CONVERSION_ALARM_PERCENT', ['91', '-1']],
    ['SUPPORT_CONTACT', ['help', 'javascript:alert(1)']],
  ])('refuse what %s can’t be', (name, values) => {
    for (const value of values) {
      expect(
        problems({ [name]: value }).filter((problem) => problem.startsWith(name)),
        value,
      ).not.toEqual([]);
    }
  });
});

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

  it('lists origins of front ends, each exact, and says of every other what is wrong with it', () => {
    const good = ' https://App.example.com/, http://localhost:5173,https://app.example.com:443 , http://127.0.0.1:8080';
    expect(parseEnv({ ...production, CORS_ALLOWED_ORIGINS: good }).CORS_ALLOWED_ORIGINS).toEqual([
      'https://app.example.com',
      'http://localhost:5173',
      'http://127.0.0.1:8080',
    ]);
    expect(parseEnv(production).CORS_ALLOWED_ORIGINS).toEqual([]);
    const bad = [
      '*',
      'null',
      'app.example.com',
      'http://app.example.com',
      'https://*.example.com',
      'https://a.example/app',
    ];
    const found = problems({ ...production, CORS_ALLOWED_ORIGINS: ['https://ok.example', ...bad].join(',') });
    expect(found).toHaveLength(bad.length);
    for (const [at, origin] of bad.entries()) {
      expect(found[at]).toMatch(/^CORS_ALLOWED_ORIGINS must list /);
      expect(found[at]).toContain(`not “${origin}”`);
    }
    expect(problems({ ...production, CORS_ALLOWED_ORIGINS: 'https://user:hunter2@a.example' }).join()).not.toContain(
      'hunter2',
    );
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
    '12345678901234567890123456789012',
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

  it('takes Twilio’s settings in the shapes that Twilio gives them', () => {
    const sid = 'a0'.repeat(16);
    const env = parseEnv({
      TWILIO_ACCOUNT_SID: `AC${sid}`,
      TWILIO_AUTH_TOKEN: sid,
      TWILIO_PHONE_NUMBER: '+12025550100',
      TWILIO_MESSAGING_SERVICE_SID: `MG${sid}`,
      TWILIO_VERIFY_SID: `VA${sid}`,
      TWILIO_WHATSAPP_FROM: 'whatsapp:+12025550101',
      TWILIO_WHATSAPP_CONTENT_SID: `HX${sid}`,
      TWILIO_API_BASE_URL: 'https://api.dublin.ie1.twilio.com/',
      TWILIO_VERIFY_BASE_URL: 'http://127.0.0.1:4010/verify/',
    });
    expect(env).toMatchObject({
      TWILIO_WHATSAPP_FROM: '+12025550101',
      TWILIO_API_BASE_URL: 'https://api.dublin.ie1.twilio.com',
      TWILIO_VERIFY_BASE_URL: 'http://127.0.0.1:4010/verify',
    });
  });

  it.each([
    ['TWILIO_ACCOUNT_SID', `SK${'0'.repeat(32)}`],
    ['TWILIO_ACCOUNT_SID', `AC${'0'.repeat(31)}`],
    ['TWILIO_AUTH_TOKEN', 'two words'],
    ['TWILIO_PHONE_NUMBER', '9876543210'],
    ['TWILIO_PHONE_NUMBER', '+0123456789'],
    ['TWILIO_MESSAGING_SERVICE_SID', `AC${'0'.repeat(32)}`],
    ['TWILIO_VERIFY_SID', `MG${'0'.repeat(32)}`],
    ['TWILIO_WHATSAPP_FROM', 'whatsapp:12025550101'],
    ['TWILIO_WHATSAPP_CONTENT_SID', `HX${'0'.repeat(33)}`],
    ['TWILIO_API_BASE_URL', 'http://api.twilio.com'],
    ['TWILIO_API_BASE_URL', 'https://user:password@api.twilio.com'],
    ['TWILIO_API_BASE_URL', 'api.twilio.com'],
    ['TWILIO_VERIFY_BASE_URL', 'https://verify.twilio.com/?x=1'],
    ['TWILIO_VERIFY_BASE_URL', 'ftp://localhost'],
  ])('refuses %s=%s without quoting it', (name, value) => {
    const [problem, ...more] = problems({ NODE_ENV: 'development', [name]: value });
    expect(more).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} must be `));
    expect(problem).not.toContain(value);
  });

  it('accepts the small values that tests and demos use', () => {
    expect(problems({ ...production, OTP_RESEND_SECONDS: '5', DATABASE_POOL_MAX: '3' })).toEqual([]);
  });
});

describe('settings of the vendors', () => {
  const read = (source: Record<string, string>) => parseEnv({ NODE_ENV: 'development', ...source });

  it('have the vendors’ own addresses where none is given', () => {
    expect(read({})).toMatchObject({
      PLAYMOBILE_API_URL: 'https://send.smsxabar.uz',
      BULKSMSBD_API_URL: 'https://bulksmsbd.net/api',
    });
  });

  it.each(['PLAYMOBILE_API_URL', 'BULKSMSBD_API_URL'])('let %s be https, or http on this machine alone', (name) => {
    for (const url of ['https://sms.example', 'http://127.0.0.1:9000/x', 'http://localhost:1', 'http://[::1]:8080']) {
      expect(read({ [name]: `${url}/` })).toMatchObject({ [name]: url });
    }
    const refused = ['http://91.204.239.44', 'http://127.0.0.1.example.com', 'sms.example', 'ftp://sms.example'];
    for (const url of [...refused, 'https://user:hunter2@sms.example', 'https://sms.example?key=hunter2']) {
      const found = problems({ NODE_ENV: 'development', [name]: url });
      expect(found, url).toEqual([expect.stringMatching(`^${name} must be an https address`)]);
      expect(found.join()).not.toContain('hunter2');
    }
  });

  it.each([
    ['PLAYMOBILE_USERNAME', 'a:b'],
    ['PLAYMOBILE_ORIGINATOR', 'a name that is too long'],
    ['PLAYMOBILE_WEBHOOK_SECRET', 'too-short'],
    ['PLAYMOBILE_WEBHOOK_SECRET', 'a'.repeat(30)],
    ['PLAYMOBILE_WEBHOOK_SECRET', 'k9D0x/vQ2m7zR4tW8yB1nC5pL3sF6hJ0'],
    ['PLAYMOBILE_WEBHOOK_ADDRESSES', '91.204.239.44, 91.204.239.0/24'],
    ['PLAYMOBILE_WEBHOOK_ADDRESSES', ','],
    ['SECURITY_CONTACT', 'somebody@example.org'],
    ['SECURITY_CONTACT', 'http://example.org/report'],
    ['SECURITY_CONTACT', 'mailto:a@example.com, mailto:b@example.com\nExpires: 2099-01-01'],
    ['SECURITY_CONTACT', ','],
    ['BULKSMSBD_API_KEY', 'two words'],
    ['BULKSMSBD_SENDER_ID', 'সেবা'],
  ])('refuse %s=%s without quoting it', (name, value) => {
    const found = problems({ NODE_ENV: 'development', [name]: value });
    expect(found).toEqual([expect.stringMatching(`^${name} `)]);
    expect(found.join()).not.toContain(value);
  });

  it('take what the vendors give out', () => {
    const given = {
      PLAYMOBILE_USERNAME: 'acme',
      PLAYMOBILE_PASSWORD: 'p@ss wörd:1',
      PLAYMOBILE_ORIGINATOR: '3700',
      PLAYMOBILE_WEBHOOK_SECRET: '3f9a1c77be20d4e85b16aa0932cf7d41',
      BULKSMSBD_API_KEY: 'Zk3qvN1xT8',
      BULKSMSBD_SENDER_ID: '8809617000000',
    };
    expect(read(given)).toMatchObject(given);
    expect(read({ PLAYMOBILE_WEBHOOK_ADDRESSES: '91.204.239.44, 2001:db8::1' })).toMatchObject({
      PLAYMOBILE_WEBHOOK_ADDRESSES: ['91.204.239.44', '2001:db8::1'],
    });
    expect(read({ PLAYMOBILE_ORIGINATOR: 'ACME UZ' })).toMatchObject({ PLAYMOBILE_ORIGINATOR: 'ACME UZ' });
  });
});

describe('who delivers', () => {
  const sid = 'a0'.repeat(16);
  const twilio = { TWILIO_ACCOUNT_SID: `AC${sid}`, TWILIO_AUTH_TOKEN: sid, TWILIO_PHONE_NUMBER: '+12025550100' };
  const playmobile = { PLAYMOBILE_USERNAME: 'u', PLAYMOBILE_PASSWORD: 'p', PLAYMOBILE_ORIGINATOR: '3700' };
  const names = (source: Record<string, string | undefined>) =>
    problems({ ...production, SMS_PROVIDER: undefined, ...source }).map((problem) => problem.split(' must')[0]);
  const read = (source: Record<string, string>) => parseEnv({ NODE_ENV: 'development', ...source });

  it.each([
    ['twilio', ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_PHONE_NUMBER or TWILIO_MESSAGING_SERVICE_SID']],
    ['twilio-verify', ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_VERIFY_SID']],
    ['playmobile', ['PLAYMOBILE_USERNAME', 'PLAYMOBILE_PASSWORD', 'PLAYMOBILE_ORIGINATOR']],
    ['bulksmsbd', ['BULKSMSBD_API_KEY', 'BULKSMSBD_SENDER_ID']],
  ])('needs the settings of %s, all told at once, in development too', (SMS_PROVIDER, needed) => {
    expect(names({ SMS_PROVIDER })).toEqual(needed);
    expect(names({ SMS_PROVIDER, NODE_ENV: 'development' })).toEqual(needed);
    expect(names({ SMS_PROVIDER, TWILIO_TEST_MODE: 'true' })).toEqual([]);
  });

  it('needs the settings of everybody who is named in a route, each told once', () => {
    const SMS_ROUTES = 'UZ=playmobile,twilio;BD=twilio-verify;*=twilio';
    expect(names({ SMS_ROUTES, ...playmobile })).toEqual([
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_PHONE_NUMBER or TWILIO_MESSAGING_SERVICE_SID',
      'TWILIO_VERIFY_SID',
    ]);
    expect(names({ SMS_ROUTES: 'UZ=playmobile;*=twilio', ...playmobile, ...twilio })).toEqual([]);
    expect(
      names({ SMS_ROUTES: 'UZ=playmobile;*=twilio', SMS_PROVIDER: 'bulksmsbd', ...playmobile, ...twilio }),
    ).toEqual(['BULKSMSBD_API_KEY', 'BULKSMSBD_SENDER_ID']);
  });

  it('takes a messaging service for a number, and tells a malformed one as nothing else', () => {
    const { TWILIO_PHONE_NUMBER: _, ...account } = twilio;
    expect(names({ SMS_PROVIDER: 'twilio', ...account, TWILIO_MESSAGING_SERVICE_SID: `MG${sid}` })).toEqual([]);
    expect(names({ SMS_PROVIDER: 'twilio', ...account, TWILIO_MESSAGING_SERVICE_SID: 'MG' })).toEqual([
      'TWILIO_MESSAGING_SERVICE_SID',
    ]);
  });

  it('tells all that is wrong with the routes, and nothing that follows from it', () => {
    expect(problems({ ...production, SMS_PROVIDER: undefined, SMS_ROUTES: 'UZ=pigeon;XX=twilio' })).toEqual([
      expect.stringMatching(/^SMS_ROUTES names pigeon for UZ/),
      expect.stringMatching(/^SMS_ROUTES names XX/),
      expect.stringMatching(/^SMS_ROUTES needs a route for \*/),
    ]);
  });

  it('is the inbox in development until somebody is named, and in test mode whoever is', () => {
    expect(read({})).toMatchObject({ inbox: true, routes: { elsewhere: ['inbox'] } });
    expect(read({ SMS_PROVIDER: 'twilio', ...twilio })).toMatchObject({
      inbox: false,
      routes: { elsewhere: ['twilio'] },
    });
    const SMS_ROUTES = 'UZ=playmobile;*=twilio';
    const routed = { SMS_ROUTES, ...playmobile, ...twilio };
    expect(read(routed)).toMatchObject({ inbox: false, routes: { elsewhere: ['twilio'] } });
    for (const more of [{ SMS_PROVIDER: 'inbox' }, { TWILIO_TEST_MODE: 'true' }] as Record<string, string>[]) {
      expect(read({ ...routed, ...more })).toMatchObject({ inbox: true, routes: { elsewhere: ['inbox'] } });
      expect(read({ ...routed, ...more }).routes.countries.size).toBe(0);
    }
  });

  it('may be a vendor on a public origin, and the inbox never', () => {
    const APP_URL = 'https://example.com';
    expect(names({ APP_URL, SMS_PROVIDER: 'twilio', ...twilio })).toEqual([]);
    expect(names({ APP_URL, SMS_PROVIDER: 'twilio', ...twilio, TWILIO_TEST_MODE: 'true' })).toHaveLength(1);
  });
});

describe('.env.local.example', () => {
  it('lists exactly the settings there are, each with its sentence', () => {
    expect(readFileSync('.env.local.example', 'utf8')).toBe(exampleFile(settings));
  });
});
