import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { newId } from '../random';
import { updateProfile } from './user-store';

const { db } = await testDatabase();

it('an address that a provider vouched for is unverified once it is another', async () => {
  const userId = newId();
  await db.execute(
    sql`insert into users (id, email, email_verified_at) values (${userId}::uuid, 'g@example.com', now())`,
  );
  const actor = { userId, sessionId: newId(), phone: null, address: null };
  const same = await updateProfile(db, actor, { email: 'g@example.com', first_name: 'Gina' });
  expect(same?.emailVerifiedAt).toBeInstanceOf(Date);
  const other = await updateProfile(db, actor, { email: 'other@example.com' });
  expect(other).toMatchObject({ email: 'other@example.com', emailVerifiedAt: null });
});
