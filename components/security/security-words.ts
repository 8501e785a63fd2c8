import { moment } from '@/components/dashboard/profile-words';
import type { Activity } from '@/lib/audit/activity';
import type { Device } from '@/lib/sessions/devices';
import type { PhoneView } from '@/lib/phone-changes/waiting-change';
import type { UserView } from '@/lib/users/user-view';
import type { PasskeyRow } from '@/components/passkeys/passkeys';
import type { PasskeyView } from '@/lib/passkeys/manage-passkeys';
import type { RecoveryCodesView } from '@/lib/recovery-codes/recovery-codes';
import type { DeviceRow } from './devices';
import type { RecoveryRow } from './recovery-codes';
import type { WaitingRow } from './waiting-change';

// What the security page says, in the words of people and at their place and time. Used on the server only.

/** How recent a "last seen" may be to mean now: it is noted every five minutes. */
const NOW_MINUTES = 6;

export function deviceRow(device: Device, user: UserView, now: Date): DeviceRow {
  const address = device.address && device.address !== 'unknown' ? [device.address] : [];
  const minutes = (now.getTime() - Date.parse(device.last_seen_at)) / 60_000;
  return {
    id: device.id,
    kind: device.kind,
    name: device.device,
    current: device.current,
    where: [...address, `signed in ${moment(device.created_at, user)}`].join(' · '),
    lastSeen:
      device.current || minutes < NOW_MINUTES ? 'Active now' : `Last active ${moment(device.last_seen_at, user)}`,
  };
}

/** Something that happened, for the list and for the notices. */
export type ActivityRow = {
  id: string;
  text: string;
  where: string;
  when: string;
  /** The live session it happened in, unless that is this one. */
  sessionId: string | null;
};

export function activityRow(activity: Activity, user: UserView): ActivityRow {
  const address = activity.address && activity.address !== 'unknown' ? activity.address : null;
  return {
    id: activity.id,
    text: activity.text,
    where: [activity.current ? 'This device' : activity.device, address].filter(Boolean).join(' · '),
    when: moment(activity.created_at, user),
    sessionId: activity.current ? null : activity.session_id,
  };
}

export function passkeyRow(passkey: PasskeyView, user: UserView): PasskeyRow {
  return {
    id: passkey.id,
    name: passkey.name,
    synced: passkey.synced,
    added: `Added ${moment(passkey.created_at, user)}`,
    used: passkey.last_used_at ? `Last used ${moment(passkey.last_used_at, user)}` : 'Not used yet',
  };
}

export function recoveryRow(sheet: RecoveryCodesView, user: UserView): RecoveryRow | null {
  return sheet && { left: sheet.left, made: moment(sheet.made_at, user) };
}

export function waitingRow({ pending }: PhoneView, user: UserView): WaitingRow | null {
  return (
    pending && {
      phone: pending.phone,
      requested: moment(pending.requested_at, user),
      effective: moment(pending.effective_at, user),
    }
  );
}
