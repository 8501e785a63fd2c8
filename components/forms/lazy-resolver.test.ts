import { expect, test } from 'vitest';
import { z } from 'zod';
import { lazyResolver } from './lazy-resolver';

test('what is checked and sent is what the fields held when it was sent, whatever changes them while the validator is fetched', async () => {
  const resolver = lazyResolver<Record<string, string>, Record<string, string>>(async () =>
    z.record(z.string(), z.string()),
  );
  const fields = { country: 'IN', phone: '+8801812345678' };
  const checked = resolver(fields, undefined, { fields: {}, shouldUseNativeValidation: false });
  fields.phone = '1812 345678';
  expect(await checked).toEqual({ values: { country: 'IN', phone: '+8801812345678' }, errors: {} });
});
