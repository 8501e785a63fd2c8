import { describe, expect, it } from 'vitest';
import type { CheckLine } from './finding';
import { reportOf } from './report';

const lines: CheckLine[] = [
  { area: 'Address', level: 'ok', text: 'APP_URL and PORT agree.' },
  {
    area: 'PlayMobile',
    level: 'failed',
    text: 'PlayMobile doesn’t let this account in: wrong credentials or an empty balance.',
    remedy:
      'Check PLAYMOBILE_USERNAME, PLAYMOBILE_PASSWORD and https://a-very-long-name.of-a-broker.example/broker-api.',
  },
];

describe('reportOf', () => {
  it('has every finding and its remedy on a line of its own where nobody reads it on a terminal', () => {
    expect(reportOf(lines)).toBe(
      [
        'Address',
        '  ok      APP_URL and PORT agree.',
        '',
        'PlayMobile',
        `  FAILED  ${lines[1]!.text}`,
        `          ${lines[1]!.remedy}`,
        '',
        '1 failed, 0 warnings, 1 ok',
      ].join('\n'),
    );
  });

  it('says once what mends several lines', () => {
    const settings = (text: string, remedy: string): CheckLine => ({ area: 'Settings', level: 'failed', text, remedy });
    const told = reportOf([
      settings('One.', 'Correct it.'),
      settings('Two.', 'Correct it.'),
      settings('Three.', 'Ask.'),
    ]);
    expect(told.split('\n').slice(1, 6)).toEqual([
      '  FAILED  One.',
      '  FAILED  Two.',
      '          Correct it.',
      '  FAILED  Three.',
      '          Ask.',
    ]);
  });

  it('is folded between words on a narrow terminal, below its own words, and loses none', () => {
    const told = reportOf(lines, 40);
    const rows = told.split('\n');
    const tooLong = rows.filter((row) => row.length > 40);
    expect(tooLong).toEqual(['          https://a-very-long-name.of-a-broker.example/broker-api.']);
    expect(rows).toContain('  FAILED  PlayMobile doesn’t let this');
    expect(rows).toContain('          account in: wrong credentials');
    expect(told.split(/\s+/)).toEqual(reportOf(lines).split(/\s+/));
  });
});
