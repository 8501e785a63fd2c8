import { buttonClass } from '@/components/ui/button-class';
import { MessagePage } from './message-page';

/**
 * Something broke on the server. `reference` is what the log knows this failure by. Every page carries this in its
 * first JavaScript, so it is kept small: retrying is a plain reload, which also fetches what failed afresh.
 */
export function ErrorMessage({ reference }: { reference: string | undefined }) {
  return (
    <MessagePage
      title="That didn’t work"
      text={
        <>
          Something went wrong on our side. Nothing you entered was the cause, and trying again often helps.
          {reference && (
            <p className="mt-4 text-sm">
              Reference <code className="rounded-sm bg-sunken px-1.5 py-0.5 text-ink select-all">{reference}</code>
            </p>
          )}
        </>
      }
    >
      <button type="button" onClick={() => window.location.reload()} className={buttonClass()}>
        Try again
      </button>
      <a href={START} className={buttonClass('secondary')}>
        Go to the start
      </a>
    </MessagePage>
  );
}

/** A full load on purpose: whatever broke should not come along. */
const START = '/';
