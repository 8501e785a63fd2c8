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
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(withoutPort)?.[1] ?? withoutPort;
  return isIP(mapped) === 0 ? UNKNOWN_ADDRESS : mapped;
}

/** The eight groups of an IPv6 address as numbers. */
function expandedGroups(address: string): number[] {
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) {
    return groups(head);
  }
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => 0), ...groups(tail)];
}
