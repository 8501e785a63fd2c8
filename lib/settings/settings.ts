import { z } from 'zod';
import { GOOGLE_ISSUER } from '../identities/google-issuer';
import { accessTokenPolicy, accountPolicy, codePolicy, conversionPolicy, limitPolicy, sessionPolicy } from '../policy';
import { providerNames } from '../sms/routes';
import { isGuessable } from './guessable';
import {
  whole,
  list,
  country,
  yesNo,
  webOrigin,
  webOrigins,
  senderName,
  credential,
  addresses,
  issuerUrl,
  postgresUrl,
  vendorUrl,
  twilioSid,
  e164,
  smsRoutes,
  phones,
  testNumbers,
  signingKeys,
  securityContacts,
  prices,
  money,
  numberPrefixes,
  contact,
} from './setting-types';

/**
 * Every setting, in the order of `.env.local.example` (a test holds the two equal). All are optional in development;
 * what production demands is in `unsafe-settings.ts`.
 */
export const settings = {
  APP_NAME: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .default('Latchkey')
    .describe('The brand people see, in pages and messages.'),
  APP_URL: webOrigin.optional().describe('The public origin. Default: http://localhost:$PORT.'),
  PORT: whole(1, 65_535).default(3000).describe('The port to listen on.'),
  DATABASE_URL: postgresUrl
    .optional()
    .describe('A PostgreSQL server. Without it, development runs one of its own and keeps its data in .data/.'),
  DATABASE_POOL_MAX: whole(1, 500).default(10).describe('Connections this instance may hold at once.'),
  NEXTAUTH_SECRET: z
    .string()
    .optional()
    .describe(
      'At least 32 random characters (openssl rand -base64 33); all other keys derive from it. Alias: AUTH_SECRET.',
    ),
  JWT_PRIVATE_KEYS: signingKeys
    .optional()
    .describe(
      'JWKS of private ES256 keys that sign access tokens: the first signs, all verify (npm run keys makes them). Default: one key derived from NEXTAUTH_SECRET.',
    ),
  ACCESS_TOKEN_TTL_SECONDS: whole(60, 3600).default(accessTokenPolicy.ttlSeconds).describe('Life of an access token.'),
  REFRESH_TOKEN_TTL_SECONDS: whole(300, sessionPolicy.api.absoluteSeconds)
    .default(sessionPolicy.api.idleSeconds)
    .describe('How long an unused refresh token stays good.'),
  OTP_LENGTH: whole(codePolicy.minLength, codePolicy.maxLength)
    .default(codePolicy.length)
    .describe('Digits in a code.'),
  OTP_TTL_SECONDS: whole(30, codePolicy.maxTtlSeconds).default(codePolicy.ttlSeconds).describe('Life of a code.'),
  OTP_RESEND_SECONDS: whole(5, 600).default(codePolicy.resendSeconds).describe('Wait between two codes to one number.'),
  OTP_MAX_ATTEMPTS: whole(1, codePolicy.maxAttempts).default(codePolicy.maxAttempts).describe('Tries a code allows.'),
  DEFAULT_COUNTRY: country.default('IN').describe('Country of numbers typed without a country code.'),
  ALLOWED_COUNTRIES: list
    .pipe(z.array(country).min(1, 'must name at least one country'))
    .optional()
    .describe('Countries that codes are sent to, comma-separated. Default: all.'),
  TRUSTED_PROXY_HOPS: whole(0, 10)
    .default(0)
    .describe('Reverse proxies in front of the app that append to X-Forwarded-For.'),
  CORS_ALLOWED_ORIGINS: webOrigins
    .default([])
    .describe(
      'Origins of front ends elsewhere that may use the API with tokens, comma-separated, as https://app.example.com. Cookies never work from there.',
    ),
  DORMANT_AFTER_DAYS: whole(0, 3650)
    .refine((days) => days === 0 || days >= accountPolicy.shortestDormantDays, 'must be 0, or at least 45')
    .default(accountPolicy.dormantDays)
    .describe(
      'Days without a right code after which a number no longer opens its old account by itself: it may have a new owner. 0: never.',
    ),
  DORMANT_ACCOUNTS: z
    .enum(['start-fresh', 'second-proof'], 'must be start-fresh or second-proof')
    .default('start-fresh')
    .describe(
      'What then happens at a right code: start-fresh makes a new account and takes the number off the old one, unless that is in use by another way in; second-proof refuses until the person comes in another way or support helps.',
    ),
  GOOGLE_CLIENT_ID: z
    .string()
    .optional()
    .describe('OAuth client ID of “Sign in with Google”, which is offered once this and the secret are set.'),
  GOOGLE_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('Its client secret. The redirect address to enter at Google is $APP_URL/api/auth/callback/google.'),
  GOOGLE_ISSUER: issuerUrl
    .default(GOOGLE_ISSUER)
    .describe('The OpenID provider behind that button: Google, or a local one for tests.'),
  ADMIN_PHONES: phones
    .optional()
    .describe(
      'Numbers that a right code makes administrators, with + and country code, comma-separated. Taking one out demotes nobody: npm run admin -- revoke.',
    ),
  TEST_NUMBERS: testNumbers
    .optional()
    .describe(
      'Numbers with a code that never changes, for an app store’s reviewers, as +15550100001=<code>@2026-12-31, … (the last day it works; must be there on a public origin). Nothing is sent to them.',
    ),
  SECURITY_CONTACT: securityContacts
    .optional()
    .describe(
      'Whom to tell of a weakness, as /.well-known/security.txt names it: mailto:, tel: or https addresses, comma-separated. Unset: there is no such file.',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line written: fatal, error, warn, info, debug, trace or silent (none at all).'),
  SMS_PROVIDER: z
    .enum(providerNames, `must be one of ${providerNames.join(', ')}`)
    .optional()
    .describe(
      'Who delivers codes: inbox (the development inbox at /dev/inbox; the default in development), twilio, twilio-verify (Twilio makes and checks them, OTP_LENGTH digits each), playmobile (Uzbekistan) or bulksmsbd (Bangladesh).',
    ),
  SMS_ROUTES: smsRoutes
    .optional()
    .describe(
      'Who delivers where, instead of SMS_PROVIDER alone: per country the vendors in the order they are tried, * for all others, e.g. UZ=playmobile,twilio;BD=bulksmsbd,twilio;*=twilio.',
    ),
  TWILIO_TEST_MODE: yesNo
    .default(false)
    .describe('true sends nothing and shows every message in the development inbox.'),
  TWILIO_ACCOUNT_SID: twilioSid('AC', 'an account SID')
    .optional()
    .describe('The Twilio account: AC…, on the first page of its console.'),
  TWILIO_AUTH_TOKEN: z
    .string()
    .regex(/^\S+$/, 'must be one word without spaces')
    .optional()
    .describe('Its auth token, beside the account SID. It also proves that delivery receipts come from Twilio.'),
  TWILIO_PHONE_NUMBER: e164
    .optional()
    .describe('The number of the account that messages and calls come from, in E.164 form.'),
  TWILIO_MESSAGING_SERVICE_SID: twilioSid('MG', 'a messaging service SID')
    .optional()
    .describe('MG…: a messaging service that picks the sender of an SMS; TWILIO_PHONE_NUMBER is then for calls only.'),
  TWILIO_VERIFY_SID: twilioSid('VA', 'a Verify service SID')
    .optional()
    .describe('VA…: the Verify service, where Twilio makes and checks the codes.'),
  TWILIO_WHATSAPP_FROM: z
    .string()
    .transform((value) => value.replace(/^whatsapp:/, ''))
    .pipe(e164)
    .optional()
    .describe('The account’s WhatsApp sender, in E.164 form. For twilio-verify: the one that its service uses.'),
  TWILIO_WHATSAPP_CONTENT_SID: twilioSid('HX', 'a content template SID')
    .optional()
    .describe('HX…: an approved WhatsApp template whose variable 1 is the code.'),
  TWILIO_API_BASE_URL: vendorUrl
    .optional()
    .describe('Twilio’s API. Default: https://api.twilio.com; a regional host or a stand-in for tests.'),
  TWILIO_VERIFY_BASE_URL: vendorUrl.optional().describe('Twilio’s Verify API. Default: https://verify.twilio.com.'),
  PLAYMOBILE_API_URL: vendorUrl
    .default('https://send.smsxabar.uz')
    .describe('PlayMobile (Uzbekistan): the address its manager gave you, without /broker-api.'),
  PLAYMOBILE_USERNAME: credential
    .refine((name) => !name.includes(':'), 'must not contain a colon')
    .optional()
    .describe('PlayMobile: user name of the broker API.'),
  PLAYMOBILE_PASSWORD: z.string().optional().describe('PlayMobile: password of the broker API.'),
  PLAYMOBILE_ORIGINATOR: senderName.optional().describe('PlayMobile: the sender people see, e.g. 3700 or a name.'),
  PLAYMOBILE_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{24,128}$/, { error: 'must be 24 to 128 letters, digits, - or _: openssl rand -hex 24', abort: true })
    .refine((secret) => !isGuessable(secret), 'is a well-known or guessable value: make one with openssl rand -hex 24')
    .optional()
    .describe('PlayMobile: stands in the path that its delivery reports are posted to (openssl rand -hex 24).'),
  PLAYMOBILE_WEBHOOK_ADDRESSES: addresses
    .optional()
    .describe(
      'PlayMobile: addresses that its reports come from, comma-separated. Unset: whoever knows the path may post.',
    ),
  BULKSMSBD_API_URL: vendorUrl
    .default('https://bulksmsbd.net/api')
    .describe('BulkSMS BD (Bangladesh): address of the API.'),
  BULKSMSBD_API_KEY: credential.optional().describe('BulkSMS BD: API key.'),
  BULKSMSBD_SENDER_ID: senderName.optional().describe('BulkSMS BD: an approved sender id.'),
  SMS_BUDGET_PER_HOUR: whole(1, 10_000_000)
    .default(limitPolicy.sendsPerHour.places)
    .describe(
      'Messages an hour for the whole app; one whose code was used counts no more, here and in the next three.',
    ),
  SMS_BUDGET_PER_DAY: whole(1, 100_000_000)
    .default(limitPolicy.sendsPerDay.places)
    .describe('Messages a day for the whole app.'),
  SMS_COUNTRY_LIMIT_PER_10_MINUTES: whole(1, 10_000_000)
    .default(limitPolicy.sendsPerCountry.places)
    .describe('Messages in ten minutes to one country.'),
  SMS_RANGE_LIMIT_PER_HOUR: whole(1, 10_000)
    .default(limitPolicy.sendsPerRange.places)
    .describe('Messages an hour to one range of ten thousand numbers.'),
  SMS_RECORD_ONLY: list
    .pipe(z.array(z.enum(['country', 'range'], 'must list country, range or both')))
    .optional()
    .describe(
      'Limits that only write down what they would have refused, to find out what they would do before they do it: country, range or both. Default: none.',
    ),
  SMS_PRICES: prices
    .optional()
    .describe(
      'What a part of a message costs, in one currency of yours: IN=0.0042,US=0.0079,US/call=0.014,*=0.1. Countries that are not named cost what * does.',
    ),
  SMS_SPEND_PER_DAY: money
    .optional()
    .describe(
      'The most that messages may cost in any 24 hours, by SMS_PRICES; then sending pauses (503 sms_paused). Codes that were used count as well: they cost the same.',
    ),
  SMS_CONVERSION_ALARM_PERCENT: whole(0, 90)
    .default(conversionPolicy.alarmPercent)
    .describe(
      'Fewer used codes than this, of a hundred sent within an hour to a country or a range of numbers, raise an alarm. 0: never.',
    ),
  SMS_CONVERSION_STOP_MINUTES: whole(0, 10_080)
    .default(0)
    .describe(
      'How long such an alarm stops messages to that range by itself (never a whole country). 0: it only tells.',
    ),
  BLOCKED_RANGES: numberPrefixes
    .optional()
    .describe(
      'Beginnings of numbers that never get a code, with + and country code, comma-separated: disposable numbers, ranges that were abused.',
    ),
  CAPTCHA_PROVIDER: z
    .enum(['turnstile', 'hcaptcha'], 'must be turnstile or hcaptcha')
    .optional()
    .describe(
      'turnstile (Cloudflare Turnstile) or hcaptcha (hCaptcha), asked for only while a limit on sending is half full. Needs the next two.',
    ),
  CAPTCHA_SITE_KEY: credential.optional().describe('Its site key, which pages show.'),
  CAPTCHA_SECRET: credential.optional().describe('Its secret.'),
  CAPTCHA_VERIFY_URL: vendorUrl
    .optional()
    .describe('Where its tokens are checked. Default: the provider’s own address; a stand-in for tests.'),
  CAPTCHA_SCRIPT_URL: vendorUrl
    .optional()
    .describe('Where its widget is loaded from. Default: the provider’s own address; a stand-in for tests.'),
  SUPPORT_CONTACT: contact
    .optional()
    .describe('Where people get help who can’t get in: an e-mail address or a page. Shown where it is the way on.'),
} as const;
