import { describe, expect, it } from 'vitest';
import { accountSid, messagingServiceSid, type TwilioRequest } from './testing/fake-twilio';
import { answerProblems, exampleAnswer, operations, requestProblems } from './testing/twilio-description';

// The judge itself: that it takes what Twilio's description allows, and nothing else.

const messages = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
const request = (form: Record<string, string>, more: Partial<TwilioRequest> = {}): TwilioRequest => ({
  method: 'POST',
  path: messages,
  query: {},
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'x',
  form,
  ...more,
});
const good = { To: '+919876543210', From: '+12025550100', Body: 'x', ValidityPeriod: '300', SmartEncoded: 'false' };

describe('Twilio’s description', () => {
  it('takes a good request', () => {
    expect(requestProblems(request(good))).toEqual([]);
  });

  it.each([
    ['an unknown field', request({ ...good, Sender: 'x' })],
    ['a missing field', request({ Body: 'x' })],
    ['a number that is none', request({ ...good, To: '9876543210' })],
    ['a life that is no integer', request({ ...good, ValidityPeriod: '1.5' })],
    ['a boolean that is none', request({ ...good, SmartEncoded: 'no' })],
    ['a value that is not on the list', request({ ...good, RiskCheck: 'on' })],
    ['a SID of another kind', request({ ...good, MessagingServiceSid: accountSid })],
    ['a SID that is too short', request({ ...good, MessagingServiceSid: messagingServiceSid.slice(1) })],
    ['a callback that is no address', request({ ...good, StatusCallback: 'latchkey' })],
    ['a query where none belongs', request(good, { query: { a: '1' } })],
    ['a body that is no form', request(good, { headers: { 'content-type': 'application/json' } })],
    ['another method', request(good, { method: 'PUT' })],
    ['another path', request(good, { path: '/2010-04-01/Messages.json' })],
    ['an account that is none', request(good, { path: messages.replace(accountSid, 'AC1') })],
  ])('refuses %s', (_name, bad) => {
    expect(requestProblems(bad)).not.toEqual([]);
  });

  it('refuses answers that Twilio would not give', () => {
    const answer = exampleAnswer('/2010-04-01/Accounts/{AccountSid}/Messages.json', 201, 'create');
    const at = { method: 'POST', path: messages };
    expect(answerProblems(at, 201, answer)).toEqual([]);
    expect(answerProblems(at, 200, answer)).not.toEqual([]);
    expect(answerProblems(at, 201, { ...answer, num_segments: 1 })).not.toEqual([]);
    expect(answerProblems(at, 201, { ...answer, status: 'gone' })).not.toEqual([]);
  });

  it('is kept by its own examples, which the adapters are fed with', () => {
    const bad = operations.flatMap(({ method, path, answers }) =>
      Object.entries(answers).flatMap(([status, { examples }]) =>
        Object.entries(examples).flatMap(([name, body]) => {
          const real = path.replaceAll(/\{(\w+)\}/g, accountSid);
          return answerProblems({ method, path: real }, Number(status), body).map(
            (problem) => `${path} ${name}: ${problem}`,
          );
        }),
      ),
    );
    expect(bad).toEqual([]);
  });
});
