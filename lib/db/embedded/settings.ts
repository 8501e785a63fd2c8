/** Server settings for one developer's machine, as command-line arguments so that a change here reaches old data folders. */
export function serverSettings({ port, durable }: { port: number; durable: boolean }): string[] {
  const settings = {
    port,
    // Only this machine, and no sockets in the file system (their paths have a length limit of about 100 bytes).
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // Room for the app's pool, the bench and the tests; memory is taken when used.
    max_connections: 120,
    shared_buffers: '32MB',
    // Fewer processes: no parallel queries, no replication, no I/O workers on tables that fit in memory.
    max_parallel_workers: 0,
    max_logical_replication_workers: 0,
    max_wal_senders: 0,
    wal_level: 'minimal',
    io_method: 'sync',
    max_wal_size: '256MB',
    // As on managed servers.
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log names what failed but no values: DETAIL lines and statements can hold phone numbers.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    // Without these only a power cut can damage the data. Commits stay synchronous: a killed server would lose the last.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
