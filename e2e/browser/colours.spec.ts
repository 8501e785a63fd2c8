import type { Page } from '@playwright/test';
import { codeField, expect, test } from '../fixtures/browser-test';

// What a team may set --accent to (app/globals.css): ours, the usual brand colours, and the ends of every scale.
const ACCENTS = [
  ...['#0f5c49', '#3b82f6', '#16a34a', '#ef4444', '#ec4899', '#f59e0b', '#8b5cf6', '#0ea5e9', '#767676'],
  ...['#ffff00', '#00ff00', '#00ffff', '#0000ff', '#ff0000', '#ff00ff', '#ffffff', '#000000'],
];

/** Text and what it stands on. */
const PAIRS = [
  ['--on-accent', '--accent-fill'],
  ['--on-accent', '--accent-fill-hover'],
  ['--accent-text', '--paper'],
  ['--accent-text', '--surface'],
  ['--accent-text', '--sunken'],
  ['--accent-text', '--accent-soft'],
  ['--on-panel', '--panel'],
] as const;

test('text has a contrast of at least 4.5 to 1 with any accent, in light and dark colours', async ({ page }) => {
  await page.goto('/auth');
  const tooFaint: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const accent of ACCENTS) {
      const shown = await shownColours(page, accent, [...new Set(PAIRS.flat())]);
      for (const [text, ground] of PAIRS) {
        const ratio = contrast(shown[text]!, shown[ground]!);
        if (!(ratio >= 4.5)) tooFaint.push(`${colorScheme}, ${accent}: ${text} on ${ground} ${ratio.toFixed(2)}`);
      }
    }
  }
  expect(tooFaint).toEqual([]);
});

/** The pixels that a screen shows for some of the page's tokens, red, green and blue from 0 to 255. */
function shownColours(page: Page, accent: string, tokens: string[]): Promise<Record<string, number[]>> {
  return page.evaluate(
    ({ accent, tokens }) => {
      document.documentElement.style.setProperty('--accent', accent);
      const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
      const probe = document.body.appendChild(document.createElement('i'));
      return Object.fromEntries(
        tokens.map((token) => {
          probe.style.color = `var(${token})`;
          const colour = getComputedStyle(probe);
          canvas.fillStyle = 'transparent';
          canvas.fillStyle = colour.color;
          if (!colour.getPropertyValue(token) || canvas.fillStyle === 'rgba(0, 0, 0, 0)')
            throw new Error(`no ${token}`);
          canvas.fillRect(0, 0, 1, 1);
          return [token, [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)];
        }),
      );
    },
    { accent, tokens },
  );
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: number[], other: number[]): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(rgb: number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.describe('where the system chooses the colours', () => {
  test.use({ contextOptions: { forcedColors: 'active' } });

  test('the digits of a code stand in their boxes alone, and the next box is marked', async ({
    page,
    askedForCode,
  }) => {
    await askedForCode();
    await expect(codeField(page)).toBeFocused();
    await codeField(page).fill('123');
    expect(await codeField(page).evaluate((field) => getComputedStyle(field).color)).toBe('rgba(0, 0, 0, 0)');
    const outlines = await codeField(page).evaluate((field) =>
      [...field.parentElement!.querySelectorAll('[aria-hidden] > span')].map((box) => {
        const { outlineStyle, outlineColor } = getComputedStyle(box);
        return outlineStyle !== 'none' && outlineColor !== 'rgba(0, 0, 0, 0)';
      }),
    );
    expect(outlines).toEqual([false, false, false, true, false, false]);
  });
});
