import { describe, expect, it } from 'vitest';
import { canonicalPhone, maskedPhone } from './phone';

const e164 = (typed: string, country: 'IN' | 'BD' | 'UZ' | 'US' = 'IN') => {
  const parsed = canonicalPhone(typed, country, undefined);
  return parsed.ok ? parsed.phone.e164 : parsed.code;
};

describe('canonicalPhone', () => {
  it.each([
    ['+918123456789', 'IN'],
    ['8123456789', 'IN'],
    ['081234 56789', 'IN'],
    ['+91 (81234) 567-89', 'IN'],
    ['0091 81234 56789', 'IN'],
    ['918123456789', 'IN'],
    ['+91\u00a08123456789', 'IN'],
    ['\u202a+918123456789\u202c', 'IN'],
    ['+91812345\u200b6789', 'IN'],
    ['٨١٢٣٤٥٦٧٨٩', 'IN'],
    ['８１２３４５６７８９', 'IN'],
    ['＋918123456789', 'IN'],
    ['८१२३४५६७८९', 'IN'],
    ['৮১২৩৪৫৬৭৮৯', 'IN'],
  ] as const)('reads %j as the one canonical number', (typed, country) => {
    expect(e164(typed, country)).toBe('+918123456789');
  });

  it('knows the example numbers of every country we serve first', () => {
    expect(e164('01812345678', 'BD')).toBe('+8801812345678');
    expect(e164('91 234 56 78', 'UZ')).toBe('+998912345678');
    expect(e164('(201) 555-0123', 'US')).toBe('+12015550123');
  });

  it.each([
    '',
    ' ',
    '+',
    'hello',
    '12',
    '+999123456789',
    '+91812345678',
    '+9181234567890',
    'call +918123456789',
    '+918123456789 ext. 5',
    '+918123456789;ext=5',
    '+918123456789x5',
    '<b>8123456789</b>',
    "8123456789' or 1=1",
    '+91812345678\u00009',
    '++918123456789',
    '+918123456789,+918123456780',
  ])('refuses %j', (typed) => {
    expect(e164(typed)).toBe('invalid_phone');
  });

  it.each(['+914422334455', '+18005550199', '+448081570192', '+8821612345678'])(
    'refuses %s, which receives no text messages',
    (typed) => {
      expect(['undeliverable_phone', 'invalid_phone']).toContain(e164(typed));
    },
  );

  it.each([
    ['a landline', '+914422334455'],
    ['a toll-free number', '+18005550199'],
    ['a premium number', '+19002345678'],
    ['a British premium number', '+449098790001'],
    ['a shared-cost number', '+448431234567'],
    ['a personal number, which costs like a premium one', '+447012345678'],
    ['a pager', '+447640123456'],
    ['a VoIP number, which anybody gets for nothing', '+445612345678'],
    ['a company number (UAN)', '+445512345678'],
    ['an Inmarsat phone', '+870773111632'],
    ['an Iridium phone', '+881612345678'],
    ['a Thuraya phone', '+8821612345678'],
    ['an international network', '+883510012345'],
    ['an international toll-free number', '+80012345678'],
    ['an international shared-cost number', '+80812345678'],
    ['an international premium number', '+979123456789'],
  ])('sends nothing to %s (%s)', (_, typed) => {
    expect(e164(typed)).toBe('undeliverable_phone');
  });

  it.each([
    ['an American number, of which nobody can tell', '+12015550123'],
    ['a Canadian one', '+15062345678'],
    ['an Indian mobile', '+918123456789'],
    ['a Bangladeshi mobile', '+8801812345678'],
    ['an Uzbek mobile', '+998912345678'],
    ['a British mobile', '+447400123456'],
    ['a Mexican number', '+522221234567'],
  ])('sends to %s (%s)', (_, typed) => {
    expect(e164(typed)).toBe(typed);
  });

  it('refuses countries that are not served, however the number is written', () => {
    expect(canonicalPhone('+12015550123', 'IN', ['IN', 'BD'])).toMatchObject({ code: 'unsupported_country' });
    expect(canonicalPhone('8123456789', 'IN', ['IN', 'BD']).ok).toBe(true);
  });

  it('names the range a number stands in', () => {
    expect(canonicalPhone('+918123456789', 'IN', undefined)).toMatchObject({
      phone: { range: '+91812345', country: 'IN' },
    });
  });
});

describe('maskedPhone', () => {
  it('shows calling code and last four digits', () => {
    expect(maskedPhone('+918123456789')).toBe('+91 •••••• 6789');
    expect(maskedPhone('+998912345678')).toBe('+998 ••••• 5678');
  });
});
