import { z } from 'zod';

/** `POST /api/me/activity/seen`: the newest notice that was shown. */
export const seenBody = z.strictObject({ up_to: z.uuid() });
