import { unreachable, type Answer } from '@/components/forms/send-json';
import type { UserView } from '@/lib/users/user-view';

export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'];

/** 5 MB; what is more than that is never said to be as much. */
export const megabytes = (bytes: number): string => `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MB`;

/** What can be said about a file before it travels. */
export function pictureFault(file: File, mostBytes: number): string | null {
  if (!PICTURE_TYPES.includes(file.type)) {
    return 'Choose a picture: JPEG, PNG, WebP, GIF or AVIF.';
  }
  if (file.size > mostBytes) {
    return `This picture has ${megabytes(file.size)}. Choose one of at most ${megabytes(mostBytes)}.`;
  }
  return null;
}

/** Uploads a picture; `onProgress` hears how much is sent, from 0 to 1 (fetch can't tell that). */
export function sendPicture(file: File, onProgress: (share: number) => void): Promise<Answer<UserView>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', '/api/me/avatar');
    request.setRequestHeader('content-type', file.type);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onerror = () => resolve({ ok: false, problem: unreachable });
    request.onload = () => {
      const ok = request.status >= 200 && request.status < 300 && request.response;
      resolve(ok ? { ok: true, value: request.response } : { ok: false, problem: request.response ?? unreachable });
    };
    request.send(file);
  });
}
