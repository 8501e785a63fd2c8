import { describe, expect, it } from 'vitest';
import type { CheckLine } from './finding';
import { keepChecks } from './keep-checks';

/** A diagnosis that ends when the test says so, and a clock that the test moves. */
function diagnosis() {
  let now = Date.parse('2026-12-01T00:00:00Z');
  const waiting: (() => void)[] = [];
  let runs = 0;
  const checks = keepChecks({ now: () => new Date(now) }, () => {
    runs += 1;
    const lines: CheckLine[] = [{ area: 'Twilio', level: 'ok', text: `run ${runs}` }];
    return new Promise((resolve) => waiting.push(() => resolve(lines)));
  });
  return {
    checks,
    runs: () => runs,
    pass: (seconds: number) => (now += seconds * 1000),
    end: () => waiting.splice(0).forEach((finish) => finish()),
  };
}

describe('kept checks', () => {
  it('run once for all who ask at a time, also for those who ask again', async () => {
    const { checks, runs, end } = diagnosis();
    const asked = [checks(), checks(), checks({ again: true })];
    end();
    const answers = await Promise.all(asked);
    expect(new Set(answers).size).toBe(1);
    expect(runs()).toBe(1);
  });

  it('are kept for a minute and made anew after it', async () => {
    const { checks, runs, pass, end } = diagnosis();
    const first = checks();
    end();
    await first;
    pass(59);
    // No promise of it.
    expect(checks()).toBe(await first);
    pass(2);
    const second = checks();
    end();
    expect((await second).lines[0]?.text).toBe('run 2');
    expect(runs()).toBe(2);
  });

  it('are made anew when somebody asks again, but not every moment', async () => {
    const { checks, runs, pass, end } = diagnosis();
    const first = checks();
    end();
    await first;
    pass(1);
    expect(await checks({ again: true })).toBe(await first);
    pass(5);
    const again = checks({ again: true });
    end();
    await again;
    expect(runs()).toBe(2);
  });

  it('that failed are not kept', async () => {
    let runs = 0;
    const checks = keepChecks({ now: () => new Date(0) }, async () => {
      runs += 1;
      if (runs === 1) throw new Error('gone');
      return [];
    });
    await expect(Promise.resolve(checks())).rejects.toThrow('gone');
    expect((await checks()).lines).toEqual([]);
  });
});
