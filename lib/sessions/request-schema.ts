import { z } from 'zod';

const refreshToken = z.string().min(1).max(512);

/** `POST /api/auth/refresh` */
export const refreshBody = z.strictObject({ refresh: refreshToken });

/** `POST /api/auth/logout` */
export const logoutBody = z.strictObject({ refresh: refreshToken.optional(), everywhere: z.boolean().optional() });
