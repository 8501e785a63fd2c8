import { Section } from '@/components/security/section';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';

type SmsSwitchProps = {
  /** Where no messages go; `words` names the place for people. Null: that could not be read. */
  pauses: { scope: string; everything: boolean; words: string; reason: string }[] | null;
  action: (form: FormData) => Promise<void>;
};

/** Switches all sending off, and on again what is off: for the night in which somebody runs up the bill. */
export function SmsSwitch({ pauses: read, action }: SmsSwitchProps) {
  const pauses = read ?? [];
  const off = pauses.some(({ everything }) => everything);
  return (
    <Section
      title="Switch sending off"
      text="No instance sends a message any more, from the next request on. People are told to come back later, or in another way."
    >
      {!read && (
        <div className="mb-6">
          <Notice kind="danger">Whether sending is switched off can’t be read just now. Load the page again.</Notice>
        </div>
      )}
      <ul className="grid gap-5">
        {pauses.map(({ scope, everything, words, reason }) => (
          <li key={scope}>
            <form action={action} className="flex flex-wrap items-center justify-between gap-3">
              <input type="hidden" name="to" value="on" />
              <input type="hidden" name="scope" value={scope} />
              <p className="min-w-0 wrap-anywhere">
                {everything ? 'Sending is off' : `Nothing goes to ${words}`}
                <span className="block text-sm text-ink-soft">{reason}</span>
              </p>
              <Button type="submit" look="secondary" size="md" aria-label={`Switch on again: ${words}`}>
                Switch on again
              </Button>
            </form>
          </li>
        ))}
      </ul>
      {!off && (
        <form
          action={action}
          className={`flex max-w-110 flex-wrap items-start gap-3 ${pauses.length > 0 ? 'mt-8' : ''}`}
        >
          <input type="hidden" name="to" value="off" />
          <div className="min-w-0 flex-1 basis-56">
            <TextField
              id="reason"
              name="reason"
              label="Reason"
              hint="For those who find it off; it stands in the trail."
              autoComplete="off"
              maxLength={200}
            />
          </div>
          <Button type="submit" look="secondary" size="lg" className="mt-7 max-sm:mt-0 max-sm:w-full">
            Switch off
          </Button>
        </form>
      )}
    </Section>
  );
}
