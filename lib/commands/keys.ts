// `npm run keys`: new keys to sign access tokens by, in steps or at once. It prints a setting and sets nothing.
import { runCommand } from './command';
import { changeKeys, COMMAND } from './keys/change-keys';

const HELP = `${COMMAND} add | promote <kid> | prune | replace

Reads JWT_PRIVATE_KEYS as the server does and prints what to set it to, on every instance:
  add            a new key, which verifies and does not sign yet
  promote <kid>  the key that add named signs, the others go on verifying
  prune          only the key that signs stays
  replace        for a key that leaked: only a new key, at once
"Rotate signing keys" in README.md says how long to wait in between.

--development  without settings, begins with the key of this checkout’s development secret`;

await runCommand(main);

function main(args: string[]): number {
  if (args.length === 0) {
    console.log(HELP);
    return 0;
  }
  const { line, told } = changeKeys(args, process.env);
  console.log(line);
  console.error(told);
  return 0;
}
