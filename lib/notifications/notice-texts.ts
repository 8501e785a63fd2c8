import { maskedPhone } from '../phone/phone';

/**
 * The messages that tell a number what was done to its account: brand first, one segment of GSM-7 (160 characters with a
 * brand of 30), nothing to click on, and of another number only how it ends.
 */
export const noticeTexts = {
  phoneChanged: (appName: string, newPhone: string) =>
    `${appName}: your account now has the number ending in ${ending(newPhone)}, not this one. Not you? Contact support at once.`,

  phoneArrived: (appName: string) => `${appName}: your account now has this number. Sign in with it from now on.`,

  phoneChangeWaits: (appName: string, newPhone: string, effectiveAt: Date, timeZone: string) =>
    `${appName}: your number changes to one ending in ${ending(newPhone)} on ${minute(effectiveAt, timeZone)}. Not you? Sign in with this number to stop it.`,

  passkeyAdded: (appName: string) =>
    `${appName}: a passkey was added to your account. Not you? Sign in with this number and remove it.`,

  recoveryCodesMade: (appName: string) =>
    `${appName}: new recovery codes were made for your account. Not you? Sign in with this number and make new ones.`,

  recoveryCodeUsed: (appName: string) =>
    `${appName}: a recovery code opened your account. Not you? Sign in with this number and sign out all other devices.`,

  deletionWaits: (appName: string, deletedAt: Date, timeZone: string) =>
    `${appName}: your account will be deleted on ${day(deletedAt, timeZone)}. Not you, or a change of mind? Sign in before then to keep it.`,
};

/** Which of them a message is one of: each kind has a window of its own at a number. */
export type NoticeKind = keyof typeof noticeTexts;

const ending = (phone: string) => maskedPhone(phone).slice(-4);

/** 24 Nov, 14:05 GMT+5:30 */
const minute = (at: Date, timeZone: string) =>
  format(at, timeZone, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });

/** 5 December 2026 */
const day = (at: Date, timeZone: string) => format(at, timeZone, { day: 'numeric', month: 'long', year: 'numeric' });

/** Intl writes some spaces that GSM-7 does not have; one of them would halve the room of a message. */
const format = (at: Date, timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: timeZone || 'UTC' })
    .format(at)
    .replace(/\s/g, ' ')
    .replace('\u2212', '-');
