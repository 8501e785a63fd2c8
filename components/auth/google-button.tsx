import { buttonClass } from '@/components/ui/button-class';
import { Or } from '@/components/passkeys/or';
import { GoogleMark } from '@/components/brand/google-mark';

/** The other way in. A plain form: it works before and without JavaScript, and costs the page none. */
export function GoogleButton() {
  return (
    <>
      <Or />
      <form action="/auth/google" method="post">
        <button type="submit" className={buttonClass('secondary', 'lg', 'w-full')}>
          <GoogleMark className="mr-1 size-5" />
          Sign in with Google
        </button>
      </form>
    </>
  );
}
