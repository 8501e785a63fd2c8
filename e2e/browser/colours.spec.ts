import { codeField, expect, test } from '../fixtures/browser-test';

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
