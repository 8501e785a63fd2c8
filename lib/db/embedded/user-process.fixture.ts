// A process that uses the embedded server and can be killed by a test: node --import tsx … <data folder>
import { startEmbeddedPostgres } from './start';

const { url, reused } = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', durable: false });
process.stdout.write(`${JSON.stringify({ url, reused })}\n`);
setInterval(() => {}, 1_000);
