import { z } from 'zod';
import type { ApiCall } from './api-call';
import { healthSchema, inboxSchema, keySetSchema, readinessSchema } from './canonical-schemas';
import { SAMPLE_ID, SAMPLE_PHONE, SAMPLE_TIME } from './samples';

const open = { auth: 'none', method: 'GET' } as const;
const healthy = { status: 'ok', database: 'ok', version: '0.1.0' } as const;
const degraded = { status: 'degraded', database: 'unavailable', version: '0.1.0' } as const;

export const serviceCalls: ApiCall[] = [
  {
    ...open,
    path: '/api/health',
    aliases: ['/health'],
    summary: 'Whether this instance can serve',
    answers: {
      200: { description: 'It can', body: { schema: healthSchema, example: healthy } },
      503: { description: 'It can’t', body: { schema: healthSchema, example: degraded } },
    },
    refusals: [],
  },
  {
    ...open,
    path: '/api/auth/health',
    summary: 'Whether messages and sessions work',
    answers: {
      200: {
        description: 'They do',
        body: {
          schema: readinessSchema,
          example: { ...healthy, sms: { provider: 'twilio', ready: true }, sessions: { ready: true } },
        },
      },
      503: {
        description: 'They don’t',
        body: {
          schema: readinessSchema,
          example: { ...degraded, sms: { provider: 'twilio', ready: false }, sessions: { ready: false } },
        },
      },
    },
    refusals: [],
  },
  {
    ...open,
    path: '/.well-known/jwks.json',
    summary: 'The public keys of access tokens',
    description: 'For services that check tokens themselves.',
    answers: {
      200: {
        description: 'A JWK set',
        body: {
          mediaType: 'application/jwk-set+json',
          schema: keySetSchema,
          example: { keys: [{ kty: 'EC', crv: 'P-256', kid: '1', alg: 'ES256', use: 'sig', x: '…', y: '…' }] },
        },
      },
    },
    refusals: [],
  },
  {
    ...open,
    path: '/.well-known/security.txt',
    summary: 'Whom to tell of a weakness',
    description: 'RFC 9116. Only where `SECURITY_CONTACT` names somebody; elsewhere there is no such address.',
    answers: {
      200: {
        description: 'The file',
        body: {
          mediaType: 'text/plain',
          schema: z.string(),
          example: 'Contact: mailto:security@example.com\nExpires: 2026-08-28T00:00:00.000Z\n',
        },
      },
    },
    refusals: ['not_found'],
  },
  {
    ...open,
    path: '/api/openapi.json',
    summary: 'This description',
    answers: {
      200: {
        description: 'OpenAPI 3.1',
        body: { schema: z.looseObject({ openapi: z.string() }), example: { openapi: '3.1.0' } },
      },
      304: { description: 'As the client has it (`If-None-Match`)' },
    },
    refusals: [],
  },
  {
    ...open,
    path: '/api/dev/inbox',
    summary: 'The development inbox',
    description:
      'Only where messages go to it and the public origin is a loopback name; elsewhere there is no such address.',
    query: z.object({ phone: z.string().optional().describe('Only the messages to this number') }),
    answers: {
      200: {
        description: 'Newest first',
        body: {
          schema: inboxSchema,
          example: {
            messages: [
              {
                id: SAMPLE_ID,
                to: SAMPLE_PHONE,
                text: 'Your Latchkey verification code is: 123456',
                sent_at: SAMPLE_TIME,
              },
            ],
          },
        },
      },
    },
    refusals: ['not_found', 'invalid_phone', 'unsupported_country', 'undeliverable_phone'],
  },
];

const taken = {
  200: {
    description: 'Taken',
    body: { schema: z.strictObject({ success: z.literal(true) }), example: { success: true } },
  },
};

export const webhookCalls: ApiCall[] = [
  {
    method: 'POST',
    path: '/api/webhooks/twilio/status',
    summary: 'Delivery receipts of Twilio',
    description: 'Known by `X-Twilio-Signature`, over the public address and the raw body.',
    auth: 'vendor',
    request: {
      mediaType: 'application/x-www-form-urlencoded',
      schema: z.looseObject({ MessageSid: z.string().optional(), MessageStatus: z.string().optional() }),
      example: { MessageSid: 'SM00000000000000000000000000000000', MessageStatus: 'delivered' },
    },
    answers: taken,
    refusals: ['forbidden', 'invalid_request', 'payload_too_large'],
  },
  {
    method: 'POST',
    path: '/api/webhooks/playmobile/status/{secret}',
    summary: 'Delivery reports of PlayMobile',
    description: 'Known by the secret in the path, and by its addresses where they are set.',
    auth: 'vendor',
    request: {
      schema: z.unknown(),
      example: [{ 'message-id': SAMPLE_ID, status: 'Delivered', 'status-date': '2026-03-01 14:30:00' }],
    },
    answers: taken,
    refusals: ['forbidden', 'invalid_request', 'payload_too_large'],
  },
];
