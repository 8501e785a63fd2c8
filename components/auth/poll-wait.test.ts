import { describe, expect, it } from 'vitest';
import { pollWaitMs } from './poll-wait';

describe('the page asks what became of the message', () => {
  it('every few seconds for a minute, and goes on more slowly for a receipt that comes late', () => {
    expect(pollWaitMs('sending', 0)).toBe(2_000);
    expect([0, 11].map((polls) => pollWaitMs('handed_over', polls))).toEqual([5_000, 5_000]);
    expect([12, 40].map((polls) => pollWaitMs('handed_over', polls))).toEqual([15_000, 15_000]);
    expect(pollWaitMs('unanswered', 12)).toBe(15_000);
  });

  it('no more once the vendor has told the end', () => {
    expect([pollWaitMs('delivered', 0), pollWaitMs('failed', 20)]).toEqual([0, 0]);
  });
});
