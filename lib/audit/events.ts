/** Everything the audit trail can say. A closed list: a new event is added here, with its meaning. */
export const auditEvents = {
  'code.requested': 'A code was asked for.',
  'code.limited':
    'A code was asked for and a limit refused it; the detail says which. A sample while many are refused.',
  'code.limit_exceeded':
    'A code was asked for and sent although a limit was exceeded that only records; the detail says which. A sample.',
  'code.unlocked': 'The wrong tries for this number were cleared; the detail says by whom or by what.',
  'code.attempted': 'A code was tried; what it was for follows if it was right.',
  'delivery.looked_up': 'An administrator (named in the detail) read what became of the messages to this number.',
  'user.looked_up': 'An administrator (named in the detail) read the account of this number, if there was one.',
  'delivery.tested': 'An operator sent this number a test message without a code.',
  'sms.paused': 'Sending was switched off; the detail says where, why and by whom.',
  'sms.resumed': 'Sending was switched on again.',
  'sms.conversion_low':
    'Too few messages to a country or range of numbers led to a right code; the detail says how many.',
  'user.created': 'A right code, or a sign-in with Google, made a new account.',
  'user.imported': 'The account was taken over from another system (npm run users).',
  'session.created': 'Someone signed in.',
  'session.refused':
    'A right code, a passkey or a sign-in with Google, but the account is suspended, or the number of the code is dormant.',
  'session.ended': 'Someone signed out.',
  'session.ended_everywhere': 'Someone signed out everywhere.',
  'session.refresh_reused': 'A spent refresh token was presented: the session and all its tokens ended.',
  'session.limit_reached': 'A new sign-in ended the oldest session: there may be ten.',
  'session.ended_by_user': 'Someone ended another of their sessions.',
  'session.ended_others': 'Someone ended all their other sessions.',
  'session.confirmed': 'Someone confirmed it’s them with a new code.',
  'session.confirmed_by_passkey': 'Someone confirmed it’s them with a passkey.',
  'user.phone_released':
    'The account was dormant and its number opened a new one, or an operator (in the detail) took it off.',
  'user.phone_vouched': 'An operator (in the detail) says that a dormant number is still its owner’s.',
  'user.phone_change_requested': 'Someone asked for a change of number without the old one; it waits.',
  'user.phone_change_cancelled': 'A waiting change of number was taken back, or could not be made.',
  'user.phone_change_refused': 'A right code, but the number belongs to another account.',
  'user.phone_changed': 'The account has a new number.',
  'user.exported': 'Someone downloaded their data.',
  'user.deletion_requested': 'Someone asked for their account to be deleted.',
  'user.deletion_cancelled': 'A sign-in within the grace period took the deletion back.',
  'user.deleted':
    'The account was deleted: its grace period ended, or it was an empty one whose Google account was linked elsewhere.',
  'identity.linked': 'A Google account was linked.',
  'identity.unlinked': 'A Google account was unlinked.',
  'passkey.added': 'A passkey was added; the detail names it.',
  'passkey.renamed': 'A passkey was given another name.',
  'passkey.removed': 'A passkey was removed.',
  'passkey.copy_refused': 'A passkey’s counter did not grow, so it may be a copy: it opened nothing.',
  'recovery_codes.made': 'New recovery codes were made; those before are worth nothing.',
  'recovery_code.used': 'Someone signed in with a recovery code.',
  'recovery_code.refused': 'A number and a recovery code were tried that don’t belong together.',
  'user.profile_changed': 'Someone changed their profile.',
  'user.role_changed': 'The role changed; the detail says from what, to what and by whom.',
  'user.avatar_changed': 'Someone set or removed their picture.',
} as const;

export type AuditEvent = keyof typeof auditEvents;
