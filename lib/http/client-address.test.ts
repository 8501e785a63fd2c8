import { describe, expect, it } from 'vitest';
import { clientAddress, exactAddress, UNKNOWN_ADDRESS } from './client-address';

describe('clientAddress', () => {
  it('is the peer when no proxy is trusted, whatever was sent', () => {
    expect(clientAddress('203.0.113.9', '198.51.100.1', 0)).toBe('203.0.113.9');
    expect(clientAddress('203.0.113.9', '', 0)).toBe('203.0.113.9');
  });

  it('is the right-most entry that a trusted proxy wrote', () => {
    expect(clientAddress('10.0.0.1', '198.51.100.1', 1)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.1', '6.6.6.6, 198.51.100.1', 1)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.2', '6.6.6.6, 198.51.100.1, 10.0.0.1', 2)).toBe('198.51.100.1');
  });

  it.each([
    ['10.0.0.1', '', 1],
    ['10.0.0.1', '198.51.100.1', 2],
    ['10.0.0.1', 'nonsense', 1],
    ['10.0.0.1', '198.51.100.1, ', 1],
    [undefined, '', 0],
  ])('falls into the shared bucket when it can’t be told (%s, %j, %i hops)', (peer, forwarded, hops) => {
    expect(clientAddress(peer, forwarded, hops)).toBe(UNKNOWN_ADDRESS);
  });

  it('counts an IPv6 household by its /64, however the address is written', () => {
    const bucket = '2001:db8:1:2::/64';
    for (const address of [
      '2001:db8:1:2::1',
      '2001:DB8:1:2:ffff:ffff:ffff:ffff',
      '2001:0db8:0001:0002:0:0:0:9',
      '[2001:db8:1:2::1]:443',
      '2001:db8:1:2::1%eth0',
    ]) {
      expect(clientAddress(address, undefined, 0)).toBe(bucket);
    }
    expect(clientAddress('2001:db8:1:3::1', undefined, 0)).not.toBe(bucket);
  });

  it('reads an IPv4 address in its IPv6 or port-carrying form as the same client', () => {
    for (const address of [
      '::ffff:203.0.113.9',
      '::FFFF:203.0.113.9',
      '::ffff:cb00:7109',
      '0:0:0:0:0:ffff:cb00:7109',
      '0:0:0:0:0:ffff:203.0.113.9',
      '[::ffff:203.0.113.9]:443',
      '::ffff:203.0.113.9%eth0',
      '64:ff9b::203.0.113.9',
      '64:ff9b::cb00:7109',
    ]) {
      expect(clientAddress(address, undefined, 0), address).toBe('203.0.113.9');
      expect(clientAddress('x', address, 1), address).toBe('203.0.113.9');
    }
    expect(clientAddress('x', '203.0.113.9:51234', 1)).toBe('203.0.113.9');
    expect(clientAddress('::1', undefined, 0)).toBe('0:0:0:0::/64');
  });
});

describe('exactAddress', () => {
  it('is the address itself, found in the same place', () => {
    expect(exactAddress('10.0.0.1', '6.6.6.6, 2001:db8::1', 1)).toBe('2001:db8::1');
    expect(exactAddress('::ffff:203.0.113.9', '6.6.6.6', 0)).toBe('203.0.113.9');
    expect(exactAddress('10.0.0.1', '', 1)).toBe(UNKNOWN_ADDRESS);
    expect(exactAddress(undefined, undefined, 0)).toBe(UNKNOWN_ADDRESS);
  });
});
