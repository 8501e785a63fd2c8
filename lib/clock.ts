/** The only place in `lib/` that reads the machine's clock. Whatever needs the time is handed a clock. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
