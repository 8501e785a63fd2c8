/** Everything the audit trail can say. A closed list: a new event is added here, with its meaning. */
export const auditEvents = {
  'code.requested': 'A code was asked for.',
  'code.attempted': 'A code was tried; a sign-in follows if it was right.',
  'user.created': 'A right code made a new account.',
  'session.created': 'Someone signed in.',
  'session.refused': 'A right code, but the account is suspended.',
  'session.ended': 'Someone signed out.',
  'session.ended_everywhere': 'Someone signed out everywhere.',
  'session.refresh_reused': 'A spent refresh token was presented: the session and all its tokens ended.',
  'user.profile_changed': 'Someone changed their profile.',
  'user.avatar_changed': 'Someone set or removed their picture.',
} as const;

export type AuditEvent = keyof typeof auditEvents;
