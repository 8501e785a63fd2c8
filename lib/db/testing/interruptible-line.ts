import { once } from 'node:events';
import net from 'node:net';

/**
 * A line to a database (its URL) that can be interrupted without closing: it still takes connections and answers nothing, as a
 * frozen server or a lost network does. What was on its way arrives when it is resumed.
 */
export async function interruptibleLine(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let interrupted = false;
  const line = net.createServer((client) => {
    const server = net.connect(Number(target.port), target.hostname);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      if (interrupted) socket.pause();
    }
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  const through = new URL(databaseUrl);
  through.host = `127.0.0.1:${(line.address() as net.AddressInfo).port}`;
  return {
    url: through.href,
    interrupt() {
      interrupted = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      interrupted = false;
      for (const socket of sockets) socket.resume();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      line.close();
    },
  };
}
