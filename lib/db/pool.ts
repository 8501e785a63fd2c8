import type postgres from 'postgres';
import { databasePolicy } from '../policy';
import type { RequestContext } from '../request-context';

type Statement<Answer> = (connection: postgres.Sql) => PromiseLike<Answer>;

/** Connections to one database. Each runs one statement at a time, so that none waits behind another one's slow statement. */
export type Pool = {
  /** @throws an error when the request has no time left: code `ETIMEDOUT`, or `POOL_BUSY` where the database is well and the line too long. */
  run<Answer>(request: RequestContext, statement: Statement<Answer>): Promise<Answer>;
  close(): Promise<void>;
};

type Place = { since: number; start(connection: postgres.Sql): void };

/**
 * At most `size` connections at once. `connect` makes a client of one connection, which connects with its first statement and
 * again by itself after a fault.
 *
 * Who finds none free waits in line, the request that came to the database first in front: what has begun is finished before anything new is,
 * so under load it is the newest that are told to come back, before anything was done for them. Without time left a statement
 * is not begun; one that is running when the time is up is given up by its request alone ({@link lateAnswer}).
 */
export function createPool(connect: () => postgres.Sql, size: number): Pool {
  const connections = new Set<postgres.Sql>();
  const opened = () => {
    const connection = connect();
    connections.add(connection);
    return connection;
  };
  const free: postgres.Sql[] = [];
  const line: Place[] = [];
  let answers = 0;

  function release(connection: postgres.Sql): void {
    const next = line.shift();
    if (next) next.start(connection);
    else free.push(connection);
  }

  function take(request: RequestContext): Promise<postgres.Sql> {
    const { leastToBeginMilliseconds, leastToGoOnMilliseconds } = databasePolicy;
    const time = request.patienceLeft() - (request.hasBegun ? leastToGoOnMilliseconds : leastToBeginMilliseconds);
    if (time <= 0) {
      return Promise.reject(request.hasBegun ? tooBusy() : noAnswer());
    }
    const connection = free.pop() ?? (connections.size < size ? opened() : undefined);
    if (connection) {
      return Promise.resolve(connection);
    }
    return new Promise((resolve, reject) => {
      const answersBefore = answers;
      const place = {
        since: request.inLineSince,
        start(given: postgres.Sql) {
          clearTimeout(timer);
          resolve(given);
        },
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(place), 1);
        reject(answers > answersBefore ? tooBusy() : noAnswer());
      }, time);
      line.splice(line.findLastIndex(({ since }) => since <= place.since) + 1, 0, place);
    });
  }

  /**
   * The connection goes on to the next when the server has answered, whether or not anybody still waits for that. A server
   * that does not even keep its own time limit is gone: the connection is closed, and made anew with the next statement.
   */
  async function runOn<Answer>(connection: postgres.Sql, statement: Statement<Answer>): Promise<Answer> {
    const silent = setTimeout(() => {
      connections.delete(connection);
      void connection.end({ timeout: 0 });
      release(opened());
    }, databasePolicy.silentMilliseconds);
    try {
      const answer = await statement(connection);
      answers += 1;
      return answer;
    } finally {
      clearTimeout(silent);
      if (connections.has(connection)) release(connection);
    }
  }

  return {
    async run(request, statement) {
      const done = request.wait();
      try {
        const connection = await take(request);
        const answer = await within(request.patienceLeft(), runOn(connection, statement));
        request.hasBegun = true;
        return answer;
      } finally {
        done();
      }
    },
    close: async () => void (await Promise.all([...connections].map((each) => each.end({ timeout: 5 })))),
  };
}

function within<Answer>(milliseconds: number, work: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(Object.assign(noAnswer(), { late: work })), milliseconds);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const tooBusy = () => Object.assign(new Error('all connections are in use'), { code: 'POOL_BUSY' });
const noAnswer = () => Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' });

/**
 * What a statement answers after all that was given up while it ran, by the error of that; null where none was running. It is rejected
 * where the server ended the statement.
 */
export function lateAnswer<Answer>(error: unknown): Promise<Answer> | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('late' in cause) return cause.late as Promise<Answer>;
  }
  return null;
}
