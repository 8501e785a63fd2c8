import type { Known } from './trouble';

const ours = (what: string): Known => ({
  errorClass: 'configuration',
  cause: `PlayMobile doesn’t accept ${what} of our requests.`,
  remedy: 'Ask PlayMobile which edition of the API this account has: it differs from the one known here.',
});

export const unknownPlaymobileCode: Known = {
  errorClass: 'transient',
  cause: 'PlayMobile refuses the message with a code that isn’t known here.',
  remedy: 'Look the code up in PlayMobile’s description of the API.',
};

const content: Known = {
  errorClass: 'configuration',
  cause: 'PlayMobile doesn’t accept the text.',
  remedy: 'Have the manager approve the texts that npm run sms:preview shows.',
};

/** Codes in the body. They are no HTTP statuses: 401 here is the sender. */
export const playmobileCodes: Record<number, Known> = {
  100: {
    errorClass: 'transient',
    cause: 'PlayMobile has an internal error.',
    remedy: 'Nothing to do here; if it lasts, ask PlayMobile.',
  },
  101: ours('the form (syntax)'),
  102: {
    errorClass: 'configuration',
    cause: 'PlayMobile has locked the account.',
    remedy: 'Ask the manager why; an unpaid bill is one reason.',
  },
  103: ours('the channel'),
  104: ours('the priority'),
  105: ours('the number of messages'),
  202: {
    errorClass: 'recipient',
    cause: 'PlayMobile doesn’t accept the recipient’s number.',
    remedy: 'Nothing to do: the person is asked for another number.',
  },
  204: ours('the e-mail address'),
  205: ours('the message-id'),
  206: ours('the variables'),
  ...Object.fromEntries([301, 302, 303, 304, 305, 306].map((code) => [code, ours('the timing')])),
  401: {
    errorClass: 'configuration',
    cause: 'PlayMobile doesn’t let this account send under its originator.',
    remedy: 'Set PLAYMOBILE_ORIGINATOR to a sender that the manager has assigned to the account.',
  },
  402: ours('the application'),
  403: ours('the time to live'),
  404: content,
  405: content,
  406: content,
  407: ours('the time to live'),
  408: ours('the files'),
  410: ours('the repeats'),
  411: ours('the repeats'),
};
