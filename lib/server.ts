import os from 'node:os';
import type { Logger } from 'pino';
import { createCaptcha } from './captcha/captcha';
import { systemClock } from './clock';
import { openDatabase } from './db/client';
import { type Env, env as readEnv } from './env';
import { createLog } from './log';
import { derivedKey } from './keys';
import { createCodeHasher } from './otp/code-hasher';
import { sendCode } from './otp/send-code';
import { isSameNumber } from './otp/read-phone';
import { flowPhone, resendInFlow, runningFlow, startFlow, verifyInFlow } from './otp/sign-in-flow';
import { verifyCode } from './otp/verify-code';
import { googleAccounts, linkIdentity, mayLink, signInWithIdentity, unlinkIdentity } from './identities/google';
import { accountPolicy } from './policy';
import { takePlacesOrRefuse } from './rate-limit/rate-limit';
import { createAccessTokens } from './sessions/access-token';
import { authenticate } from './sessions/authenticate';
import { refreshSession } from './sessions/refresh';
import { createCookieTokens } from './sessions/session-cookie';
import { prepareFindSession } from './sessions/session-store';
import { endOtherSessions, endSession, signOut, signOutByRefreshToken } from './sessions/end-sessions';
import { sessionLifetimes } from './sessions/session-state';
import { confirmIdentity, sendConfirmation } from './sessions/confirm-identity';
import { devicesOf } from './sessions/devices';
import { isNumberDormant } from './sessions/dormancy-store';
import { confirmPhoneChange, requestPhoneChange } from './phone-changes/change-phone';
import { cancelPhoneChange, makeDuePhoneChanges, phoneOf, tellUntold } from './phone-changes/waiting-change';
import { addPasskey, passkeyCreationOptions } from './passkeys/add-passkey';
import {
  isPasskeyOffered,
  listPasskeys,
  putPasskeyOfferOff,
  removePasskey,
  renamePasskey,
} from './passkeys/manage-passkeys';
import { relyingParty } from './passkeys/relying-party';
import { confirmWithPasskey, passkeyProofOptions } from './passkeys/confirm-with-passkey';
import { passkeySignInOptions, signInWithPasskey } from './passkeys/sign-in-with-passkey';
import { makeRecoveryCodes, recover, recoveryCodesOf } from './recovery-codes/recovery-codes';
import { acknowledgeNotices, activityOf, noticesOf } from './audit/activity';
import { derivedSigningKey } from './sessions/signing-keys';
import { channelsOffered, deliver } from './sms/deliver';
import { inboxMessagesOf } from './sms/inbox';
import { createKeepers } from './sms/keepers';
import { receivePlaymobileReceipts, receiveTwilioReceipt } from './sms/receive-receipts';
import { providersIn } from './sms/routes';
import type { CodeKeeper, SmsVendor } from './sms/sender';
import { sparingTestNumbers } from './sms/test-number-store';
import { createVendors } from './sms/vendors';
import { sweep } from './sweep';
import { findAvatar } from './users/avatar-store';
import { changeAvatar, changeProfile, clearAvatar } from './users/change-profile';
import { deleteDueAccounts, requestDeletion } from './users/delete-account';
import { exportAccount } from './users/export-account';
import { isDatabaseAnswering } from './db/health';
import { keepChecks } from './doctor/keep-checks';
import { outsideAreas, runChecks, runLocalChecks, runOutsideChecks } from './doctor/run-checks';
import { sendTestMessage } from './doctor/test-message';
import { lookedUpDeliveries, lookUpNumber, lookUpUser, unlockLookedUp, unlockNumber } from './admin/look-up';
import { switchedOff, switchSmsOff, switchSmsOn } from './admin/sms-switch';
import { watchConversion } from './sms/conversion';

/** The composition root: every use case bound to the real database, clock, keys and vendor. @throws {EnvError} */
async function compose(env: Env, log: Logger) {
  if (!env.DATABASE_URL) {
    throw new Error('No database is running: instrumentation.ts starts the embedded one before the first request.');
  }
  const { db } = openDatabase(env.DATABASE_URL, env.DATABASE_POOL_MAX);
  const clock = systemClock;
  const hasher = createCodeHasher(derivedKey(env.NEXTAUTH_SECRET, 'code-pepper'), os.availableParallelism());
  const vendors = await createVendors(db, env);
  const keepers = createKeepers({ db, log, ...vendors });
  const everybody = new Map<string, SmsVendor | CodeKeeper>([...vendors.vendors, ...vendors.keepers]);
  const channelsOf = channelsOffered.bind(null, { vendors: everybody, routeOf: vendors.askedIn });
  const delivery = sparingTestNumbers({ db, env, clock }, deliver.bind(null, { db, log, ...vendors }));
  const captcha = createCaptcha(env, log);
  const codes = { db, env, clock, hasher, deliver: delivery, keepers, channelsOf, captcha, log };
  const dormantAfterDays = env.DORMANT_AFTER_DAYS;
  const refreshTtlSeconds = env.REFRESH_TOKEN_TTL_SECONDS;
  const google = {
    db,
    clock,
    appUrl: env.APP_URL,
    issuer: env.GOOGLE_ISSUER,
    dormantAfterDays,
    refreshTtlSeconds,
    log,
  };
  const people = { db, appUrl: env.APP_URL };
  const doctor = { db, env, clock, vendors: everybody, routes: env.routes };
  const recovery = { ...codes, recoveryKey: derivedKey(env.NEXTAUTH_SECRET, 'recovery-code') };
  const lifetimes = sessionLifetimes(refreshTtlSeconds);
  const sessions = { db, clock, lifetimes, log, appUrl: env.APP_URL, findSession: prepareFindSession(db) };
  const refreshes = {
    db,
    clock,
    lifetimes,
    successorKey: derivedKey(env.NEXTAUTH_SECRET, 'refresh-successor'),
    refreshTtlSeconds,
  };
  const signingKeys = env.JWT_PRIVATE_KEYS ?? [derivedSigningKey(env.NEXTAUTH_SECRET)];
  return {
    env,
    log,
    clock,
    lifetimes,
    smsProvider: providersIn(env.routes).join(', '),
    cookies: await createCookieTokens(derivedKey(env.NEXTAUTH_SECRET, 'session-cookie'), clock),
    accessTokens: await createAccessTokens(signingKeys, {
      appUrl: env.APP_URL,
      ttlSeconds: env.ACCESS_TOKEN_TTL_SECONDS,
      clock,
    }),
    takePlacesOrRefuse: takePlacesOrRefuse.bind(null, db),
    sendCode: sendCode.bind(null, codes),
    verifyCode: verifyCode.bind(null, codes),
    startFlow: startFlow.bind(null, codes),
    runningFlow: runningFlow.bind(null, codes),
    flowPhone: flowPhone.bind(null, codes),
    resendInFlow: resendInFlow.bind(null, codes),
    verifyInFlow: verifyInFlow.bind(null, codes),
    authenticate: authenticate.bind(null, sessions),
    signOut: signOut.bind(null, sessions),
    signOutByRefreshToken: signOutByRefreshToken.bind(null, sessions),
    devices: devicesOf.bind(null, sessions),
    endSession: endSession.bind(null, sessions),
    endOtherSessions: endOtherSessions.bind(null, sessions),
    sendConfirmation: sendConfirmation.bind(null, codes),
    confirmIdentity: confirmIdentity.bind(null, codes),
    isNumberDormant: isNumberDormant.bind(null, codes),
    signInWithIdentity: signInWithIdentity.bind(null, google),
    googleAccounts: googleAccounts.bind(null, google),
    mayLink: mayLink.bind(null, google),
    linkIdentity: linkIdentity.bind(null, google),
    unlinkIdentity: unlinkIdentity.bind(null, google),
    hasPasskeys: relyingParty(env) !== null,
    passkeySignInOptions: passkeySignInOptions.bind(null, codes),
    signInWithPasskey: signInWithPasskey.bind(null, codes),
    passkeyProofOptions: passkeyProofOptions.bind(null, codes),
    confirmWithPasskey: confirmWithPasskey.bind(null, codes),
    passkeys: listPasskeys.bind(null, codes),
    passkeyCreationOptions: passkeyCreationOptions.bind(null, codes),
    addPasskey: addPasskey.bind(null, codes),
    renamePasskey: renamePasskey.bind(null, codes),
    removePasskey: removePasskey.bind(null, codes),
    isPasskeyOffered: isPasskeyOffered.bind(null, codes),
    putPasskeyOfferOff: putPasskeyOfferOff.bind(null, codes),
    recoveryCodes: recoveryCodesOf.bind(null, recovery),
    makeRecoveryCodes: makeRecoveryCodes.bind(null, recovery),
    recover: recover.bind(null, recovery),
    activity: activityOf.bind(null, db),
    notices: noticesOf.bind(null, db),
    acknowledgeNotices: acknowledgeNotices.bind(null, db),
    refreshSession: refreshSession.bind(null, refreshes),
    changeProfile: changeProfile.bind(null, people),
    changeAvatar: changeAvatar.bind(null, people),
    clearAvatar: clearAvatar.bind(null, people),
    findAvatar: findAvatar.bind(null, db),
    requestPhoneChange: requestPhoneChange.bind(null, codes),
    confirmPhoneChange: confirmPhoneChange.bind(null, codes),
    cancelPhoneChange: cancelPhoneChange.bind(null, codes),
    phoneOf: phoneOf.bind(null, codes),
    exportAccount: exportAccount.bind(null, codes),
    requestDeletion: requestDeletion.bind(null, codes),
    deletionGraceDays: accountPolicy.deletionGraceSeconds / 86_400,
    dueWork: [
      tellUntold.bind(null, codes),
      makeDuePhoneChanges.bind(null, codes),
      deleteDueAccounts.bind(null, codes),
      watchConversion.bind(null, codes),
    ],
    receiveTwilioReceipt: receiveTwilioReceipt.bind(null, codes),
    receivePlaymobileReceipts: receivePlaymobileReceipts.bind(null, codes),
    runChecks: runChecks.bind(null, doctor),
    runLocalChecks: runLocalChecks.bind(null, doctor),
    outsideChecks: keepChecks(clock, runOutsideChecks.bind(null, doctor)),
    outsideAreas: outsideAreas(doctor),
    sendTestMessage: sendTestMessage.bind(null, codes),
    lookUpNumber: lookUpNumber.bind(null, codes),
    lookUpUser: lookUpUser.bind(null, codes),
    isSameNumber: isSameNumber.bind(null, codes),
    lookedUpDeliveries: lookedUpDeliveries.bind(null, codes),
    unlockNumber: unlockNumber.bind(null, codes),
    unlockLookedUp: unlockLookedUp.bind(null, codes),
    switchedOff: switchedOff.bind(null, codes),
    switchSmsOff: switchSmsOff.bind(null, codes),
    switchSmsOn: switchSmsOn.bind(null, codes),
    inboxMessages: inboxMessagesOf.bind(null, db),
    sweep: sweep.bind(null, db),
    isDatabaseAnswering: isDatabaseAnswering.bind(null, db),
  };
}

/** What the edge works with. */
export type Server = Awaited<ReturnType<typeof compose>>;

// Next bundles each entry on its own; what must exist once per process (the pool) hangs on the process.
const serverKey = Symbol.for('latchkey.server');

/** The one server of this process, made on first use. @throws {EnvError} */
export function server(): Promise<Server> {
  const shared = globalThis as { [serverKey]?: Promise<Server> };
  shared[serverKey] ??= Promise.resolve(readEnv()).then((env) => compose(env, createLog(env.LOG_LEVEL)));
  return shared[serverKey];
}
