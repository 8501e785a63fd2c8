'use client';

import { useEffect, useState } from 'react';
import { runAction, UNREACHABLE } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import type { Problem } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';
import { CHECK_MISSING, useCaptcha } from './use-captcha';

export type ResendAction = (input: {
  challengeId: string;
  channel?: string;
  captchaToken?: string;
}) => Promise<{ flow: FlowView } | Problem>;

type ResendButtonProps = {
  challengeId: string;
  /** How the code before travelled. */
  channel: FlowView['channel'];
  /** What is offered beside another message. */
  channels: FlowView['channels'];
  /** Which of those comes first. */
  advised: FlowView['advised'];
  resendCode: ResendAction;
  resendWithoutScript: (form: FormData) => Promise<void>;
  waitSeconds: number;
  /** The way on when the old code is dead or did not arrive; otherwise a quiet second choice. */
  main: boolean;
  onSent: (flow: FlowView) => void;
  onRefused: (message: string) => void;
};

/** Ways to get a new code, each a button of one form: which was pressed is sent along, by scripts and without them. */
export function ResendButton(props: ResendButtonProps) {
  const { challengeId, waitSeconds, main, onSent, onRefused } = props;
  const [pending, setPending] = useState<string>();
  const captcha = useCaptcha();
  const [drawn, setDrawn] = useState(main);

  useEffect(() => {
    const frame = requestAnimationFrame(() => setDrawn(main));
    return () => cancelAnimationFrame(frame);
  }, [main]);

  const resend = async (channel: string) => {
    if (pending !== undefined || waitSeconds > 0) {
      return;
    }
    setPending(channel);
    const token = captcha.token();
    const answer = await runAction(() => props.resendCode({ challengeId, ...(channel && { channel }), ...token }));
    setPending(undefined);
    if (answer === 'unreachable') {
      onRefused(UNREACHABLE);
    } else if (answer !== 'moved') {
      if ('flow' in answer) {
        onSent(answer.flow);
      } else {
        onRefused(answer.message);
        if (answer.captcha) {
          captcha.ask(answer.captcha, () => void resend(channel)).catch(() => onRefused(CHECK_MISSING));
        }
      }
    }
  };

  const otherWays: Record<string, string> = {
    call: props.channel === 'call' ? 'Call me again' : 'Call me instead',
    whatsapp: 'Send by WhatsApp',
  };
  const ways = [...new Set([props.advised ?? '', '', ...props.channels])];
  const styles = (channel: string) =>
    main
      ? ({ look: channel === ways[0] ? 'primary' : 'secondary', className: 'w-full' } as const)
      : ({
          look: 'quiet',
          size: 'md',
          // The wait is part of the first button's name: its place is kept for when the wait is over.
          className: `text-accent-text! tabular-nums disabled:text-ink-soft! disabled:opacity-100 ${channel ? '' : 'min-w-42 justify-start!'}`,
        } as const);

  return (
    <>
      <form
        action={props.resendWithoutScript}
        onSubmit={(event) => {
          event.preventDefault();
          void resend(((event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null)?.value ?? '');
        }}
        // Where a new code is the way on, its buttons look another way: they appear so, and nobody sees them move. They stay
        // the same buttons, which keep the focus and whatever press has begun. To the right the form hangs out by what the
        // page’s edge leaves, less the 8 pixels from which the step slides in.
        className={`${main ? 'grid gap-3' : '-mr-3 -ml-4.25 flex flex-wrap'} ${drawn === main ? 'transition-opacity duration-150' : 'opacity-0'}`}
      >
        <input type="hidden" name="challengeId" value={challengeId} />
        {ways.map((channel) => (
          <Button
            key={channel}
            type="submit"
            {...(channel && { name: 'channel', value: channel })}
            {...styles(channel)}
            pending={pending === channel}
            disabled={waitSeconds > 0}
          >
            {otherWays[channel] ?? (waitSeconds > 0 ? `Resend OTP in ${waitSeconds}s` : 'Resend OTP')}
          </Button>
        ))}
      </form>
      {captcha.widget}
    </>
  );
}
