import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { runNode } from './run-node';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function occupyPort(host: string): Promise<number> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

async function runDev(env: Record<string, string>, args: string[] = []) {
  const dev = spawn(process.execPath, ['--import', 'tsx', 'lib/commands/dev.ts', ...args], {
    env: { ...process.env, ...env },
  });
  const [said, complained, [code]] = await Promise.all([text(dev.stdout), text(dev.stderr), once(dev, 'exit')]);
  return { said, complained, code: code as number };
}

describe('npm run dev', () => {
  test.each(['0.0.0.0', '127.0.0.1', '::', '::1'])(
    'says one sentence with the remedy and fails when the port is taken on %s',
    async (host) => {
      const port = await occupyPort(host);
      const { said, complained, code } = await runDev({ PORT: String(port) });
      expect(complained).toBe(
        `Port ${port} is already in use: stop the program that uses it, or choose another port with "PORT=${port + 1} npm run dev".\n`,
      );
      expect(said).toBe('');
      expect(code).toBe(1);
    },
  );

  test('judges the port that is given as an argument', async () => {
    const port = await occupyPort('127.0.0.1');
    const { complained, code } = await runDev({ PORT: '' }, [`--port=${port}`]);
    expect(complained).toContain(`Port ${port} is already in use`);
    expect(code).toBe(1);
  });

  test('refuses a port that is none', async () => {
    const { complained, code } = await runDev({ PORT: '70000' });
    expect(complained).toBe('PORT must be a number from 1 to 65535, not "70000".\n');
    expect(code).toBe(1);
  });
});

describe('a program run in this terminal', () => {
  function script(source: string): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey run '));
    cleanUps.push(() => fs.rmSync(folder, { recursive: true }));
    fs.writeFileSync(path.join(folder, 'program.mjs'), source);
    return path.join(folder, 'program.mjs');
  }

  test('gives its exit code', async () => {
    expect(await runNode(script('process.exit(Number(process.argv[2]))'), ['7'], process.env)).toBe(7);
  });

  test('gets our signals and is waited for', async () => {
    const program = script(`
      process.on('SIGTERM', () => setTimeout(() => process.exit(42), 50));
      setInterval(() => {}, 1000);
      process.kill(process.ppid, 'SIGTERM');
    `);
    expect(await runNode(program, [], process.env)).toBe(42);
  });
});
