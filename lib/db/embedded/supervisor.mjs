// The process that owns the embedded PostgreSQL server.
//
// Whoever uses the server holds one socket to this process. The operating system closes that socket when its owner
// ends, however it ends (Ctrl-C, crash, kill -9), so the number of open sockets is the number of users. When the last
// one is gone the server gets an orderly shutdown and this process ends. It lives in a process group of its own, so
// that a Ctrl-C in the terminal does not end it before its work is done.
//
// Plain JavaScript: it is started by bare Node from a path on disk, while its users may be bundled or run by tsx.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** @type {import('./launch').SupervisorPlan} */
const plan = JSON.parse(process.argv[2] ?? '');

const POLL_MS = 10;
const POLL_PG_CTL_MS = 100;
/** The process that started us may be killed before it takes hold. */
const FIRST_HOLDER_MS = 10_000;
/** A fast shutdown writes one checkpoint; after this the server is told to drop everything (it recovers at the next start). */
const ORDERLY_SHUTDOWN_MS = 15_000;

// What `ps` shows. Also keeps a `killall node` from ending us before the server is stopped.
process.title = 'latchkey-postgres-supervisor';

const token = randomBytes(24).toString('hex');
/** @type {Set<net.Socket>} */
const holders = new Set();
let ready = false;
let stopping = false;
/** Asks the server for a fast shutdown. @type {() => void} */
let askServerToStop = () => process.exit(1);
/** @type {() => void} */
let forceServerToStop = () => {};

const control = net.createServer((socket) => {
  let heard = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => leave(socket));
  socket.on('data', (/** @type {string} */ chunk) => {
    heard += chunk;
    if (heard.length > 200) socket.destroy();
    for (let end = heard.indexOf('\n'); end >= 0; end = heard.indexOf('\n')) {
      hear(socket, heard.slice(0, end));
      heard = heard.slice(end + 1);
    }
  });
});

/** @param {net.Socket} socket @param {string} line */
function hear(socket, line) {
  if (line === `hold ${token}`) {
    // During a shutdown the newcomer is left waiting: it hears the socket close once the server has stopped.
    socket.write('held\n');
    if (stopping) return;
    holders.add(socket);
    if (ready) socket.write('ready\n');
  } else if (line === 'release' && holders.has(socket)) {
    leave(socket);
    // The last one's socket stays open until the server has stopped: that is how it learns that it is done.
    if (!stopping) socket.end();
  } else {
    socket.destroy();
  }
}

/** @param {net.Socket} socket */
function leave(socket) {
  if (holders.delete(socket) && holders.size === 0 && ready) stop();
}

function stop() {
  if (stopping) return;
  stopping = true;
  askServerToStop();
  setTimeout(() => forceServerToStop(), ORDERLY_SHUTDOWN_MS);
}

/** Tells others where we are, only once the data folder is locked by our own server. */
function publish() {
  const address = /** @type {net.AddressInfo} */ (control.address());
  const temporary = `${plan.stateFile}.${process.pid}`;
  const state = { supervisorPid: process.pid, controlPort: address.port, token, data: plan.data, port: plan.port };
  fs.writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
  fs.renameSync(temporary, plan.stateFile);
}

function announceReady() {
  ready = true;
  for (const socket of holders) socket.write('ready\n');
  setTimeout(() => holders.size === 0 && stop(), FIRST_HOLDER_MS);
}

/** postmaster.pid: line 1 is the process id, line 8 the state of the server. */
function readLockFile() {
  try {
    const lines = fs.readFileSync(path.join(plan.data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), state: lines[7]?.trim() };
  } catch {
    return undefined;
  }
}

function startDirectly() {
  const server = spawn(path.join(plan.binFolder, 'postgres'), ['-D', plan.data, ...plan.settings], {
    ...plan.user,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  askServerToStop = () => server.kill('SIGINT');
  forceServerToStop = () => server.kill('SIGQUIT');
  server.on('error', (error) => {
    process.stderr.write(`FATAL: ${error.message}\n`);
    process.exit(1);
  });
  server.on('exit', () => process.exit(stopping ? 0 : 1));

  let published = false;
  const poll = setInterval(() => {
    const lock = readLockFile();
    if (lock?.pid !== server.pid) return;
    if (!published) publish();
    published = true;
    if (lock?.state !== 'ready') return;
    clearInterval(poll);
    announceReady();
  }, POLL_MS);
}

/** Windows: pg_ctl sheds administrator rights, which the server refuses to run with, and it can ask for a shutdown. */
function startByPgCtl() {
  /** @param {string[]} args */
  const pgCtl = (args) =>
    spawn(path.join(plan.binFolder, 'pg_ctl'), [...args, '-D', plan.data], {
      ...plan.user,
      stdio: 'ignore',
      windowsHide: true,
    });
  askServerToStop = () => void pgCtl(['stop', '-m', 'fast', '-W']);
  forceServerToStop = () => void pgCtl(['stop', '-m', 'immediate', '-W']);
  const start = pgCtl(['start', '-w', '-t', '60', '-l', plan.log, '-o', plan.settings.join(' ')]);
  start.on('error', () => process.exit(1));
  start.on('exit', (code) => {
    const lock = readLockFile();
    if (code !== 0 || !lock) return process.exit(1);
    publish();
    announceReady();
    // Not our child, so nobody tells us: its lock file is the last thing that it removes.
    const lives = () => readLockFile()?.pid === lock.pid && isAlive(lock.pid);
    setInterval(() => lives() || process.exit(stopping ? 0 : 1), POLL_PG_CTL_MS);
  });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
control.listen(0, '127.0.0.1', () => (plan.viaPgCtl ? startByPgCtl() : startDirectly()));
