import { describe, expect, it } from 'vitest';
import { readColumns, recordOf } from './columns';
import { readRecord, type ReadOptions } from './read-record';

const options: ReadOptions = {
  now: new Date('2026-01-01T00:00:00Z'),
  country: 'IN',
  allowedCountries: undefined,
  testPhones: [],
};
const phone = '+918123456789';
const read = (record: Parameters<typeof readRecord>[0], more: Partial<ReadOptions> = {}) =>
  readRecord({ phone, ...record }, { ...options, ...more });
const userOf = (...args: Parameters<typeof read>) => {
  const found = read(...args);
  if (!found.ok) throw new Error(found.reason);
  return found;
};

describe('the columns of a file', () => {
  it('are known by the names the reference systems have for them, however they are written', () => {
    const read = readColumns(['id', 'Phone Number', 'firstName', 'profile_picture', 'date-joined', 'password']);
    expect(read).toEqual({
      ok: true,
      columns: {
        fields: [null, 'phone', 'first_name', 'avatar_url', 'created_at', null],
        ignored: ['id', 'password'],
      },
    });
  });

  it.each([
    [['name', 'email'], 'No column is called phone, phone_number, mobile'],
    [['phone', 'mobile'], '“phone” and “mobile” both mean phone'],
  ])('%j are refused in one sentence', (header, problem) => {
    expect(readColumns(header)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('are not quoted where the first line is a person', () => {
    const read = readColumns(['+918123456789', 'John', 'john@example.com']);
    expect(read).toEqual({ ok: false, problem: expect.not.stringMatching(/8123|John/) });
  });
});

describe('the cells of a line', () => {
  const fields = ['phone', 'name', 'is_verified', null] as const;
  const cells = (...given: string[]) => recordOf({ fields: [...fields], ignored: ['id'] }, given);

  it('are taken by their column, blanks left out', () => {
    expect(cells(phone, ' John ', 't', '7', '', ' ')).toEqual({ phone, name: 'John', is_verified: 't' });
    expect(cells(phone, 'NULL', 'true', '7')).toEqual({ phone, is_verified: 'true' });
  });

  it('make no record where there are more than columns: an unquoted comma moved them', () => {
    expect(cells(phone, 'Doe', 'John', 'false', '7')).toBeNull();
  });

  it.each([
    [phone, 'John'],
    [phone, 'John', ''],
    [phone, 'John', 'NULL'],
    [phone, 'John', '\\N', '7'],
  ])('that say nothing in the column of proofs, as %j %j %j, let nobody in', (...given) => {
    const record = cells(...given.filter((cell) => cell !== undefined));
    expect(readRecord(record ?? {}, options)).toEqual({ ok: false, reason: 'is_verified is neither true nor false' });
  });
});

describe('a record', () => {
  it.each([
    ['8123456789', 'IN', phone],
    ['081234 56789', 'IN', phone],
    ['00998 91 234 56 78', 'IN', '+998912345678'],
    ['998912345678', 'UZ', '+998912345678'],
    ['01812-345678', 'BD', '+8801812345678'],
    ['+1 (201) 555-0123', 'BD', '+12015550123'],
  ] as const)('has its number %s of %s brought into one form', (typed, country, e164) => {
    expect(userOf({ phone: typed }, { country }).user.phone).toBe(e164);
  });

  it.each([
    [{ phone: '' }, 'no phone'],
    [{ phone: '123' }, 'not a number that exists'],
    [{ phone: '+911123456789' }, 'can’t receive text messages'],
    [{ is_verified: 'false' }, 'never verified'],
    [{ is_verified: 'maybe' }, 'is_verified is neither true nor false'],
    [{ is_active: '2' }, 'is_active is neither true nor false'],
    [{ last_sign_in_at: '09/12/2020' }, 'last_sign_in_at is no time'],
    [{ last_sign_in_at: '2027-01-01' }, 'last_sign_in_at is no time'],
    [{ name: 'Jos\uFFFD' }, 'not UTF-8'],
  ])('%j is left out', (record, reason) => {
    expect(read(record)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it.each(['9.18E+11', '9,18123E+11', '9e+11', '8123456789.0', '8123456789,00', '+918123456789.0'])(
    'whose number a spreadsheet took for a figure, %s, is left out: it may have become somebody else’s',
    (typed) => {
      // Numbers of Indonesia have nine to twelve digits, so that one more is a number, too.
      expect(read({ phone: typed }, { country: 'ID' })).toEqual({
        ok: false,
        reason: expect.stringMatching(/as a figure/),
      });
    },
  );

  it('of a country that is not served is left out', () => {
    expect(read({}, { allowedCountries: ['UZ'] })).toMatchObject({ ok: false, reason: /ALLOWED_COUNTRIES/ });
  });

  it('of a test number is left out: several people know its code', () => {
    expect(read({}, { testPhones: [phone] })).toMatchObject({ ok: false, reason: /TEST_NUMBERS/ });
  });

  it('keeps what can be used and names what can’t', () => {
    const { user, dropped } = userOf({
      name: 'John Ronald Doe',
      email: 'john@example.com',
      birth_date: '1995-13-01',
      avatar_url: 'http://example.com/a.png',
      bio: 'x'.repeat(501),
      time_zone: 'Asia/Kolkata',
      role: 'admin',
      is_active: 'f',
      created_at: '2025-12-09 14:30:00.123+05:30',
    });
    expect(user).toMatchObject({
      first_name: 'John',
      last_name: 'Ronald Doe',
      email: 'john@example.com',
      birth_date: null,
      avatar_url: null,
      bio: null,
      time_zone: 'Asia/Kolkata',
      role: 'user',
      suspended: true,
      created_at: '2025-12-09T09:00:00.123Z',
    });
    expect(dropped.map(({ field }) => field).sort()).toEqual(['avatar_url', 'bio', 'birth_date', 'role']);
  });

  it.each([
    ['2025-12-09', '2025-12-09T00:00:00.000Z'],
    ['2025-12-09T14:30:00Z', '2025-12-09T14:30:00.000Z'],
    ['2025-12-09 14:30:00+00', '2025-12-09T14:30:00.000Z'],
    ['2025-12-09 14:30:00 UTC', '2025-12-09T14:30:00.000Z'],
    ['2025-12-09 14:30:00', '2025-12-09T14:30:00.000Z'],
    ['09/12/2025', null],
    ['2025-02-30', null],
  ])('was made at %s, which is %s', (text, time) => {
    expect(userOf({ created_at: text }).user.created_at).toBe(time);
  });
});
