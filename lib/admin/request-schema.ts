import { z } from 'zod';
import { typedText } from '../text-schema';

/** `POST /api/admin/deliveries`: the number in any form. */
export const lookUpBody = z.strictObject({ phone: typedText(64) });
