import { isIP } from 'node:net';

/** Requests whose address can't be told share one strict bucket; they are never let past the limits. */
export const UNKNOWN_ADDRESS = 'unknown';

/**
 * The client's address as the limits count it: IPv4 whole, IPv6 by its /64 (a household has all of it).
 *
 * With `trustedHops` proxies in front, each appends to X-Forwarded-For the address it saw; the client is the entry that
 * many places from the right, the last being what the nearest proxy wrote. Entries further left are whatever the client wrote.
 * With none, the peer is the client and the header means nothing.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trustedHops: number): string {
  const address = exactAddress(peer, forwardedFor, trustedHops);
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return `${expandedGroups(address)
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')}::/64`;
    default:
      return UNKNOWN_ADDRESS;
  }
}

/** The client's address itself, as {@link clientAddress} finds it: for lists of addresses that a vendor calls from. */
export function exactAddress(peer: string | undefined, forwardedFor: string | undefined, trustedHops: number): string {
  const hops = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  const address = (trustedHops === 0 ? peer : hops.at(-trustedHops)) ?? '';
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/%.*$/, '');
  const withoutPort = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(bare) ? bare.replace(/:\d+$/, '') : bare;
  switch (isIP(withoutPort)) {
    case 4:
      return withoutPort;
    case 6:
      return embeddedIPv4(withoutPort) ?? withoutPort;
    default:
      return UNKNOWN_ADDRESS;
  }
}

/**
 * The IPv4 address that an IPv6 one only carries, however it is written: as a socket for both kinds shows it (`::ffff:0:0/96`,
 * RFC 4291), or through the well-known NAT64 prefix (`64:ff9b::/96`, RFC 6052). Else all such clients would count as one /64.
 */
function embeddedIPv4(address: string): string | null {
  const groups = expandedGroups(address);
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  const [high = 0, low = 0] = groups.slice(6);
  return prefix === '0:0:0:0:0:ffff' || prefix === '64:ff9b:0:0:0:0'
    ? [high >> 8, high & 255, low >> 8, low & 255].join('.')
    : null;
}

/** The eight groups of an IPv6 address as numbers. */
function expandedGroups(address: string): number[] {
  const inGroups = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = inGroups.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) {
    return groups(head);
  }
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => 0), ...groups(tail)];
}
