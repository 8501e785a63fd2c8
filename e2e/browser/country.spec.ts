import type { Page } from '@playwright/test';
import { expect, phoneField, sendButton, test, whenHydrated } from '../fixtures/browser-test';

const countryButton = (page: Page) => page.getByRole('button', { name: /^Country:/ });
const search = (page: Page) => page.getByRole('combobox', { name: 'Search countries' });
const options = (page: Page) => page.getByRole('option');

async function openPicker(page: Page): Promise<void> {
  await page.goto('/auth');
  await whenHydrated(page);
  await countryButton(page).click();
  await expect(page.getByRole('dialog', { name: 'Choose a country' })).toBeVisible();
}

test('starts with the country of the settings', async ({ page }) => {
  await page.goto('/auth');
  await expect(countryButton(page)).toHaveAccessibleName('Country: India, +91');
});

const known = [
  ['Bangladesh', '+880'],
  ['India', '+91'],
  ['Uzbekistan', '+998'],
  ['United States', '+1'],
] as const;
test('finds a country by its name and its calling code, with its flag', async ({ page }) => {
  await page.goto('/auth');
  await whenHydrated(page);
  for (const [name, callingCode] of known) {
    await countryButton(page).click();
    await expect(search(page)).toBeFocused();
    for (const query of [name.slice(0, 5).toLowerCase(), callingCode]) {
      await search(page).fill(query);
      const option = options(page)
        .filter({ hasText: name })
        .filter({ hasText: new RegExp(`\\${callingCode}$`) })
        .first();
      await expect(option).toBeVisible();
      const flag = option.locator('img');
      await expect(flag).toBeVisible();
      await expect.poll(() => flag.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    }
    await options(page)
      .filter({ hasText: name })
      .filter({ hasText: new RegExp(`\\${callingCode}$`) })
      .first()
      .click();
    await expect(countryButton(page)).toHaveAccessibleName(`Country: ${name}, ${callingCode}`);
    await expect(phoneField(page)).toBeFocused();
  }
});

test('works by keyboard: arrows move, Enter picks, Escape leaves things as they were', async ({ page }) => {
  await openPicker(page);
  await search(page).fill('uzb');
  await page.keyboard.press('Enter');
  await expect(countryButton(page)).toHaveAccessibleName('Country: Uzbekistan, +998');
  await countryButton(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(search(page)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(search(page)).toHaveAttribute('aria-activedescendant', /.+/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(countryButton(page)).toBeFocused();
  await expect(countryButton(page)).toHaveAccessibleName('Country: Uzbekistan, +998');
});

test('says so when nothing is found', async ({ page }) => {
  await openPicker(page);
  await search(page).fill('Atlantis');
  await expect(options(page)).toHaveCount(0);
  await expect(page.getByText(/No country matches/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('offers every country once', async ({ page }) => {
  await openPicker(page);
  const names = await options(page).allTextContents();
  expect(names.length).toBeGreaterThan(200);
  expect(new Set(names).size).toBe(names.length);
});

test('national digits belong to the picked country', async ({ page, newPhone }) => {
  const phone = newPhone('BD');
  await openPicker(page);
  await search(page).fill('bangla');
  await page.keyboard.press('Enter');
  await phoneField(page).pressSequentially(`0${phone.slice(4)}`);
  await sendButton(page).click();
  await expect(page.getByText(`+880 •••••• ${phone.slice(-4)}`)).toBeVisible();
});

test('the number is grouped while it is typed, and the caret stays where it was', async ({ page }) => {
  await page.goto('/auth');
  await whenHydrated(page);
  await phoneField(page).focus();
  await phoneField(page).pressSequentially('8123456789');
  await expect(phoneField(page)).toHaveValue(/^8\d{4} \d{5}$/);
  await phoneField(page).evaluate((field: HTMLInputElement) => field.setSelectionRange(2, 2));
  await page.keyboard.press('Backspace');
  await page.keyboard.type('2');
  await expect.poll(async () => (await phoneField(page).inputValue()).replace(/\D/g, '')).toBe('8223456789');
});

const pasted: [string, string, string][] = [
  ['international form', '+998 91 234 56 78', 'Uzbekistan, +998'],
  ['00 for +', '00880 1812-345678', 'Bangladesh, +880'],
  ['brackets and dots', '+1 (201) 555.0123', 'United States, +1'],
];
for (const [name, text, country] of pasted) {
  test(`a paste in ${name} is understood, with its country`, async ({ page }) => {
    await page.goto('/auth');
    await whenHydrated(page);
    await phoneField(page).focus();
    await phoneField(page).evaluate((field: HTMLInputElement, value) => {
      field.focus();
      document.execCommand('insertText', false, value);
    }, text);
    await phoneField(page).blur();
    await expect(countryButton(page)).toHaveAccessibleName(`Country: ${country}`);
  });
}
