import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const reader = JSON.stringify(new URL('reader.ts', import.meta.url).href);

test('a command goes on with its work where nobody reads on, and knows it', async () => {
  const script = `import { watchReader } from ${reader};
    const { isGone } = watchReader();
    process.once('SIGUSR2', () => {
      console.log('to nobody');
      setImmediate(() => console.error(isGone() ? 'alone' : 'read'));
    });
    console.log('first');
    setTimeout(() => {}, 60_000);
    process.on('SIGTERM', () => process.exit(7));`;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script]);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
    child.kill('SIGTERM');
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.kill('SIGUSR2');
  const [code] = (await once(child, 'close')) as [number];
  expect([complaint, code]).toEqual(['alone\n', 7]);
});
