'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FieldError } from '@/components/ui/field-error';
import { Avatar } from './avatar';
import { megabytes, PICTURE_TYPES, pictureFault, sendPicture } from './send-picture';

/** The picture is kept as soon as it is chosen, with its own progress, and apart from the form's "Save changes". */
export function AvatarEditor({ url, name, mostBytes }: { url: string | null; name: string; mostBytes: number }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const file = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(url);
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<string>();
  const [done, setDone] = useState('');
  const [asking, setAsking] = useState(false);
  const sending = progress !== null;

  const settle = (next: string | null, message: string) => {
    setShown(next);
    setDone(message);
    router.refresh();
  };

  const upload = async (picture: File) => {
    const fault = pictureFault(picture, mostBytes);
    setDone('');
    setError(fault ?? undefined);
    if (fault) {
      return;
    }
    const preview = URL.createObjectURL(picture);
    setShown(preview);
    setProgress(0);
    const answer = await sendPicture(picture, setProgress);
    setProgress(null);
    if (answer.ok) {
      settle(answer.value.avatar_url, 'Your picture is saved.');
    } else {
      setShown(shown);
      setError(answer.problem.message);
    }
    URL.revokeObjectURL(preview);
  };

  const remove = async () => {
    setAsking(false);
    setError(undefined);
    const answer = await sendJson({ method: 'DELETE', path: '/api/me/avatar' });
    if (answer.ok) {
      settle(null, 'Your picture is removed.');
    } else {
      setError(answer.problem.message);
    }
  };

  return (
    <div className="flex items-center gap-4 sm:gap-6">
      <Avatar
        url={shown}
        name={name}
        className={`size-20 text-2xl sm:size-24 sm:text-3xl ${sending ? 'opacity-60' : ''}`}
      />
      <div className="min-w-0 flex-1">
        <input
          ref={file}
          type="file"
          accept={PICTURE_TYPES.join(',')}
          aria-label="Picture file"
          aria-describedby="picture-error"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            const picture = event.target.files?.[0];
            event.target.value = '';
            if (picture) {
              void upload(picture);
            }
          }}
        />
        <div className="flex flex-wrap gap-x-1 gap-y-2 sm:gap-x-3">
          <Button
            look="secondary"
            size="md"
            pending={sending}
            disabled={!hydrated}
            onClick={() => !sending && file.current?.click()}
          >
            {shown ? 'Replace' : 'Add a picture'} {shown && <span className="sr-only">picture</span>}
          </Button>
          {shown && !sending && (
            <Button look="quiet" size="md" onClick={() => setAsking(true)}>
              Remove <span className="sr-only">picture</span>
            </Button>
          )}
        </div>
        <div className="mt-3 min-h-5 text-sm text-ink-soft">
          {sending && (
            <progress
              value={progress}
              aria-label="Sending the picture"
              className="progress block h-1 w-48 max-w-full"
            />
          )}
          <p role="status">
            {sending || error ? '' : done || `JPEG, PNG, WebP, GIF or AVIF, up to ${megabytes(mostBytes)}.`}
          </p>
        </div>
        <FieldError id="picture" error={error} />
      </div>
      {asking && (
        <ConfirmDialog
          title="Remove your picture?"
          text="Your initials are shown instead. You can add a picture again at any time."
          action="Remove picture"
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
