import { describe, expect, it } from 'vitest';
import { identityOf } from './identity-claims';

const issuer = 'https://accounts.google.com';
const right = { iss: issuer, sub: '1082' };
const nobodySays = { email: null, emailVerified: false, firstName: null, lastName: null };

describe('identityOf', () => {
  it('reads who it is and what is told of them', () => {
    const claims = {
      email: 'g@example.com',
      email_verified: true,
      given_name: 'Gina',
      family_name: 'Doe',
      name: 'X Y',
    };
    expect(identityOf({ ...right, ...claims }, issuer)).toEqual({
      issuer,
      subject: '1082',
      email: 'g@example.com',
      emailVerified: true,
      firstName: 'Gina',
      lastName: 'Doe',
    });
  });

  it('needs nothing but issuer and subject', () => {
    expect(identityOf(right, issuer)).toEqual({ issuer, subject: '1082', ...nobodySays });
  });

  it('splits a whole name where there are no parts', () => {
    expect(identityOf({ ...right, name: 'John Ronald Doe' }, issuer)).toMatchObject({
      firstName: 'John',
      lastName: 'Ronald Doe',
    });
  });

  it.each([[false], ['true'], [1], [undefined], [null]])(
    'takes an address for verified only by true, not by %s',
    (said) => {
      const claims = { ...right, email: 'g@example.com', email_verified: said };
      expect(identityOf(claims, issuer)).toMatchObject({ email: 'g@example.com', emailVerified: false });
    },
  );

  it('leaves out what a profile would not accept, and verifies nothing then', () => {
    const claims = {
      email: 'not an address',
      email_verified: true,
      given_name: 'a\u0000b',
      family_name: '  ',
      name: 7,
    };
    expect(identityOf({ ...right, ...claims }, issuer)).toEqual({ issuer, subject: '1082', ...nobodySays });
  });

  it.each([
    [{ ...right, iss: 'https://evil.example' }],
    [{ ...right, iss: `${issuer}/` }],
    [{ iss: issuer }],
    [{ ...right, sub: '' }],
    [{ ...right, sub: 7 }],
    [{ ...right, sub: 'x'.repeat(256) }],
    [{ ...right, sub: 'a b' }],
    [null],
    ['x'],
  ])('is nobody for %j', (claims) => {
    expect(identityOf(claims, issuer)).toBeNull();
  });
});
