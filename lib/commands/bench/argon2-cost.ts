import os from 'node:os';
import argon2 from 'argon2';
import { argon2Policy } from '../../policy';

// The raw cost of one argon2 operation with the app's parameters, in a process that does nothing else: one at a time,
// and one on each core, where they compete for memory bandwidth as they do in a busy server. Prints JSON.

export type Argon2Cost = { concurrency: number; perSecond: number; wallMs: number; cpuMs: number };

const SECONDS = 2;
const options = {
  type: argon2.argon2id,
  memoryCost: argon2Policy.memoryKiB,
  timeCost: argon2Policy.passes,
  parallelism: argon2Policy.lanes,
  hashLength: argon2Policy.hashBytes,
  secret: Buffer.alloc(32, 1),
  associatedData: Buffer.alloc(36, 2),
};

async function measure(concurrency: number, seconds: number): Promise<Argon2Cost> {
  const start = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  const worker = async () => {
    while (performance.now() - start < seconds * 1000) {
      await argon2.hash('123456', options);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return {
    concurrency,
    perSecond: (done / wallMs) * 1000,
    wallMs: (wallMs * concurrency) / done,
    cpuMs: (user + system) / 1000 / done,
  };
}

await measure(1, 0.3);
const levels = [...new Set([1, os.availableParallelism()])];
const costs: Argon2Cost[] = [];
for (const level of levels) costs.push(await measure(level, SECONDS));
console.log(JSON.stringify(costs));
