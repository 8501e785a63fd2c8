import { describe, expect, it } from 'vitest';
import { listCountries, searchCountries } from './countries';

const all = listCountries();
const first = (query: string) => searchCountries(all, query)[0]?.iso;

describe('searchCountries', () => {
  it.each([
    ['india', 'IN'],
    ['IN', 'IN'],
    ['bang', 'BD'],
    ['+880', 'BD'],
    ['00998', 'UZ'],
    ['91', 'IN'],
    ['aland', 'AX'],
    ['ivory', 'CI'],
    ['uk', 'GB'],
  ])('%s finds %s first', (query, iso) => {
    expect(first(query)).toBe(iso);
  });

  it('has nothing for what is no country', () => {
    expect(searchCountries(all, 'zzz')).toEqual([]);
  });
});

describe('listCountries', () => {
  it('knows the calling codes of the countries this app starts with', () => {
    const codes = Object.fromEntries(all.map(({ iso, callingCode }) => [iso, callingCode]));
    expect(codes).toMatchObject({ BD: '880', IN: '91', UZ: '998', US: '1' });
  });

  it('offers only the countries that are allowed', () => {
    expect(listCountries(['UZ', 'IN']).map(({ iso }) => iso)).toEqual(['IN', 'UZ']);
  });
});
