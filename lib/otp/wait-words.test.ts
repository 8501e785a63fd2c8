import { expect, it } from 'vitest';
import { waitInWords } from './wait-words';

it.each([
  [0, '1 second'],
  [1, '1 second'],
  [30, '30 seconds'],
  [61, '61 seconds'],
  [120, '2 minutes'],
  [3_600, '60 minutes'],
  [7_100, '2 hours'],
  [86_399, '24 hours'],
  [29 * 86_400 + 5, '30 days'],
])('%i seconds are %s: never less than it takes', (seconds, words) => {
  expect(waitInWords(seconds)).toBe(words);
});
