/** `John Ronald Doe` → `John`, `Ronald Doe`: a name splits at the first space. */
export function splitName(name: string): { firstName: string; lastName: string | null } {
  const [firstName = '', ...rest] = name.trim().split(/\s+/);
  const longest = (part: string) => [...part].slice(0, 100).join('');
  return { firstName: longest(firstName), lastName: longest(rest.join(' ')) || null };
}
