/**
 * Every limit of the product in one place, each with its reason. Figures marked "setting" are defaults that
 * `lib/settings/` lets an operator change within the bounds given there.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const codePolicy = {
  /** Setting. NIST SP 800-63B-4 asks for at least 6 digits, ASVS 6.5.4 for 20 bits. */
  length: 6,
  minLength: 6,
  maxLength: 10,
  /** Setting. NIST and ASVS 6.5.5: at most 10 minutes. */
  ttlSeconds: 5 * MINUTE,
  maxTtlSeconds: 10 * MINUTE,
  /** Setting. Wrong tries per code, as Ory Kratos and Twilio Verify have it. */
  maxAttempts: 5,
  /** Setting. Held by the server, survives a reload; a failed send lifts it. */
  resendSeconds: MINUTE,
} as const;

/**
 * Wrong tries in a row for a number over all its codes (NIST SP 800-63B-4, 3.2.2). A new code never resets the count.
 *
 * `lockedFrom`: codes stop until another factor or an administrator clears the count. Whoever has nothing else gets one further
 * try when `stoppedSeconds` have passed (twelve in a year, of a million), so that nobody is locked out for good by strangers;
 * tries in between are not counted and prolong nothing.
 */
export const phoneThrottlePolicy = {
  backOffFrom: 10,
  firstWaitSeconds: 30,
  longestWaitSeconds: HOUR,
  lockedFrom: 100,
  stoppedSeconds: 30 * DAY,
} as const;

/** A sliding window: at most `places` in any `windowSeconds`. */
export type LimitPolicy = { places: number; windowSeconds: number };

export const limitPolicy = {
  /** Twilio Verify: 5 in 10 minutes to one number. */
  sendsPerPhoneShort: { places: 5, windowSeconds: 10 * MINUTE },
  sendsPerPhoneLong: { places: 10, windowSeconds: DAY },
  /** A household or a small office behind one address still gets in; a script does not get far. */
  sendsPerAddressShort: { places: 10, windowSeconds: 10 * MINUTE },
  sendsPerAddressLong: { places: 30, windowSeconds: HOUR },
  /**
   * Codes to numbers that an account does not have yet. Who changes theirs asks for one to three; accounts are made in no time, and
   * who is signed in is never asked for a CAPTCHA.
   */
  sendsToNewNumbersPerUser: { places: 10, windowSeconds: DAY },
  /** SMS pumping walks through a block of numbers: ten thousand numbers share all but the last four digits. Setting. */
  sendsPerRange: { places: 60, windowSeconds: HOUR },
  /** Setting. */
  sendsPerCountry: { places: 1_200, windowSeconds: 10 * MINUTE },
  /** The whole app's bill. Settings. */
  sendsPerHour: { places: 10_000, windowSeconds: HOUR },
  sendsPerDay: { places: 50_000, windowSeconds: DAY },
  /**
   * Tokens of a CAPTCHA, taken before its provider is asked: so that a burst of bad ones asks it a few times and no more, and one
   * good token lets one request through, whatever the provider says of its second use. Tokens live for five minutes at most.
   */
  captchasPerAddress: { places: 20, windowSeconds: 10 * MINUTE },
  usesPerCaptcha: { places: 1, windowSeconds: 10 * MINUTE },
  /** How often a refused request for a code is written down: what a flood is met with must not fill the trail. */
  refusalNotesPerPhone: { places: 1, windowSeconds: MINUTE },
  refusalNotes: { places: 60, windowSeconds: MINUTE },
  /** A client refreshes a few times an hour; a loop gone wild is stopped. */
  refreshesPerSession: { places: 30, windowSeconds: 5 * MINUTE },
  /**
   * Tokens that we never issued or have forgotten. They can't be guessed (256 bits), so this is against work for nothing. An app
   * that kept one for too long gives up after the first answer, and many people may be behind one address.
   */
  unknownRefreshesPerAddress: { places: 60, windowSeconds: 5 * MINUTE },
  /** What a session changes: enough for any person or app, too little to fill a trail with. */
  changesPerSession: { places: 120, windowSeconds: 5 * MINUTE },
  /** Support looks up a number per call; who walks through a list of numbers is somebody else. */
  lookUpsPerAdministrator: { places: 60, windowSeconds: 10 * MINUTE },
  /** A copy of everything we hold. */
  exportsPerSession: { places: 10, windowSeconds: HOUR },
  /** Checking codes has a bucket of its own, so that asking for codes can't use it up. */
  verificationsPerAddress: { places: 30, windowSeconds: 5 * MINUTE },
  /** A visit to the sign-in page takes one, and so does each press of the button; an office shares an address. It costs us a row. */
  passkeyOptionsPerAddress: { places: 120, windowSeconds: 5 * MINUTE },
  /** Signatures can't be guessed; this bounds what checking them costs. Its own, so that wrong codes don't shut this way in. */
  passkeyVerificationsPerAddress: { places: 30, windowSeconds: 5 * MINUTE },
  /**
   * As hard as wrong codes, although 80 random bits can't be guessed. Windows of their own, so that a number locked by wrong codes
   * still has its way back, and none that locks: who waits can try again.
   */
  recoveriesPerPhone: { places: 10, windowSeconds: HOUR },
  recoveriesPerAddress: { places: 30, windowSeconds: 5 * MINUTE },
  /**
   * Messages of one kind that tell a number what was done to its account. Whoever is signed in can have most kinds sent as often as
   * they like; a kind of its own each, so that none can be silenced by having others sent, nor any before it was told five times.
   */
  noticesPerPhone: { places: 5, windowSeconds: DAY },
  /** Each start and each return makes us call Google; a sign-in takes two. */
  googlePerAddress: { places: 60, windowSeconds: 5 * MINUTE },
} as const satisfies Record<string, LimitPolicy>;

/** Money is counted in ten-thousandths of whatever currency SMS_PRICES is in: a message costs about seventy of them. */
export const moneyPolicy = { unitsPerCurrency: 10_000, windowSeconds: DAY, highestCap: 200_000 } as const;

/**
 * How many of the messages of the last hour led to a right code. People use four of five; numbers that are texted for a share of
 * the fee use none. Below so few messages a ratio says nothing.
 */
export const conversionPolicy = {
  windowSeconds: HOUR,
  /** Setting: a message that is late, or asked for twice, is no fraud yet. */
  alarmPercent: 20,
  fewestToCountry: 100,
  fewestToRange: 20,
  /** A little less than the sweep's minute, which may come a moment early. */
  lookedAtEverySeconds: 50,
  alarmAgainSeconds: HOUR,
} as const;

/** The CAPTCHA is asked for where a window is half full: long before it refuses people, and never in quiet times. */
export const captchaPolicy = { askedFromShare: 0.5, timeoutMilliseconds: 3_000, tokenCharacters: 8_192 } as const;

/** Sending is switched off by hand: when to look again, where nobody said how long. */
export const pausePolicy = { retryAfterSeconds: 5 * MINUTE, reasonCharacters: 200 } as const;

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
export const argon2Policy = { memoryKiB: 19_456, passes: 2, lanes: 1, hashBytes: 32 } as const;

/** How many code checks may wait for a free core before a request is told to come back (503 `overloaded`). */
export const argon2QueuePolicy = { longestQueue: 200, retryAfterSeconds: 2 } as const;

/** How many uploads may wait to be re-encoded; they run one at a time. */
export const imageQueuePolicy = { longestQueue: 20, retryAfterSeconds: 5 } as const;

export const sessionPolicy = {
  /** NIST SP 800-63B-4, 2.1.3 and 2.2.3. */
  web: { idleSeconds: 7 * DAY, absoluteSeconds: 30 * DAY },
  /** The idle and absolute life of a refresh token family (RFC 9700, 4.14.2). Idle is a setting. */
  api: { idleSeconds: 14 * DAY, absoluteSeconds: 30 * DAY },
  admin: { idleSeconds: HOUR, absoluteSeconds: DAY },
  /** ASVS 7.1.2: the oldest ends. */
  maxLivePerUser: 10,
  /** `last_seen_at` is written at most this often, so that a session check stays a read. */
  lastSeenEverySeconds: 5 * MINUTE,
  /** Fresh proof for guarded actions (ASVS 7.5). */
  freshProofSeconds: 10 * MINUTE,
  /** How much of a User-Agent header is kept, to name the device by. */
  userAgentCharacters: 400,
} as const;

/**
 * A spent refresh token presented again this soon, while its successor is unused, gets the same successor: the client lost
 * the answer, or two of its tabs asked at once. Later, or once the successor is in use, it is theft.
 */
export const refreshPolicy = { repeatSeconds: 30 } as const;

export const activityPolicy = {
  /** How much of their own trail people see. */
  mostShown: 30,
  mostNotices: 20,
  /** How long after it happened a new session is still told of what somebody did to the account. */
  lastingSeconds: 7 * DAY,
} as const;

export const accountPolicy = {
  /** Setting. Operators give an abandoned number to somebody else after 45 days to a year. */
  dormantDays: 365,
  /** No operator gives a number on sooner, and a session that lives for 30 days must not lose its number meanwhile. */
  shortestDormantDays: 45,
  /** Between asking for deletion and the deletion; signing in takes it back. */
  deletionGraceSeconds: 14 * DAY,
  /** A change of number that the old number could not confirm: time for its owner to notice and object. */
  lostSimCoolingOffSeconds: 3 * DAY,
  /** For at least this long before such a change is made, a code can reach the old number. */
  objectionSeconds: DAY,
  /** How soon its notice is tried again that no vendor took. */
  tellAgainSeconds: 5 * MINUTE,
} as const;

/**
 * When a vendor counts as down: after so many failures in a row it is tried last, for a time that doubles with each further
 * failure. A vendor's outage seldom ends within seconds, and each try costs a person up to five.
 */
export const breakerPolicy = {
  opensAfter: 5,
  firstSeconds: 30,
  longestSeconds: 10 * MINUTE,
  /** How long the one message is waited for that shows whether it is up again; longer than a call to it may take. */
  probeSeconds: 10,
} as const;

/** One call to an SMS vendor. A person waits, and the next vendor may be quicker. */
export const vendorPolicy = {
  timeoutMilliseconds: 5_000,
  /** Half of it: who can't be connected to by then was sent nothing, and that must be known for certain. */
  connectMilliseconds: 2_500,
  answerBytes: 64 * 1024,
  /** How long Twilio Verify has a code, and sends that one again whoever asks. */
  verificationSeconds: 10 * MINUTE,
  /** Below this much of its own currency, an account is about to stop sending: a few hundred messages. In taka one costs 0.35 or so. */
  lowBalance: { twilio: 10, bulksmsbd: 100 },
} as const;

export const passkeyPolicy = {
  /** As long as codes live; WebAuthn Level 3 (15.1) recommends five to ten minutes. */
  challengeSeconds: 5 * MINUTE,
  /** More than anybody's devices and password managers. */
  mostPerUser: 20,
  nameCharacters: 60,
  /** How long "not now" keeps the offer of a passkey off the dashboard. */
  offerAgainSeconds: 30 * DAY,
} as const;

/** A few sentences about oneself. */
export const profilePolicy = { bioCharacters: 500 } as const;

/** NIST SP 800-63B-4, 4.2.1.1, asks for 64 random bits: 16 characters of 32 are 80, and still fit on a line. */
export const recoveryCodePolicy = { codes: 10, characters: 16 } as const;

/** A code read out by a voice. It rings shorter than most mailboxes wait, and can't be kept on the line for money. */
export const callPolicy = { ringSeconds: 25, longestSeconds: 120, pauseMilliseconds: 700 } as const;

/** Setting. RFC 9068 tokens are short-lived; the session row is checked as well. */
export const accessTokenPolicy = { ttlSeconds: 15 * MINUTE } as const;

export const bodyPolicy = {
  jsonBytes: 16 * 1024,
  /** Levels of brackets; ours have three at most. */
  deepestJson: 20,
  /**
   * Between two pieces of a body, and for all of it. A phone on a bad line sends 16 KiB in a few seconds and a picture in a
   * minute; who dribbles holds a request open for nothing.
   */
  silentSeconds: 10,
  jsonSeconds: 20,
  imageSeconds: 120,
  /** Vendors report several messages at once. */
  receiptBytes: 64 * 1024,
  imageBytes: 5 * 1024 * 1024,
  /** Pixels on the longer side of a stored avatar, and how many an upload may have before it is decoded. */
  avatarPixels: 256,
  maxInputPixels: 40_000_000,
} as const;

/**
 * How long the status page shows what vendors said before it asks them again, by itself and when an administrator wants to
 * know: their APIs are limited, and what they tell (balance, account, sender) changes within hours.
 */
export const doctorPolicy = { keptSeconds: MINUTE, againSeconds: 5 } as const;

/** RFC 9116, 2.5.5: less than a year. Half of one, so that a copy is looked at again soon enough. */
export const securityTxtPolicy = { expiresAfterDays: 180 } as const;

/** What support sees of a number, and for how long one look-up shows it. */
export const lookUpPolicy = { mostEvents: 80, shownSeconds: 15 * MINUTE } as const;

/** How long rows are kept after they stopped mattering, and how many go in one batch. */
export const sweepPolicy = {
  everySeconds: MINUTE,
  batchRows: 500,
  /** Accounts changed or deleted in a round: each is a statement of its own. */
  accountRows: 50,
  /** Rows of an account’s trail made anonymous by one statement. */
  trailRows: 5_000,
  challengesSeconds: 7 * DAY,
  sessionsSeconds: 30 * DAY,
  auditSeconds: 365 * DAY,
  inboxSeconds: 7 * DAY,
  noticesSeconds: 30 * DAY,
  /** Where sending was stopped for a time that is over. */
  pausesSeconds: 0,
  /** Wrong tries for a number, while they are so few that nobody waits. */
  throttlesSeconds: 30 * DAY,
} as const;

/** What front ends on listed origins may send and read beyond what browsers always allow. */
export const corsPolicy = {
  requestHeaders: ['Authorization', 'Content-Type'],
  exposedHeaders: ['Retry-After', 'X-Request-Id'],
  /** How long a browser need not ask again. Chromium keeps no answer longer than two hours. */
  preflightSeconds: 2 * HOUR,
} as const;

export const databasePolicy = {
  /** What all statements of a request may wait together. A dead database must be told within 3 s (503), by a busy machine, too. */
  requestMilliseconds: 2_000,
  /**
   * With less left than this a request's first statement is not begun, nor a later one. Between them lies time for all that come
   * after the first, which go before whoever came later: so what is begun is finished, unless the database stands still.
   */
  leastToBeginMilliseconds: 1_000,
  leastToGoOnMilliseconds: 100,
  connectSeconds: 2,
  /**
   * The server's own limit on a statement, and how long after its start a server that says nothing is taken for gone. Work that no
   * request waits for has that long for each of its statements.
   */
  statementMilliseconds: 2_500,
  silentMilliseconds: 2_800,
  /** When whoever was told 503 should try again. */
  retryAfterSeconds: 2,
} as const;
