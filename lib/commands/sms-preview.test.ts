import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

function preview(settings: Record<string, string>) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', loader, 'lib/commands/sms-preview.ts'], {
    env: { ...process.env, APP_NAME: '', APP_URL: '', OTP_LENGTH: '', OTP_TTL_SECONDS: '', ...settings },
    encoding: 'utf8',
  });
  return { said: stdout, problems: stderr, code: status };
}

test('the preview shows every text with its cost, for the brand and origin that are set', () => {
  const { said, code } = preview({ APP_NAME: 'Acme', APP_URL: 'https://acme.uz', OTP_LENGTH: '8' });
  expect(code).toBe(0);
  expect(said).toContain('en  sign_in: GSM-7, 117 characters, 1 part\n');
  expect(said).toContain('    Your Acme verification code is: 12345678\n');
  expect(said).toContain('    @acme.uz #12345678\n');
  expect(said).toContain('ru  confirm, new_phone, new_phone_lost_sim: UCS-2, 61 characters, 1 part\n');
  expect(said.match(/^\w\w {2}spoken$/gm)).toHaveLength(5);
});

test('the preview says which of its settings is wrong', () => {
  const { problems, code } = preview({ APP_URL: 'acme.uz' });
  expect(problems).toMatch(/^APP_URL must be an origin/m);
  expect(code).toBe(1);
});

test('the preview, as every command, ends quietly where nobody reads it', async () => {
  const child = spawn(process.execPath, ['--import', loader, 'lib/commands/sms-preview.ts']);
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  child.stdout.destroy();
  expect([await once(child, 'close'), complaint]).toEqual([[0, null], '']);
});
