import { Check, Spinner, Warning } from '@/components/ui/icons';
import { Phone } from '@/components/ui/more-icons';
import type { Problem } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';

/** 4:57 */
function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The life of the code. It changes every second, so it is not read out; {@link Spoken} says the moments that matter. */
export function Life({ seconds }: { seconds: number }) {
  return <span className="text-ink-soft tabular-nums">Expires in {minutes(seconds)}</span>;
}

/** How far the message got: one line, so that nothing moves when it changes. */
export function DeliveryLine({ flow: { channel, delivery, deliveryText } }: { flow: FlowView }) {
  const failed = delivery === 'failed';
  return (
    <p role="status" className={`flex min-h-11 items-center gap-2 text-sm ${failed ? 'text-danger' : 'text-ink-soft'}`}>
      {failed || delivery === 'unanswered' ? (
        <Warning />
      ) : channel === 'call' ? (
        <Phone />
      ) : delivery === 'sending' ? (
        <Spinner className="size-4" />
      ) : (
        <Check />
      )}
      {deliveryText}
    </p>
  );
}

/** Why no code can be entered any more, and what to do about it. */
export function stoppedText(state: 'expired' | 'exhausted'): string {
  return state === 'expired'
    ? 'This code no longer works. Ask for a new one.'
    : 'Too many wrong codes. Ask for a new one.';
}

/** Announced once each, instead of a number every second. */
export function Spoken({ expiresIn, resendIn, live }: { expiresIn: number; resendIn: number; live: boolean }) {
  const lastMinute = live && expiresIn <= 60 && expiresIn > 0;
  return (
    <p role="status" className="sr-only">
      {lastMinute
        ? 'The code expires in less than a minute.'
        : live && resendIn === 0
          ? 'You can ask for a new code now.'
          : ''}
    </p>
  );
}

/** A refusal in words, with the tries that are left; those stay on one line. */
export function refusalText({ message, attempts_left: left }: Pick<Problem, 'message' | 'attempts_left'>): string {
  return left === undefined ? message : `${message} ${left}\u00a0${left === 1 ? 'try' : 'tries'}\u00a0left.`;
}
