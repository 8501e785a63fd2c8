import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export type CurlAnswer = { status: number; body: Record<string, unknown> };
export type Curl = (method: string, url: string, options?: { json?: object; token?: string }) => Promise<CurlAnswer>;

const run = promisify(execFile);

/**
 * The curl of a shell, with headers that stand for where it runs; Node’s fetch where there is no curl. Like the commands in a
 * README it follows no redirect.
 */
export const curlFrom =
  (machine: Record<string, string>): Curl =>
  async (method, url, { json, token } = {}) => {
    const headers = {
      ...machine,
      ...(json ? { 'Content-Type': 'application/json' } : {}),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    };
    const body = json && JSON.stringify(json);
    const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const data = body ? ['-d', body] : [];
    try {
      const { stdout } = await run('curl', ['-sS', '-X', method, url, ...lines, ...data, '-w', '\n%{http_code}']);
      const end = stdout.lastIndexOf('\n');
      return { status: Number(stdout.slice(end + 1)), body: JSON.parse(stdout.slice(0, end)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const response = await fetch(url, { method, headers, redirect: 'manual', ...(body ? { body } : {}) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    }
  };
