// Loaded into the server by `node --import`, so that the bench can ask the process itself what it has used: the same on
// every platform, all threads included. Plain JavaScript, because the server runs without tsx.
process.on('message', (question) => {
  if (question !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssMiB: process.memoryUsage.rss() / 1024 / 1024 });
});

// The bench is gone, however it ended: nobody else would stop this server.
process.on('disconnect', () => process.exit(0));
