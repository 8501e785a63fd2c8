// Loaded into a server (NODE_OPTIONS=--import …) to give it a wrong clock: everything it asks the time of the process is off by
// CLOCK_SHIFT_SECONDS. Timers run as usual, as they do on a machine whose clock is wrong.
const shift = Number(process.env.CLOCK_SHIFT_SECONDS) * 1000;
const RealDate = Date;
const now = () => RealDate.now() + shift;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
