import { expect, test } from 'vitest';
import { CommandError } from '../command';
import { readArguments } from './arguments';

test('reads a file and what is asked for it', () => {
  expect(readArguments(['import', 'a.csv', '--dry-run', '--country', ' in '])).toEqual({
    help: false,
    file: 'a.csv',
    dryRun: true,
    country: 'IN',
    report: undefined,
  });
});

test.each([[[]], [['help']], [['import', '--help']]])('%j asks for help', (words) => {
  expect(readArguments(words)).toMatchObject({ help: true });
});

test.each([
  [['import'], 'Name one file'],
  [['export', 'people.csv'], 'Name one file'],
  [['import', 'a.csv', 'b.csv'], 'Name one file'],
  [['import', 'a.csv', '--force'], '--force'],
  [['import', 'a.csv', '--country', 'Atlantis'], '--country must be'],
])('%j is refused', (words, sentence) => {
  const read = () => readArguments(words);
  expect(read).toThrow(CommandError);
  expect(read).toThrow(sentence);
});
