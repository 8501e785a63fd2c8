import type { CaptchaDemand } from '../errors';
import type { Env } from '../env';
import { captchaPolicy } from '../policy';
import { callVendor } from '../sms/vendor-http';

/** Something that tells people from programs. `demand` is what a client needs to show its widget. */
export type Captcha = {
  demand: CaptchaDemand;
  /** `unavailable`: the provider did not say. */
  check(token: string): Promise<'human' | 'refused' | 'unavailable'>;
};

export type CaptchaProvider = CaptchaDemand['provider'];

/** Where the providers are; both have the same shape of question and answer. */
const verifyUrls: Record<CaptchaProvider, string> = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
};

/** The CAPTCHA that the settings name, or null. Start-up has refused half of the settings. */
export function createCaptcha(
  env: Env,
  log: { warn(fields: object, message: string): void },
  timeoutMilliseconds: number = captchaPolicy.timeoutMilliseconds,
): Captcha | null {
  const { CAPTCHA_PROVIDER: provider, CAPTCHA_SITE_KEY: siteKey, CAPTCHA_SECRET: secret } = env;
  if (!provider || !siteKey || !secret) {
    return null;
  }
  const scriptUrl = env.CAPTCHA_SCRIPT_URL;
  const url = env.CAPTCHA_VERIFY_URL ?? verifyUrls[provider];
  const hostname = new URL(env.APP_URL).hostname;
  return {
    demand: { provider, site_key: siteKey, ...(scriptUrl && { script_url: scriptUrl }) },
    async check(token) {
      const answer = await callVendor(
        {
          method: 'POST',
          url,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          // The person's address is not told: neither provider needs it.
          body: new URLSearchParams({ secret, response: token, sitekey: siteKey }).toString(),
        },
        timeoutMilliseconds,
      );
      const said = answer.kind === 'answered' && answer.status < 500 ? readAnswer(answer.text) : null;
      if (!said) {
        log.warn(
          { provider, answer: answer.kind === 'answered' ? answer.status : answer.reason },
          'the CAPTCHA could not be checked: codes it is asked for are not sent until it can',
        );
        return 'unavailable';
      }
      if (said.ownFault) {
        log.warn(
          { provider, codes: said.codes },
          'the CAPTCHA’s provider does not check for us: look at the codes, and at CAPTCHA_SECRET',
        );
        return 'unavailable';
      }
      // A token that a person earned on somebody else's page is none of ours, nor one of which nobody says where.
      return said.success && said.hostname === hostname ? 'human' : 'refused';
    },
  };
}

type Said = { success: boolean; hostname: string | null; codes: string[]; ownFault: boolean };

function readAnswer(text: string): Said | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, hostname, 'error-codes': given } = (json ?? {}) as Record<string, unknown>;
  if (typeof success !== 'boolean') {
    return null;
  }
  const codes = Array.isArray(given) ? given.filter((code): code is string => typeof code === 'string') : [];
  return {
    success,
    hostname: typeof hostname === 'string' ? hostname : null,
    codes,
    ownFault: codes.some((code) =>
      /^(missing|invalid)-input-secret$|^sitekey-secret-mismatch$|^internal-error$/.test(code),
    ),
  };
}
